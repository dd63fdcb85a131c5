"""Where people arrive, each arrival, and each badge printed."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration, RegistrationQuerySet
from registration.models.zone import Zone
from summit.lib.translated import TranslatedField
from summit.models import Claimed, ClaimedQuerySet, Summit
from summit.models.place import validate_slug
from summit.storage import private_files


class Desk(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="desks")
    code = models.CharField(_("code"), max_length=50, validators=[validate_slug])
    name = TranslatedField(_("name"), max_length=80)
    is_open = models.BooleanField(_("open"), default=True)
    # Whoever has not got it is not let in here; None: everybody is who may come in at all.
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="desks", verbose_name=_("zone")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ("order", "code")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="desk_code_once"),)

    def __str__(self) -> str:
        return str(self.name)


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def standing(self) -> "CheckInQuerySet":
        """Arrivals that were not undone."""
        return self.filter(undone_at__isnull=True)

    def arrivals_of(self, registrations: RegistrationQuerySet) -> RegistrationQuerySet:
        """Adds ``arrived_at``: when the person was checked in at the summit, or None."""
        arrival = self.standing().filter(registration=models.OuterRef("pk"))
        return registrations.annotate(arrived_at=models.Subquery(arrival.values("at")[:1]))


class CheckIn(models.Model):
    """One recorded arrival at the summit. Undone ones stay as history."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="check_ins")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="check_ins")
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(fields=["registration", "nonce"], name="check_in_nonce_once"),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(undone_at__isnull=True), name="check_in_standing_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.registration} · {self.desk}"


class BadgeJob(Claimed):
    """Badges drawn in the background; the page that asked for them shows how far it is."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("In progress")
        DONE = "done", _("Finished")
        FAILED = "failed", _("Failed")

    WAITING, CLAIMED = State.QUEUED, State.RUNNING

    guid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="badge_jobs")
    layout = models.CharField(_("layout"), max_length=4)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    registrations = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    file = models.FileField(upload_to="badges/", storage=private_files, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimedQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge job")
        verbose_name_plural = _("badge jobs")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return str(self.guid)


class BadgePrintQuerySet(models.QuerySet["BadgePrint"]):
    def good(self) -> "BadgePrintQuerySet":
        """Those that open the door: with the ticket their registration has now."""
        return self.filter(ticket_issue=models.F("registration__ticket_issue"))


class BadgePrint(models.Model):
    """One badge that was drawn for printing: who, when, at which desk or in which job."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="badge_prints")
    job = models.ForeignKey(BadgeJob, on_delete=models.SET_NULL, null=True, blank=True, related_name="prints")
    desk = models.ForeignKey(Desk, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Whose ticket is on it: the one with a lower number than its registration's was replaced since.
    ticket_issue = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    at = models.DateTimeField(default=timezone.now)

    objects = BadgePrintQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge print")
        verbose_name_plural = _("badge prints")
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.registration} {self.at:%Y-%m-%d %H:%M}"
