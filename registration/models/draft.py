"""A registration form that somebody has begun and will go on with, perhaps on another device."""

from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.invitation import Invitation
from summit.lib.codes import token
from summit.models import Summit

# How long after it was saved last.
KEPT_FOR = timedelta(days=14)


class Draft(models.Model):
    """``token`` opens the form as it was left; it is mailed to ``email`` and stands nowhere else. A draft holds no place."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="drafts")
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    token = models.CharField(max_length=64, unique=True, default=token, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    # By which it was begun; an access code stands among what was filled in.
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts")
    # That of the form, which its registration gets.
    nonce = models.CharField(max_length=64, editable=False)
    # What was filled in, as the form sends it: a list of texts for each name. Consents are given when it is sent.
    said = models.JSONField(_("filled in"), default=dict)
    # What each of them was called, in the language of the form.
    labels = models.JSONField(default=dict)
    # Rises each time it is saved; a page that was drawn before hears of it.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("erased on"), db_index=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ("-saved_at", "-pk")
        constraints = (
            models.UniqueConstraint("summit", "nonce", Lower("email"), name="draft_once"),
            models.CheckConstraint(condition=Q(nonce__gt=""), name="draft_of_a_form"),
        )

    def __str__(self) -> str:
        return self.email

    def get_absolute_url(self) -> str:
        """The form as it was left; whoever knows this address is let in."""
        return reverse("registration:draft", args=[self.summit.code, self.token])
