"""A file that was sent with a form and is not part of an answer yet."""

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.draft import Draft
from registration.models.question import Question
from summit.storage import private_files

# What stands for an upload among the answers of a form.
SENT = "upload:"


class Upload(models.Model):
    """Kept for a day, or with the draft it belongs to, so that whoever must correct the form need not choose the file again;
    ``guid`` stands in the form and nobody else knows it."""

    guid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="uploads")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, blank=True, related_name="uploads")
    file = models.FileField(_("file"), upload_to="answers/", storage=private_files)
    name = models.CharField(_("name"), max_length=200)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.name

    @property
    def given(self) -> str:
        """What a form's answers say in its place."""
        return f"{SENT}{self.guid}"
