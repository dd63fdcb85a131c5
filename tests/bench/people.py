"""Public lists and the opening page of summits with 1,000 and 10,000 people: flat, after an edit and from then on; and the
registration form."""

import shutil
import sys

from tests.bench import unit, world

__test__ = False
SIZES = {1_000: 500, 10_000: 5_000}  # people: sessions
# Units: the first page after an edit reads the names of all, the others what they show.
EDITED, PAGE, SEARCH, FORM = {1_000: 60.0, 10_000: 250.0}, 60.0, 80.0, 45.0
LIST, HOME = 30_000, 60_000  # bytes


def best(do, times: int = 5) -> tuple[unit.Figure, int]:
    """(the least of some answers, bytes)."""
    answer = do()
    assert answer.status_code == 200
    return unit.least(do, times), len(answer.content)


def lists(client, summit, number: int) -> list[bool]:
    from summit.middleware import shelf

    path, results = f"/ko/{summit.code}/speakers/", []

    def ask(query: str, *, edited: bool = False):
        def do():
            shelf.clear()
            if edited:
                summit.raise_revision()
            return client.get(path + query)

        return do

    client.get(f"{path}?q=warm")
    asked = {"first page after an edit": ("", True, EDITED[number]), "second page": ("?page=2", False, PAGE),
             "letter": ("?letter=ㅇ&page=2", False, PAGE), "words": ("?q=연사 77", False, SEARCH)}  # fmt: skip
    for name, (query, edited, most) in asked.items():
        client.get(f"{path}?q=warm")
        took, size = best(ask(query, edited=edited))
        told = f"{size // 1000} kB (below {LIST // 1000})"
        results.append(world.within(f"{number} speakers, {name}", took, most, told, also=size < LIST))
    shelf.clear()
    took, size = best(lambda: shelf.clear() or client.get(f"/ko/{summit.code}/"))
    figure = f"{size // 1000} kB (below {HOME // 1000}), {took}"
    results.append(world.verdict(f"opening page, {SIZES[number]} sessions", size < HOME, figure))
    return results


def form(client, summit) -> bool:
    from django.utils import timezone

    summit.registration_opens_at = timezone.now()
    summit.save(update_fields=["registration_opens_at"])
    path = f"/ko/{summit.code}/register/"
    client.get(path)
    took, size = best(lambda: client.get(path), 15)
    return world.within("registration form", took, FORM, f"{size // 1000} kB")


def main() -> int:
    folder = world.prepare()
    try:
        from django.conf import settings
        from django.test import Client

        settings.RATE_LIMITS = False  # one address asks for everything
        client, results = Client(SERVER_NAME="localhost"), []
        for people, sessions in SIZES.items():
            summit = world.big_summit(f"people{people}", sessions, people=people)
            results += lists(client, summit, people)
        return not all([*results, form(client, summit)])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
