"""The states of a registration; ``registration.registering.states`` says who moves one, and from where."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    UNPROVEN = "unproven", _("Address not confirmed")
    PENDING = "pending", _("Waiting for approval")
    WAITLISTED = "waitlisted", _("On the waitlist")
    CONFIRMED = "confirmed", _("Confirmed")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


ENDED = (State.CANCELLED, State.REJECTED)
WAITING = (State.UNPROVEN, State.PENDING, State.WAITLISTED)
# Nominated to come instead of somebody whose place it has not taken over yet.
REPLACING = Q(state=State.PENDING, replaces__isnull=False)
# Those who count in quotas.
HOLDING = Q(state=State.CONFIRMED) | Q(state__in=WAITING, keeps_place=True)
