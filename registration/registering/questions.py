"""Questions of the registration form: what a summit asks, and what people answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F, Prefetch, Q
from django.utils.html import format_html_join
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from registration.models import Answer, Choice, Question, Registration
from registration.models.question import NO, YES, Pick
from registration.models.registration import RegistrationQuerySet
from summit import history
from summit.editing.inline_edits import NO_VERSIONS, unchanged
from summit.editing.revising import save_now, set_what_differs
from summit.errors import Refusal
from summit.lib.translated import Text, languages
from summit.lists.cell_rendering import text
from summit.models import Summit, User

TEXTS = ("words", "hint")
EDITABLE = ("words", "hint", "kind", "asked_of", "required", "sensitive", "is_asked", "order")
VERSIONED = (*EDITABLE, "offered")
VERSIONED_TEXTS = (*TEXTS, "offered")
# What is given for one question: the keys of choices where it has them, else a text, ``YES`` or ``NO``.
type Given = str | list[str]


class HasAnswers(Refusal):
    """``details["answers"]`` is how many."""

    code = "has_answers"
    message: Any = _(
        "People have answered this question, perhaps some who cancelled since. Take it out of the form instead: their answers stay."
    )


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


class ChoicesLeft(Refusal):
    code = "choices_left"
    status = 422
    message: Any = _(
        "There is nothing to choose from in an answer of this kind. Empty the answers to choose from, or take another kind."
    )


class ChoicesAlike(Refusal):
    code = "choices_alike"
    status = 422
    message: Any = _("Two answers read alike: “%(choice)s”. Word one of them otherwise.")


class AskedAlready(Refusal):
    code = "asked_already"
    message: Any = _("This is asked already, in the same words and of the same people.")


class AnswerOutdated(Refusal):
    code = "answer_outdated"
    message: Any = _("“%(question)s” was changed a moment ago. Look at it again and answer it anew.")


@dataclass(frozen=True, slots=True)
class Wording:
    """One answer to choose, as a form gives it; ``pk`` is None for a new one."""

    pk: int | None
    words: Text


@transaction.atomic
def create(summit: Summit, values: dict[str, Any], choices: Sequence[Wording] = (), *, by: User | None) -> Question:
    """Ask something more.

    Raises :class:`AskedAlready`, :class:`NoChoices`, :class:`ChoicesLeft` and :class:`ChoicesAlike`.
    """
    made = Question(summit=summit, **{name: values[name] for name in EDITABLE if name in values})
    _once(made)
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
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None,
) -> Question:
    """Set what differs of ``EDITABLE``, and the choices as they are given, in their order.

    Raises :class:`summit.editing.revising.Overtaken`, :class:`KindAnswered`, :class:`ChoiceTaken` and what :func:`create` raises.
    """
    locked = _lock(question)
    unchanged(locked, form_versions)
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    changes = set_what_differs(locked, wanted, source=locked.summit.languages[0])
    if "kind" in changes and locked.answers.exists():
        raise KindAnswered
    if not changes.keys().isdisjoint({"words", "asked_of", "is_asked"}):
        _once(locked)
    if changes:
        save_now(locked, *changes)
    before, after = _write(locked, choices)
    if before != after:
        changes["choices"] = (before, after)
    if changes:
        history.record("question.edit", locked, by=by, summit=locked.summit, changes=changes)
    return locked


@transaction.atomic
def translate(
    question: Question,
    values: dict[str, Any],
    choices: Sequence[Wording] = (),
    *,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None,
) -> Question:
    """Set ``TEXTS`` and the words of the choices there are, and nothing else. Raises what :func:`edit` raises."""
    texts = {name: value for name, value in values.items() if name in TEXTS}
    return change(question, texts, choices, form_versions=form_versions, by=by)


@transaction.atomic
def change(
    question: Question,
    values: dict[str, Any],
    choices: Sequence[Wording] = (),
    *,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None,
) -> Question:
    """Set some of ``EDITABLE`` and the words of some choices; the others stay. Raises what :func:`edit` raises."""
    locked = _lock(question)
    said = {one.pk: one.words for one in choices if one.words}
    rows = locked.choices.all() if locked.has_choices else locked.choices.none()
    whole = [Wording(choice.pk, said.get(choice.pk, choice.words)) for choice in rows]
    return edit(locked, values, whole, form_versions=form_versions, by=by)


def _lock(question: Question) -> Question:
    return Question.objects.select_for_update(of=("self",)).select_related("summit").get(pk=question.pk)


def _once(question: Question) -> None:
    """Nobody is asked the same twice; a form that was sent twice asks once. Raises :class:`AskedAlready`.

    What was taken out of the form may be asked anew, as another kind.
    """
    if not question.is_asked:
        return
    # One at a time: of two forms sent at once the second sees what the first has made.
    Summit.objects.select_for_update(no_key=True).get(pk=question.summit_id)
    others = Question.objects.asked().filter(summit=question.summit_id, asked_of=question.asked_of)
    others = others.exclude(pk=question.pk)
    if any(other.words == question.words for other in others):
        raise AskedAlready


def _write(question: Question, given: Sequence[Wording]) -> tuple[dict[str, str], dict[str, str]]:
    """The choices as given; returns how they read before and after, by language."""
    if question.has_choices and len(given) < 2:
        raise NoChoices
    if given and not question.has_choices:
        raise ChoicesLeft
    locked = {choice.pk: choice for choice in question.choices.all()}
    before = _read_in_each(locked.values())
    kept = {one.pk for one in given}
    for choice in (choice for pk, choice in locked.items() if pk not in kept):
        if choice.answers.exists():
            raise ChoiceTaken(ChoiceTaken.message % {"choice": choice})
        choice.delete()
    source = question.summit.languages[0]
    after: list[Choice] = []
    for order, one in enumerate(given, 1):
        # A key that is given twice is that choice once and a new one.
        choice = locked.pop(one.pk or 0, Choice(question=question))
        choice.words = choice.words.revised(dict(one.words), source=source)
        choice.order = order
        choice.save()
        after.append(choice)
    _apart(after)
    return before, _read_in_each(after)


def _apart(choices: Sequence[Choice]) -> None:
    """Raises :class:`ChoicesAlike` where nobody could tell two of them apart in some language."""
    seen = set()
    for choice in choices:
        for read in {(code, words.casefold()) for code, words in choice.words.words().items()}:
            if read in seen:
                raise ChoicesAlike(ChoicesAlike.message % {"choice": choice.words[read[0]]})
            seen.add(read)


def _read_in_each(choices: Iterable[Choice]) -> dict[str, str]:
    texts = [choice.words for choice in choices]
    return {code: ", ".join(words.get(code) or "–" for words in texts) for code in languages() if texts}


@transaction.atomic
def delete(question: Question, *, by: User | None) -> None:
    """Take away a question nobody has answered. Raises :class:`HasAnswers`."""
    locked = _lock(question)
    if count := locked.answers.count():
        raise HasAnswers(answers=count)
    history.record(
        "question.delete", locked, by=by, summit=locked.summit, changes={"words": (history.plain(locked.words), "")}
    )
    locked.delete()


def answer(registration: Registration, given: Mapping[int, Given]) -> bool:
    """Keep what was answered, by the questions' keys; an empty answer is none. Returns whether anything changed.

    Questions of other summits, and those deleted meanwhile, are left alone. Call it in the verb's transaction. Raises
    :class:`AnswerOutdated` where a question no longer takes such an answer; then the transaction must not stand.
    """
    # Held until the answers stand: nobody takes a choice away, or makes it another kind, under them.
    rows = Question.objects.select_for_update(of=("self",)).filter(summit=registration.summit_id, pk__in=given)
    asked = list(rows.order_by("pk").prefetch_related("choices"))
    locked = {row.question_id: row for row in registration.answers.prefetch_related("choices")}
    kept = [_keep(registration, question, given[question.pk], locked.get(question.pk)) for question in asked]
    return any(kept)


def answer_first(registration: Registration, given: Mapping[int, Given], known: Sequence[Question] | None) -> None:
    """As :func:`answer`, of a registration that was made in this transaction: four queries for however many, two fewer
    where the summit's questions are ``known`` with their choices. Who takes a choice away meanwhile has the rows of picks
    refused at the transaction's end."""
    if not any(given.values()):
        return
    rows = Question.objects.select_for_update(of=("self",)).filter(summit=registration.summit_id, pk__in=given)
    choices = {question.pk: list(question.choices.all()) for question in known or ()}
    asked = list(rows.order_by("pk"))
    if any(question.has_choices and question.pk not in choices for question in asked):
        models.prefetch_related_objects(asked, "choices")
    said = [(question, *_read(question, given[question.pk], choices.get(question.pk))) for question in asked]
    answers = [
        Answer(registration=registration, question=question, words=words)
        for question, words, picks in said
        if words or picks
    ]
    Answer.objects.bulk_create(answers)
    chosen = {question.pk: picks for question, _words, picks in said}
    Pick.objects.bulk_create(
        Pick(answer=row, choice_id=key) for row in answers for key in sorted(chosen[row.question_id])
    )


