"""Mail leaves through the outbox: written with the change it tells of, sent by the worker, tried again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import batched

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone, translation

from summit.lib.busy import patiently
from summit.lib.text import clean_line
from summit.mailing import holding
from summit.models import Message, MessageFile, Summit
from summit.models.outbox import RETRY_AFTER

# Messages in one task: few enough that a confirmation does not wait long behind them.
BATCH = 50


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
) -> Message:
    """Write one mail as :func:`drawn` makes it, and queue it.

    Call it inside the transaction of the change: either both happen or neither.
    """
    return queue(drawn(kind, to=to, language=language, context=context, summit=summit), files or [])


def drawn(kind: str, *, to: str, language: str, context: dict[str, object], summit: Summit | None = None) -> Message:
    """One mail from ``<kind>.subject.txt``, ``.txt`` and ``.html`` in the reader's language, which is not written yet.

    ``kind`` is a template path such as ``registration/emails/confirmed``. Header texts are made one line, so nobody can
    add a header.
    """
    with translation.override(language):
        context = {"language": language, "summit": summit, **context}
        subject = clean_line(render_to_string(f"{kind}.subject.txt", context))
        text = render_to_string(f"{kind}.txt", context).strip() + "\n"
        html = render_to_string(f"{kind}.html", {**context, "subject": subject})
    name = kind.rsplit("/", maxsplit=1)[-1]
    return Message(kind=name, to=to, language=language, subject=subject[:300], text=text, html=html, summit=summit)


@transaction.atomic
def queue(message: Message, files: list[Attached] | None = None, *, send: bool = True) -> Message:
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
    pairs = list(letters)
    messages = Message.objects.bulk_create(message for message, _files in pairs)
    MessageFile.objects.bulk_create(
        MessageFile(message=message, name=f.name, media_type=f.media_type, content=f.content)
        for message, files in pairs
        for f in files
    )
    send_soon([str(message.guid) for message in messages])
    return len(messages)


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
    message = Message.objects.select_related("summit").filter(guid=guid).first()
    return message is not None and deliver(message)


@task
def deliver_batch(guids: list[str]) -> int:
    """Send many messages of the outbox one after the other; each that fails is tried again by itself. Returns how many
    left. Of a lower priority than :func:`deliver_mail`: whoever registers meanwhile does not wait for all of them."""
    return sum(deliver_mail.func(guid) for guid in guids)


def deliver(message: Message) -> bool:
    """Send one message now. On failure the error is kept and the next attempt is queued; returns whether it left."""
    if message.state != Message.State.QUEUED:
        return True
    if holding.is_held():
        return False
    mail = EmailMultiAlternatives(message.subject, message.text, to=[message.to])
    if message.summit and (answers := message.summit.reply_to or message.summit.contact_email):
        mail.reply_to = [answers]
    mail.extra_headers["Message-ID"] = f"<{message.guid}@summit>"
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for file in message.files.all():
        mail.attach(file.name, bytes(file.content), file.media_type)
    message.attempts += 1
    try:
        mail.send()
    except Exception as error:  # whatever the mail system throws, the message must not be lost
        message.error = f"{type(error).__name__}: {error}"[:2000]
        if message.attempts > len(RETRY_AFTER):
            message.state = Message.State.FAILED
        else:
            wait = RETRY_AFTER[message.attempts - 1]
            deliver_mail.using(run_after=timezone.now() + wait).enqueue(str(message.guid))
        message.save(update_fields=["attempts", "error", "state"])
        return False
    message.state, message.error, message.sent_at = Message.State.SENT, "", timezone.now()
    # It has left: where that cannot be kept, it would be sent again.
    patiently(lambda: message.save(update_fields=["attempts", "error", "state", "sent_at"]))
    return True
