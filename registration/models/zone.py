"""Parts of the venue that not everybody may enter."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.lib.translated import TranslatedField
from summit.models import Summit

validate_zone_code = RegexValidator(
    r"\A[A-Z0-9]{1,4}\Z", _("Use one to four capital letters or digits, such as A or P2."), code="zone_code"
)


class Zone(models.Model):
    """``code`` is what stands on the badge and what whoever guards a door looks for."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="zones")
    code = models.CharField(_("code on the badge"), max_length=4, validators=[validate_zone_code])
    name = TranslatedField(_("name"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ("order", "code")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="zone_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"
