"""Who works on a summit: inviting, inviting again, changing roles, removing. Accepting is in ``summit.accounts.invitations``."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.accounts import invitations, user_sessions
from summit.accounts.sign_in import account_for
from summit.errors import Refusal
from summit.models import Membership, Right, Role, Summit, User
from summit.models.team import EVERYTHING, MADE_BY_OWNERS, RIGHTS

TEMPLATE, PATH = "summit/emails/team_invitation", "summit:team-invitation"


class OnlyOwners(Refusal):
    code = "only_owners"
    status = 403
    message: Any = _("Only an owner makes and removes owners and organisers.")


class AlreadyInTeam(Refusal):
    code = "already_in_team"
    message: Any = _("This person has that role already.")


class RoleChanged(Refusal):
    code = "role_changed"
    message: Any = _("Somebody has changed this role meanwhile. Look at what it is now, then go on.")


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


# What each right allows, in words; of a role its rights are said in this order.
ALLOWS: dict[Right, Any] = {
    Right.WORKSPACE: _("see the whole programme"),
    Right.PROGRAMME: _("edit sessions, people, organisations and rooms"),
    Right.OWN_TRACKS: _("edit the sessions of the tracks they lead"),
    Right.TEXTS: _("write texts in every language"),
    Right.TRACKS: _("edit tracks"),
    Right.LIVE: _("run sessions while they take place: questions, polls, announcements, captions"),
    Right.NOTES: _("read internal notes"),
    Right.PUBLISH: _("publish the agenda"),
    Right.IMPORT: _("import"),
    Right.NUMBERS: _("see numbers of registrations"),
    Right.REGISTRATIONS: _("see and change registrations"),
    Right.APPROVAL: _("decide on registrations that wait"),
    Right.BADGES: _("draw badges"),
    Right.DESK: _("check people in at the desk"),
    Right.TEAM: _("invite the team"),
    Right.SETTINGS: _("change settings"),
    Right.AUDIT: _("read the history"),
}


def explained(role: str) -> str:
    """What a role allows, in a sentence of the active language."""
    if role == Role.OWNER:
        return gettext("Everything, and makes other owners and organisers.")
    if RIGHTS[role] == EVERYTHING:
        return gettext("Everything, except making owners and organisers.")
    words = ", ".join(str(allowed) for right, allowed in ALLOWS.items() if right in RIGHTS[role])
    return f"{words[:1].upper()}{words[1:]}."


@transaction.atomic
def change_role(membership: Membership, role: str, *, seen: str = "", by: User) -> Membership:
    """Make somebody something else; what they may changes with their next request. The same role is nothing to do.

    ``seen`` is the role whoever asks has read. Raises :class:`OnlyOwners`, :class:`LastOwner`, :class:`RoleChanged`, and
    :class:`AlreadyInTeam` where they are that as well.
    """
    summit = Summit.objects.select_for_update().get(pk=membership.summit_id)
    locked = Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)
    before = locked.role
    if before == role:
        return locked
    if seen and before != seen:
        raise RoleChanged
    _may_make(summit, before, by)
    _may_make(summit, role, by)
    _not_the_last(summit, locked)
    if summit.memberships.filter(user=locked.user_id, role=role).exists():
        raise AlreadyInTeam
    locked.role = role
    locked.save(update_fields=["role"])
    history.record("membership.change_role", locked, by=by, summit=summit, changes={"role": (before, role)})
    return locked


def may_sign_out(summit: Summit, by: User) -> bool:
    """Whether somebody ends the sessions of other members: owners and operators do. One query."""
    return by.is_superuser or summit.memberships.accepted().filter(user=by, role=Role.OWNER).exists()


@transaction.atomic
def sign_out(membership: Membership, *, by: User) -> None:
    """End all sessions of a member, in whatever browser: a laptop is lost, somebody left. Raises :class:`OnlyOwners`."""
    summit = membership.summit
    if not may_sign_out(summit, by):
        raise OnlyOwners(_("Only an owner or an operator signs other people out."))
    user_sessions.end_all(membership.user)
    history.record("membership.sign_out", membership, by=by, summit=summit)


@transaction.atomic
def remove(membership: Membership, *, seen: str = "", by: User) -> None:
    """Take the role away; the next request of that person knows nothing of it.

    ``seen`` is the role whoever asks has read. Raises :class:`OnlyOwners`, :class:`LastOwner`, :class:`RoleChanged`.
    """
    summit = Summit.objects.select_for_update().get(pk=membership.summit_id)
    locked = Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)
    if seen and locked.role != seen:
        raise RoleChanged
    _may_make(summit, locked.role, by)
    _not_the_last(summit, locked)
    invitations.remove(locked, summit=summit, by=by)


def _not_the_last(summit: Summit, membership: Membership) -> None:
    if membership.role == Role.OWNER and membership.is_accepted:
        others = summit.memberships.accepted().filter(role=Role.OWNER).exclude(pk=membership.pk)
        if not others.exists():
            raise LastOwner


def _may_make(summit: Summit, role: str, by: User) -> None:
    """Owners make owners and organisers; the first owner of a summit without one is made by an operator."""
    if role not in MADE_BY_OWNERS:
        return
    owners = summit.memberships.accepted().filter(role=Role.OWNER)
    first = role == Role.OWNER and by.is_superuser and by.is_active and not owners.exists()
    if not first and not owners.filter(user=by).exists():
        raise OnlyOwners
