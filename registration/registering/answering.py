"""What people answer to the questions of the form, and what was answered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.models import Answer, Choice, Pick, Question, Registration, Upload
from registration.models.answer_kinds import NO, YES, days_of, phone_in_words
from registration.models.registration import RegistrationQuerySet
from registration.models.sealing import HIDDEN
from registration.places import picks
from registration.registering import uploads
from registration.registering.asking import Asked, Given, form_of, put
from summit.errors import Refusal
from summit.lib import countries, times
from summit.lib.rows import shared
from summit.lib.translated import active_language
from summit.lists.cell_rendering import text
from summit.models import Summit


class AnswerOutdated(Refusal):
    code = "answer_outdated"
    message: Any = _("“%(question)s” was changed a moment ago. Look at it again and answer it anew.")


class QuestionsChanged(Exception):
    """Somebody has edited or deleted a question since it was read: read them again."""


class ChoiceFull(Refusal):
    code = "choice_full"
    message: Any = _("No place is left for “%(choice)s”. Choose another answer to “%(question)s”.")


def answer(registration: Registration, given: Mapping[int, Given]) -> bool:
    """Keep what was answered, by the questions' keys; an empty answer is none. Returns whether anything changed.

    Questions of other summits, and those deleted meanwhile, are left alone. Call it in the verb's transaction. Raises
    :class:`AnswerOutdated` where a question no longer takes such an answer, and :class:`ChoiceFull` where a choice has
    neither a place nor a waitlist; then the transaction must not stand.
    """
    asked = list(_held(registration, given).prefetch_related("choices"))
    locked = {row.question_id: row for row in registration.answers.prefetch_related("picks")}
    kept = [_keep(registration, question, given[question.pk], locked.get(question.pk)) for question in asked]
    if any(kept) and any(choice.capacity is not None for question in asked for choice in question.choices.all()):
        _find_places(registration)
    return any(kept)


def answer_first(registration: Registration, given: Mapping[int, Given], known: Sequence[Question] | None) -> None:
    """As :func:`answer`, of a registration that was made in this transaction: four queries for however many, one fewer
    where the summit's questions are ``known`` with their choices. Who takes a choice away meanwhile has the rows of picks
    refused at the transaction's end. Raises :class:`QuestionsChanged` where the questions are not what is ``known``."""
    if not any(given.values()):
        return
    if known is None:
        asked = list(_held(registration, given).prefetch_related("choices"))
    else:
        asked = sorted((question for question in known if question.pk in given), key=attrgetter("pk"))
    rows, made, chosen, limited = [], [], {}, False
    for question in asked:
        offered = _offered(question)
        said = _meant(question, given[question.pk], None, offered)
        if not (said.words or said.chosen):
            continue
        rows.append(Answer(registration=registration, question=question, **said.values(question)))
        made += [said.upload] if said.upload else []
        chosen[question.pk] = said.chosen
        limited |= any(each.capacity is not None for each in offered if each.pk in said.chosen)
    if known is not None:
        _hold_as_known(asked)
    Answer.objects.bulk_create(rows)
    Pick.objects.bulk_create(pick for row in rows for pick in _picks(row, chosen[row.question_id]))
    Upload.objects.filter(pk__in=[upload.pk for upload in made]).delete() if made else None
    if limited:
        _find_places(registration)


def _hold_as_known(asked: Sequence[Question]) -> None:
    """Hold what was read a moment ago, if it is still so, beside others who answer the same: only whoever edits waits."""
    rows = Question.objects.filter(pk__in=[question.pk for question in asked]).order_by("pk")
    if set(shared(rows.values_list("pk", "kind", "version"))) != {
        (question.pk, question.kind, question.version) for question in asked
    }:
        raise QuestionsChanged


def _offered(question: Question) -> list[Choice]:
    return list(question.choices.all()) if question.has_choices else []


def _held(registration: Registration, given: Mapping[int, Given]) -> QuerySet[Question]:
    """The questions, held until the answers stand: nobody takes a choice away, or makes it another kind, under them."""
    rows = Question.objects.select_for_update(of=("self",)).filter(summit=registration.summit_id, pk__in=given)
    return rows.order_by("pk")


def _find_places(registration: Registration) -> None:
    for choice in settle(registration):
        if not choice.has_waitlist:
            raise ChoiceFull(ChoiceFull.message % {"choice": choice, "question": choice.question})


def waited_for(given: Mapping[int, Given], asked: Iterable[Question], made: Registration | None) -> list[int]:
    """The choices (keys) of what was given for which somebody waits for a place: those of whom was ``made``, or of nobody
    those that are full. One query, none where no choice of them is limited."""
    said = {str(each) for answer in given.values() for each in (answer if isinstance(answer, list) else [answer])}
    limited = [choice.pk for question in asked if question.has_choices for choice in question.choices.all()
               if choice.capacity is not None and question.pk in given and str(choice.pk) in said]  # fmt: skip
    if not limited:
        return []
    if made is None:
        full = Choice.objects.filter(pk__in=limited, taken__gte=F("capacity"))
        return sorted(full.values_list("pk", flat=True))
    waiting = Pick.objects.filter(answer__registration=made, choice__in=limited, waits_since__isnull=False)
    return sorted(waiting.values_list("choice", flat=True))


