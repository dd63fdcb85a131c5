"""The form of one summit taken over by another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db import models, transaction

from registration.models import Category, Question, Section
from registration.registering.asking import form_of
from summit import history
from summit.models import Summit, User

# What a copy begins without.
FRESH = {"taken": 0, "excess": 0}
NOTHING: Mapping[int, Question] = MappingProxyType({})


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
    there: Mapping[int, Question] = NOTHING,
) -> Copied:
    """Sections, questions, choices and what depends on what; ``categories`` are those of ``summit`` by the keys of
    ``source``'s, ``there`` the questions it asks already by the keys of those that ask the same. What does not come
    (:func:`_coming`) is left out."""
    sections = {section.pk: section for section in source.sections.all()}
    made_sections: dict[int, Section] = {}
    made: dict[int, Question] = {}
    choices: dict[int, int] = {}
    for old in _coming(source, categories, only, there):
        if old.section_id and old.section_id not in made_sections:
            made_sections[old.section_id] = _section(sections[old.section_id], summit)
        new = _again(old, summit=summit, section=made_sections.get(old.section_id or 0))
        if old.depends_on:
            leader = made.get(old.depends_on.pk) or there[old.depends_on.pk]
            new.depends_on, new.depends_values = leader, _leading(old, old.depends_on, leader)
        new.save(force_insert=True)
        new.categories.set(categories[each.pk] for each in old.categories.all() if each.pk in categories)
        for choice in old.choices.all():
            again = _again(choice, question=new, **FRESH)
            again.save(force_insert=True)
            choices[choice.pk] = again.pk
        made[old.pk] = new
    return Copied(made, choices)


def _coming(
    source: Summit, categories: Mapping[int, Category], only: Callable[[Question], bool], there: Mapping[int, Question]
) -> list[Question]:
    """The questions that can be copied, each after the one it depends on: not those that are for categories that are not
    there, and of those after an answer only where that question comes along, or is there and can be answered so."""
    found: dict[int, Question] = {}
    for old in _leaders_first(form_of(source)):
        of = old.categories.all()
        led = (
            old.depends_on is None
            or old.depends_on.pk in found
            or (old.depends_on.pk in there and bool(_leading(old, old.depends_on, there[old.depends_on.pk])))
        )
        if only(old) and led and (not of or any(each.pk in categories for each in of)):
            found[old.pk] = old
    return list(found.values())


def _leading(follower: Question, before: Question, leader: Question) -> list[str]:
    """The answers to ``leader`` that are those to ``before`` after which ``follower`` is asked: of choices those of the same
    words, of what is no choice the same word; none where it is of another kind."""
    if leader.kind != before.kind:
        return []
    words = {str(choice.pk): choice.words for choice in before.choices.all()}
    again = [(choice.words, str(choice.pk)) for choice in leader.choices.all()]
    of_choices = [key for value in follower.depends_values for said, key in again if words.get(value) == said]
    return of_choices if before.has_choices else list(follower.depends_values)


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


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a form over would do: the questions that come, and those that ``summit`` does not ask either and that
    cannot come. ``categories`` and ``there`` are what :func:`copy_form` takes."""

    coming: list[Question]
    left_out: list[Question]
    categories: Mapping[int, Category]
    there: Mapping[int, Question]


def plan(source: Summit, summit: Summit) -> Plan:
    """Of the questions of ``source`` that ``summit`` does not ask in the same words, in categories of the same code."""
    asked: dict[str, Question] = {}
    for question in summit.questions.asked().prefetch_related("choices"):
        asked.setdefault(str(question.words), question)
    form = [question for question in form_of(source) if question.is_asked]
    there = {question.pk: asked[str(question.words)] for question in form if str(question.words) in asked}
    theirs = {category.code: category for category in summit.categories.all()}
    same = {each.pk: theirs[each.code] for each in source.categories.all() if each.code in theirs}
    wanted = {question.pk for question in form} - there.keys()
    coming = {question.pk for question in _coming(source, same, lambda question: question.pk in wanted, there)}
    new = [question for question in form if question.pk in wanted]
    return Plan([q for q in new if q.pk in coming], [q for q in new if q.pk not in coming], same, there)


@transaction.atomic
def take_over(source: Summit, summit: Summit, *, by: User) -> list[Question]:
    """Have ``summit`` ask what :func:`plan` says is coming; returns the new questions."""
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
    found = plan(source, summit)
    wanted = {question.pk for question in found.coming}
    copied = copy_form(source, summit, found.categories, only=lambda question: question.pk in wanted, there=found.there)
    made = list(copied.questions.values())
    for question in made:
        changes: history.Changes = {"words": ("", history.plain(question.words)), "from": ("", source.code)}
        history.record("question.create", question, by=by, summit=summit, changes=changes)
    return made
