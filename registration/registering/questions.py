"""Questions of the registration form: what a summit asks of whom."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.models import Category, Choice, Question, Quota, Section
from registration.models.answer_kinds import NO, YES
from registration.places import capacity, picks
from registration.registering.asking import leads_round
from summit import history
from summit.editing import rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public, unchanged
from summit.editing.revising import save_now, set_what_differs
from summit.errors import Refusal
from summit.lib.translated import Text, languages
from summit.models import Summit, User

TEXTS = ("words", "hint", "purpose")
EDITABLE = ("section", "words", "hint", "kind", "asked_of", "depends_on", "depends_values", "required", "lowest", "highest",
            "suggested", "sensitive", "audience", "purpose", "kept_for", "is_asked", "order")  # fmt: skip
VERSIONED = (*EDITABLE, "offered")
VERSIONED_TEXTS = (*TEXTS, "offered")


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


class PurposeMissing(Refusal):
    code = "purpose_missing"
    status = 422
    message: Any = _("Say first on the page of the question what you need it for: people agree to exactly that.")


class LeadsRound(Refusal):
    code = "leads_round"
    status = 422
    message: Any = _("“%(question)s” depends on this question. Two questions cannot wait for each other.")


class LeadsNowhere(Refusal):
    code = "leads_nowhere"
    status = 422
    message: Any = _("Choose the answers to “%(question)s” after which this is asked.")


class OthersFollow(Refusal):
    code = "others_follow"
    message: Any = _("“%(question)s” is asked only after an answer to this question. Change that first.")


class CountsInQuota(Refusal):
    code = "counts_in_quota"
    message: Any = _("The quota “%(quota)s” counts who answers this. Change the quota first.")


class RangeTurned(Refusal):
    code = "range_turned"
    status = 422
    message: Any = _("The lowest number is higher than the highest one.")


@dataclass(frozen=True, slots=True)
class Wording:
    """One answer to choose, as a form gives it; ``pk`` is None for a new one, ``capacity`` None for no limit."""

    pk: int | None
    words: Text
    capacity: int | None = None
    has_waitlist: bool = False


@transaction.atomic
def create(summit: Summit, values: dict[str, Any], choices: Sequence[Wording] = (), *, by: User | None) -> Question:
    """Ask something more: ``values`` are those of ``EDITABLE``, and ``categories``.

    Raises :class:`AskedAlready`, :class:`NoChoices`, :class:`ChoicesLeft`, :class:`ChoicesAlike`, :class:`LeadsNowhere`,
    :class:`LeadsRound` and :class:`RangeTurned`.
    """
    made = Question(summit=summit, **{name: values[name] for name in EDITABLE if name in values})
    _once(made, set(values.get("categories", ())))
    _fits(made)
    made.save(force_insert=True)
    made.categories.set(values.get("categories", ()))
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
    """Set what differs of ``EDITABLE``, ``categories`` where they are given, and the choices as they are given, in their
    order.

    Raises :class:`summit.editing.revising.Overtaken`, :class:`KindAnswered`, :class:`ChoiceTaken`, :class:`OthersFollow`,
    :class:`CountsInQuota`, :class:`PurposeMissing` where it becomes sensitive, and what :func:`create` raises.
    """
    locked = _lock(question)
    unchanged(locked, form_versions)
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    changes = set_what_differs(locked, wanted, source=locked.summit.languages[0])
    if "sensitive" in changes and locked.sensitive and not str(locked.purpose):
        raise PurposeMissing
    if "kind" in changes and locked.answers.exists():
        raise KindAnswered
    if "kind" in changes and (quota := counting(locked)):
        raise CountsInQuota(CountsInQuota.message % {"quota": quota})
    categories = set(values["categories"]) if "categories" in values else set(locked.categories.all())
    if not changes.keys().isdisjoint({"words", "asked_of", "is_asked"}) or "categories" in values:
        _once(locked, categories)
    _fits(locked)
    fields = set(changes)
    if locked.kind == Question.Kind.CONSENT and not fields.isdisjoint({"words", "hint"}):
        locked.version += 1
        fields.add("version")
    if fields:
        save_now(locked, *fields)
    changes |= _of_categories(locked, categories)
    before, after = _write(locked, choices)
    if before != after:
        changes["choices"] = (before, after)
    if not changes.keys().isdisjoint({"asked_of", "categories"}) and counting(locked):
        capacity.recount(locked.summit)
    if changes:
        history.record("question.edit", locked, by=by, summit=locked.summit, changes=changes)
    return locked


def _of_categories(question: Question, wanted: set[Category]) -> history.Changes:
    before = set(question.categories.all())
    if before == wanted:
        return {}
    question.categories.set(wanted)
    names = [sorted(str(each) for each in some) for some in (before, wanted)]
    return {"categories": (names[0], names[1])}


def _fits(question: Question) -> None:
    """What it depends on leads to it and no ring; others that depend on it still can. Raises :class:`LeadsNowhere`,
    :class:`LeadsRound`, :class:`OthersFollow` and :class:`RangeTurned`."""
    if question.lowest is not None and question.highest is not None and question.lowest > question.highest:
        raise RangeTurned
    if question.pk and not question.leads_on and (follower := question.followed_by.first()):
        raise OthersFollow(OthersFollow.message % {"question": follower})
    leader = question.depends_on
    if leader is None:
        return
    if leader.summit_id != question.summit_id or not answers_that_lead(leader).keys() >= set(question.depends_values):
        question.depends_values = []
    if not (leader.leads_on and question.depends_values):
        raise LeadsNowhere(LeadsNowhere.message % {"question": leader})
    if question.pk and leads_round(question, question.summit.questions.all()):
        raise LeadsRound(LeadsRound.message % {"question": leader})


def counting(question: Question) -> Quota | None:
    """A quota that counts by the answers to it."""
    of_it = Q(choices__question=question) | Q(day_question=question)
    return Quota.objects.filter(of_it, summit=question.summit_id).first()


def answers_that_lead(question: Question) -> dict[str, str]:
    """What may be answered to a question that others depend on, by its values."""
    said = {YES: gettext("Yes"), NO: gettext("No")} if question.kind == Question.Kind.YES else {}
    said |= {YES: gettext("Agreed")} if question.kind == Question.Kind.CONSENT else {}
    return said | {str(choice.pk): str(choice) for choice in question.choices.all() if question.leads_on}


def leading_answers(question: Question) -> list[str]:
    """The answers to another question after which this one is asked, in words."""
    said = answers_that_lead(question.depends_on) if question.depends_on else {}
    return [said[value] for value in question.depends_values if value in said]


def proposed(question: Question) -> list[str]:
    """Organisations that are proposed while somebody types: the question's own list, then the hosts of what is public."""
    own = [line.strip() for line in question.suggested.splitlines() if line.strip()]
    hosts = question.summit.organisations.filter(sessions__published_at__isnull=False).distinct()
    names = [str(name) for name in hosts.values_list("name", flat=True)]
    return list(dict.fromkeys([*own, *sorted(names)]))


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
    whole = [
        Wording(choice.pk, said.get(choice.pk, choice.words), choice.capacity, choice.has_waitlist) for choice in rows
    ]
    return edit(locked, values, whole, form_versions=form_versions, by=by)


