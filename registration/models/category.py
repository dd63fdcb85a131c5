"""Who somebody is at the summit: delegate, civil society, press, speaker, staff."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.lib.translated import TranslatedField
from summit.models import Summit
from summit.models.place import validate_slug
from summit.models.summit import validate_colour


class Category(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="categories")
    code = models.CharField(_("code"), max_length=50, validators=[validate_slug])
    name = TranslatedField(_("name"), max_length=80)
    description = TranslatedField(_("description"), max_length=300, blank=True)
    colour = models.CharField(_("colour"), max_length=7, default="#0b3d91", validators=[validate_colour])
    is_open = models.BooleanField(_("may be chosen by anybody"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("order", "code")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="category_code_once"),)

    def __str__(self) -> str:
        return str(self.name)
