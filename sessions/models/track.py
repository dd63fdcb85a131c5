"""Thematic lines through the agenda."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from summit.lib.translated import TranslatedField
from summit.models import Membership, Summit
from summit.models.place import validate_slug
from summit.models.summit import validate_colour


class Track(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="tracks")
    slug = models.CharField(_("address"), max_length=50, validators=[validate_slug])
    name = TranslatedField(_("name"), max_length=80)
    theme = TranslatedField(_("theme"), max_length=160, blank=True)
    summary = TranslatedField(_("summary"), max_length=2000, long=True, blank=True)
    colour = models.CharField(_("colour"), max_length=7, default="#0b3d91", validators=[validate_colour])
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    leads: models.ManyToManyField[Membership, Any] = models.ManyToManyField(
        Membership, related_name="tracks", blank=True, verbose_name=_("track leads")
    )
    quota = models.PositiveSmallIntegerField(_("sessions wanted"), null=True, blank=True)
    # Of those on stage who declared it: at least so many per cent, or so many different regions.
    target_women = models.PositiveSmallIntegerField(
        _("women on stage, at least (%)"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    target_civil_society = models.PositiveSmallIntegerField(
        _("civil society on stage, at least (%)"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    target_regions = models.PositiveSmallIntegerField(
        _("different regions on stage, at least"), null=True, blank=True, validators=[MaxValueValidator(5)]
    )

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ("order", "slug")
        constraints = (models.UniqueConstraint(fields=["summit", "slug"], name="track_slug_once"),)

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("sessions:track", args=[self.summit.code, self.slug])

    @property
    def lead_keys(self) -> list[int]:
        return sorted(self.leads.values_list("pk", flat=True))
