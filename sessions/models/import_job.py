"""A file of an agenda on its way in: checked first, then imported, in the background."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from summit.models import Claimed, ClaimedQuerySet, Summit
from summit.storage import private_files


class ImportJob(Claimed):
    """``dry_run`` jobs only report; the one made from it by :func:`sessions.imports.jobs.confirm` writes."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("In progress")
        DONE = "done", _("Finished")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    WAITING, CLAIMED = State.QUEUED, State.RUNNING

    guid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="import_jobs")
    file = models.FileField(upload_to="imports/", storage=private_files, blank=True)
    name = models.CharField(_("file"), max_length=200)
    language = models.CharField(_("language"), max_length=10, blank=True)
    # "" is a whole agenda in a format of its own; else the table whose columns ``mapping`` names.
    table = models.CharField(_("what it holds"), max_length=16, blank=True)
    # "reader" is the language of the page it was sent from, "rows" how many there are.
    mapping = models.JSONField(default=dict, blank=True)
    # Rows that could not come in: {"place", "reason", "cells"}; handed out as a file to mend and send again.
    refused = models.JSONField(default=list, blank=True)
    cancel_gone = models.BooleanField(_("cancel what the file does not have"), default=False)
    dry_run = models.BooleanField(default=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    # Lines as ``sessions.imports.telling`` makes them; earlier releases kept their words alone.
    report = models.JSONField(default=list)
    # How far whoever reads it is, told now and then; 0 of 0 while that is not known.
    done = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    total = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimedQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name

    @property
    def wrote(self) -> bool:
        return not self.dry_run and self.state == self.State.DONE

    @property
    def told(self) -> dict[str, list[dict[str, str]]]:
        """The lines of the report by their part: ``count``, ``hand`` for what needs one, ``row``."""
        parts: dict[str, list[dict[str, str]]] = {"count": [], "hand": [], "row": []}
        for line in self.report:
            known = line if isinstance(line, dict) else {"part": "row", "words": line}
            parts[known["part"]].append(known)
        return parts

    @property
    def is_running(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING} and not self.needs_mapping

    @property
    def good_rows(self) -> int:
        """How many rows of a table that was checked, and refused in part, could come in."""
        return self.mapping.get("rows", 0) - len(self.refused) if self.table and self.refused else 0

    @property
    def needs_mapping(self) -> bool:
        """Whether somebody still has to say what the columns of the table mean."""
        return bool(self.table) and not self.mapping and self.state == self.State.QUEUED
