"""How often the registration form was opened: a number for each day, and nothing of who opened it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.models import Summit


class FormOpening(models.Model):
    """``opened`` counts the form shown, ``begun`` those forms that were sent at least once, right or wrong."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="form_openings")
    day = models.DateField(_("day"))
    opened = models.PositiveIntegerField(_("opened"), default=0)
    begun = models.PositiveIntegerField(_("begun"), default=0)

    class Meta:
        verbose_name = _("openings of the form")
        verbose_name_plural = _("openings of the form")
        ordering = ("day",)
        constraints = (models.UniqueConstraint(fields=["summit", "day"], name="opening_once"),)

    def __str__(self) -> str:
        return f"{self.day}: {self.opened}"
