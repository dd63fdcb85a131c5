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
from registration.models import Campaign, CampaignRecipient, Registration
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
    code = "campaign_changed"
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
def begin(summit: Summit, registrations: Iterable[Registration], *, by: User) -> Campaign:
    """A message to these that is not written yet."""
    made = Campaign.objects.create(summit=summit, by=by)
    rows = (CampaignRecipient(campaign=made, registration_id=row.pk) for row in registrations)
    for chunk in batched(rows, CHUNK, strict=False):
        CampaignRecipient.objects.bulk_create(chunk)
    return made


def _locked(campaign: Campaign) -> Campaign:
    """Raises :class:`AlreadySent`."""
    found = Campaign.objects.select_for_update(of=("self",)).select_related("summit").get(pk=campaign.pk)
    if found.sent_at:
        raise AlreadySent
    return found


@transaction.atomic
def write(campaign: Campaign, *, subject: Text, text: Text) -> Campaign:
    """Raises :class:`AlreadySent`."""
    locked = _locked(campaign)
    source = locked.summit.languages[0]
    locked.subject = locked.subject.revised(subject.words(), source=source)
    locked.text = locked.text.revised(text.words(), source=source)
    locked.save(update_fields=["subject", "text"])
    return locked


@transaction.atomic
def discard(campaign: Campaign) -> None:
    """Take one away that was not sent. Raises :class:`AlreadySent`."""
    _locked(campaign).delete()


def those_told(campaign: Campaign) -> Any:
    """The recipients that get it: registered, and not erased."""
    return Registration.objects.active().filter(campaigns__campaign=campaign, erased_at=None)


def number_told(campaign: Campaign) -> int:
    """How many addresses get it: those who share one get it once."""
    return len({address.lower() for address in those_told(campaign).values_list("email", flat=True)})


def version(campaign: Campaign) -> str:
    """The state of the text that a page shows."""
    return fingerprint(repr([campaign.subject.stored(), campaign.text.stored()]))


def drawn(campaign: Campaign, registration: Registration, *, link: str = "") -> Drawn:
    """As this recipient reads it, in their language; ``link`` stands for that of their own page."""
    language = registration.language
    with translation.override(language):
        values = {
            "name": registration.addressed_as,
            "reference": registration.reference,
            "category": registration.category.name.in_language(language) or str(registration.category),
            "summit": campaign.summit.name.in_language(language) or str(campaign.summit),
            "link": link or emails.own_page(registration),
        }
        subject, text = (_filled(_said(words, language), values) for words in (campaign.subject, campaign.text))
    return Drawn(" ".join(subject.split()), text)


def _said(words: Text, language: str) -> str:
    return words.in_language(language) or str(words)


def _filled(words: str, values: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), words)


def send_test(campaign: Campaign, registration: Registration, *, to: User, language: str) -> None:
    """Mail it to a member of the team as this recipient would read it in a language, without the link that opens their
    own page. Raises :class:`NothingWritten`."""
    _is_written(campaign)
    registration.language = language
    home = campaign.summit.address(campaign.summit.get_absolute_url())
    outbox.queue(emails.campaign(registration, drawn(campaign, registration, link=home), to=to.email, is_test=True))


def _is_written(campaign: Campaign) -> None:
    if not (campaign.subject and campaign.text):
        raise NothingWritten


@transaction.atomic
def send(campaign: Campaign, *, seen: str, number: int, by: User) -> Campaign:
    """Have the worker mail it, once. ``seen`` and ``number``: the version and how many got it when somebody said so.

    Raises :class:`AlreadySent`, :class:`NothingWritten`, :class:`NobodyToTell` and :class:`Changed`.
    """
    locked = _locked(campaign)
    _is_written(locked)
    told = number_told(locked)
    if not told:
        raise NobodyToTell
    if (seen, number) != (version(locked), told):
        raise Changed
    locked.sent_at, locked.total, locked.by = timezone.now(), told, by
    locked.save(update_fields=["sent_at", "total", "by"])
    changes: history.Changes = {"people": (0, told), "subject": ("", history.plain(locked.subject))}
    history.record("campaign.send", locked, by=by, summit=locked.summit, changes=changes)
    draw_mails.enqueue(locked.pk)
    return locked


@task
def draw_mails(campaign: int) -> int:
    """Write the mails of the next recipients, with the key of a message to many; goes on where more are left."""
    found = Campaign.objects.select_related("summit", "by").filter(pk=campaign, sent_at__isnull=False).first()
    number = _draw(found) if found else 0
    if number == BATCH:
        draw_mails.enqueue(campaign)
    return number


@transaction.atomic
def _draw(campaign: Campaign) -> int:
    waiting = campaign.recipients.select_for_update(of=("self",), skip_locked=True).filter(drawn_at=None).order_by("pk")
    rows = list(waiting[:BATCH])
    told = (
        those_told(campaign).filter(pk__in=[row.registration_id for row in rows]).select_related("summit", "category")
    )
    people = {person.pk: person for person in told}
    by_guid = {row.pk: uuid5(campaign.guid, people[row.registration_id].email.lower())
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
        mail = emails.campaign(person, drawn(campaign, person))
        mail.guid = guid
        letters.append((mail, []))
        row.message = mail
        lines.append((person, {"subject": ("", mail.subject)}))
    outbox.queue_many(letters)
    CampaignRecipient.objects.bulk_update(rows, ["message", "drawn_at"])
    history.record_many("registration.campaign", lines, by=campaign.by, summit=campaign.summit)
    return len(rows)


def progress(campaign: Campaign) -> dict[str, int]:
    """How many mails are ``sent``, ``failed``, ``discarded`` and still ``waiting``."""
    rows = campaign.recipients.filter(message__isnull=False).order_by().values_list("message__state")
    states = dict(rows.annotate(n=Count("pk")))
    ended = {name: states.get(state, 0) for name, state in ENDED.items()}
    return {**ended, "waiting": max(0, campaign.total - sum(ended.values()))}


ENDED = {"sent": Message.State.SENT, "failed": Message.State.FAILED, "discarded": Message.State.DISCARDED}


def requeue(*, older_than: datetime) -> int:
    """Go on with those whose task was lost or failed; returns how many."""
    late = Campaign.objects.filter(sent_at__lte=older_than, recipients__drawn_at=None, recipients__isnull=False)
    keys = list(late.distinct().values_list("pk", flat=True))
    for key in keys:
        draw_mails.enqueue(key)
    return len(keys)
