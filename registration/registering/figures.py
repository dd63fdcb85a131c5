"""Those who are confirmed, counted by what they are: for the organisers as it is, for the public without small groups.

Nothing public is a group of fewer than :data:`LEAST`, nor can one be computed from what is shown: small groups are put
together until they are enough, countries and regions are looked at together, and every number is rounded down to a
multiple of it, so that one day less another tells no small group, either. Who is at risk is in no public number.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registration.models import Answer, Attendance, Audience, CheckIn, Pick, Question, Registration, State
from registration.models.question import NO, YES
from registration.models.registration import RegistrationQuerySet
from registration.registering import openings
from summit.lib import countries, regions
from summit.lib.finding import fold as fold_words
from summit.lib.spreadsheets import Column, Table
from summit.lib.translated import active_language, own_name
from summit.models import Summit

LEAST = 5
# The key of what was put together.
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Group:
    """People by one thing, the largest first. ``splits``: each person is in one line, so that the lines are the total."""

    key: str
    title: str
    lines: list[Line]
    splits: bool = True


@dataclass(frozen=True, slots=True)
class Figures:
    """``sealed``: how many of the total are in no group of countries and regions, because they are at risk."""

    total: int
    groups: list[Group]
    sealed: int = 0


def confirmed(summit: Summit) -> Figures:
    """All groups, in the active language. Eight queries."""
    return _counted(summit, summit.registrations.filter(state=State.CONFIRMED).order_by())


def _counted(summit: Summit, people: RegistrationQuerySet) -> Figures:
    facts = ("attendance", "category", "language")
    rows = list(people.values_list(*facts, "country", "at_risk").annotate(n=Count("*")))
    by = {name: Counter[Any]() for name in (*facts, "country", "region")}
    sealed = 0
    for *values, country, at_risk, number in rows:
        for name, value in zip(facts, values, strict=True):
            by[name][value] += number
        if at_risk:
            sealed += number
            continue
        by["country"][country] += number
        by["region"][regions.of_country(country)] += number
    named = {row.pk: (row.code, str(row)) for row in summit.categories.all()}
    language = active_language()
    groups = [
        _group("attendance", _("Attendance"), by["attendance"], lambda key: str(Attendance(key).label)),
        Group("category", _("Category"), _ordered((*named[pk], number) for pk, number in by["category"].items())),
        _group("region", _("Region"), by["region"], lambda key: regions.name(key, language) if key else _("No region")),
        _group(
            "country",
            _("Country"),
            by["country"],
            lambda key: countries.name(key, language) if key else _("No country"),
        ),
        _group("language", _("Language of mails"), by["language"], own_name),
    ]
    return Figures(sum(number for *_facts, number in rows), [*groups, *_answers(summit, people)], sealed)


def by_delegation(summit: Summit) -> Group:
    """Those confirmed with each delegation, for the team alone: one may be of two people. Two queries."""
    people = summit.registrations.filter(state=State.CONFIRMED, delegation__isnull=False).order_by()
    counted = dict(people.values_list("delegation").annotate(n=Count("*")))
    rows = [row for row in summit.delegations.all() if row.pk in counted]
    return Group("delegation", _("Delegation"), _ordered((row.code, str(row), counted[row.pk]) for row in rows))


def _group(key: str, title: str, counted: Counter[Any], label: Any) -> Group:
    return Group(key, title, _ordered((str(each), label(each), number) for each, number in counted.items()))


def _ordered(found: Iterable[tuple[str, str, int]]) -> list[Line]:
    return sorted((Line(*each) for each in found), key=lambda line: (-line.number, line.label))


def _answers(summit: Summit, people: Any) -> list[Group]:
    """Questions that are asked now and answered by choosing; sensitive ones, and those that owners alone read, are nobody's
    numbers."""
    kinds = [Question.Kind.YES, Question.Kind.ONE, Question.Kind.SEVERAL]
    rows = summit.questions.asked().in_order().filter(kind__in=kinds, sensitive=False).exclude(audience=Audience.OWNERS)
    asked = [each for each in rows.prefetch_related("choices") if not each.is_erased()]
    if not asked:
        return []
    picks = Pick.objects.filter(answer__question__in=asked, answer__registration__in=people.values("pk"))
    chosen = dict(picks.order_by().values_list("choice").annotate(n=Count("*")))
    said = Answer.objects.filter(question__in=asked, registration__in=people.values("pk"), words__in=[YES, NO])
    words: dict[int, dict[str, int]] = defaultdict(dict)
    for question, word, number in said.order_by().values_list("question", "words").annotate(n=Count("*")):
        words[question][word] = number
    found = []
    for each in asked:
        if each.has_choices:
            lines = [(str(choice.pk), str(choice), chosen.get(choice.pk, 0)) for choice in each.choices.all()]
        else:
            lines = [(word, label, words[each.pk].get(word, 0)) for word, label in ((YES, _("Yes")), (NO, _("No")))]
        several = each.kind == Question.Kind.SEVERAL
        found.append(Group(f"answer_{each.pk}", str(each), _ordered(lines), splits=not several))
    return found


def funnel(summit: Summit) -> list[Line]:
    """From the opened form to the arrival, of those who came by the form. Three queries."""
    opened, begun = openings.counted(summit)
    sent = summit.registrations.exclude(form_nonce="")
    arrived = CheckIn.objects.standing().filter(registration__in=sent.values("pk")).count()
    counted = sent.aggregate(sent=Count("pk"), confirmed=Count("confirmed_at"))
    return [
        Line("opened", _("Form opened"), opened),
        Line("begun", _("Form filled in"), begun),
        Line("sent", _("Registered"), counted["sent"]),
        Line("confirmed", _("Confirmed"), counted["confirmed"]),
        Line("arrived", _("Arrived"), arrived),
    ]


def needs(summit: Summit) -> list[Group]:
    """What those who come in person need, in their own words and without a name: the same words once, with how many said
    so. For catering and the people of the house. Two queries."""
    people = summit.registrations.filter(state=State.CONFIRMED, attendance=Attendance.IN_PERSON).order_by()
    found = []
    for name in ("dietary_needs", "access_needs"):
        said: dict[str, str] = {}
        counted: Counter[str] = Counter()
        for words in people.exclude(**{name: ""}).values_list(name, flat=True).iterator():
            key = fold_words(words) or words
            said.setdefault(key, words)
            counted[key] += 1
        title = str(capfirst(str(Registration._meta.get_field(name).verbose_name)))  # type: ignore[union-attr]
        found.append(Group(name, title, _ordered((key, said[key], n) for key, n in counted.items()), splits=False))
    return found


# for everybody


def public(summit: Summit) -> Figures:
    """What may be told to everybody, as of the last midnight of the summit's zone: a page that is asked for again when
    somebody has registered does not tell who that was. Questions of the form are not in it."""
    figures = _counted(summit, _told_of(summit))
    if figures.total < LEAST:
        return Figures(0, [])
    by = {group.key: group for group in figures.groups if not group.key.startswith("answer_")}
    by["region"], by["country"] = _places(by["region"], by["country"])
    folded = {key: group if key in {"region", "country"} else fold(group) for key, group in by.items()}
    # What is one line says no more than the total.
    shown = [group for group in folded.values() if len(group.lines) > 1]
    return Figures(_down(figures.total), [_rounded(group) for group in (*shown, *_by_month(summit))])


def _told_of(summit: Summit) -> RegistrationQuerySet:
    people = summit.registrations.in_the_open().filter(state=State.CONFIRMED, confirmed_at__lt=as_of(summit))
    return people.order_by()


def _down(number: int) -> int:
    return number - number % LEAST


def _rounded(group: Group) -> Group:
    return replace(group, lines=[replace(line, number=_down(line.number)) for line in group.lines])


def tables(summit: Summit) -> list[Table]:
    """The same as a table of the open data: a row for each line of each group, in the languages of the summit.

    None where the organisers have not made the numbers public, or there are too few to tell any.
    """
    if not summit.numbers_are_public:
        return []
    said: dict[str, Figures] = {}
    for language in summit.languages:
        with translation.override(language):
            said[language] = public(summit)
    first, *_others = said.values()
    if not first.total:
        return []
    words = {
        (language, group.key, line.key): line.label
        for language, found in said.items()
        for group in found.groups
        for line in group.lines
    }
    day = (as_of(summit).date() - timedelta(days=1)).isoformat()
    columns = [
        Column("group", "string", "What people are counted by: total, attendance, category, region (UN M49), country (ISO 3166-1), language (BCP 47), month", required=True),
        Column("value", "string", "Which of them; others: what was put together because fewer than five are in it", required=True),
        *(Column(f"label.{language}", "string", f"The value in words ({language})") for language in summit.languages),
        Column("people", "integer", "Confirmed registrations, rounded down to a multiple of five", required=True),
        Column("as_of", "date", "The last day that is counted, in the summit's zone", required=True),
    ]  # fmt: skip
    rows: list[list[Any]] = [["total", "all", *("" for _language in summit.languages), first.total, day]]
    rows += [
        [
            group.key,
            line.key,
            *(words[language, group.key, line.key] for language in summit.languages),
            line.number,
            day,
        ]
        for group in first.groups
        for line in group.lines
    ]
    return [Table("numbers", "Confirmed registrations in numbers", ("group", "value"), columns, rows)]


def as_of(summit: Summit) -> datetime:
    today = timezone.now().astimezone(summit.tz).date()
    return datetime.combine(today, time(), tzinfo=summit.tz)


def fold(group: Group, hidden: Iterable[str] = ()) -> Group:
    """Small lines, and those that are ``hidden``, become one of others, which is small itself with none of them: then the
    smallest of the rest goes with them. A line of one small group alone would be that group."""
    away = set(hidden)
    small = [line for line in group.lines if 0 < line.number < LEAST or line.key in away]
    rest = [line for line in group.lines if line.number and line not in small]
    while small and rest and (len(small) == 1 or sum(line.number for line in small) < LEAST):
        small.append(rest.pop())
    if not small:
        return replace(group, lines=rest)
    others = sum(line.number for line in small)
    lines = [*rest, Line(OTHERS, _("Others"), others)] if others >= LEAST else rest
    return replace(group, lines=lines)


def _places(region: Group, country: Group) -> tuple[Group, Group]:
    """Both folded so that no region less its countries that are shown leaves a small group."""
    shown = fold(region)
    kept = {line.key for line in shown.lines} - {OTHERS}
    of: dict[str, list[Line]] = defaultdict(list)
    for line in country.lines:
        of[regions.of_country(line.key)].append(line)
    hidden: set[str] = set()
    for key, lines in of.items():
        if key not in kept:
            hidden |= {line.key for line in lines}
            continue
        hidden |= _hidden_of(lines)
    open_ = [line for line in country.lines if line.key not in hidden]
    away = sum(line.number for line in country.lines if line.key in hidden)
    lines = [*open_, Line(OTHERS, _("Others"), away)] if away else open_
    return shown, replace(country, lines=lines)


def _hidden_of(lines: list[Line]) -> set[str]:
    """Of the countries of a region that is shown those that are not: none, or two and more that are enough together."""
    small = [line for line in lines if line.number < LEAST]
    rest = [line for line in lines if line not in small]
    while small and rest and (len(small) == 1 or sum(line.number for line in small) < LEAST):
        small.append(rest.pop())
    return {line.key for line in small}


def _by_month(summit: Summit) -> list[Group]:
    """Those who are confirmed by the month they registered in; months with few go into the one before."""
    people = _told_of(summit)
    months: Counter[date] = Counter()
    for moment in people.values_list("created_at", flat=True).iterator():
        months[moment.astimezone(summit.tz).date().replace(day=1)] += 1
    spans: list[tuple[date, date, int]] = []
    for month, number in sorted(months.items()):
        if spans and (spans[-1][2] < LEAST or number < LEAST):
            spans[-1] = (spans[-1][0], month, spans[-1][2] + number)
        else:
            spans.append((month, month, number))
    if len(spans) > 1 and spans[-1][2] < LEAST:
        first, _last, number = spans.pop(-2)
        spans[-1] = (first, spans[-1][1], number + spans[-1][2])
    lines = [Line(f"{first:%Y-%m}", f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} – {last:%Y-%m}", number)
             for first, last, number in spans]  # fmt: skip
    return [Group("month", _("Month of registering"), lines)] if len(lines) > 1 else []
