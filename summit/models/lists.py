"""What people keep of the workspace's lists: views with a name, and exports that are made in the background."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from summit.models.leases import Claimed, ClaimedQuerySet
from summit.models.summit import Summit
from summit.storage import private_files


class SavedView(models.Model):
    """One person's look at a list: ``query`` is that of its address (search, filters, order), ``columns`` those that
    are shown, [] for the usual ones. A shared one is everybody's who sees the list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="saved_views")
    list_name = models.CharField(max_length=32)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    columns = models.JSONField(default=list, blank=True)
    is_shared = models.BooleanField(_("for the whole team"), default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=["user", "summit", "list_name", "name"], name="saved_view_once"),)

    def __str__(self) -> str:
        return self.name


class ExportJob(Claimed):
    """A long list on its way into a file; only ``by`` may fetch it, for a day."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("In progress")
        DONE = "done", _("Finished")
        FAILED = "failed", _("Failed")

    WAITING, CLAIMED = State.QUEUED, State.RUNNING

    guid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="export_jobs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=32)
    query = models.CharField(max_length=4000, blank=True)
    format = models.CharField(max_length=4)
    language = models.CharField(max_length=10)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="exports/", storage=private_files, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimedQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return str(self.guid)

    @property
    def is_running(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}
