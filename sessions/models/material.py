"""Slides, links and recordings of a session."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session
from summit.lib.translated import TranslatedField
from summit.lib.weblinks import Player, player, validate_web_link


class MaterialQuerySet(models.QuerySet["Material"]):
    def recordings(self) -> "MaterialQuerySet":
        """What the public may be told is a recording: confirmed, and of a session that may be recorded."""
        return self.filter(kind=Material.Kind.RECORDING, confirmed=True, session__do_not_record=False)


class Material(models.Model):
    class Kind(models.TextChoices):
        RECORDING = "recording", _("Recording")
        SLIDES = "slides", _("Slides")
        LINK = "link", _("Link")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="materials")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = TranslatedField(_("title"), max_length=200, blank=True)
    url = models.CharField(_("address"), max_length=1000, validators=[validate_web_link])
    language = models.CharField(_("language"), max_length=10, blank=True)
    # Nobody has checked an unconfirmed link yet: the public page says so, the organiser's page lists it. A recording
    # counts as one once its link is confirmed.
    confirmed = models.BooleanField(_("link confirmed"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ("order", "pk")
        constraints = (models.UniqueConstraint(fields=["session", "url"], name="material_once"),)

    def __str__(self) -> str:
        return str(self.title) or self.url

    @property
    def is_recording(self) -> bool:
        return self.kind == self.Kind.RECORDING and self.confirmed

    @property
    def player(self) -> Player | None:
        return player(self.url, peertube_hosts=settings.PEERTUBE_HOSTS)
