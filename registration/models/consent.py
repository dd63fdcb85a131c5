"""What somebody agreed to, and the privacy notice it is about."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from summit.models import Page, Summit


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> "ConsentQuerySet":
        """Those that were given and not withdrawn."""
        return self.filter(withdrawn_at=None)

    def photographed[Rows: models.QuerySet[Any]](self, registrations: Rows) -> Rows:
        """Adds ``photographed``: whether the person agrees to it, as :attr:`registration.models.Registration.may_be_photographed`."""
        agreed = self.standing().filter(registration=models.OuterRef("pk"), kind=Consent.Kind.PHOTOGRAPHY)
        yes = models.Q(models.Exists(agreed), no_photographs=False)
        return registrations.annotate(photographed=models.ExpressionWrapper(yes, models.BooleanField()))


class Consent(models.Model):
    """What somebody agreed to, in which version, and when. Kept as proof; withdrawing adds a time."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", _("Privacy notice")
        PHOTOGRAPHY = "photography", _("Photographs and filming")
        SENSITIVE = "sensitive", _("Health, religion and the like")

    registration = models.ForeignKey("registration.Registration", on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    version = models.CharField(_("version"), max_length=20)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = (models.UniqueConstraint(fields=["registration", "kind", "version"], name="consent_once"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


# As the privacy notice says.
NEEDS_KEPT_FOR = timedelta(days=30)


def needs_are_gone(summit: Summit) -> bool:
    """Whether access and dietary needs, and sensitive answers, of this summit are erased every day."""
    return summit.ends_on < (timezone.now() - NEEDS_KEPT_FOR).date()


def with_privacy(summits: models.QuerySet[Summit]) -> models.QuerySet[Summit]:
    """The same summits, for which :func:`privacy_version` asks nothing more."""
    page = Page.objects.filter(summit=models.OuterRef("pk"), slug="privacy")
    return summits.annotate(privacy_edited_at=models.Subquery(page.values("updated_at")[:1]))


def privacy_version(summit: Summit) -> str:
    """Which privacy notice is in force: the day its page was last edited."""
    if not hasattr(summit, "privacy_edited_at"):
        page = summit.pages.filter(slug="privacy").first()
        return f"{page.updated_at:%Y-%m-%d}" if page else "1"
    edited: datetime | None = summit.privacy_edited_at
    return f"{edited:%Y-%m-%d}" if edited else "1"
