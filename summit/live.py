"""What is live: the revision at which banners, questions, polls and captions of a summit stand."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from summit.models import LiveRevision


def raise_revision(summit_pk: int) -> None:
    """Make every kept live answer of a summit stale. Call it last in the transaction of the change: the row is shared by
    all that is live of the summit, and held until the end. One UPDATE."""
    now = timezone.now()
    if LiveRevision.objects.filter(pk=summit_pk).update(number=F("number") + 1, raised_at=now):
        return
    try:
        with transaction.atomic():
            LiveRevision.objects.create(pk=summit_pk, number=2, raised_at=now)
    except IntegrityError:  # somebody else was the first at the same moment
        LiveRevision.objects.filter(pk=summit_pk).update(number=F("number") + 1, raised_at=now)
