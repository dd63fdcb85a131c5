"""Mails that the team writes to many registrations at once."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration
from summit.lib.translated import TranslatedField
from summit.models import Message, Summit


class Campaign(models.Model):
    """Its text may be changed until it is sent, which happens once."""

    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="campaigns")
    subject = TranslatedField(_("subject"), max_length=150, blank=True)
    text = TranslatedField(_("text"), max_length=8000, long=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # How many it was sent to; what is kept of whom goes with their registration.
    total = models.PositiveIntegerField(_("recipients"), default=0)

    class Meta:
        verbose_name = _("message to many")
        verbose_name_plural = _("messages to many")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return str(self.subject) or str(_("Without a subject"))


class CampaignRecipient(models.Model):
    """That a registration was chosen for it; ``drawn_at`` once its mail is written, or it is left out."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="recipients")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="campaigns")
    message: Any = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    drawn_at = models.DateTimeField(_("mail written"), null=True, blank=True)

    class Meta:
        verbose_name = _("recipient of a message to many")
        verbose_name_plural = _("recipients of messages to many")
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["campaign", "registration"], name="campaign_once"),)

    def __str__(self) -> str:
        return str(self.registration)
