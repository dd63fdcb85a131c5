"""One mail after the last day to those who were there, that asks how it was."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from registration.mailing import emails
from registration.models import Booking, CheckIn, FeedbackAsked, Presence, Registration, State
from registration.models.registration import RegistrationQuerySet
from sessions.reading.afterwards import OPEN_FOR, takes_feedback
from summit.models import Summit

BATCH = 200


def ask_due(now: datetime | None = None) -> int:
    """Ask those of every open summit whose last day is over, once; returns how many mails were written. Whoever has been
    written to already is not written to again, also where an earlier turn was interrupted."""
    now = now or timezone.now()
    since = (now - OPEN_FOR).date()
    rows = Summit.objects.public().filter(ends_on__gte=since, ends_on__lte=now.date(), feedback_asked=None)
    return sum(_ask(summit) for summit in rows if summit.phase(now) == "after" and takes_feedback(summit, None, now))


def _ask(summit: Summit) -> int:
    count, keys = 0, list(there(summit).values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            rows = Registration.objects.filter(pk__in=keys[start : start + BATCH], state=State.CONFIRMED)
            count += emails.asked_for_feedback(rows.select_related("summit", "category").order_by("pk"))
    FeedbackAsked.objects.get_or_create(summit=summit)
    return count


def there(summit: Summit) -> RegistrationQuerySet:
    """Who is confirmed and was there, as far as it is known: checked in, or in a session online, or with a seat in one."""
    mine = {"registration": OuterRef("pk")}
    came = Q(Exists(CheckIn.objects.standing().filter(**mine))) | Q(Exists(Presence.objects.filter(**mine)))
    came |= Q(Exists(Booking.objects.filter(state=Booking.State.BOOKED, **mine)))
    found: RegistrationQuerySet = summit.registrations.filter(came, state=State.CONFIRMED, erased_at=None).order_by(
        "pk"
    )
    return found
