"""The vetting of a person, and who takes it from where to where. Only this module writes ``Registration.vetting``.

=======  ======================================  ==========  ====  ====  ======
verb     from                                    to          team  rule  reason
=======  ======================================  ==========  ====  ====  ======
review   not needed, waiting, cleared            in review   yes   yes
clear    waiting, in review, refused, revoked    cleared     yes
exempt   waiting, in review                      not needed  yes         yes
refuse   waiting, in review                      refused     yes         yes
revoke   not needed, cleared                     revoked     yes         yes
=======  ======================================  ==========  ====  ====  ======

*Rule*: whoever was cleared and changes their name or country, or sends another photo, is looked into again. What nobody has
moved stands as its category says: waiting where that is vetted, not needed elsewhere. The table of
``tests/registration/accrediting/test_vetting.py`` holds this one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration import standing
from registration.accrediting.holding import held
from registration.mailing import emails
from registration.models import Attendance, Photo, PhotoWanted, Registration, State, Vetting, VettingStep
from registration.models.accreditation import lacks_photo
from registration.models.vetting import BARRED
from registration.places import bookings
from summit import history
from summit.errors import Refusal
from summit.models import User


@dataclass(frozen=True, slots=True)
class Move:
    start: frozenset[Vetting]
    to: Vetting
    by_rule: bool = False
    reason: bool = False


V = Vetting
MOVES: Mapping[str, Move] = {
    "review": Move(frozenset({V.NOT_NEEDED, V.WAITING, V.CLEARED}), V.IN_REVIEW, by_rule=True),
    "clear": Move(frozenset({V.WAITING, V.IN_REVIEW, V.REFUSED, V.REVOKED}), V.CLEARED),
    "exempt": Move(frozenset({V.WAITING, V.IN_REVIEW}), V.NOT_NEEDED, reason=True),
    "refuse": Move(frozenset({V.WAITING, V.IN_REVIEW}), V.REFUSED, reason=True),
    "revoke": Move(frozenset({V.NOT_NEEDED, V.CLEARED}), V.REVOKED, reason=True),
}
# What of a person was looked into: another one of these is another person, as far as anybody knows.
LOOKED_INTO = frozenset({"name", "name_romanised", "country"})


class VettingNotFromHere(Refusal):
    code = "vetting_not_from_here"
    message: Any = _("The vetting stands at “%(state)s” by now. Nothing was changed.")

    def __init__(self, registration: Registration) -> None:
        super().__init__(self.message % {"state": registration.vetted_as.label})


class VettingReasonMissing(Refusal):
    code = "vetting_reason_missing"
    status = 422
    message: Any = _("Say why. It stays in the history, and whoever is refused reads it.")


class PhotoMissing(Refusal):
    code = "photo_missing"
    message: Any = _("There is no photo that is new enough. Nobody of this category is cleared without one.")


class PhotoNotLookedAt(Refusal):
    code = "photo_not_looked_at"
    status = 422
    message: Any = _("Look at the photo first, and say that it fits.")


class NotLetIn(Refusal):
    code = "not_let_in"
    message: Any = _("The organisers have decided that you cannot be let into the venue. You can take part online.")


def may_come(registration: Registration, attendance: str, *, by_team: bool = False) -> None:
    """Raises :class:`NotLetIn` where somebody wants to come in person who was refused, or whose clearance was revoked."""
    if not by_team and attendance == Attendance.IN_PERSON and registration.vetting in BARRED:
        raise NotLetIn


def standing_at(state: str) -> Q:
    """The registrations whose vetting stands there."""
    nobody = {Vetting.WAITING: Q(category__vetted=True), Vetting.NOT_NEEDED: Q(category__vetted=False)}
    found = Q(vetting=state)
    return found | (Q(vetting="") & nobody[Vetting(state)]) if state in nobody else found


def to_do() -> Q:
    """Those that somebody has to look into."""
    return standing_at(Vetting.WAITING) | standing_at(Vetting.IN_REVIEW)


def may(registration: Registration, verb: str) -> bool:
    """Whether the table allows the team to do it."""
    return registration.is_active and registration.vetted_as in MOVES[verb].start


def verbs_of(registration: Registration) -> list[str]:
    return [verb for verb in MOVES if may(registration, verb)]


@transaction.atomic
def move(
    registration: Registration, verb: str, *, by: User, reason: str = "", photo_fits: bool = False
) -> Registration:
    """Take the vetting of somebody along ``verb`` of :data:`MOVES`. Whoever is cleared, refused or revoked is told by
    mail, with the ``reason`` of the latter two; whoever may not come in any more gives their seats back. ``photo_fits``:
    whoever clears has looked at the photo.

    Raises :class:`VettingNotFromHere`, :class:`VettingReasonMissing`, :class:`PhotoMissing`, :class:`PhotoNotLookedAt`,
    and :class:`registration.accrediting.holding.NothingToAccredit`; then nothing was written.
    """
    locked = held(registration)
    if not may(locked, verb):
        raise VettingNotFromHere(locked)
    if MOVES[verb].reason and not reason.strip():
        raise VettingReasonMissing
    if verb == "clear":
        _look_at_photo(locked, photo_fits, by)
    before = standing.of_registration(locked)
    _set(locked, verb, by=by, reason=reason.strip())
    if locked.vetting in BARRED and locked.is_in_person:
        bookings.release_all(locked, by=by)
    _tell(locked, before, reason.strip())
    return locked


def again(locked: Registration, changed: Iterable[str] = ("photo",), *, by: User | None) -> bool:
    """Have somebody who was cleared looked into again after a change of their details or photo, the row held. Returns
    whether that was so."""
    photo = "photo" in changed and locked.category.photo != PhotoWanted.NO
    if locked.vetting != Vetting.CLEARED or not (photo or LOOKED_INTO & set(changed)):
        return False
    _set(locked, "review", by=None, reason="")
    return True


def carry_over(kept: Registration, other: Registration, *, by: User) -> None:
    """Have ``kept`` be refused or revoked as ``other`` of the same person is, its row held; nobody is told twice."""
    before, kept.vetting = kept.vetted_as, other.vetting
    kept.save(update_fields=["vetting"])
    changes: history.Changes = {"vetting": (before, kept.vetting)}
    history.record("registration.vetting_merged", kept, by=by, summit=kept.summit, changes=changes)


def hindered(registration: Registration, photo: Photo | None, *, fits: bool = False) -> Refusal | None:
    """Why somebody cannot be cleared whose ``photo`` this is; ``fits``: whoever clears has looked at it."""
    if registration.category.photo == PhotoWanted.NO or not registration.is_in_person or registration.at_risk:
        return None
    if photo is None or lacks_photo(registration.category, photo.sent_at):
        return PhotoMissing()
    return None if fits or photo.looked_at else PhotoNotLookedAt()


def _look_at_photo(locked: Registration, fits: bool, by: User) -> None:
    photo = Photo.objects.filter(registration=locked).first()
    if refusal := hindered(locked, photo, fits=fits):
        raise refusal
    if photo and photo.looked_at is None and fits:
        photo.looked_at, photo.looked_at_by = timezone.now(), by
        photo.save(update_fields=["looked_at", "looked_at_by"])


def _set(locked: Registration, verb: str, *, by: User | None, reason: str) -> None:
    before, after = locked.vetted_as, MOVES[verb].to
    locked.vetting, locked.updated_at = after, timezone.now()
    locked.sequence += 1
    locked.save(update_fields=["vetting", "updated_at", "sequence"])
    VettingStep.objects.create(registration=locked, state=after, reason=reason, by=by)
    changes: dict[str, tuple[Any, Any]] = {"vetting": (before, after)}
    if reason:
        changes["reason"] = ("", reason)
    history.record(f"registration.vetting_{verb}", locked, by=by, summit=locked.summit, changes=changes)


def _tell(locked: Registration, before: standing.Standing, reason: str) -> None:
    """Nobody is told of what changes nothing for them, nor by an address that is perhaps not theirs."""
    if not locked.is_in_person or locked.state == State.UNPROVEN:
        return
    if locked.vetting in BARRED:
        emails.vetting_refused(locked, reason)
    elif standing.of_registration(locked).ticket and not before.ticket:
        emails.vetting_cleared(locked)
