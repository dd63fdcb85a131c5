"""Which questions are put to somebody: by how they come, as what, and what they answered to others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from registration.models import Question
from summit.models import Summit

# What is given for one question: keys of choices where it has them (of several in an order as they stand), else a text.
type Given = str | list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to whom questions are put. ``attendance`` is "" and ``category`` (a key) None while they are not known:
    then whatever could be asked is."""

    attendance: str = ""
    category: int | None = None
    answers: Mapping[int, Given] = field(default_factory=dict)

    def is_concerned_by(self, question: Question) -> bool:
        """Whether it is for people who come this way, as this category; whatever they answered elsewhere."""
        return question.concerns(self.attendance or question.asked_of, self.category)


def form_of(summit: Summit) -> list[Question]:
    """All questions of a summit with what a form needs of each, in its order. Two queries; none of a summit that was read
    with its form (``known_form``)."""
    known: list[Question] | None = vars(summit).get("known_form")
    if known is not None:
        return known
    rows = list(summit.questions.with_categories().in_order().select_related("section").prefetch_related("choices"))
    by_key = {row.pk: row for row in rows}
    for row in rows:
        row.summit = summit
        if row.depends_on_id:
            row.depends_on = by_key[row.depends_on_id]
    return rows


def values_of(given: Given) -> list[str]:
    return given if isinstance(given, list) else [given] if given else []


def put(questions: Sequence[Question], who: Asked) -> set[int]:
    """The keys of those questions that are put to somebody. One that depends on another is put where the other is, and
    was answered so; chains of any length end, because no question depends on itself (:func:`leads_round`)."""
    by_key = {question.pk: question for question in questions}
    known: dict[int, bool] = {}

    def is_put(question: Question) -> bool:
        if question.pk not in known:
            known[question.pk] = False  # where a ring was made by hand, nobody is asked for ever
            known[question.pk] = question.is_asked and who.is_concerned_by(question) and is_led_to(question)
        return known[question.pk]

    def is_led_to(question: Question) -> bool:
        leader = by_key.get(question.depends_on_id or 0)
        if leader is None:
            return question.depends_on_id is None
        return is_put(leader) and question.follows(values_of(who.answers.get(leader.pk, "")))

    return {question.pk for question in questions if is_put(question)}


def leads_round(question: Question, questions: Iterable[Question]) -> bool:
    """Whether what it depends on depends on it, at whatever distance."""
    leaders = {each.pk: each.depends_on_id for each in questions}
    at, seen = question.depends_on_id, set()
    while at is not None and at not in seen:
        if at == question.pk:
            return True
        seen.add(at)
        at = leaders.get(at)
    return at is not None
