"""Forms that were begun and are gone on with later, on any device, by a mailed link.

Whoever saves one learns nothing of the address but that a mail leaves to it. A draft holds no place; it ends with its
registration, when its person throws it away, or days after it was saved last. It leaves no line of history: it is nobody's
registration yet, and what becomes of it leaves nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from registration.mailing import emails
from registration.models import Draft, Invitation, Registration, Upload
from registration.models.draft import KEPT_FOR
from registration.models.upload import SENT
from registration.registering import refusals
from summit.lib.codes import token
from summit.mailing import outbox
from summit.models import Message, Summit
from summit.ratelimit import take
from summit.storage import delete_files

# Bytes of JSON.
LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Filled:
    """What of a form is kept: ``said`` maps names to the texts that were sent, ``labels`` to what they are called."""

    email: str
    nonce: str
    said: Mapping[str, Sequence[str]]
    labels: Mapping[str, str] = field(default_factory=dict)
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """``mailed``: its link went to the address now. ``overtaken_at``: when it had been saved on another device, unknown to
    the page it was saved from now."""

    draft: Draft
    mailed: bool
    overtaken_at: datetime | None = None


def find(summit: str, key: str) -> Draft | None:
    """The one a link (its token) opens at a summit (its code); None where it was thrown away, used, or never was."""
    rows = Draft.objects.select_related("summit", "invitation", "invitation__category", "invitation__by")
    return rows.filter(summit__code=summit, token=key, expires_at__gt=timezone.now()).first()


def save(summit: Summit, filled: Filled, *, language: str, seen: tuple[int, int] | None = None) -> Saved:
    """Keep a form, and mail its link; the same form saved again is the same draft. ``seen``: key and version of the draft
    that this page has saved before.

    Raises :class:`refusals.RegistrationNotOpen`, :class:`refusals.RegistrationClosed`, :class:`refusals.DraftTooLong`, and
    :class:`summit.ratelimit.TooMany` where too many mails left to the address.
    """
    _may_save(summit, filled)
    take("draft", f"{summit.pk} {filled.email.lower()}", limit=4, seconds=3600)
    try:
        return _save(summit, filled, language=language, seen=seen)
    except IntegrityError:  # the same form, sent twice at once
        return _save(summit, filled, language=language, seen=seen)


@transaction.atomic
def _save(summit: Summit, filled: Filled, *, language: str, seen: tuple[int, int] | None) -> Saved:
    rows = Draft.objects.select_for_update(of=("self",)).filter(summit=summit, email__address=filled.email)
    known = rows.filter(nonce=filled.nonce).first() if filled.nonce else None
    overtaken = known.saved_at if known and seen != (known.pk, known.version) else None
    draft = known or Draft(
        summit=summit, email=filled.email, nonce=filled.nonce or uuid4().hex, invitation=filled.invitation, version=0
    )
    draft.summit = summit
    _write(draft, filled)
    emails.draft_saved(draft, language)
    return Saved(draft, mailed=True, overtaken_at=overtaken)


def save_again(draft: Draft, filled: Filled, *, version: int, language: str) -> Saved:
    """Save what was gone on with by the link. The last one stands; ``version``: of the draft this page was drawn from. To
    another address a new link is mailed, and the former one opens nothing any more.

    Raises what :func:`save` does, :class:`refusals.DraftGone`, and :class:`refusals.DraftTwice` where the new address has
    one of this form already.
    """
    _may_save(draft.summit, filled)
    moves = filled.email.lower() != draft.email.lower()
    if moves:
        take("draft", f"{draft.summit_id} {filled.email.lower()}", limit=4, seconds=3600)
    try:
        with transaction.atomic():
            locked = Draft.objects.select_for_update(of=("self",)).select_related("summit").filter(pk=draft.pk).first()
            if locked is None:
                raise refusals.DraftGone
            overtaken = locked.saved_at if locked.version != version else None
            if moves:
                _forget_mails(locked, locked.email)
                locked.token = token()
            locked.email = filled.email
            _write(locked, filled)
            if moves:
                emails.draft_saved(locked, language)
            return Saved(locked, mailed=moves, overtaken_at=overtaken)
    except IntegrityError:
        raise refusals.DraftTwice from None


def _may_save(summit: Summit, filled: Filled) -> None:
    if filled.invitation is None:
        match summit.registration_state():
            case "unscheduled" | "not_yet":
                raise refusals.RegistrationNotOpen
            case "closed":
                raise refusals.RegistrationClosed
    if len(json.dumps(dict(filled.said)).encode()) > LONGEST:
        raise refusals.DraftTooLong


def _write(draft: Draft, filled: Filled) -> None:
    draft.said = {name: list(values) for name, values in filled.said.items()}
    draft.labels = dict(filled.labels)
    draft.version += 1
    draft.saved_at = timezone.now()
    draft.expires_at = draft.saved_at + KEPT_FOR
    draft.save()
    guids = [text.removeprefix(SENT) for texts in draft.said.values() for text in texts if text.startswith(SENT)]
    kept = Upload.objects.filter(question__summit=draft.summit_id, pk__in=_uuids(guids))
    kept.filter(draft=None).update(draft=draft)
    gone = draft.uploads.exclude(pk__in=kept.values("pk"))
    delete_files(gone)
    gone.delete()


def _uuids(guids: list[str]) -> list[UUID]:
    found = []
    for guid in guids:
        try:
            found.append(UUID(guid))
        except ValueError:
            continue
    return found


def refuse_overtaken(draft: Draft, version: int) -> None:
    """Raises :class:`refusals.DraftOvertaken` where it was saved elsewhere since a page of that version was drawn."""
    if draft.version != version:
        raise refusals.DraftOvertaken


@transaction.atomic
def end(drafts: models.QuerySet[Draft]) -> int:
    """They are registered. Files that became no answer stay for their day: the address of the form may be corrected, and
    it is sent again then. Returns how many there were."""
    keys = list(drafts.values_list("pk", flat=True))
    if keys:
        Upload.objects.filter(draft__in=keys).update(draft=None)
        forget(Draft.objects.filter(pk__in=keys))
    return len(keys)


def end_of(registration: Registration) -> int:
    """Those of the form by which somebody has registered."""
    here = Draft.objects.filter(summit=registration.summit_id, nonce=registration.form_nonce)
    return end(here) if registration.form_nonce else 0


def end_of_all(registrations: Iterable[Registration]) -> None:
    """As :func:`end_of` of each; most have none, and one query tells of which."""
    by_form = {(row.summit_id, row.form_nonce): row for row in registrations if row.form_nonce}
    there = Draft.objects.filter(nonce__in=[nonce for _summit, nonce in by_form]).values_list("summit_id", "nonce")
    for key in by_form.keys() & set(there):
        end_of(by_form[key])


def throw_away(draft: Draft) -> None:
    """Its person does not want it any more."""
    forget(Draft.objects.filter(pk=draft.pk))


def forget_address(summit: Summit, address: str) -> None:
    """All drafts under an address."""
    forget(Draft.objects.filter(summit=summit, email__address=address))


def forget_expired(*, now: datetime | None = None) -> int:
    """Those whose days are over; returns how many."""
    return forget(Draft.objects.filter(expires_at__lte=now or timezone.now()))


def _forget_mails(draft: Draft, address: str) -> None:
    """Of those that have left to an address, and of this draft's that wait."""
    sent = Message.objects.filter(summit=draft.summit_id, kind="draft_saved", to__address=address)
    outbox.forget(sent.filter(Q(text="") | Q(text__contains=draft.token)))


@transaction.atomic
def forget(drafts: models.QuerySet[Draft]) -> int:
    """Erase drafts with their files, and what is kept of their mails; what waits does not leave. Returns how many."""
    rows = list(drafts)
    for row in rows:
        _forget_mails(row, row.email)
    delete_files(Upload.objects.filter(draft__in=rows))
    Draft.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
