"""Places of choices: a dinner, a visit, a hotel. Taken and given back as those of quotas are, beside the answers."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from registration.mailing import emails
from registration.models import Choice, Pick, Registration
from registration.models.registration import ENDED
from registration.places.capacity import MOST
from summit.models import Summit


def settle(registration: Registration, put: Collection[int], *, now: datetime | None = None) -> list[Choice]:
    """Have the registration hold a place of each limited choice it made, as long as it is active and the question is put
    to it (``put`` are keys); returns the choices of which it waits for a place from now on.

    What it gives back goes to whoever waits longest, who is told. Call it in the verb's transaction.
    """
    now, waits = now or timezone.now(), []
    made = Pick.objects.filter(answer__registration=registration, choice__capacity__isnull=False)
    # In one order, so that two who change the same choices do not wait for each other in a ring.
    for pick in made.select_related("choice", "answer").order_by("choice_id"):
        wanted = registration.is_active and pick.answer.question_id in put
        if wanted and not (pick.holds or pick.waits_since):
            pick.holds = take(pick.choice)
            pick.waits_since = None if pick.holds else now
            pick.save(update_fields=["holds", "waits_since"])
            waits += [] if pick.holds else [pick.choice]
        elif not wanted and (pick.holds or pick.waits_since):
            let_go([pick])
    return waits


def settle_many(put: Mapping[int, Collection[int]]) -> None:
    """As :func:`settle`, of many active registrations: ``put`` are, by their keys, the questions put to each. What is
    given back goes to whoever waits before any of them takes one; of these, who registered first is first."""
    made = Pick.objects.filter(answer__registration__in=put, choice__capacity__isnull=False)
    rows = list(made.select_related("choice", "answer").order_by("choice_id", "answer__registration_id"))
    wanted = {pick.pk for pick in rows if pick.answer.question_id in put[pick.answer.registration_id]}
    let_go([pick for pick in rows if pick.pk not in wanted and (pick.holds or pick.waits_since)])
    new = [pick for pick in rows if pick.pk in wanted and not (pick.holds or pick.waits_since)]
    for choice, those in groupby(new, key=attrgetter("choice")):
        keys = [pick.pk for pick in those]
        number = take_up_to(choice, len(keys))
        Pick.objects.filter(pk__in=keys[:number]).update(holds=True)
        Pick.objects.filter(pk__in=keys[number:]).update(waits_since=timezone.now())


def take_up_to(choice: Choice, count: int) -> int:
    """As many more places as are left, at most ``count``; returns how many. Call it in a transaction."""
    locked = Choice.objects.select_for_update().get(pk=choice.pk)
    number = count if locked.capacity is None else min(count, max(0, locked.capacity - locked.taken))
    Choice.objects.filter(pk=choice.pk).update(taken=F("taken") + number)
    return number


def take(choice: Choice) -> bool:
    """One more place; False where none is left."""
    free = Choice.objects.filter(pk=choice.pk, taken__lt=F("capacity"))
    return free.update(taken=F("taken") + 1) == 1


def let_go(picks: Collection[Pick]) -> None:
    """Give back what these hold, and have whoever waits take it."""
    held = Counter(pick.choice_id for pick in picks if pick.holds)
    Pick.objects.filter(pk__in=[pick.pk for pick in picks]).update(holds=False, waits_since=None)
    for key, number in sorted(held.items()):
        left = Greatest(F("taken") - number, 0)
        over = Coalesce(Greatest(F("taken") - number - F("capacity"), 0), 0)
        Choice.objects.filter(pk=key).update(taken=left, excess=over)
        pass_on(Choice.objects.get(pk=key))


def pass_on(choice: Choice) -> int:
    """Have those who wait longest take what is free, each of whom is told; returns how many did."""
    number = 0
    while next_one := _next(choice):
        if not take(choice):
            break
        if Pick.objects.filter(pk=next_one.pk, waits_since__isnull=False).update(holds=True, waits_since=None):
            emails.choice_place(next_one.answer.registration, choice)
            number += 1
        else:
            Choice.objects.filter(pk=choice.pk).update(taken=F("taken") - 1)
    return number


def _next(choice: Choice) -> Pick | None:
    waiting = Pick.objects.filter(choice=choice, waits_since__isnull=False)
    active = waiting.exclude(answer__registration__state__in=ENDED)
    with_people = active.select_related("answer__registration__summit", "answer__registration__category")
    return with_people.order_by("waits_since", "pk").first()


def set_limit(choice: Choice, capacity: int | None) -> None:
    """Fewer than are taken takes from nobody; the next come in once so many have left."""
    Choice.objects.filter(pk=choice.pk).update(capacity=capacity, excess=MOST)
    choice.capacity = capacity
    recount(choice)
    if capacity is not None:
        pass_on(choice)


@transaction.atomic
def recount(choice: Choice) -> int:
    """Set ``taken`` to what the picks say; returns by how much it differed. A choice without a limit is held by nobody."""
    locked = Choice.objects.select_for_update().get(pk=choice.pk)
    picks = Pick.objects.filter(choice=choice)
    active = picks.exclude(answer__registration__state__in=ENDED)
    if locked.capacity is None:
        picks.update(holds=False, waits_since=None)
    elif not picks.filter(holds=True).exists() and not locked.taken:
        # It had no limit until now: whoever chose it has a place.
        active.filter(waits_since__isnull=True).update(holds=True)
    number = picks.filter(holds=True).count()
    excess = 0 if locked.capacity is None else max(0, number - locked.capacity)
    Choice.objects.filter(pk=choice.pk).update(taken=number, excess=excess)
    return abs(number - locked.taken)


def reconcile(summit: Summit) -> int:
    """Every night: how many choices counted wrongly, which are put right."""
    limited = Choice.objects.filter(question__summit=summit, capacity__isnull=False).order_by("pk")
    return sum(1 for choice in limited if recount(choice))
