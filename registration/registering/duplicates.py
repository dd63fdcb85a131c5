"""Registrations that may be of one person, found in one pass over a summit.

Nobody is compared with everybody: people are put together by what they have in common (address; name and organisation),
and of a crowd only neighbours are a pair. A hundred thousand people are one query and some seconds; what was found is
kept until a registration changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from registration.models import Answer, NotTheSame, Question, Registration
from registration.models.registration import ENDED
from summit import history
from summit.lib.finding import fold
from summit.models import Summit, User

# Pairs that are shown at most; more are found once these are settled.
MOST = 200
# People of one name whose answers are compared, and letters from which on one may be mistyped.
CROWD, LONG = 50, 6
# How long what was found is kept, in seconds, if nothing changes.
KEPT = 3600


class Why(StrEnum):
    ADDRESS = "address"
    NAME = "name"
    ANSWER = "answer"
    SCRIPTS = "scripts"
    SIMILAR = "similar"


WORDS = {
    Why.ADDRESS: _("The same e-mail address"),
    Why.NAME: _("The same name and organisation"),
    Why.ANSWER: _("The same name, and the same answer to a question"),
    Why.SCRIPTS: _("The same name in both scripts, and the same country"),
    Why.SIMILAR: _("Almost the same name, and the same organisation"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    one: Registration
    other: Registration
    why: list[Any]  # sentences


@dataclass(frozen=True, slots=True)
class _Person:
    pk: int
    stands: bool
    names: tuple[str, ...]  # the letters of each of its names, in order of the alphabet
    plain: str
    address: str  # "": that of whoever brings them
    organisation: str
    country: str


Found = dict[tuple[int, int], list[str]]


def name_key(name: str) -> str:
    """What is left of a name when neither the order of its parts nor spaces, hyphens, accents and case count."""
    return "".join(sorted(fold(name)))


def pairs(summit: Summit) -> list[Pair]:
    """Of each pair one at least stands; those told apart are left out. Those of which both stand come first, and of them
    the surest; :data:`MOST` of them."""
    found = list(_kept(summit).items())[:MOST]
    keys = {pk for pair, _why in found for pk in pair}
    rows = summit.registrations.select_related("summit", "category").in_bulk(keys)
    return [
        Pair(rows[one], rows[other], [WORDS[Why(each)] for each in why])
        for (one, other), why in found
        if one in rows and other in rows
    ]


def _kept(summit: Summit) -> Found:
    people = summit.registrations.aggregate(n=Count("pk"), at=Max("updated_at"))
    answers = Answer.objects.filter(registration__summit=summit).aggregate(n=Count("pk"), last=Max("pk"))
    apart = NotTheSame.objects.filter(one__summit=summit).count()
    state = f"{people['n']}.{people['at']}.{answers['n']}.{answers['last']}.{apart}"
    key = f"duplicates:{summit.pk}"
    kept = cache.get(key)
    if kept is not None and kept[0] == state:
        return dict(kept[1])
    found = find(summit)
    cache.set(key, (state, list(found.items())[:MOST]), KEPT)
    return found


def find(summit: Summit) -> Found:
    """Pairs of keys, the lower first, each with why (:class:`Why`)."""
    people = {person.pk: person for person in _people(summit)}
    found: Found = defaultdict(list)
    told_apart = set(NotTheSame.objects.filter(one__summit=summit).values_list("one_id", "other_id"))
    for why, block in _blocks(summit, list(people.values())):
        for one, other in pairwise(sorted(block)):
            pair = (one, other)
            stands = people[one].stands or people[other].stands
            if one != other and stands and pair not in told_apart and why not in found.get(pair, []):
                found[pair].append(why)
    order = list(Why)

    def first(each: tuple[tuple[int, int], list[str]]) -> Any:
        pair, why = each
        return not all(people[pk].stands for pk in pair), min(map(order.index, map(Why, why))), pair

    return dict(sorted(found.items(), key=first))


def _people(summit: Summit) -> Iterator[_Person]:
    # Whoever was merged is known to be one; who is protected is nobody's twin.
    rows = summit.registrations.in_the_open().filter(merged_into=None, erased_at=None).order_by()
    columns = ("pk", "state", "name", "name_romanised", "email", "organisation", "country", "companion_of__email")
    known: dict[str, str] = {}
    for pk, state, name, romanised, email, organisation, country, shared in rows.values_list(*columns).iterator():
        if organisation not in known:
            known[organisation] = fold(organisation)
        names = tuple(sorted({name_key(each) for each in (name, romanised) if each} - {""}))
        address = "" if shared and shared.lower() == email.lower() else email.lower()
        yield _Person(pk, state not in ENDED, names, fold(romanised or name), address, known[organisation], country)


def _blocks(summit: Summit, people: list[_Person]) -> Iterator[tuple[Why, Iterable[int]]]:
    """Groups of people who have something in common, as keys."""
    yield from ((Why.ADDRESS, block) for block in _grouped((each.address, each.pk) for each in people if each.address))
    at_home = [((name, each.organisation), each.pk) for each in people if each.organisation for name in each.names]
    yield from ((Why.NAME, block) for block in _grouped(at_home))
    free = [((each.names, each.country), each.pk) for each in people if not each.organisation and len(each.names) > 1]
    yield from ((Why.SCRIPTS, block) for block in _grouped(free))
    named = [
        block for block in _grouped((name, each.pk) for each in people for name in each.names) if len(block) <= CROWD
    ]
    yield from ((Why.ANSWER, block) for block in _same_answers(summit, named))
    yield from ((Why.SIMILAR, pair) for pair in _mistyped(people))


def _grouped(keyed: Iterable[tuple[Any, int]]) -> list[list[int]]:
    groups: dict[Any, list[int]] = defaultdict(list)
    for key, pk in keyed:
        groups[key].append(pk)
    return [group for group in groups.values() if len(group) > 1]


def _same_answers(summit: Summit, named: list[list[int]]) -> Iterator[list[int]]:
    """Of people of one name those who answered a question for words alike: a telephone, a day of birth."""
    if not named:
        return
    chosen = [Question.Kind.YES, Question.Kind.ONE, Question.Kind.SEVERAL, Question.Kind.TEXT]
    asked = summit.questions.exclude(kind__in=chosen)
    of = {pk: number for number, block in enumerate(named) for pk in block}
    rows = Answer.objects.filter(question__in=asked).exclude(words="").order_by()
    said = rows.values_list("registration_id", "question_id", "words").iterator()
    keyed = (((of[pk], question, fold(words)), pk) for pk, question, words in said if pk in of)
    yield from _grouped((key, pk) for key, pk in keyed if len(key[2]) >= LONG)


def _mistyped(people: list[_Person]) -> Iterator[tuple[int, int]]:
    """Neighbours in an organisation, by the beginning and by the end of their names, that are a slip apart."""
    homes: dict[str, list[_Person]] = defaultdict(list)
    for each in people:
        if each.organisation and len(each.plain) >= LONG:
            homes[each.organisation].append(each)
    for home in homes.values():
        for key in (lambda each: each.plain, lambda each: each.plain[::-1]):
            for one, other in pairwise(sorted(home, key=key)):
                if one.plain != other.plain and _a_slip_apart(one.plain, other.plain):
                    yield (one.pk, other.pk)


def _a_slip_apart(one: str, other: str) -> bool:
    """One letter more, less or another, or two that changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rests = one[start:], other[start:]
    if rests[0][1:] == rests[1][1:] or rests[0][1:] == rests[1] or rests[0] == rests[1][1:]:
        return True
    return rests[0][:2] == rests[1][1::-1] and rests[0][2:] == rests[1][2:]


@transaction.atomic
def tell_apart(one: Registration, other: Registration, *, by: User) -> None:
    """Remember that these are two people: they are not proposed again. Twice is once."""
    first, second = sorted((one, other), key=lambda each: each.pk)
    try:
        with transaction.atomic():
            NotTheSame.objects.create(one=first, other=second, by=by)
    except IntegrityError:
        return
    for each, twin in ((one, other), (other, one)):
        changes = {"other": ("", twin.reference)}
        history.record("registration.tell_apart", each, by=by, summit=one.summit, changes=changes)


def are_two(one: Registration, other: Registration) -> bool:
    return NotTheSame.objects.filter(Q(one=one, other=other) | Q(one=other, other=one)).exists()