def settle(registration: Registration, *, attendance: str = "", category: int | None = None) -> list[Choice]:
    """With a change of its answers, state, category or way of coming, places of choices follow; ``attendance`` and
    ``category`` (a key) are those it is about to have. Returns the choices it waits for from now on.

    Places of choices are taken before those of quotas: in one order, nobody waits for another in a ring.
    """
    if not Pick.objects.filter(answer__registration=registration, choice__capacity__isnull=False).exists():
        return []
    who = Asked(attendance or registration.attendance, category or registration.category_id, given_by(registration))
    return picks.settle(registration, put(form_of(registration.summit), who))


def put_to(summit: Summit, registrations: Iterable[Registration], *, category: int) -> dict[int, set[int]]:
    """The questions put to each of those who chose something limited, all by their keys, once they have the ``category``
    (a key): for :func:`registration.places.picks.settle_many`. As many queries for however many."""
    by_key = {row.pk: row for row in registrations}
    limited = Pick.objects.filter(answer__registration__in=by_key, choice__capacity__isnull=False)
    given: dict[int, dict[int, Given]] = {key: {} for key in limited.values_list("answer__registration", flat=True)}
    for row in read(Answer.objects.filter(registration__in=given), summit) if given else ():
        given[row.registration_id][row.question_id] = _given(row)
    form = form_of(summit) if given else []
    return {key: put(form, Asked(by_key[key].attendance, category, said)) for key, said in given.items()}


@dataclass(frozen=True, slots=True)
class _Meant:
    """An answer as it is kept: words, keys of choices in their order, and the upload that becomes its file."""

    words: str
    chosen: list[int]
    upload: Upload | None = None

    def values(self, question: Question) -> dict[str, Any]:
        file = {"file": self.upload.file.name} if self.upload else {}
        return {"words": self.words, "version": question.version, "given_at": timezone.now(), **file}


def _picks(row: Answer, chosen: list[int]) -> list[Pick]:
    ranked = row.question.kind == Question.Kind.RANKED
    return [Pick(answer=row, choice_id=key, rank=rank if ranked else None) for rank, key in enumerate(chosen, 1)]


def _keep(registration: Registration, question: Question, given: Given, locked: Answer | None) -> bool:
    said = _meant(question, given, locked)
    is_same = locked is not None and (locked.words, _picked(locked)) == (said.words, said.chosen)
    if said.upload is None and is_same and locked and _is_current(question, locked):
        return False
    if locked is None and not (said.words or said.chosen):
        return False
    if locked:
        gone = [pick for pick in locked.picks.all() if pick.choice_id not in said.chosen]
        picks.let_go(gone)
        Pick.objects.filter(pk__in=[pick.pk for pick in gone]).delete()
    if not (said.words or said.chosen):
        Answer.objects.filter(registration=registration, question=question).delete()
        return True
    kept, _made = Answer.objects.update_or_create(
        registration=registration, question=question, defaults=said.values(question)
    )
    if said.upload:
        said.upload.delete()
    Pick.objects.bulk_create(
        _picks(kept, said.chosen), update_conflicts=True, unique_fields=["answer", "choice"], update_fields=["rank"]
    )
    return True


def _meant(question: Question, given: Given, locked: Answer | None, choices: Iterable[Choice] | None = None) -> _Meant:
    """``choices``: those of the question, where they were read a moment ago. Raises :class:`AnswerOutdated`."""
    if question.has_file:
        upload = uploads.find(question, str(given))
        if given and not upload and not (locked and locked.words == given):
            raise AnswerOutdated(AnswerOutdated.message % {"question": question})
        return _Meant(upload.name if upload else str(given), [], upload)
    return _Meant(*_read(question, given, choices))


def _picked(row: Answer) -> list[int]:
    """Keys of what was chosen, in the order that says something: that of ranks, or that of keys."""
    rows = sorted(row.picks.all(), key=lambda pick: (pick.rank or 0, pick.choice_id))
    return [pick.choice_id for pick in rows]


def _is_current(question: Question, row: Answer) -> bool:
    return question.kind != Question.Kind.CONSENT or row.version == question.version


def _read(question: Question, given: Given, choices: Iterable[Choice] | None) -> tuple[str, list[int]]:
    """(words, keys of choices) of an answer. Raises :class:`AnswerOutdated`."""
    offered = {str(choice.pk): choice.pk for choice in (question.choices.all() if choices is None else choices)}
    if not given:
        return "", []
    if isinstance(given, list) and offered.keys() >= set(given) and len(given) <= question.most_choices:
        keys = [offered[key] for key in dict.fromkeys(given)]
        return "", keys if question.kind == Question.Kind.RANKED else sorted(keys)
    if isinstance(given, str) and question.takes(given):
        return given, []
    raise AnswerOutdated(AnswerOutdated.message % {"question": question})


