"""Slides, links and recordings of a session."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session
from summit.lib.chapters import Chapter, at_second, parsed, validate_chapters
from summit.lib.translated import TranslatedField, own_name
from summit.lib.weblinks import Player, player, validate_web_link

LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC-BY-NC-ND-4.0": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


class MaterialQuerySet(models.QuerySet["Material"]):
    def recordings(self) -> "MaterialQuerySet":
        """What the public may be told is a recording: confirmed, and of a session that may be recorded."""
        return self.filter(kind=Material.Kind.RECORDING, confirmed=True, session__do_not_record=False)


class Material(models.Model):
    class Kind(models.TextChoices):
        RECORDING = "recording", _("Recording")
        SLIDES = "slides", _("Slides")
        LINK = "link", _("Link")

    class Quality(models.TextChoices):
        UHD = "2160p", _("2160p (4K)")
        FULL_HD = "1080p", _("1080p (Full HD)")
        HD = "720p", _("720p (HD)")
        SD = "480p", _("480p")
        LOW = "360p", _("360p (little data)")
        AUDIO = "audio", _("Sound alone")

    class Licence(models.TextChoices):
        BY = "CC-BY-4.0", _("CC BY 4.0")
        BY_SA = "CC-BY-SA-4.0", _("CC BY-SA 4.0")
        BY_NC = "CC-BY-NC-4.0", _("CC BY-NC 4.0")
        BY_NC_ND = "CC-BY-NC-ND-4.0", _("CC BY-NC-ND 4.0")
        ZERO = "CC0-1.0", _("CC0 (public domain)")
        RESERVED = "reserved", _("All rights reserved")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="materials")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = TranslatedField(_("title"), max_length=200, blank=True)
    url = models.CharField(_("address"), max_length=1000, validators=[validate_web_link])
    language = models.CharField(_("language"), max_length=10, blank=True)
    # Nobody has checked an unconfirmed link yet: the public page says so, the organiser's page lists it. A recording
    # counts as one once its link is confirmed.
    confirmed = models.BooleanField(_("link confirmed"), default=False)
    # Who has said so, and when; nobody where it came confirmed from a file.
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
                                     related_name="+", editable=False, verbose_name=_("confirmed by"))  # fmt: skip
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, blank=True, editable=False)
    # Of recordings alone, each may be unknown.
    quality = models.CharField(_("quality"), max_length=10, choices=Quality, blank=True, default="", db_default="")
    licence = models.CharField(_("licence"), max_length=20, choices=Licence, blank=True, default="", db_default="")
    chapters = models.TextField(_("chapters"), max_length=20_000, blank=True, default="", db_default="",
                                validators=[validate_chapters])  # fmt: skip
    captions_url = models.CharField(_("address of captions"), max_length=1000, blank=True, default="", db_default="",
                                    validators=[validate_web_link])  # fmt: skip
    size = models.PositiveBigIntegerField(_("size of the file in bytes"), null=True, blank=True,
                                          validators=[MinValueValidator(1), MaxValueValidator(2**53)])  # fmt: skip
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

    @property
    def licence_url(self) -> str:
        """Where the licence can be read; "" of one that says nothing, or reserves all rights."""
        return LICENCES.get(self.licence, "")

    @property
    def spoken(self) -> str:
        """The language by its own name, "" where it is not stated."""
        return own_name(self.language) if self.language else ""

    @property
    def parts(self) -> list[tuple[Chapter, str]]:
        """Each chapter, and the address that begins with it."""
        return [(chapter, at_second(self.url, chapter.seconds)) for chapter in parsed(self.chapters)]
