"""What belongs to the installation as a whole."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InstallationKey(models.Model):
    """A key that was printed for whoever sets the installation up, kept as its SHA-256 alone.

    Every key that was printed is good until there is an operator; then all rows go. In the database, so that each
    process and container knows what another one printed.
    """

    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("installation key")
        verbose_name_plural = _("installation keys")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.fingerprint[:8]
