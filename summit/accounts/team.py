"""Who works on a summit: inviting, inviting again, removing. Accepting is in ``summit.accounts.invitations``."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from summit.accounts import invitations
from summit.accounts.sign_in import account_for
from summit.errors import Refusal
from summit.models import Membership, Role, Summit, User
from summit.models.team import MADE_BY_OWNERS

TEMPLATE, PATH = "summit/emails/team_invitation", "summit:team-invitation"


class OnlyOwners(Refusal):
    code = "only_owners"
    status = 403
    message: Any = _("Only an owner makes and removes owners and organisers.")


class AlreadyInTeam(Refusal):
    code = "already_in_team"
    message: Any = _("This person has that role already.")


class LastOwner(Refusal):
    code = "last_owner"
    message: Any = _("A summit needs an owner. Make somebody else an owner first.")


@transaction.atomic
def invite(summit: Summit, email: str, role: str, *, name: str = "", language: str = "", by: User) -> Membership:
    """Invite somebody for a role; an open invitation is sent again. Raises :class:`OnlyOwners`, :class:`AlreadyInTeam`."""
    _may_make(summit, role, by)
    user = account_for(email, name=name, language=language or summit.languages[0])
    known = Membership.objects.select_for_update(of=("self",)).filter(summit=summit, user=user, role=role).first()
    if known is not None and known.is_accepted:
        raise AlreadyInTeam
    if known is not None:
        return invite_again(known, by=by)
    row = Membership(summit=summit, role=role)
    return invitations.invite(row, email, summit=summit, by=by, template=TEMPLATE, path=PATH, name=name,
                              language=language, role=Role(role).label)  # fmt: skip


@transaction.atomic
def invite_again(membership: Membership, *, by: User) -> Membership:
    """A new link; the one before stops working. Raises :class:`OnlyOwners` or ``AlreadyAccepted``."""
    _may_make(membership.summit, membership.role, by)
    invitations.invite_again(membership, summit=membership.summit, by=by, template=TEMPLATE, path=PATH,
                             role=Role(membership.role).label)  # fmt: skip
    return membership


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """Take the role away; the next request of that person knows nothing of it. Raises :class:`OnlyOwners`,
    :class:`LastOwner`."""
    summit = Summit.objects.select_for_update().get(pk=membership.summit_id)
    _may_make(summit, membership.role, by)
    if membership.role == Role.OWNER and membership.is_accepted:
        others = summit.memberships.accepted().filter(role=Role.OWNER).exclude(pk=membership.pk)
        if not others.exists():
            raise LastOwner
    invitations.remove(membership, summit=summit, by=by)


def _may_make(summit: Summit, role: str, by: User) -> None:
    """Owners make owners and organisers; the first owner of a summit without one is made by an operator."""
    if role not in MADE_BY_OWNERS:
        return
    owners = summit.memberships.accepted().filter(role=Role.OWNER)
    first = role == Role.OWNER and by.is_superuser and by.is_active and not owners.exists()
    if not first and not owners.filter(user=by).exists():
        raise OnlyOwners
