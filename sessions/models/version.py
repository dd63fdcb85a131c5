"""What organisers plan, and each agenda they made public."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session, check_times
from summit.lib.translated import TranslatedField
from summit.models import Room, Summit


class Placement(models.Model):
    """Time, room and state a session shall have, seen by organisers only until the agenda is published.

    A session without one is planned as it is public.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="placement")
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="placements")
    cancelled = models.BooleanField(_("cancelled"), default=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True, ends_at__isnull=True)
                | models.Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=models.F("starts_at")),
                name="placement_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.session.code}: {self.starts_at or '—'}"

    def clean(self) -> None:
        check_times(self.starts_at, self.ends_at)


class AgendaVersion(models.Model):
    """An agenda as it became public: what it said (``snapshot``) and what was new in it (``changes``).

    ``snapshot`` maps a session's code to ``{"guid", "title", "starts_at", "ends_at", "room", "cancelled"}``; moments
    are ISO 8601 in UTC or null, ``room`` is a room's code or "". ``changes`` lists
    ``{"kind", "code", "title", "before", "after"}``; ``kind`` is a :class:`ChangeKind`, ``before`` and ``after`` hold
    the fields that differ.
    """

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="agenda_versions")
    number = models.PositiveIntegerField(_("number"))
    note = TranslatedField(_("note"), max_length=1000, long=True, blank=True)
    published_at = models.DateTimeField(_("published"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    snapshot = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    # How many people were told of it, and when all of them had been; None: nobody was to be told.
    told = models.PositiveIntegerField(_("people told"), default=0, editable=False)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("agenda version")
        verbose_name_plural = _("agenda versions")
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["summit", "number"], name="version_number_once"),)

    def __str__(self) -> str:
        return f"{self.summit.code} {self.number}"


class ChangeKind(models.TextChoices):
    NEW = "new", _("New")
    MOVED = "moved", _("Moved")
    RENAMED = "renamed", _("Renamed")
    CANCELLED = "cancelled", _("Cancelled")
    RESTORED = "restored", _("Takes place after all")
    REMOVED = "removed", _("Removed")


class PlannedPublication(models.Model):
    """A publication that shall happen by itself at a moment; at most one waits at a time."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="planned_publications")
    at = models.DateTimeField(_("when"))
    note = TranslatedField(_("note"), max_length=1000, long=True, blank=True)
    tell = models.BooleanField(_("tell those affected"), default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    # Why it did not happen; "" where it did.
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("planned publication")
        verbose_name_plural = _("planned publications")
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(
                fields=["summit"],
                condition=models.Q(cancelled_at__isnull=True, done_at__isnull=True),
                name="planned_publication_one_waits",
            ),
        )

    def __str__(self) -> str:
        return f"{self.summit.code} {self.at:%Y-%m-%d %H:%M}"

    @property
    def waits(self) -> bool:
        return self.cancelled_at is None and self.done_at is None


class AcceptedConflict(models.Model):
    """A conflict of the plan that somebody has looked at and lets stand, with the reason.

    ``key`` names the rule and all that clashes (``sessions.planning.conflicts.Conflict.key``): when one of the sessions moves
    into another clash, that one has another key and is open again.
    """

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="accepted_conflicts")
    key = models.CharField(max_length=200)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("accepted conflict")
        verbose_name_plural = _("accepted conflicts")
        constraints = (models.UniqueConstraint(fields=["summit", "key"], name="accepted_conflict_once"),)

    def __str__(self) -> str:
        return self.key


class Task(models.TextChoices):
    """What somebody owes a session before the summit; each can have a deadline and a reminder."""

    ABSTRACT = "abstract", _("Abstracts in every language")
    PEOPLE = "people", _("Answers of the people on stage")
    PROFILE = "profile", _("Biographies and portraits")
    TECHNICAL = "technical", _("Technical needs")
    LINKS = "links", _("Links to videos and slides")


class Deadline(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="deadlines")
    task = models.CharField(_("task"), max_length=10, choices=Task)
    due_at = models.DateTimeField(_("due"))
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ("due_at",)
        constraints = (models.UniqueConstraint(fields=["summit", "task"], name="deadline_once"),)

    def __str__(self) -> str:
        return f"{self.get_task_display()}: {self.due_at:%Y-%m-%d}"
