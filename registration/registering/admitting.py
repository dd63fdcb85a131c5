"""What somebody brings to the form: an invitation or a code. Whether it holds, what it opens, and what is left of it.

Its row is held first, then quotas: two who use the same one, or use and revoke it, come one after the other.
"""

from django.db.models import F, Q

from registration.models import AccessCode, Category, Invitation, InvitationState, Registration
from registration.models.invitation import normal_code
from registration.models.quota import Wish
from registration.places import capacity
from registration.registering import refusals
from summit.models import Summit

type Key = Invitation | AccessCode


def refuse_ended(invitation: Invitation) -> None:
    """Raises :class:`refusals.InvitationUsed`, :class:`refusals.InvitationRevoked` or :class:`refusals.InvitationExpired`."""
    match invitation.state:
        case InvitationState.FINISHED:
            raise refusals.InvitationUsed
        case InvitationState.REVOKED:
            raise refusals.InvitationRevoked
        case InvitationState.EXPIRED:
            raise refusals.InvitationExpired


def refuse_unusable(code: AccessCode) -> None:
    """Raises :class:`refusals.CodeUsedUp` or :class:`refusals.CodeNotValid`."""
    if not code.is_active or code.window() != "open":
        raise refusals.CodeNotValid
    if code.left == 0:
        raise refusals.CodeUsedUp


def find_code(summit: Summit, typed: str) -> AccessCode:
    """The code somebody typed, with its categories. Raises what :func:`refuse_unusable` does, and
    :class:`refusals.CodeUnknown`."""
    found = summit.access_codes.prefetch_related("categories").filter(code=normal_code(typed)).first()
    if found is None:
        raise refusals.CodeUnknown
    refuse_unusable(found)
    return found


def held(invitation: Invitation | None, code: AccessCode | None, category: Category) -> Key | None:
    """What is brought, as it is now, its row held until the transaction ends; None where nothing is needed: a code is not
    used up by whoever chooses another category. Raises what :func:`refuse_ended` and :func:`refuse_unusable` do."""
    if invitation is not None:
        rows = Invitation.objects.select_for_update(of=("self",)).select_related("category")
        now = rows.filter(pk=invitation.pk, sent_at__isnull=False).first()
        if now is None:
            raise refusals.InvitationRevoked
        refuse_ended(now)
        return now
    if code is None or not code.admits(category):
        return None
    known = AccessCode.objects.select_for_update().prefetch_related("categories").filter(pk=code.pk).first()
    if known is None or not known.admits(category):
        raise refusals.CodeNotValid
    refuse_unusable(known)
    return known


def keeps_place(key: Key | None) -> bool:
    """Whether a place is kept for whoever brings it."""
    if isinstance(key, Invitation):
        return key.holds_place
    return key is not None and key.held > 0


def wish_of(key: Key) -> Wish:
    """Whom a place that it keeps is counted as."""
    if isinstance(key, Invitation):
        return Wish(key.attendance, key.category_id, key.country)
    return Wish(key.attendance, next((each.pk for each in key.categories.all()), None))


def hand_over(summit: Summit, wish: Wish, key: Key | None) -> bool:
    """Make the place that is kept that of whoever registers. False where none is; raises
    :class:`refusals.NoPlaceLeft` where they are counted against another quota, in which there is none."""
    if key is None or not keeps_place(key):
        return False
    if not capacity.move(summit, wish_of(key), wish, by_team=True):
        raise refusals.no_place_left(summit, wish)
    return True


def settle(key: Key | None, registration: Registration) -> None:
    """Somebody has registered by it: an invitation is finished, a code used once more."""
    if isinstance(key, Invitation):
        Invitation.objects.filter(pk=key.pk).update(registration=registration, holds_place=False)
    elif key is not None:
        AccessCode.objects.filter(pk=key.pk).update(used=F("used") + 1, held=F("held") - (1 if key.held else 0))


def count_again(registration: Registration, *, was_active: bool) -> None:
    """A registration made with a code has ended, or stands again: the use is given back, or counted anew, beyond the
    number of uses where the team says so by reinstating. Call it before places are taken or given back.

    No place is kept for a use that is given back: that of the registration is everybody's.
    """
    if registration.access_code_id is None or registration.is_active == was_active:
        return
    row = AccessCode.objects.filter(pk=registration.access_code_id)
    if was_active:
        row.filter(used__gt=0).update(used=F("used") - 1)
    elif not row.filter(Q(uses__isnull=True) | Q(used__lt=F("uses"))).update(used=F("used") + 1):
        row.update(used=F("used") + 1, uses=F("used") + 1)


def pass_on(former: Registration, substitute: Registration) -> None:
    """A place that was got with a code goes to a substitute, and the use of it too: else it could be used once more. Call
    it once ``former`` has ended, which gave the use back."""
    if former.access_code_id is None:
        return
    substitute.access_code_id = former.access_code_id
    Registration.objects.filter(pk=substitute.pk).update(access_code=former.access_code_id)
    count_again(substitute, was_active=False)
