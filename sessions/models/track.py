"""Thematic lines through the agenda."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from summit.lib.translated import TranslatedField
from summit.models import Summit
from summit.models.place import validate_slug

validate_colour = RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write a colour as #rrggbb."))


class Track(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="tracks")
    slug = models.CharField(_("address"), max_length=50, validators=[validate_slug])
    name = TranslatedField(_("name"), max_length=80)
    theme = TranslatedField(_("theme"), max_length=160, blank=True)
    summary = TranslatedField(_("summary"), max_length=2000, long=True, blank=True)
    colour = models.CharField(_("colour"), max_length=7, default="#0b3d91", validators=[validate_colour])
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ("order", "slug")
        constraints = (models.UniqueConstraint(fields=["summit", "slug"], name="track_slug_once"),)

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("sessions:track", args=[self.summit.code, self.slug])
