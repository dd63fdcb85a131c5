"""Lists of delegations for protocol, motorcade, catering and seating, as sheets or on paper: whoever comes in person and
is confirmed, by precedence."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registration.models import Attendance, Delegation, DelegationHead, Itinerary, Registration, State
from registration.models.registration import RegistrationQuerySet
from summit.lib import times
from summit.lib.spreadsheets import Cell, Column, Table
from summit.lib.translated import active_language
from summit.models import Summit

SEATS_IN_A_ROW = 10


@dataclass(frozen=True, slots=True)
class Delegate:
    """``order`` is the place among all in precedence, ``head`` whether the head of the delegation."""

    order: int
    person: Registration
    delegation: Delegation
    head: bool


def _coming(summit: Summit) -> RegistrationQuerySet:
    return Registration.objects.filter(
        summit=summit, delegation__isnull=False, state=State.CONFIRMED, attendance=Attendance.IN_PERSON
    )


def delegates(summit: Summit, *, unnamed: bool = False) -> list[Delegate]:
    """Everybody in the order of precedence: by delegation, its head first, then by category and name. Three queries.

    Whoever is protected is on no list; they are there where nobody is named (``unnamed``).
    """
    heads = dict(
        DelegationHead.objects.filter(delegation__summit=summit, role=DelegationHead.Role.HEAD).values_list(
            "delegation", "email"
        )
    )
    rows = _coming(summit).select_related("delegation", "category", "itinerary")
    rows = rows if unnamed else rows.in_the_open()

    def is_head(row: Registration) -> bool:
        return heads.get(row.delegation_id or 0, "").lower() == row.email.lower()

    def place(row: Registration) -> tuple[Any, ...]:
        sent = row.delegation
        category = (row.category.order, row.category.code)
        return (sent and sent.precedence, str(sent), row.delegation_id, not is_head(row), category, row.name, row.pk)

    found = sorted(rows, key=place)
    return [Delegate(n, row, row.delegation, is_head(row)) for n, row in enumerate(found, 1) if row.delegation]


def protected(summit: Summit) -> int:
    """How many come of whom no list that names people says anything."""
    return _coming(summit).filter(at_risk=True).count()


def told_of(number: int) -> str:
    """What such a list says of them; nothing where there is nobody."""
    told = ngettext(
        "%(n)d protected person is not on this list.", "%(n)d protected people are not on this list.", number
    )
    return told % {"n": number} if number else ""


def _function(one: Delegate) -> str:
    return _("Head of delegation") if one.head else str(one.person.category)


def _protocol(summit: Summit) -> Iterator[list[Cell]]:
    for one in delegates(summit):
        person = one.person
        yield [one.order, one.delegation.precedence, one.delegation.in_full, person.name, person.name_romanised,
               person.job_title, person.organisation, _function(one)]  # fmt: skip


def _motorcade(summit: Summit) -> Iterator[list[Cell]]:
    """Arrivals and departures by day, hour and place; who has not said when comes last."""
    moves: list[tuple[Any, ...]] = []
    for one in delegates(summit):
        journey = getattr(one.person, "itinerary", None) or Itinerary()
        for name, label in (("arrives", _("Arrival")), ("departs", _("Departure"))):
            at = getattr(journey, f"{name}_at")
            means = getattr(journey, f"get_{name}_by_display")()
            moves.append((at is None, at or one.order, getattr(journey, f"{name}_in"), one.order, label, at, means,
                          getattr(journey, f"{name}_on"), one))  # fmt: skip
    for _open, _key, place, _order, label, at, means, number, one in sorted(moves, key=lambda row: row[:5]):
        local = at.astimezone(summit.tz) if at else None
        day = times.day_label(local.date(), active_language()) if local else _("not said yet")
        yield [day, f"{local:%H:%M}" if local else "", label, place, means, number, str(one.delegation), one.person.name,
               one.person.name_romanised, _function(one)]  # fmt: skip


def _catering(summit: Summit) -> Iterator[list[Cell]]:
    """How many say the same, however they capitalise it; nobody is named."""
    counted, words = Counter[str](), dict[str, str]()
    for one in delegates(summit, unnamed=True):
        said = " ".join(one.person.dietary_needs.split())
        counted[said.casefold()] += 1
        words.setdefault(said.casefold(), said or _("not said yet"))
    for key, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        yield [words[key], number]


def _catering_names(summit: Summit) -> Iterator[list[Cell]]:
    for one in delegates(summit):
        yield [str(one.delegation), one.person.name, one.person.name_romanised, one.person.dietary_needs,
               one.person.access_needs]  # fmt: skip


def _seating(summit: Summit) -> Iterator[list[Cell]]:
    seats = count()
    for one, seat in zip(delegates(summit), seats, strict=False):
        yield [seat // SEATS_IN_A_ROW + 1, seat % SEATS_IN_A_ROW + 1, one.delegation.in_full, one.person.name,
               one.person.name_romanised, one.person.job_title, _function(one)]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """``headings`` are words or names of fields of a registration."""

    title: Any
    about: Any
    headings: tuple[Any, ...]
    rows: Callable[[Summit], Iterable[list[Cell]]]

    @property
    def names_people(self) -> bool:
        return "name" in self.headings


# Those that say who needs what.
TELLING = {"catering-names"}
NAMES = ("name", "name_romanised")
SHEETS: dict[str, Sheet] = {
    "protocol": Sheet(
        gettext_lazy("Protocol list"),
        gettext_lazy("Everybody by precedence, with names in both scripts and their functions."),
        (gettext_lazy("No."), gettext_lazy("Precedence"), gettext_lazy("Delegation"), *NAMES, "job_title", "organisation",
         gettext_lazy("Function")),
        _protocol,
    ),
    "motorcade": Sheet(
        gettext_lazy("Motorcade"),
        gettext_lazy("Arrivals and departures by day, hour and place."),
        (gettext_lazy("Day"), gettext_lazy("Hour"), gettext_lazy("Way"), gettext_lazy("Place"), gettext_lazy("Travels by"),
         gettext_lazy("Flight or train"), gettext_lazy("Delegation"), *NAMES, gettext_lazy("Function")),
        _motorcade,
    ),
    "catering": Sheet(
        gettext_lazy("Catering in numbers"),
        gettext_lazy("How many have which dietary needs; nobody is named."),
        (gettext_lazy("Dietary needs"), gettext_lazy("People")),
        _catering,
    ),
    "catering-names": Sheet(
        gettext_lazy("Catering with names"),
        gettext_lazy("Who needs what. Give it only to those who serve them."),
        (gettext_lazy("Delegation"), *NAMES, "dietary_needs", "access_needs"),
        _catering_names,
    ),
    "seating": Sheet(
        gettext_lazy("Seating by precedence"),
        gettext_lazy("Rows of ten seats, the first row first."),
        (gettext_lazy("Row"), gettext_lazy("Seat"), gettext_lazy("Delegation"), *NAMES, "job_title", gettext_lazy("Function")),
        _seating,
    ),
}  # fmt: skip


TITLES = {name: sheet.title for name, sheet in SHEETS.items()}


def table(summit: Summit, name: str) -> Table:
    """One of :data:`SHEETS`, in the active language; ``KeyError`` for what is none."""
    sheet = SHEETS[name]
    columns = [Column(_heading(each), "string", "") for each in sheet.headings]
    return Table(f"delegations-{name}", str(sheet.title), (), columns, list(sheet.rows(summit)))


def last_line(summit: Summit, name: str) -> list[list[Cell]]:
    """The line below one of :data:`SHEETS` that says how many are not on it, if any; none below those that name nobody."""
    sheet = SHEETS[name]
    told = told_of(protected(summit)) if sheet.names_people else ""
    return [[told if each == "name" else "" for each in sheet.headings]] if told else []


def _heading(said: Any) -> str:
    if isinstance(said, str):
        return str(capfirst(str(getattr(Registration._meta.get_field(said), "verbose_name", said))))
    return str(said)
