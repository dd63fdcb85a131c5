"""From when until when something can be chosen or taken; an end that is not set does not limit it."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone


def window(opens_at: datetime | None, closes_at: datetime | None, now: datetime | None = None) -> str:
    """``not_yet``, ``open`` or ``closed``."""
    now = now or timezone.now()
    if opens_at and now < opens_at:
        return "not_yet"
    return "closed" if closes_at and now >= closes_at else "open"


def open_at(now: datetime) -> Q:
    """The rows with ``opens_at`` and ``closes_at`` whose window is open then."""
    begun = Q(opens_at__isnull=True) | Q(opens_at__lte=now)
    return begun & (Q(closes_at__isnull=True) | Q(closes_at__gt=now))
