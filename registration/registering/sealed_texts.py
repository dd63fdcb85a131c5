"""What was written of people at risk before they were protected: rid of every word that tells who it was."""

import re
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from registration.models import BadgeJob, Invitation, Itinerary, Photo, Registration
from registration.models.registration import RegistrationQuerySet
from registration.models.sealing import HIDDEN, SEALED
from registration.registering import drafts
from sessions.models import ImportJob
from summit import history
from summit.models import ExportJob, HistoryEntry, Message, MessageFile, SealedAddress, Summit
from summit.storage import delete_files

# Words shorter than this are in too many others to be replaced in texts.
SHORTEST, SHORTEST_PART = 2, 3
TELLING = {"name", "name_romanised", "family_name", "organisation", "email"}
# What lines of the history say of people.
OF_PEOPLE = {"name", "email", "registered_by", "said_by", "contact_name", "contact_email", "notes"}
# Files in which people stand: lists that were made, and sheets that were sent.
LISTS, TABLES = ("registrations", "invitations", "history"), ("registrations", "invitations")

# Mails to others that name whoever they are about.
MAILS_OF_OTHERS = ("transfer_offered", "from_participant")


def together(locked: Registration) -> RegistrationQuerySet:
    """What is protected with somebody: what was merged into it is of the same person, and who comes along with whom
    would tell who they are."""
    brings = Q(pk=locked.companion_of_id) if locked.companion_of_id else Q(pk__in=[])
    rows = Registration.objects.filter(Q(merged_into=locked) | Q(companion_of=locked) | brings, erased_at=None)
    return rows.order_by("pk")


def telling(registration: Registration) -> list[str]:
    """What would tell who it is, the longest first: as it is now, and as it was before it was corrected."""
    said = {name: {str(getattr(registration, name))} for name in TELLING}
    for entry in _lines_about(registration):
        for name in TELLING & entry.changes.keys():
            said[name] |= {str(value) for value in entry.changes[name]} - {HIDDEN}
    said["email"] = {SealedAddress.objects.real(registration.email), *_invited_at(registration), *said["email"]}
    names = said["name"] | said["name_romanised"]
    parts = {part for name in names for part in name.split() if len(part) >= SHORTEST_PART}
    words = set().union(parts, *said.values())
    return sorted((word for word in words if len(word) >= SHORTEST), key=len, reverse=True)


def _invited_at(registration: Registration) -> list[str]:
    return list(Invitation.objects.filter(registration=registration).values_list("email", flat=True))


def names_of(truth: dict[str, Any], address: str) -> list[str]:
    """The names and the address, without what others share."""
    words = {truth["name"], truth["name_romanised"], address}
    return sorted((word for word in words if len(word) >= SHORTEST), key=len, reverse=True)


def scrubbed(told: list[str], alias: str) -> Callable[[Any], Any]:
    """Puts the alias for each word that tells, in texts and whatever holds them."""
    words = re.compile("|".join(map(re.escape, told)), re.IGNORECASE)

    def scrub(value: Any) -> Any:
        if isinstance(value, str):
            return words.sub(lambda _found: alias, value)
        if isinstance(value, list):
            return [scrub(each) for each in value]
        return {name: scrub(each) for name, each in value.items()} if isinstance(value, dict) else value

    return scrub


def addresses_of(locked: Registration, words: list[str]) -> list[str]:
    """Those among the words that tell, without one that is somebody else's by now."""
    others = locked.summit.registrations.active().exclude(pk=locked.pk)
    found = [word for word in words if "@" in word and " " not in word]
    return [one for one in found if not others.filter(email__address=one, companion_of=None).exists()]


def rewrite(locked: Registration, words: list[str]) -> None:
    """What was written of the person before: lines of the history, notes, mails, and files that hold it."""
    scrub, addresses = scrubbed(words, locked.name), addresses_of(locked, words)
    _rewrite_history(locked, scrub)
    for note in locked.notes.select_for_update():
        locked.notes.filter(pk=note.pk).update(text=scrub(note.text)[:2000])
    own = {name: scrub(getattr(locked, name)) for name in ("access_needs", "dietary_needs", "reason")}
    Registration.objects.filter(pk=locked.pk).update(**own)
    for name, value in own.items():
        setattr(locked, name, value)
    for journey in Itinerary.objects.filter(registration=locked):
        said = {
            name: scrub(getattr(journey, name)) for name in ("arrives_on", "arrives_in", "departs_on", "departs_in")
        }
        Itinerary.objects.filter(pk=journey.pk).update(**{name: words[:40] for name, words in said.items()})
    _rewrite_accreditation(locked, scrub)
    for address in addresses:
        drafts.forget_address(locked.summit, address)
        rewrite_mails(locked.summit, address, locked.email, scrub)
        _hide_address(locked, address, scrub)
    _empty_files(locked, scrub)


