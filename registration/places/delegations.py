"""Places of a delegation in each category: counted while its row is held, so that the last one is given once."""

from registration.models import Category, Delegation, DelegationPlaces, Registration


def take(delegation: int, category: int, count: int = 1) -> bool:
    """Whether so many more may come with a delegation in a category (keys). The delegation's row is held from then on:
    call it inside the transaction that makes them come with it, after the registration is held and before quotas are."""
    list(Delegation.objects.select_for_update().filter(pk=delegation).values_list("pk", flat=True))
    return left(delegation, category) >= count


def left(delegation: int, category: int) -> int:
    """Places a delegation has left in a category, as far as is known without holding it; never below zero."""
    given = DelegationPlaces.objects.filter(delegation=delegation, category=category)
    taken = Registration.objects.delegated().filter(delegation=delegation, category=category).count()
    return max(0, (given.values_list("places", flat=True).first() or 0) - taken)


def by_category(delegation: Delegation) -> list[tuple[Category, int, int]]:
    """(category, places given, places taken) of each category in which a delegation has places or people; two queries."""
    given = {row.category: row.places for row in delegation.places.select_related("category")}
    taken: dict[Category, int] = {}
    for row in Registration.objects.delegated().filter(delegation=delegation).select_related("category"):
        taken[row.category] = taken.get(row.category, 0) + 1
    found = sorted({*given, *taken}, key=lambda category: (category.order, category.code))
    return [(category, given.get(category, 0), taken.get(category, 0)) for category in found]
