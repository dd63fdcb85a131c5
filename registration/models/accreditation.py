"""What accreditation keeps of one person: a photo, each step of the vetting, and zones beside those of the category."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registration.models.category import Category
from registration.models.registration import Registration
from registration.models.vetting import PhotoWanted, Vetting
from registration.models.zone import Zone
from summit.storage import private_files

MONTH = timedelta(days=30.44)


class Photo(models.Model):
    """A face, three wide to four high, as JPEG. ``faces`` is what a library saw on it, where there is one; somebody of
    the team looks at each."""

    class Faces(models.TextChoices):
        UNKNOWN = "", _("Not looked at by a program")
        ONE = "one", _("One face")
        NONE = "none", _("No face was found")
        MANY = "many", _("More than one face")
        SMALL = "small", _("The face is small")

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="photo")
    file = models.FileField(_("photo"), upload_to="photos/", storage=private_files)
    faces = models.CharField(_("faces"), max_length=8, choices=Faces, blank=True, default=Faces.UNKNOWN)
    sent_at = models.DateTimeField(pgettext_lazy("photo", "sent"), default=timezone.now)
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    looked_at_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return str(self.registration)

    @property
    def is_doubtful(self) -> bool:
        return self.faces not in {self.Faces.UNKNOWN, self.Faces.ONE}

    def is_old(self, category: Category, now: datetime | None = None) -> bool:
        """Whether the category asks for a newer one."""
        months = category.photo_months
        return months > 0 and self.sent_at < (now or timezone.now()) - months * MONTH


def lacks_photo(category: Category, sent_at: datetime | None, now: datetime | None = None) -> bool:
    """Whether somebody of a category whose photo was ``sent_at`` then (None: there is none) is asked for one."""
    if category.photo == PhotoWanted.NO:
        return False
    return sent_at is None or Photo(sent_at=sent_at).is_old(category, now)


class VettingStep(models.Model):
    """One move of somebody's vetting: into which state, by whom, why. ``by`` is None where a rule moved it."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="vetting_steps")
    state = models.CharField(_("vetting"), max_length=12, choices=Vetting)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("step of the vetting")
        verbose_name_plural = _("steps of the vetting")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.registration} · {self.get_state_display()}"


class ZoneException(models.Model):
    """A zone that one person has though the category does not give it, or (``gives`` is false) has not though it does."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="zone_exceptions")
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="exceptions", verbose_name=_("zone"))
    gives = models.BooleanField(_("gives"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("zone of one person")
        verbose_name_plural = _("zones of single persons")
        ordering = ("zone__order", "zone__code")
        constraints = (models.UniqueConstraint(fields=["registration", "zone"], name="zone_exception_once"),)

    def __str__(self) -> str:
        return f"{self.registration} · {self.zone}"
