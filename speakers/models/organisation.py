"""Bodies that host sessions or send delegates."""

from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from summit.lib.translated import TranslatedField
from summit.lib.weblinks import validate_web_link
from summit.models import Summit
from summit.models.place import validate_slug


class Organisation(models.Model):
    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("Government")
        INTERNATIONAL = "international", _("International organisation")
        CIVIL_SOCIETY = "civil_society", _("Civil society")
        ACADEMIA = "academia", _("University or research")
        BUSINESS = "business", _("Business")

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="organisations")
    code = models.CharField(_("code"), max_length=50, validators=[validate_slug])
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = TranslatedField(_("name"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True, validators=[validate_web_link])
    description = TranslatedField(_("description"), max_length=3000, long=True, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("code",)
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="organisation_code_once"),)

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("speakers:host", args=[self.summit.code, self.code])
