"""The registrations of a list as a table: who comes, what they need, and what they answered."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, count
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registration.accrediting import photos, zones
from registration.models import Answer, Attendance, Audience, PhotoWanted, Question, Registration, State
from registration.models.consent import needs_are_gone
from registration.registering import answering
from summit.lib import countries
from summit.lib.batches import keys_of, rows_at
from summit.lib.spreadsheets import Cell, Column, Rows, Table
from summit.lib.translated import active_language
from summit.models import Summit

# As their columns are called in the database; every heading is the field's own name in the active language.
FACTS = ("reference", "name", "name_romanised", "title", "family_name", "email", "organisation", "job_title", "country", "category",
         "delegation", "attendance", "state", "language", "access_needs", "dietary_needs", "created_at")  # fmt: skip
NEEDS = {"access_needs", "dietary_needs"}
AT_ONCE = 1_000  # people


def table(
    summit: Summit, rows: Any, audiences: Collection[str], *, told: Callable[[int], None] = lambda _done: None
) -> Table:
    """``rows`` is a queryset with arrivals. Questions that are no longer asked have a column as long as there are answers;
    those have one whose answers one of ``audiences`` reads.

    ``told`` hears the number of each row that is ready.
    """
    facts = tuple(name for name in FACTS if name not in NEEDS) if needs_are_gone(summit) else FACTS
    readable = summit.questions.asked_or_answered().filter(audience__in=audiences)
    # What is about to be erased: no file outlives it.
    asked = [each for each in readable.in_order().prefetch_related("categories") if not each.is_erased()]
    accredited = (
        [_("Vetting"), _("Zones"), _("Photo")] if Audience.REVIEWERS in audiences and _accredits(summit) else []
    )
    fields: list[Any] = [Registration._meta.get_field(name) for name in facts]
    headings = [
        *(capfirst(str(field.verbose_name)) for field in fields),
        _("Arrived"),
        _("Tags"),
        *accredited,
        *(str(one) for one in asked),
    ]
    columns = [Column(heading, "string", "") for heading in _apart(headings)]
    keys = keys_of(rows)
    return Table(
        "registrations",
        _("Registrations"),
        ("reference",),
        columns,
        Rows(_written(_Words(summit, facts), rows, keys, asked, told, accredited=bool(accredited)), len(keys)),
    )


def _written(
    words: "_Words",
    rows: Any,
    keys: list[int],
    asked: list[Question],
    told: Callable[[int], None],
    *,
    accredited: bool,
) -> Iterator[list[Cell]]:
    """The cells of each person as somebody asks for them; never more than ``AT_ONCE`` of them are in memory."""
    number = count(1)
    # As values: the models of a person, their category and their summit cost ten times what is written of them.
    people = rows.select_related(None).prefetch_related(None).values_list("pk", *words.facts, "arrived_at", named=True)
    for some in rows_at(people, keys, AT_ONCE):
        keys_here = [one.pk for one in some]
        said, tagged = answers(words.summit, keys_here) if asked else {}, _tags(keys_here)
        cleared = _accredited(keys_here) if accredited else {}
        for one in some:
            yield [
                *words.cells(one),
                tagged.get(one.pk, ""),
                *cleared.get(one.pk, [""] * 3 if accredited else []),
                *(said_by(said, one.pk, question, one.attendance, one.category) for question in asked),
            ]
            told(next(number))


def _labels(choices: Any) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


class _Words:
    """What is said of many people alike, in the active language."""

    def __init__(self, summit: Summit, facts: tuple[str, ...]) -> None:
        self.summit, self.facts = summit, facts
        self._tz, self._countries = summit.tz, countries.names(active_language())
        self._delegations = {row.pk: str(row) for row in summit.delegations.all()}
        self._categories = {category.pk: str(category) for category in summit.categories.all()}
        self._choices = {"attendance": _labels(Attendance), "state": _labels(State)}

    def cells(self, one: Any) -> list[Cell]:
        facts: dict[str, Cell] = {name: getattr(one, name) for name in self.facts}
        facts |= {name: known.get(getattr(one, name), getattr(one, name)) for name, known in self._choices.items()}
        facts |= {"country": self._countries.get(one.country, one.country), "category": self._categories.get(one.category, ""),
                  "delegation": self._delegations.get(one.delegation, ""),
                  "created_at": one.created_at.astimezone(self._tz)}  # fmt: skip
        return [*facts.values(), one.arrived_at.astimezone(self._tz) if one.arrived_at else None]


def _tags(people: list[int]) -> dict[int, str]:
    """The tags of each who has any."""
    rows = Registration.tags.through._default_manager.filter(registration__in=people).order_by("tag__name", "tag")
    found: dict[int, list[str]] = defaultdict(list)
    for pk, name in rows.values_list("registration_id", "tag__name"):
        found[pk].append(name)
    return {pk: ", ".join(names) for pk, names in found.items()}


def _accredits(summit: Summit) -> bool:
    """Whether anything is to be told of vetting, zones and photos."""
    asking = summit.categories.filter(Q(vetted=True) | ~Q(photo=PhotoWanted.NO))
    return summit.zones.exists() or asking.exists()


def _accredited(people: list[int]) -> dict[int, list[Cell]]:
    """Vetting, zones and photo of each, in words. Four queries."""
    rows = Registration.objects.filter(pk__in=people).select_related("category", "photo")
    only = ("vetting", "attendance", "at_risk", "summit", "category__vetted", "category__photo", "category__photo_months",
            "photo__sent_at", "photo__looked_at", "photo__faces", "photo__registration")  # fmt: skip
    return {
        row.pk: [
            str(row.vetted_as.label),
            zones.codes(zones.of(row)),
            str(photos.STANDS.get(photos.stands_at(row), "")),
        ]
        for row in rows.only(*only).prefetch_related(*zones.PREFETCHED)
    }


def answers(summit: Summit, people: list[int]) -> dict[tuple[int, int], str]:
    """What each answered to each question, by their keys."""
    rows = answering.read(Answer.objects.filter(registration__in=people).select_related("registration"), summit)
    return {(row.registration_id, row.question_id): answering.in_words(row) for row in rows}


def said_by(said: dict[tuple[int, int], str], person: int, question: Question, attendance: str, category: int) -> str:
    """What somebody said who comes another way now, or as something else, is not counted on."""
    return said.get((person, question.pk), "") if question.concerns(attendance, category) else ""


def _apart(headings: Iterable[str]) -> Iterator[str]:
    """A heading that stands there already gets a number: a table whose columns share a name cannot be read back."""
    seen: set[str] = set()
    for heading in headings:
        numbered = (f"{heading} ({number})" for number in count(2))
        told = next(each for each in chain([heading], numbered) if each.casefold() not in seen)
        seen.add(told.casefold())
        yield told
