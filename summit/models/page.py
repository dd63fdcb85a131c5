"""Standing pages: prose in several languages."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from summit.lib.translated import TranslatedField
from summit.models.place import validate_slug
from summit.models.summit import Summit


class Section(models.TextChoices):
    SUMMIT = "summit", _("The summit")
    OGP = "ogp", _("Open Government Partnership")
    KOREA = "korea", _("Open government in Korea")
    SITE = "site", _("This site")


class Page(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="pages")
    slug = models.CharField(_("address"), max_length=50, validators=[validate_slug])
    section = models.CharField(_("section"), max_length=12, choices=Section, default=Section.SUMMIT)
    title = TranslatedField(_("title"))
    summary = TranslatedField(_("summary"), max_length=600, long=True, blank=True)
    body = TranslatedField(_("text (Markdown)"), max_length=30_000, long=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    in_menu = models.BooleanField(_("in the menu"), default=False)
    menu_order = models.PositiveSmallIntegerField(_("order in the menu"), default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ("section", "order", "slug")
        constraints = (models.UniqueConstraint(fields=["summit", "slug"], name="page_slug_once"),)

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("summit:page", args=[self.summit.code, self.slug])
