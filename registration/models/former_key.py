"""Keys of a registration that were replaced, so that whoever still has one is told instead of finding nothing."""

import hashlib

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration
from summit.models import Summit


def digest(key: str) -> str:
    """SHA-256 of a key, in hexadecimal: enough to know a former one again, of no use to whoever reads it."""
    return hashlib.sha256(key.encode()).hexdigest()


class FormerKeyQuerySet(models.QuerySet["FormerKey"]):
    def retire(self, registration: Registration, kind: "FormerKey.Kind", key: str) -> "FormerKey | None":
        """Keep that a key of a registration is none any more; one that never was ("") is nothing to keep."""
        if not key:
            return None
        return self.create(
            registration=registration, kind=kind, digest=digest(key), ticket_issue=registration.ticket_issue
        )

    def matching(self, summit: str, kind: "FormerKey.Kind", key: str) -> "FormerKey | None":
        """The former key of a summit (its code) that somebody shows; None for what never was one."""
        rows = self.select_related("registration__summit").filter(registration__summit__code=summit)
        return rows.filter(kind=kind, digest=digest(key)).first()


class FormerKey(models.Model):
    """What once opened a registration's own page or calendar, kept as a digest. That of a page also says which issue
    of the ticket ended with it."""

    class Kind(models.TextChoices):
        PAGE = "page", _("Own page")
        CALENDAR = "calendar", _("Calendar address")

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="former_keys")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    ticket_issue = models.PositiveSmallIntegerField(editable=False)
    at = models.DateTimeField(_("replaced"), default=timezone.now)

    objects = FormerKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("former key")
        verbose_name_plural = _("former keys")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def summit(self) -> Summit:
        return self.registration.summit
