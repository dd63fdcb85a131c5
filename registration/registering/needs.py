"""What people said they need, erased when a summit is over."""

from django.db import transaction
from django.db.models import Q

from registration.models import Answer
from summit import history
from summit.models import Summit, User


@transaction.atomic
def forget_needs(summit: Summit, *, by: User | None = None) -> int:
    """Erase access and dietary needs of a summit, as its privacy notice promises, and the answers to sensitive
    questions; returns how many people had any."""
    sensitive = Answer.objects.filter(registration__summit=summit, question__sensitive=True)
    needy = Q(pk__in=sensitive.values("registration")) | ~Q(access_needs="", dietary_needs="")
    # In the order of everybody else: first the registration, then its answers.
    rows = summit.registrations.select_for_update(of=("self",)).filter(needy).order_by("pk")
    had = list(rows.values_list("pk", flat=True))
    count = len(had)
    if count:
        sensitive.delete()
        summit.registrations.exclude(access_needs="", dietary_needs="").update(access_needs="", dietary_needs="")
        history.record("registration.forget_needs", summit, by=by, summit=summit, changes={"people": (count, 0)})
    return count
