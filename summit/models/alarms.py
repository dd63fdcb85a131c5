"""What operators were told of by mail, and when."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Alarm(models.Model):
    """One row for each kind of trouble, ``<kind>@<host>`` where it is of one machine: who moves ``at`` is who tells."""

    kind = models.CharField(_("kind"), max_length=120, primary_key=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")

    def __str__(self) -> str:
        return self.kind


class RefusalTally(models.Model):
    """How often clients of a network were refused something within one minute."""

    kind = models.CharField(_("kind"), max_length=20)
    network = models.CharField(_("network"), max_length=45, blank=True)
    minute = models.DateTimeField(_("when"))
    count = models.PositiveIntegerField(_("count"))

    class Meta:
        verbose_name = _("tally of refusals")
        verbose_name_plural = _("tallies of refusals")
        constraints = (models.UniqueConstraint(fields=["kind", "minute", "network"], name="one_tally_a_minute"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.network} {self.minute:%H:%M}"
