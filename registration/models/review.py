"""What the team keeps beside a registration it decides on: notes, ready-made reasons, and who decides on what."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.category import Category
from registration.models.delegation import Delegation
from registration.models.registration import Registration
from summit.lib.translated import TranslatedField
from summit.models import Membership, Summit


class Note(models.Model):
    """A word of the team about somebody, which the person reads only by asking for everything kept about them."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text[:60]


class SecondOpinion(models.Model):
    """Asked for by somebody who will not decide alone: until it is decided, by somebody else."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="second_opinion")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("asked"), default=timezone.now)

    class Meta:
        verbose_name = _("second opinion")
        verbose_name_plural = _("second opinions")

    def __str__(self) -> str:
        return f"{self.registration} · {self.asked_by}"


class ReasonTemplate(models.Model):
    """A reason that is given often, in each language: whoever is rejected reads it in theirs."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="reason_templates")
    text = TranslatedField(_("reason"), max_length=500)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return str(self.text)


class ReviewScope(models.Model):
    """The only categories and delegations a member of the team decides on: people of any of either. Without a row, on
    all."""

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="review_scope")
    categories: models.ManyToManyField[Category, models.Model] = models.ManyToManyField(
        Category, related_name="review_scopes", verbose_name=_("categories")
    )
    delegations: models.ManyToManyField[Delegation, models.Model] = models.ManyToManyField(
        Delegation, related_name="review_scopes", verbose_name=_("delegations")
    )

    class Meta:
        verbose_name = _("what somebody decides on")
        verbose_name_plural = _("what members decide on")

    def __str__(self) -> str:
        return str(self.membership)
