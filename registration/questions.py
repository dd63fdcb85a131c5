"""Questions of the registration form: what a summit asks, and what people answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from registration.models import Answer, Choice, Question, Registration
from registration.models.registration import RegistrationQuerySet
from summit import history
from summit.errors import Refusal
from summit.inline import NO_MARKS, unchanged
from summit.lib.text import number
from summit.lib.translated import Text
from summit.models import Summit, User
from summit.revising import save_now, set_what_differs

EDITABLE = ("words", "hint", "kind", "asked_of", "required", "sensitive", "is_asked", "order")
MARKED = (*EDITABLE, "offered")
YES = "yes"
# What the form gives for one question: a text, a yes or no, the key of a choice, or several keys.
type Given = str | bool | list[str]


class HasAnswers(Refusal):
    """``details["answers"]`` is how many."""

    code = "has_answers"
    message: Any = _("People have answered this question. Take it out of the form instead: their answers stay.")


class ChoiceTaken(Refusal):
    code = "choice_taken"
    message: Any = _("People have chosen “%(choice)s”; it can be worded otherwise, but not taken away.")


class KindAnswered(Refusal):
    code = "kind_answered"
    message: Any = _("People have answered this question; the kind of its answer can no longer change.")


class NoChoices(Refusal):
    code = "no_choices"
    status = 422
    message: Any = _("Write at least two answers to choose from.")


@dataclass(frozen=True, slots=True)
class Wording:
    """One answer to choose, as a form gives it; ``pk`` is None for a new one."""

    pk: int | None
    words: Text


@transaction.atomic
def create(summit: Summit, values: dict[str, Any], choices: Sequence[Wording] = (), *, by: User | None) -> Question:
    """Ask something more. Raises :class:`NoChoices`."""
    made = Question(summit=summit, **{name: values[name] for name in EDITABLE if name in values})
    made.save(force_insert=True)
    _write(made, choices)
    history.record("question.create", made, by=by, summit=summit, changes={"words": ("", history.plain(made.words))})
    return made


@transaction.atomic
def edit(
    question: Question,
    values: dict[str, Any],
    choices: Sequence[Wording] = (),
    *,
    marks: Mapping[str, str] = NO_MARKS,
    by: User | None,
) -> Question:
    """Set what differs of ``EDITABLE``, and the choices as they are given, in their order.

    Raises :class:`summit.revising.Overtaken`, :class:`KindAnswered`, :class:`ChoiceTaken` and :class:`NoChoices`.
    """
    held = Question.objects.select_for_update(of=("self",)).select_related("summit").get(pk=question.pk)
    unchanged(held, marks)
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    changes = set_what_differs(held, wanted, source=held.summit.languages[0])
    if "kind" in changes and held.answers.exists():
        raise KindAnswered
    if changes:
        save_now(held, *changes)
    before, after = _write(held, choices)
    if before != after:
        changes["choices"] = (before, after)
    if changes:
        history.record("question.edit", held, by=by, summit=held.summit, changes=changes)
    return held


def _write(question: Question, given: Sequence[Wording]) -> tuple[list[str], list[str]]:
    """The choices as given; returns how they read before and after."""
    if not question.has_choices:
        given = ()
    elif len(given) < 2:
        raise NoChoices
    held = {choice.pk: choice for choice in question.choices.all()}
    before = [str(choice) for choice in held.values()]
    kept = {one.pk for one in given}
    for choice in (choice for pk, choice in held.items() if pk not in kept):
        if choice.answers.exists():
            raise ChoiceTaken(ChoiceTaken.message % {"choice": choice})
        choice.delete()
    source = question.summit.languages[0]
    for order, one in enumerate(given, 1):
        choice = held.get(one.pk or 0) or Choice(question=question)
        choice.words = choice.words.revised(dict(one.words), source=source)
        choice.order = order
        choice.save()
    return before, [str(choice) for choice in question.choices.all()]


@transaction.atomic
def delete(question: Question, *, by: User | None) -> None:
    """Take away a question nobody has answered. Raises :class:`HasAnswers`."""
    held = Question.objects.select_for_update(of=("self",)).select_related("summit").get(pk=question.pk)
    if count := held.answers.count():
        raise HasAnswers(answers=count)
    history.record(
        "question.delete", held, by=by, summit=held.summit, changes={"words": (history.plain(held.words), "")}
    )
    held.delete()


def answer(registration: Registration, given: Mapping[int, Given]) -> bool:
    """Keep what was answered, by the questions' keys; an empty answer is none. Returns whether anything changed.

    Questions of other summits, and choices of other questions, are left alone. Call it in the verb's transaction.
    """
    rows = registration.summit.questions.prefetch_related("choices").filter(pk__in=given)
    held = {row.question_id: row for row in registration.answers.prefetch_related("choices")}
    kept = [_keep(registration, question, given[question.pk], held.get(question.pk)) for question in rows]
    return any(kept)


def _keep(registration: Registration, question: Question, given: Given, held: Answer | None) -> bool:
    words, picks = _read(question, given)
    before = (held.words, {choice.pk for choice in held.choices.all()}) if held else ("", set())
    if before == (words, picks):
        return False
    if not (words or picks):
        Answer.objects.filter(registration=registration, question=question).delete()
        return True
    kept, _made = Answer.objects.update_or_create(
        registration=registration, question=question, defaults={"words": words}
    )
    kept.choices.set(picks)
    return True


def _read(question: Question, given: Given) -> tuple[str, set[int]]:
    if question.has_choices:
        known = {choice.pk for choice in question.choices.all()}
        keys = given if isinstance(given, list) else [str(given)]
        return "", {key for key in map(number, keys) if key in known}
    if question.kind == Question.Kind.YES:
        return (YES if given else ""), set()
    return str(given), set()


def given_by(registration: Registration) -> dict[int, Given]:
    """What a form begins with: the answers by their questions' keys."""
    return {row.question_id: _given(row) for row in _answers(registration)}


def _given(row: Answer) -> Given:
    keys = [str(choice.pk) for choice in row.choices.all()]
    if row.question.kind == Question.Kind.SEVERAL:
        return keys
    return keys[0] if keys else row.words


def _answers(registration: Registration) -> list[Answer]:
    return list(registration.answers.select_related("question").prefetch_related("choices"))


def said_by(registration: Registration) -> list[tuple[Question, str]]:
    """Each question that was answered, with the answer in the active language."""
    return [(row.question, in_words(row)) for row in _answers(registration)]


def unanswered(registration: Registration) -> list[Question]:
    """What must be answered and is not: it was asked later, or of those who come as this person does now."""
    asked = registration.summit.questions.asked().of(registration.attendance).filter(required=True)
    return list(asked.exclude(pk__in=registration.answers.values("question")))


def in_words(row: Answer) -> str:
    if row.question.kind == Question.Kind.YES:
        return _now("Yes")
    return str(row)


def counted(summit: Summit) -> models.QuerySet[Question]:
    """All questions, each with ``answered`` (people) and its choices with ``chosen``. Of active registrations alone."""
    active = Registration.objects.filter(summit=summit).active()
    chosen = Choice.objects.annotate(chosen=Count("answers", filter=_of(active)))
    rows = summit.questions.annotate(answered=Count("answers", filter=_of(active), distinct=True))
    return rows.prefetch_related(Prefetch("choices", queryset=chosen))


def _of(active: RegistrationQuerySet) -> Q:
    return Q(answers__registration__in=active)