def _lock(question: Question) -> Question:
    return Question.objects.select_for_update(of=("self",)).select_related("summit").get(pk=question.pk)


def _once(question: Question, categories: Collection[Category]) -> None:
    """Nobody is asked the same twice; a form that was sent twice asks once. Raises :class:`AskedAlready`.

    What was taken out of the form may be asked anew, as another kind.
    """
    if not question.is_asked:
        return
    # One at a time: of two forms sent at once the second sees what the first has made.
    Summit.objects.select_for_update(no_key=True).get(pk=question.summit_id)
    others = Question.objects.asked().filter(summit=question.summit_id, asked_of=question.asked_of)
    others = others.exclude(pk=question.pk).filter(depends_on=question.depends_on_id)
    for other in others.prefetch_related("categories"):
        theirs = set(other.categories.all())
        same = not theirs or not categories or not theirs.isdisjoint(categories)
        if other.words == question.words and same and set(other.depends_values) == set(question.depends_values):
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
        if quota := choice.quotas.first():
            raise CountsInQuota(CountsInQuota.message % {"quota": quota})
        for follower in question.followed_by.all():
            if str(choice.pk) in follower.depends_values:
                raise OthersFollow(OthersFollow.message % {"question": follower})
        choice.delete()
    source = question.summit.languages[0]
    after: list[Choice] = []
    for order, one in enumerate(given, 1):
        # A key that is given twice is that choice once and a new one.
        choice = locked.pop(one.pk or 0, Choice(question=question))
        choice.words = choice.words.revised(dict(one.words), source=source)
        choice.order, choice.has_waitlist = order, one.has_waitlist
        limited = choice.capacity != one.capacity
        choice.save()
        if limited:
            picks.set_limit(choice, one.capacity)
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
    rows = list(choices)

    def read(choice: Choice, code: str) -> str:
        words = choice.words.get(code) or "–"
        return words if choice.capacity is None else f"{words} [{choice.capacity}]"

    return {code: ", ".join(read(choice, code) for choice in rows) for code in languages() if rows}


def create_section(summit: Summit, values: dict[str, Any], *, by: User | None) -> Section:
    return rows.create(Section, summit, values, told=("title",), by=by)


def edit_section(
    section: Section, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Section:
    """Raises :class:`summit.editing.revising.Overtaken`."""
    return revise_public(section, values, form_versions=form_versions, by=by, action="section.edit")


def delete_section(section: Section, *, by: User | None) -> None:
    """Its questions stay, after all sections."""
    rows.delete(section, unless=lambda _section: None, told=("title",), by=by)


@transaction.atomic
def delete(question: Question, *, by: User | None) -> None:
    """Take away a question nobody has answered. Raises :class:`HasAnswers`, :class:`OthersFollow` and
    :class:`CountsInQuota`."""
    locked = _lock(question)
    if count := locked.answers.count():
        raise HasAnswers(answers=count)
    if follower := locked.followed_by.first():
        raise OthersFollow(OthersFollow.message % {"question": follower})
    if quota := counting(locked):
        raise CountsInQuota(CountsInQuota.message % {"quota": quota})
    history.record(
        "question.delete", locked, by=by, summit=locked.summit, changes={"words": (history.plain(locked.words), "")}
    )
    locked.delete()