def given_by(registration: Registration) -> dict[int, Given]:
    """The answers by their questions' keys."""
    return {row.question_id: _given(row) for row in _answers(registration)}


def _given(row: Answer) -> Given:
    return [str(pick.choice_id) for pick in _in_rank(row)] if row.question.has_choices else row.words


def _in_rank(row: Answer) -> list[Pick]:
    return sorted(row.picks.all(), key=lambda pick: (pick.rank or 0, pick.choice.order, pick.choice_id))


def _answers(registration: Registration) -> list[Answer]:
    return read(registration.answers.all(), registration.summit)


def read(answers: models.QuerySet[Answer], summit: Summit) -> list[Answer]:
    """Answers to questions of a summit, with what :func:`in_words` and :func:`shown` say of each. Two queries."""
    picks_of = Prefetch("picks", queryset=Pick.objects.select_related("choice"))
    rows = list(answers.select_related("question").prefetch_related(picks_of))
    for row in rows:
        row.question.summit = summit
    return rows


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as pages show it; that of a file is its name. ``still_asked``: whether the question is in the form, for
    people who come this way, as this category; ``row`` is the answer itself."""

    question: Question
    answer: str
    still_asked: bool
    row: Answer


def said_by(registration: Registration, audiences: Collection[str] | None = None) -> list[Said]:
    """Each question that was answered, with the answer in the active language; to members of the team those alone whose
    answers one of their ``audiences`` reads (:func:`registration.permissions.audiences`)."""
    rows = {row.question_id: row for row in _answers(registration)}
    who = Asked(registration.attendance, registration.category_id)
    form = form_of(registration.summit) if rows else []
    return [
        Said(question, shown(row), question.is_asked and who.is_concerned_by(question), row)
        for question in form
        if (row := rows.get(question.pk)) and (audiences is None or question.audience in audiences)
    ]


def unanswered(registration: Registration) -> list[Question]:
    """What must be answered and is not: it was asked later, or of those who come as this person does now; a consent also
    where its words have changed since. Of what is erased by now nothing."""
    form = form_of(registration.summit)
    if not any(question.required for question in form):
        return []
    rows = {row.question_id: row for row in _answers(registration)}
    who = Asked(registration.attendance, registration.category_id, {key: _given(row) for key, row in rows.items()})
    now = put(form, who)
    return [
        question
        for question in form
        if question.required
        and question.pk in now
        and not question.is_erased()
        and not (question.pk in rows and _is_current(question, rows[question.pk]))
    ]


def in_words(row: Answer) -> str:
    """An answer in the active language."""
    language = active_language()
    if row.words == HIDDEN:
        return HIDDEN
    if row.question.has_choices:
        waits = gettext("on the waitlist")
        return ", ".join(_around(pick).format(pick.rank, str(pick.choice), waits) for pick in _in_rank(row))
    match row.question.kind:
        case Question.Kind.YES:
            return gettext("Yes") if row.words == YES else gettext("No")
        case Question.Kind.CONSENT:
            given = timezone.localtime(row.given_at or row.registration.created_at, row.question.summit.tz)
            return gettext("Agreed on %(day)s") % {"day": times.date_label(given.date(), language)}
        case Question.Kind.DATE:
            return times.date_label(date.fromisoformat(row.words), language)
        case Question.Kind.DATES:
            return times.range_label(*days_of(row.words), language)
        case Question.Kind.COUNTRY:
            return countries.name(row.words, language)
        case Question.Kind.PHONE:
            return phone_in_words(row.words)
    return row.words


def _around(pick: Pick) -> str:
    """What is said beside a choice: its rank, and that it waits for a place."""
    ranked = "{0}. {1}" if pick.rank else "{1}"
    return f"{ranked} ({{2}})" if pick.waits_since else ranked


def shown(row: Answer) -> str:
    """An answer for a page: choices that stand in for a translation say their language."""
    if row.question.has_choices:
        waits = gettext("on the waitlist")
        told = [format_html(_around(pick), pick.rank, text(pick.choice.words), waits) for pick in _in_rank(row)]
        return format_html_join(", ", "{}", [(each,) for each in told])
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
    """Answers of these registrations, to what is asked of those who come their way, as their category."""
    asked = Q(**{f"{question}asked_of": ""}) | Q(**{f"{question}asked_of": F("answers__registration__attendance")})
    of = Question.categories.through._default_manager.filter(question=OuterRef("answers__question"))
    own = Exists(of.filter(category=OuterRef("answers__registration__category")))
    return Q(answers__registration__in=active) & asked & (~Exists(of) | own)
