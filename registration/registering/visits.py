"""When somebody opened their own page last: by then the mail with its link has reached a reader."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from registration.models import Registration

# Between two notes: drawing a page again and again writes nothing.
APART = timedelta(minutes=1)


def note(registration: Registration) -> None:
    """At most one query a visit, one row written a minute."""
    now = timezone.now()
    if registration.opened_at is None or registration.opened_at < now - APART:
        earlier = Q(opened_at=None) | Q(opened_at__lt=now - APART)
        Registration.objects.filter(earlier, pk=registration.pk).update(opened_at=now)