def _keep(registration: Registration, question: Question, given: Given, locked: Answer | None) -> bool:
    words, picks = _read(question, given)
    before = (locked.words, {choice.pk for choice in locked.choices.all()}) if locked else ("", set())
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


def _read(question: Question, given: Given, choices: Iterable[Choice] | None = None) -> tuple[str, set[int]]:
    """(words, keys of choices) of an answer. Raises :class:`AnswerOutdated`."""
    offered = {str(choice.pk): choice.pk for choice in (question.choices.all() if choices is None else choices)}
    if not given:
        return "", set()
    if isinstance(given, list) and offered.keys() >= set(given) and len(given) <= question.most_choices:
        return "", {offered[key] for key in given}
    if isinstance(given, str) and question.takes(given):
        return given, set()
    raise AnswerOutdated(AnswerOutdated.message % {"question": question})


def given_by(registration: Registration) -> dict[int, Given]:
    """The answers by their questions' keys."""
    return {row.question_id: _given(row) for row in _answers(registration)}


def _given(row: Answer) -> Given:
    return [str(choice.pk) for choice in row.choices.all()] if row.question.has_choices else row.words


def _answers(registration: Registration) -> list[Answer]:
    return list(registration.answers.select_related("question").prefetch_related("choices"))


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as pages show it. ``still_asked``: whether the question is in the form, for people who come this way."""

    question: Question
    answer: str
    still_asked: bool


def said_by(registration: Registration) -> list[Said]:
    """Each question that was answered, with the answer in the active language."""
    return [
        Said(row.question, shown(row), row.question.is_asked and row.question.concerns(registration.attendance))
        for row in _answers(registration)
    ]


def unanswered(registration: Registration) -> list[Question]:
    """What must be answered and is not: it was asked later, or of those who come as this person does now."""
    required = registration.summit.questions.required_of(registration)
    return list(required.exclude(pk__in=registration.answers.values("question")))


def in_words(row: Answer) -> str:
    """An answer in the active language."""
    if row.question.kind == Question.Kind.YES:
        return _now("Yes") if row.words == YES else _now("No")
    return str(row)


def shown(row: Answer) -> str:
    """An answer for a page: choices that stand in for a translation say their language."""
    if row.question.has_choices:
        return format_html_join(", ", "{}", [(text(choice.words),) for choice in row.choices.all()])
    return in_words(row)


def counted(summit: Summit) -> models.QuerySet[Question]:
    """All questions, each with ``people`` who answered, how many said ``yes`` and ``no``, and all answers ``kept``.

    Its choices come with ``chosen``. But for ``kept`` those count who are registered, and come as the question asks.
    """
    active = Registration.objects.filter(summit=summit).active()
    chosen = Choice.objects.annotate(chosen=Count("answers", filter=_of(active, "question__")))
    count = partial(Count, "answers", distinct=True)
    rows = summit.questions.annotate(
        people=count(filter=_of(active)),
        yes=count(filter=_of(active) & Q(answers__words=YES)),
        no=count(filter=_of(active) & Q(answers__words=NO)),
        kept=count(),
    )
    return rows.prefetch_related(Prefetch("choices", queryset=chosen))


def _of(active: RegistrationQuerySet, question: str = "") -> Q:
    """Answers of these registrations, to what is asked of those who come their way."""
    asked = Q(**{f"{question}asked_of": ""}) | Q(**{f"{question}asked_of": F("answers__registration__attendance")})
    return Q(answers__registration__in=active) & asked
