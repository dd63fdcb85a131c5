"""Messages to many: begun from the list of registrations, written in each language, sent once, and told how far they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.db.models import Count
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from registration.mailing import emails
from registration.models import Circular, CircularRecipient, Registration
from summit import history
from summit.errors import Refusal
from summit.lib.translated import Text, fingerprint
from summit.mailing import outbox
from summit.models import Message, Summit, User

# Mails drawn by one task, and rows in one query.
BATCH, CHUNK = 50, 1000
# A name in braces is replaced by what it says of the recipient.
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
PLACEHOLDERS = {
    "name": _("the name, as somebody is addressed"),
    "reference": _("the reference of the registration"),
    "category": _("the category"),
    "summit": _("the name of the summit"),
    "link": _("the link to the own page"),
}


class AlreadySent(Refusal):
    code = "already_sent"
    message: Any = _("This message was sent already. Nothing was sent again.")


class Changed(Refusal):
    code = "circular_changed"
    message: Any = _("The text or the number of recipients is another by now. Look at it again; nothing was sent.")


class NothingWritten(Refusal):
    code = "nothing_written"
    status = 422
    message: Any = _("Write a subject and a text first.")


class NobodyToTell(Refusal):
    code = "nobody_to_tell"
    message: Any = _("Nobody of those chosen is registered any more.")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mail as one recipient reads it."""

    subject: str
    text: str


def unknown_placeholders(words: str) -> list[str]:
    """What stands in braces and is none."""
    return [name for name in dict.fromkeys(re.findall(r"\{([^{}\n]*)\}", words)) if name not in PLACEHOLDERS]


@transaction.atomic
def begin(summit: Summit, registrations: Iterable[Registration], *, by: User) -> Circular:
    """A message to these that is not written yet."""
    made = Circular.objects.create(summit=summit, by=by)
    rows = (CircularRecipient(circular=made, registration_id=row.pk) for row in registrations)
    for chunk in batched(rows, CHUNK, strict=False):
        CircularRecipient.objects.bulk_create(chunk)
    return made


def _locked(circular: Circular) -> Circular:
    """Raises :class:`AlreadySent`."""
    found = Circular.objects.select_for_update(of=("self",)).select_related("summit").get(pk=circular.pk)
    if found.sent_at:
        raise AlreadySent
    return found


@transaction.atomic
def write(circular: Circular, *, subject: Text, text: Text) -> Circular:
    """Raises :class:`AlreadySent`."""
    locked = _locked(circular)
    source = locked.summit.languages[0]
    locked.subject = locked.subject.revised(subject.words(), source=source)
    locked.text = locked.text.revised(text.words(), source=source)
    locked.save(update_fields=["subject", "text"])
    return locked


@transaction.atomic
def discard(circular: Circular) -> None:
    """Take one away that was not sent. Raises :class:`AlreadySent`."""
    _locked(circular).delete()


def those_told(circular: Circular) -> Any:
    """The recipients that get it: registered, and not erased."""
    return Registration.objects.active().filter(circulars__circular=circular, erased_at=None)


def number_told(circular: Circular) -> int:
    """How many addresses get it: those who share one get it once."""
    return len({address.lower() for address in those_told(circular).values_list("email", flat=True)})


def version(circular: Circular) -> str:
    """The state of the text that a page shows."""
    return fingerprint(repr([circular.subject.stored(), circular.text.stored()]))


def drawn(circular: Circular, registration: Registration, *, link: str = "") -> Drawn:
    """As this recipient reads it, in their language; ``link`` stands for that of their own page."""
    language = registration.language
    with translation.override(language):
        values = {
            "name": registration.addressed_as,
            "reference": registration.reference,
            "category": registration.category.name.in_language(language) or str(registration.category),
            "summit": circular.summit.name.in_language(language) or str(circular.summit),
            "link": link or emails.own_page(registration),
        }
        subject, text = (_filled(_said(words, language), values) for words in (circular.subject, circular.text))
    return Drawn(" ".join(subject.split()), text)


def _said(words: Text, language: str) -> str:
    return words.in_language(language) or str(words)


def _filled(words: str, values: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), words)


