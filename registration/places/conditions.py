"""Conditions of quotas on what people answered: what they chose, and on which days they come."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import CharField, Q, StringAgg, Value
from django.db.models.functions import Cast, Substr

from registration.models import Answer, Question, Quota
from registration.models.answer_kinds import SPAN
from registration.models.quota import Wish
from registration.models.registration import RegistrationQuerySet

# How long a day is as it is kept: "2021-12-15".
DAY = 10
# What somebody answered: keys of choices, or the words of an answer.
type Said = Mapping[int, Iterable[str]]


@dataclass(frozen=True, slots=True)
class Condition:
    """That one of these choices (keys) was made, or that somebody comes on one of these days (ISO 8601), as the answer to
    one question says. Who did not answer does not meet it; nor does anybody whom the question is not asked of."""

    question: Question
    choices: frozenset[int] = frozenset()
    days: frozenset[str] = frozenset()

    def is_met_by(self, given: Iterable[str]) -> bool:
        """Whether an answer says so, whoever gives it."""
        if self.choices:
            return not self.choices.isdisjoint(int(each) for each in given if each.isdecimal())
        return any(_includes(words, day) for words in given for day in self.days)

    def concerns(self, wish: Wish) -> bool:
        return self.question.concerns(wish.attendance, wish.category or 0)

    def narrow(self, rows: RegistrationQuerySet) -> RegistrationQuerySet:
        """Those of these registrations that meet it."""
        if self.question.asked_of:
            rows = rows.filter(attendance=self.question.asked_of)
        if self.question.of_categories:
            rows = rows.filter(category__in=self.question.of_categories)
        answers = Answer.objects.filter(question=self.question.pk)
        if self.choices:
            return rows.filter(pk__in=answers.filter(picks__choice__in=self.choices).values("registration"))
        begins, ends = Substr("words", 1, DAY), Substr("words", DAY + len(SPAN) + 1, DAY)
        within = Q(pk__in=[])
        for day in self.days:
            span = Q(begins__lte=day, ends__gte=day)
            within |= span if self.question.kind == Question.Kind.DATES else Q(words=day)
        said = answers.annotate(begins=begins, ends=ends).filter(within)
        return rows.filter(pk__in=said.values("registration"))


def _includes(words: str, day: str) -> bool:
    first, _between, last = words.partition(SPAN)
    return first <= day <= (last or first)


def of(quotas: Iterable[Quota], chosen: Mapping[int, frozenset[int]]) -> dict[int, tuple[Condition, ...]]:
    """The conditions of each quota (by its key), all of which must be met; ``chosen`` are the keys of the choices each
    names. One query, none where no quota has any."""
    rows = [quota for quota in quotas if quota.day_question_id or chosen.get(quota.pk)]
    if not rows:
        return {}
    keys = frozenset().union(*chosen.values())
    asked = Question.objects.filter(Q(choices__in=keys) | Q(pk__in=[row.day_question_id for row in rows]))
    asked = asked.with_categories().annotate(
        choice_keys=StringAgg(Cast("choices__pk", CharField()), delimiter=Value(" "))
    )
    found: dict[int, list[Condition]] = defaultdict(list)
    for question in asked.order_by("pk"):
        own = frozenset(map(int, (question.choice_keys or "").split())) & keys
        for row in rows:
            if named := own & chosen.get(row.pk, frozenset()):
                found[row.pk].append(Condition(question, choices=named))
            if row.day_question_id == question.pk:
                found[row.pk].append(Condition(question, days=frozenset(row.days)))
    return {pk: tuple(conditions) for pk, conditions in found.items()}


def given_by(registrations: Iterable[int], conditions: Iterable[Condition]) -> dict[int, dict[int, list[str]]]:
    """What these registrations (keys) answered to the questions of conditions, by key and question. One query."""
    asked = {condition.question.pk for condition in conditions}
    rows = Answer.objects.filter(registration__in=list(registrations), question__in=asked).order_by()
    found: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, question, words, choice in rows.values_list("registration", "question", "words", "picks__choice"):
        found[key][question].append(str(choice) if choice else words)
    return found
