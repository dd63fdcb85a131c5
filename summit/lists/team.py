"""The workspace's list of the team."""

from operator import attrgetter
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.accounts import invitations
from summit.accounts import team as verbs
from summit.editing.inline_edits import unchanged, value_version
from summit.lists.actions import Action
from summit.lists.cell_rendering import Chip
from summit.lists.listing import Begin, Column, Filter, ListKind
from summit.lists.pieces import by, by_words, narrowed_by, of_model
from summit.models import Membership, Right, Role, Summit, User

TEAM_ALONE = frozenset({Right.TEAM})


def rows(summit: Summit) -> QuerySet[Membership]:
    factors = Authenticator.objects.filter(user=OuterRef("user"))
    found = summit.memberships.select_related("user", "invited_by", "summit").prefetch_related("tracks")
    return found.annotate(has_factor=Exists(factors))


def state_chip(member: Membership) -> Chip:
    if member.is_accepted:
        return Chip(_("In the team"), "good")
    return Chip(_("Invitation expired"), "bad") if member.is_expired else Chip(_("Invited"), "warn")


def _tracks(member: Any) -> Any:
    names = [str(track) for track in member.tracks.all()]
    return names or (Chip(_("No track yet"), "warn") if member.role == Role.TRACK_LEAD else None)


def _factor(member: Any) -> Chip:
    return Chip(_("set up"), "good") if member.has_factor else Chip(_("none"))


def _invited_at(member: Membership) -> Any:
    return member.invited_at if member.invited_by_id else None


def columns(summit: Summit) -> list[Column]:
    return [
        Column("name", gettext_lazy("Name"), lambda m: str(m.user), by_words("user__name", "user__email"), head=True),
        Column("role", gettext_lazy("Role"), lambda m: m.get_role_display(), by("role"), field=of_model(Membership, "role")),
        Column("email", gettext_lazy("E-mail address"), attrgetter("user.email"), by_words("user__email")),
        Column("tracks", gettext_lazy("Leads tracks"), _tracks),
        Column("state", gettext_lazy("State"), state_chip, by("accepted_at", "expires_at")),
        Column("factor", gettext_lazy("Second factor"), _factor, by("has_factor")),
        Column("last_login", gettext_lazy("Last sign-in"), attrgetter("user.last_login"), by("user__last_login"), shown=False),
        Column("invited_by", gettext_lazy("Invited by"), lambda m: m.invited_by and str(m.invited_by), by_words("invited_by__name"), shown=False),
        Column("invited_at", gettext_lazy("Invited on"), _invited_at, by("invited_at"), shown=False),
        Column("accepted_at", gettext_lazy("In the team since"), attrgetter("accepted_at"), by("accepted_at"), shown=False),
    ]  # fmt: skip


def _states(_summit: Summit) -> list[tuple[str, str]]:
    return [("accepted", _("In the team")), ("invited", _("Invited")), ("expired", _("Invitation expired"))]


def _in_state(found: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    now = timezone.now()
    return found.filter({
        "accepted": Q(accepted_at__isnull=False),
        "invited": Q(accepted_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now)),
        "expired": Q(accepted_at=None, expires_at__lte=now),
    }[value])  # fmt: skip


def _edited(user: User, summit: Summit, rights: frozenset[Right], texts: bool) -> QuerySet[Membership]:
    return summit.memberships.all() if rights >= TEAM_ALONE and not texts else summit.memberships.none()


@transaction.atomic
def _save(member: Membership, values: dict[str, Any], token: str, by: User) -> Membership:
    Summit.objects.select_for_update().get(pk=member.summit_id)  # as the verb does: roles change one after another
    now = Membership.objects.get(pk=member.pk)
    unchanged(now, {"role": token})
    return verbs.change_role(now, values["role"], by=by)


TEAM = ListKind(
    name="team",
    title=gettext_lazy("Team"),
    holds=gettext_lazy("Everybody who works on this summit, and as what: invite them by e-mail, each with a role of their own."),
    begins=(Begin("summit:team-invite", gettext_lazy("Invite somebody"), TEAM_ALONE),),
    views=(
        (gettext_lazy("Invited"), "state=invited"),
        (gettext_lazy("Invitation expired"), "state=expired"),
        (gettext_lazy("Without a second factor"), "factor=no"),
    ),
    address="summit:team",
    detail="summit:team-member",
    key="id",
    seen_by=TEAM_ALONE,
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d role", "%(n)d roles", n) % {"n": n},
    empty=gettext_lazy("Nobody is in the team yet."),
    edited=_edited,
    save=_save,
    token=lambda member, column: value_version(getattr(member, column)),
    order=("-accepted_at", "pk"),
    filters=(
        Filter("role", gettext_lazy("Role"), lambda _s: Role.choices, narrowed_by("role")),
        Filter("state", gettext_lazy("State"), _states, _in_state),
        Filter("factor", gettext_lazy("Second factor"), lambda _s: [("yes", _("set up")), ("no", _("none"))],
               lambda found, value, _s: found.filter(has_factor=value == "yes")),
    ),
    searched=("user__name", "user__email"),
    searched_beside=("tracks__name",),
    note=gettext_lazy("Who has several roles stands here once for each; roles add up."),
)  # fmt: skip


# acting on many


def _accepted(members: list[Membership]) -> dict[int, str]:
    return {member.pk: str(invitations.AlreadyAccepted.message) for member in members if member.is_accepted}


def _invite_again(member: Membership, _value: Any, by: User) -> dict[str, Any]:
    verbs.invite_again(member, by=by)
    return {}


def _remove(member: Membership, _value: Any, by: User) -> dict[str, Any]:
    verbs.remove(member, seen=member.role, by=by)
    return {}


def _last_owners(members: list[Membership]) -> dict[int, str]:
    """Of owners, those without whom the summit would have none."""
    owners = [member for member in members if member.role == Role.OWNER and member.is_accepted]
    if not owners:
        return {}
    others = (
        owners[0].summit.memberships.accepted().filter(role=Role.OWNER).exclude(pk__in=[each.pk for each in owners])
    )
    return {} if others.exists() else {owners[-1].pk: str(verbs.LastOwner.message)}


TEAM.actions.extend([
    Action("again", gettext_lazy("Send the invitation again"), run=_invite_again, stays=_accepted, each_alone=True,
           said=lambda n: ngettext("%(n)d invitation was sent again.", "%(n)d invitations were sent again.", n) % {"n": n},
           asks=lambda n: ngettext("Send %(n)d invitation again", "Send %(n)d invitations again", n) % {"n": n}),
    Action("remove", gettext_lazy("Take the role away"), run=_remove, stays=_last_owners, each_alone=True, danger=True,
           said=lambda n: ngettext("%(n)d role was taken away.", "%(n)d roles were taken away.", n) % {"n": n},
           asks=lambda n: ngettext("Take %(n)d role away", "Take %(n)d roles away", n) % {"n": n}),
])  # fmt: skip
