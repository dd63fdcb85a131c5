"""Who works on a summit, and as what."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.models.summit import Summit


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ORGANISER = "organiser", _("Organiser")
    DESK = "desk", _("Desk staff")


class Membership(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team")
        ordering = ("role", "user")
        constraints = (models.UniqueConstraint(fields=["summit", "user", "role"], name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
