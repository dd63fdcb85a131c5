"""The form of one summit taken over by another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from registration.models import Category, Question, Section
from registration.registering.asking import form_of
from summit import history
from summit.models import Summit, User

# What a copy begins without.
FRESH = {"taken": 0, "excess": 0}


@dataclass(frozen=True, slots=True)
class Copied:
    """The new questions by the keys of the old ones, and the keys of the new choices by those of the old ones."""

    questions: dict[int, Question]
    choices: dict[int, int]


def copy_form(
    source: Summit,
    summit: Summit,
    categories: Mapping[int, Category],
    *,
    only: Callable[[Question], bool] = lambda _question: True,
) -> Copied:
    """Sections, questions, choices and what depends on what; ``categories`` are those of ``summit`` by the keys of
    ``source``'s. Questions that are for categories ``summit`` does not have, and those after answers that were not copied, are left out."""
    sections = {section.pk: section for section in source.sections.all()}
    made_sections: dict[int, Section] = {}
    made: dict[int, Question] = {}
    choices: dict[int, int] = {}
    for old in _leaders_first(form_of(source)):
        of = [categories[each.pk] for each in old.categories.all() if each.pk in categories]
        if (
            not only(old)
            or (old.depends_on_id and old.depends_on_id not in made)
            or bool(of) != bool(old.categories.all())
        ):
            continue
        if old.section_id and old.section_id not in made_sections:
            made_sections[old.section_id] = _section(sections[old.section_id], summit)
        new = _again(old, summit=summit, section=made_sections.get(old.section_id or 0))
        new.depends_on = made[old.depends_on_id] if old.depends_on_id else None
        new.depends_values = [str(choices.get(int(value), value)) if value.isdecimal() else value
                              for value in old.depends_values]  # fmt: skip
        new.save(force_insert=True)
        new.categories.set(of)
        for choice in old.choices.all():
            again = _again(choice, question=new, **FRESH)
            again.save(force_insert=True)
            choices[choice.pk] = again.pk
        made[old.pk] = new
    return Copied(made, choices)


def _section(old: Section, summit: Summit) -> Section:
    """The summit's section of the same heading, or a new one."""
    there = next((each for each in summit.sections.all() if each.title == old.title), None)
    if there is None:
        there = _again(old, summit=summit)
        there.save(force_insert=True)
    return there


def _again[M: models.Model](row: M, **values: Any) -> M:
    facts = {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if not (field.primary_key or field.is_relation)
    }
    return type(row)(**{**facts, **values})


def _leaders_first(rows: list[Question]) -> list[Question]:
    """Each after the one it depends on, else in their order."""
    found: dict[int, Question] = {}

    def put(row: Question) -> None:
        if row.depends_on and row.depends_on_id not in found:
            put(row.depends_on)
        found.setdefault(row.pk, row)

    for row in rows:
        put(row)
    return list(found.values())


def what_to_copy(source: Summit, summit: Summit) -> list[Question]:
    """The questions of ``source`` that ``summit`` does not ask in the same words."""
    asked = {str(question.words) for question in summit.questions.asked()}
    return [question for question in form_of(source) if question.is_asked and str(question.words) not in asked]


@transaction.atomic
def take_over(source: Summit, summit: Summit, *, by: User) -> list[Question]:
    """Have ``summit`` ask what ``source`` asks and it does not, in categories of the same code; returns the new ones."""
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
    theirs = {category.code: category for category in summit.categories.all()}
    same = {each.pk: theirs[each.code] for each in source.categories.all() if each.code in theirs}
    wanted = {question.pk for question in what_to_copy(source, summit)}
    made = list(copy_form(source, summit, same, only=lambda question: question.pk in wanted).questions.values())
    for question in made:
        changes: history.Changes = {"words": ("", history.plain(question.words)), "from": ("", source.code)}
        history.record("question.create", question, by=by, summit=summit, changes=changes)
    return made