def send_test(circular: Circular, registration: Registration, *, to: User, language: str) -> None:
    """Mail it to a member of the team as this recipient would read it in a language, without the link that opens their
    own page. Raises :class:`NothingWritten`."""
    _is_written(circular)
    registration.language = language
    home = circular.summit.address(circular.summit.get_absolute_url())
    outbox.queue(emails.circular(registration, drawn(circular, registration, link=home), to=to.email, is_test=True))


def _is_written(circular: Circular) -> None:
    if not (circular.subject and circular.text):
        raise NothingWritten


@transaction.atomic
def send(circular: Circular, *, seen: str, number: int, by: User) -> Circular:
    """Have the worker mail it, once. ``seen`` and ``number``: the version and how many got it when somebody said so.

    Raises :class:`AlreadySent`, :class:`NothingWritten`, :class:`NobodyToTell` and :class:`Changed`.
    """
    locked = _locked(circular)
    _is_written(locked)
    told = number_told(locked)
    if not told:
        raise NobodyToTell
    if (seen, number) != (version(locked), told):
        raise Changed
    locked.sent_at, locked.total, locked.by = timezone.now(), told, by
    locked.save(update_fields=["sent_at", "total", "by"])
    changes: history.Changes = {"people": (0, told), "subject": ("", history.plain(locked.subject))}
    history.record("circular.send", locked, by=by, summit=locked.summit, changes=changes)
    draw_mails.enqueue(locked.pk)
    return locked


@task
def draw_mails(circular: int) -> int:
    """Write the mails of the next recipients, with the key of a message to many; goes on where more are left."""
    found = Circular.objects.select_related("summit", "by").filter(pk=circular, sent_at__isnull=False).first()
    number = _draw(found) if found else 0
    if number == BATCH:
        draw_mails.enqueue(circular)
    return number


@transaction.atomic
def _draw(circular: Circular) -> int:
    waiting = circular.recipients.select_for_update(of=("self",), skip_locked=True).filter(drawn_at=None).order_by("pk")
    rows = list(waiting[:BATCH])
    told = (
        those_told(circular).filter(pk__in=[row.registration_id for row in rows]).select_related("summit", "category")
    )
    people = {person.pk: person for person in told}
    by_guid = {row.pk: uuid5(circular.guid, people[row.registration_id].email.lower())
               for row in rows if row.registration_id in people}  # fmt: skip
    written = set(Message.objects.filter(pk__in=by_guid.values()).values_list("pk", flat=True))
    letters: list[emails.Letter] = []
    lines = []
    for row in rows:
        row.drawn_at, guid = timezone.now(), by_guid.get(row.pk)
        if guid is None or guid in written:
            continue
        written.add(guid)
        person = people[row.registration_id]
        mail = emails.circular(person, drawn(circular, person))
        mail.guid = guid
        letters.append((mail, []))
        row.message = mail
        lines.append((person, {"subject": ("", mail.subject)}))
    outbox.queue_many(letters)
    CircularRecipient.objects.bulk_update(rows, ["message", "drawn_at"])
    history.record_many("registration.circular", lines, by=circular.by, summit=circular.summit)
    return len(rows)


def progress(circular: Circular) -> dict[str, int]:
    """How many mails are ``sent``, ``failed``, ``discarded`` and still ``waiting``."""
    rows = circular.recipients.filter(message__isnull=False).order_by().values_list("message__state")
    states = dict(rows.annotate(n=Count("pk")))
    ended = {name: states.get(state, 0) for name, state in ENDED.items()}
    return {**ended, "waiting": max(0, circular.total - sum(ended.values()))}


ENDED = {"sent": Message.State.SENT, "failed": Message.State.FAILED, "discarded": Message.State.DISCARDED}


def requeue(*, older_than: datetime) -> int:
    """Go on with those whose task was lost or failed; returns how many."""
    late = Circular.objects.filter(sent_at__lte=older_than, recipients__drawn_at=None, recipients__isnull=False)
    keys = list(late.distinct().values_list("pk", flat=True))
    for key in keys:
        draw_mails.enqueue(key)
    return len(keys)
