"""What people said they need or answered, erased after the days that :mod:`registration.privacy` tells them."""

from django.db import transaction
from django.db.models import Q

from registration.models import Answer
from registration.models.registration import needs_are_gone
from summit import history
from summit.models import Summit, User


@transaction.atomic
def forget_needs(summit: Summit, *, by: User | None = None) -> int:
    """Erase access and dietary needs of a summit, and the answers to questions, where their days are over; returns how
    many people had any. Six queries however many they are."""
    erased = [question.pk for question in summit.questions.all() if question.is_erased()]
    answers = Answer.objects.filter(registration__summit=summit, question__in=erased)
    had_any = Q(pk__in=answers.values("registration"))
    if gone := needs_are_gone(summit):
        had_any |= ~Q(access_needs="", dietary_needs="")
    # In the order of everybody else: first the registration, then its answers.
    rows = summit.registrations.select_for_update(of=("self",)).filter(had_any).order_by("pk")
    had = list(rows.values_list("pk", flat=True))
    count = len(had)
    if count:
        answers.delete()
        if gone:
            summit.registrations.exclude(access_needs="", dietary_needs="").update(access_needs="", dietary_needs="")
        history.record("registration.forget_needs", summit, by=by, summit=summit, changes={"people": (count, 0)})
    return count
