"""Who works on a summit, as what, and what that allows."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from summit.models.summit import Summit

# An invitation that nobody took up in this time must be sent again.
INVITATION_LASTS = timedelta(days=14)


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ORGANISER = "organiser", _("Organiser")
    TRACK_LEAD = "track_lead", _("Track lead")
    REGISTRATIONS = "registrations", _("Registrations")
    REVIEWER = "reviewer", _("Reviewer")
    DESK_LEAD = "desk_lead", _("Desk lead")
    DESK = "desk", _("Desk staff")
    TRANSLATOR = "translator", _("Translator")
    MODERATOR = "moderator", _("Moderator")
    VIEWER = "viewer", _("Viewer")


class Right(StrEnum):
    """What a role allows. Pages, the API and exports ask for rights, never for roles."""

    WORKSPACE = "workspace"  # the dashboard and every list of the programme, read only
    PROGRAMME = "programme"  # sessions, people, organisations, rooms: everything about them
    OWN_TRACKS = "own_tracks"  # the same for the sessions of tracks one leads
    TEXTS = "texts"  # texts of sessions, tracks, organisations, people, rooms and pages in every language, nothing else
    TRACKS = "tracks"
    PUBLISH = "publish"
    IMPORT = "import"
    NUMBERS = "numbers"  # counts of registrations, nobody's data
    REGISTRATIONS = "registrations"
    APPROVAL = "approval"  # decide on registrations that wait, of all categories or some
    BADGES = "badges"
    DESK = "desk"
    LIVE = "live"  # what happens while sessions run: questions, polls, announcements, delays, captions
    NOTES = "notes"  # internal notes on sessions and people
    TEAM = "team"
    SETTINGS = "settings"  # deadlines, freezing, second factors, copying the summit
    AUDIT = "audit"


EVERYTHING = frozenset(Right)
RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: EVERYTHING,
    Role.ORGANISER: EVERYTHING,
    Role.TRACK_LEAD: frozenset({Right.WORKSPACE, Right.OWN_TRACKS, Right.LIVE, Right.NOTES}),
    Role.REGISTRATIONS: frozenset({Right.NUMBERS, Right.REGISTRATIONS, Right.APPROVAL, Right.BADGES}),
    Role.REVIEWER: frozenset({Right.APPROVAL, Right.NUMBERS}),
    Role.DESK_LEAD: frozenset({Right.DESK, Right.NUMBERS, Right.BADGES}),
    Role.DESK: frozenset({Right.DESK}),
    Role.TRANSLATOR: frozenset({Right.WORKSPACE, Right.TEXTS}),
    Role.MODERATOR: frozenset({Right.WORKSPACE, Right.LIVE, Right.NOTES}),
    Role.VIEWER: frozenset({Right.WORKSPACE, Right.NUMBERS}),
}
# Only owners make and unmake these.
MADE_BY_OWNERS = frozenset({Role.OWNER, Role.ORGANISER})


def invitation_ends() -> Any:
    return timezone.now() + INVITATION_LASTS


class Invited(models.Model):
    """Somebody who was invited by mail and becomes what the row says by accepting.

    The account is made with the invitation, its address unproven: the link works for whoever signs in with that
    address and for nobody else, once, until ``expires_at``. Rows made without an invitation are accepted at once.
    """

    # "" where nobody was invited: the row was made by an operator or an importer.
    token = models.CharField(max_length=64, blank=True, editable=False)
    invited_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    expires_at = models.DateTimeField(_("invitation expires"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, default=timezone.now)

    class Meta:
        abstract = True

    @staticmethod
    def token_once(name: str) -> models.UniqueConstraint:
        return models.UniqueConstraint(fields=["token"], condition=models.Q(token__gt=""), name=name)

    @property
    def is_accepted(self) -> bool:
        return self.accepted_at is not None

    @property
    def is_expired(self) -> bool:
        return not self.is_accepted and self.expires_at is not None and self.expires_at <= timezone.now()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def accepted(self) -> "MembershipQuerySet":
        return self.filter(accepted_at__isnull=False)

    def granting(self, *rights: Right) -> "MembershipQuerySet":
        """Accepted memberships whose role allows one of these."""
        roles = [role for role, granted in RIGHTS.items() if granted.intersection(rights)]
        return self.accepted().filter(role__in=roles)


class Membership(Invited):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=13, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team")
        ordering = ("role", "user")
        constraints = (
            models.UniqueConstraint(fields=["summit", "user", "role"], name="membership_once"),
            Invited.token_once("membership_token_once"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