def _rewrite_accreditation(locked: Registration, scrub: Callable[[Any], Any]) -> None:
    """The photo goes: no alias helps it. Reasons that the team wrote stay without what tells who it is."""
    photos = Photo.objects.filter(registration=locked)
    delete_files(photos)
    photos.delete()
    for rows in (locked.vetting_steps, locked.zone_exceptions):
        for row in rows.exclude(reason=""):
            rows.filter(pk=row.pk).update(reason=scrub(row.reason)[:300])


def rewrite_mails(summit: Summit, address: str, stand_in: str, scrub: Callable[[Any], Any]) -> None:
    """Those to the person, and those that tell others of them."""
    rows = Message.objects.select_for_update().filter(summit=summit)
    for mail in rows.filter(to__address=address):
        rewrite_mail(mail, stand_in, scrub)
    telling_others = Q(text__icontains=address) | Q(kind__in=MAILS_OF_OTHERS)
    for mail in rows.filter(telling_others).exclude(to=stand_in):
        if scrub(mail.text) != mail.text or scrub(mail.subject) != mail.subject:
            rewrite_mail(mail, mail.to, scrub)


def _hide_address(locked: Registration, address: str, scrub: Callable[[Any], Any]) -> None:
    """Where the address stands beside others: who registered a group, and lines about whatever else."""
    summit = locked.summit
    summit.registrations.filter(registered_by__icontains=f"<{address}>").update(registered_by=HIDDEN)
    lines = HistoryEntry.objects.filter(summit=summit, masked_at=None).alias(said=Cast("changes", TextField()))
    # Of whoever is protected with them the lines are masked with their own names.
    kind, party = Registration._meta.label_lower, [str(pk) for pk in together(locked).values_list("pk", flat=True)]
    lines = lines.exclude(subject_kind=kind, subject_key__in=party)
    for entry in lines.filter(Q(said__icontains=address) | Q(subject_name__icontains=address)).select_related("by"):
        mask(locked, entry, scrub)


def mask(locked: Registration, entry: HistoryEntry, scrub: Callable[[Any], Any]) -> None:
    """A line of something else that tells of the person. It is masked once: whatever it says of anybody is hidden with it."""
    changes = {
        name: [HIDDEN, HIDDEN] if name in OF_PEOPLE or scrub(pair) != pair else pair
        for name, pair in entry.changes.items()
    }
    # Whose account did it is the person, too.
    by = None if entry.by_id == locked.user_id else entry.by
    history.mask(entry, name=scrub(entry.subject_name), changes=changes, by=by)


def _empty_files(locked: Registration, scrub: Callable[[Any], Any]) -> None:
    """Files that hold the person are deleted: badges and lists can be made again, sheets are where they came from."""
    jobs = BadgeJob.objects.filter(prints__registration=locked).values("pk")
    lists = ExportJob.objects.filter(summit=locked.summit, list_name__in=LISTS)
    sheets = ImportJob.objects.filter(summit=locked.summit, table__in=TABLES, finished_at__isnull=False)
    for sheet in sheets:
        ImportJob.objects.filter(pk=sheet.pk).update(report=scrub(sheet.report), refused=scrub(sheet.refused))
    for rows in (BadgeJob.objects.filter(pk__in=jobs), lists, sheets):
        delete_files(rows.exclude(file=""))


def _lines_about(registration: Registration) -> QuerySet[HistoryEntry]:
    about = Q(subject_kind=registration._meta.label_lower, subject_key=str(registration.pk))
    return HistoryEntry.objects.filter(about, summit=registration.summit_id)


def _rewrite_history(locked: Registration, scrub: Callable[[Any], Any]) -> None:
    for entry in _lines_about(locked).filter(masked_at=None).select_related("by"):
        changes = {name: [HIDDEN, HIDDEN] if name in (*SEALED, "email") else scrub(pair) for name, pair in entry.changes.items()}  # fmt: skip
        # Whose account did it is the person, too.
        by = None if entry.by_id == locked.user_id else entry.by
        history.mask(entry, name=locked.name, changes=changes, by=by)


def rewrite_mail(mail: Message, stand_in: str, scrub: Callable[[Any], Any]) -> None:
    waits = mail.state in {Message.State.QUEUED, Message.State.SENDING}
    texts = {name: scrub(getattr(mail, name)) if waits else "" for name in ("text", "html")}
    erased = mail.erased_at if waits else mail.erased_at or timezone.now()
    if not waits:
        MessageFile.objects.filter(message=mail).delete()
    Message.objects.filter(pk=mail.pk).update(
        to=stand_in, subject=scrub(mail.subject)[:300], error=scrub(mail.error), erased_at=erased, **texts
    )
