"""The registrations of a list as a table: who comes, what they need, and what they answered."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registration.models import Answer, Question, Registration
from registration.registering import questions
from summit.lib import countries
from summit.lib.spreadsheets import Cell, Column, Table
from summit.lib.translated import active_language
from summit.models import Summit

# As their columns are called in the database; every heading is the field's own name in the active language.
FACTS = ("reference", "name", "name_romanised", "email", "organisation", "job_title", "country", "category",
         "attendance", "state", "language", "access_needs", "dietary_needs", "created_at")  # fmt: skip


def table(summit: Summit, rows: Any, *, told: Callable[[int], None] = lambda _done: None) -> Table:
    """``rows`` is a queryset with arrivals. Questions that are no longer asked have a column as long as there are answers.

    ``told`` hears the number of each row that is ready.
    """
    answered = Exists(Answer.objects.filter(question=OuterRef("pk")))
    asked = list(summit.questions.filter(Q(is_asked=True) | answered))
    fields: list[Any] = [Registration._meta.get_field(name) for name in FACTS]
    headings = [*(capfirst(str(field.verbose_name)) for field in fields), _("Arrived"), *(str(one) for one in asked)]
    columns = [Column(heading, "string", "") for heading in _apart(headings)]
    answers = Answer.objects.select_related("question").prefetch_related("choices")
    people = rows.prefetch_related(Prefetch("answers", queryset=answers))
    written = []
    for number, one in enumerate(people, 1):
        written.append(_row(summit, one, asked))
        told(number)
    return Table("registrations", _("Registrations"), ("reference",), columns, written)


def _row(summit: Summit, person: Any, asked: list[Question]) -> list[Cell]:
    facts: dict[str, Cell] = {name: getattr(person, name) for name in FACTS}
    facts |= {"country": countries.name(person.country, active_language()), "category": str(person.category),
              "attendance": person.get_attendance_display(), "state": person.get_state_display(),
              "created_at": person.created_at.astimezone(summit.tz)}  # fmt: skip
    arrived = person.arrived_at.astimezone(summit.tz) if person.arrived_at else None
    # What somebody said who comes another way now is not counted on.
    said = {
        row.question_id: questions.in_words(row)
        for row in person.answers.all()
        if row.question.concerns(person.attendance)
    }
    return [*facts.values(), arrived, *(said.get(one.pk, "") for one in asked)]


def _apart(headings: Iterable[str]) -> Iterator[str]:
    """A heading that stands there already gets a number: a table whose columns share a name cannot be read back."""
    seen: set[str] = set()
    for heading in headings:
        numbered = (f"{heading} ({number})" for number in count(2))
        told = next(each for each in chain([heading], numbered) if each.casefold() not in seen)
        seen.add(told.casefold())
        yield told
