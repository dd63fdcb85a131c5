"""Mail leaves through the outbox: written with the change it tells of, sent by the worker, tried again."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import batched
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone, translation

from summit.leases.heartbeat import identity
from summit.lib.busy import until_it_answers
from summit.lib.sealed import Unreadable
from summit.lib.text import clean_line
from summit.mailing import holding
from summit.mailing.smtp import Line, failure_of
from summit.models import Message, MessageFile, SealedAddress, Summit
from summit.models.outbox import RETRY_AFTER, MessageQuerySet

# Stands where an address was that is erased (RFC 2606).
ERASED = "erased@nobody.invalid"
# Messages in one task: few enough that a confirmation does not wait long behind them.
BATCH = 50
# Of which so many are taken at once: whoever is erased meanwhile, or stops a mail, waits for no more than these.
HELD_TOGETHER = 8


@dataclass(frozen=True, slots=True)
class Attached:
    name: str
    media_type: str
    content: bytes


def post(
    kind: str,
    *,
    to: str,
    language: str,
    context: dict[str, object],
    summit: Summit | None = None,
    files: list[Attached] | None = None,
    secret: bool = True,
) -> Message:
    """Write one mail as :func:`drawn` makes it, and queue it.

    Call it inside the transaction of the change: either both happen or neither.
    """
    message = drawn(kind, to=to, language=language, context=context, summit=summit, secret=secret)
    return queue(message, files or [])


def drawn(
    kind: str,
    *,
    to: str,
    language: str,
    context: dict[str, object],
    summit: Summit | None = None,
    secret: bool = True,
) -> Message:
    """One mail from ``<kind>.subject.txt``, ``.txt`` and ``.html`` in the reader's language, which is not written yet.

    ``kind`` is a template path such as ``registration/emails/confirmed``. Header texts are made one line, so nobody can
    add a header. ``secret``: it holds a code or a link that opens something, and its text is erased when it has arrived.
    """
    with translation.override(language):
        context = {"language": language, "summit": summit, **context}
        subject = clean_line(render_to_string(f"{kind}.subject.txt", context))
        text = render_to_string(f"{kind}.txt", context).strip() + "\n"
        html = render_to_string(f"{kind}.html", {**context, "subject": subject})
    name = kind.rsplit("/", maxsplit=1)[-1]
    return Message(kind=name, to=to, language=language, subject=subject[:300], text=text, html=html, summit=summit,
                   is_secret=secret)  # fmt: skip


@transaction.atomic
def queue(message: Message, files: list[Attached] | None = None, *, send: bool = True) -> Message:
    _seal([message])
    message.save(force_insert=True)
    MessageFile.objects.bulk_create(
        MessageFile(message=message, name=f.name, media_type=f.media_type, content=f.content) for f in files or []
    )
    if send:
        deliver_mail.enqueue(str(message.guid))
    return message


@transaction.atomic
def queue_many(letters: Iterable[tuple[Message, list[Attached]]]) -> int:
    """Write many messages at once and have them sent in batches; returns how many. Three queries and one per batch."""
    messages = write_many(letters)
    send_soon([str(message.guid) for message in messages])
    return len(messages)


def write_many(letters: Iterable[tuple[Message, list[Attached]]]) -> list[Message]:
    """Write many messages at once, in the transaction this is called in; whoever calls it has them sent. Two queries."""
    pairs = list(letters)
    _seal([message for message, _files in pairs])
    messages = Message.objects.bulk_create(message for message, _files in pairs)
    MessageFile.objects.bulk_create(
        MessageFile(message=message, name=f.name, media_type=f.media_type, content=f.content)
        for message, files in pairs
        for f in files
    )
    return messages


def _seal(messages: Sequence[Message]) -> None:
    """Whose address is sealed at a summit is known to its outbox by the stand-in alone."""
    stand_ins = SealedAddress.objects.stand_ins((message.summit_id, message.to) for message in messages)
    for message in messages:
        message.to = stand_ins.get((message.summit_id, message.to), message.to)


def send_soon(guids: Sequence[str]) -> None:
    """Queue the sending of messages that are written: a task for each batch, after any message that goes alone."""
    for batch in batched(guids, BATCH, strict=False):
        if len(batch) == 1:
            deliver_mail.enqueue(batch[0])
        else:
            deliver_batch.enqueue(list(batch))


@task(priority=10)
def deliver_mail(guid: str) -> bool:
    """Send one message of the outbox; one that is gone or already sent is nothing to do."""
    return deliver_batch.func([guid]) == 1


@task
def deliver_batch(guids: list[str]) -> int:
    """Send many messages of the outbox over one connection; each that fails is tried again by itself. Returns how many
    left. Of a lower priority than :func:`deliver_mail`: whoever registers meanwhile does not wait for all of them."""
    if holding.is_held():
        return 0
    left = 0
    with Line() as line:
        for few in batched(guids, HELD_TOGETHER, strict=False):
            Message.objects.filter(pk__in=few).claim(identity())
            left += sum(_send(message, line) for message in _claimed(few))
    return left


def _claimed(guids: Sequence[str | UUID]) -> list[Message]:
    """Those that this process has taken, in the order of their keys here."""
    rows = Message.objects.filter(pk__in=guids).claimed(identity()).select_related("summit").prefetch_related("files")
    order = {str(guid): number for number, guid in enumerate(guids)}
    return sorted(rows, key=lambda message: order[str(message.pk)])


def deliver(message: Message) -> bool:
    """Send one message now, unless somebody else does or has. On failure the error is kept and the next attempt is
    queued; returns whether it has not failed."""
    if holding.is_held():
        return True
    left = True
    if Message.objects.filter(pk=message.pk).claim(identity()):
        with Line() as line:
            left = all(_send(each, line) for each in _claimed([message.pk]))
    message.refresh_from_db()
    return left


def _send(message: Message, line: Line) -> bool:
    """Send what was claimed, and keep what became of it: of two who want to send one message only one has it. Returns
    whether it left.

    A claim of a worker that is gone is given back (:mod:`summit.leases.takeover`). Where it was gone between the answer of
    the mail server and the row that says so, the message leaves once more, under the same Message-ID.
    """
    message.attempts += 1
    try:
        line.send(_mail(message))
    except Exception as error:  # whatever the mail system throws, the message must not be lost
        until_it_answers(partial(_keep_failure, message, error))
        return False
    # It has left: where that cannot be kept, it would be sent again.
    until_it_answers(partial(_keep_success, message))
    return True


def _mail(message: Message) -> EmailMultiAlternatives:
    """The mail as it leaves: a stand-in becomes the address only here. Raises :class:`summit.lib.sealed.Unreadable`."""
    address = SealedAddress.objects.real(message.to)
    mail = EmailMultiAlternatives(message.subject, message.text, to=[address])
    if message.summit and (answers := message.summit.reply_to or message.summit.contact_email):
        mail.reply_to = [answers]
    mail.extra_headers["Message-ID"] = message.message_id
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for file in message.files.all():
        mail.attach(file.name, bytes(file.content), file.media_type)
    return mail


def _without_address(told: str, message: Message) -> str:
    """What a mail server said, which repeats addresses: of a sealed one the stand-in."""
    with suppress(Unreadable):
        address = SealedAddress.objects.real(message.to)
        return re.sub(re.escape(address), message.to, told, flags=re.IGNORECASE)
    return told


@transaction.atomic
def _keep_success(message: Message) -> None:
    _keep(message, state=Message.State.SENT, error="", sent_at=timezone.now())


@transaction.atomic
def _keep_failure(message: Message, error: Exception) -> None:
    told = _without_address(f"{type(error).__name__}: {error}", message)[:2000]
    failure = failure_of(error)
    if not failure and message.attempts > len(RETRY_AFTER):
        failure = Message.Failure.GAVE_UP
    if failure:
        _keep(message, state=Message.State.FAILED, error=told, failure=failure)
    elif _keep(message, state=Message.State.QUEUED, error=told):
        wait = RETRY_AFTER[message.attempts - 1]
        deliver_mail.using(run_after=timezone.now() + wait).enqueue(str(message.guid))


def _keep(message: Message, **values: object) -> int:
    """Write what became of it, where it is still ours: who was taken for gone has nothing to say any more."""
    row = Message.objects.filter(pk=message.pk).claimed(identity())
    goes = message.is_secret and values["state"] != Message.State.QUEUED
    gone = {"text": "", "html": "", "erased_at": timezone.now()} if goes else {}
    kept: int = row.update(attempts=message.attempts, claimed_by="", claimed_at=None, **values, **gone)
    if goes and kept:
        MessageFile.objects.filter(message=message).delete()
    elif message.is_secret:
        erase(Message.objects.filter(pk=message.pk))
    return kept


def erase(rows: MessageQuerySet) -> int:
    """Erase texts and files of those that need them no longer; to whom, of what kind, when and with what result stays."""
    over = list(rows.over().filter(erased_at=None).values_list("pk", flat=True))
    for chunk in batched(over, 500, strict=False):
        with transaction.atomic():
            MessageFile.objects.filter(message__in=chunk).delete()
            Message.objects.filter(pk__in=chunk).update(text="", html="", erased_at=timezone.now())
    return len(over)


def erase_old(*, older_than: datetime) -> int:
    """Erase the texts of mails that were over before then, and at once of those that hold a secret; returns how many."""
    old = Q(created_at__lt=older_than) | Q(is_secret=True)
    return erase(Message.objects.filter(old))


def discard(rows: MessageQuerySet) -> int:
    """Messages that wait are not sent any more, and their texts go; returns how many."""
    waiting = list(rows.filter(state=Message.State.QUEUED).values_list("pk", flat=True))
    stopped = Message.objects.filter(pk__in=waiting, state=Message.State.QUEUED).update(state=Message.State.DISCARDED)
    erase(Message.objects.filter(pk__in=waiting))
    return stopped


@transaction.atomic
def forget(rows: MessageQuerySet) -> int:
    """Nothing stays of messages but of what kind they were, when, and with what result; what has not left does not
    leave. Returns how many."""
    found = list(rows.values_list("pk", flat=True))
    for chunk in batched(found, 500, strict=False):
        here = Message.objects.filter(pk__in=chunk)
        # One that is being sent is taken from whoever sends it: nothing is written about it any more.
        here.filter(state__in=[Message.State.QUEUED, Message.State.SENDING]).update(
            state=Message.State.DISCARDED, claimed_by="", claimed_at=None
        )
        MessageFile.objects.filter(message__in=chunk).delete()
        here.update(to=ERASED, subject="", text="", html="", error="", erased_at=timezone.now())
    return len(found)
