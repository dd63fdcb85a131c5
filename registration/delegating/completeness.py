"""What is missing of whoever comes with a delegation, and of a delegation as a whole."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from registration.models import (
    Answer,
    Attendance,
    Delegation,
    DelegationPlaces,
    Question,
    Registration,
    State,
    Vetting,
)
from registration.models.accreditation import lacks_photo
from registration.models.consent import needs_are_gone
from registration.models.registration import RegistrationQuerySet
from registration.models.vetting import PASSED, vetted_as
from summit.models import Summit


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks look at. ``unanswered``: how many questions that must be answered are not; ``needs_asked``: needs
    and journeys are still kept; ``photo``: one that is asked for is not there, or too old; ``sealed``: the names, and what
    was answered in words, are there and not to be seen."""

    name: str = ""
    name_romanised: str = ""
    dietary_needs: str = ""
    in_person: bool = True
    arrives_at: datetime | None = None
    departs_at: datetime | None = None
    unanswered: int = 0
    needs_asked: bool = True
    photo: bool = False
    vetting: str = Vetting.NOT_NEEDED
    sealed: bool = False

    @property
    def journey_asked(self) -> bool:
        return self.in_person and self.needs_asked


@dataclass(frozen=True, slots=True)
class Check:
    code: str
    label: Any
    lacks: Callable[[Facts], bool]


def is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters, as passports have it."""
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)


# Each is one line of what is missing: whatever a summit asks of delegates besides is one more.
CHECKS = (
    Check(
        "name_romanised", _("Name in Latin letters"), lambda f: not (f.sealed or f.name_romanised or is_latin(f.name))
    ),
    Check("dietary_needs", _("Dietary needs"), lambda f: f.journey_asked and not f.dietary_needs),
    Check("arrival", _("Arrival"), lambda f: f.journey_asked and f.arrives_at is None),
    Check("departure", _("Departure"), lambda f: f.journey_asked and f.departs_at is None),
    Check("questions", _("Required questions"), lambda f: f.unanswered > 0 and not f.sealed),
    Check("photo", _("Photo"), lambda f: f.journey_asked and f.photo and not f.sealed),
    Check("vetting", _("Vetting"), lambda f: f.in_person and f.vetting not in PASSED),
)


def missing(facts: Facts) -> list[Check]:
    """What is missing of one person."""
    return [check for check in CHECKS if check.lacks(facts)]


def of_people(summit: Summit, rows: RegistrationQuerySet) -> dict[int, list[Check]]:
    """What is missing of each, by their keys, in four queries."""
    return {pk: missing(facts) for pk, (_delegation, facts) in _facts(summit, rows).items()}


def _facts(summit: Summit, rows: RegistrationQuerySet) -> dict[int, tuple[int, Facts]]:
    asked, answered = _asked(summit), defaultdict[int, set[int]](set)
    if asked:
        said = Answer.objects.filter(question__in=asked, registration__in=rows.order_by().values("pk"))
        for registration, question in said.values_list("registration_id", "question_id"):
            answered[registration].add(question)
    needs = not needs_are_gone(summit)
    columns = ("pk", "delegation_id", "name", "name_romanised", "dietary_needs", "attendance", "itinerary__arrives_at", "itinerary__departs_at", "vetting",
               "category_id", "photo__sent_at", "at_risk")  # fmt: skip
    categories = {row.pk: row for row in summit.categories.all()}
    return {
        pk: (
            delegation,
            Facts(name, romanised, dietary, way == Attendance.IN_PERSON, arrives, departs,
                  sum(each.concerns(way) and each.pk not in answered[pk] for each in asked), needs,
                  lacks_photo(categories[category], sent), vetted_as(vetting, vetted=categories[category].vetted), sealed),
        )
        for pk, delegation, name, romanised, dietary, way, arrives, departs, vetting, category, sent, sealed in rows.order_by().values_list(*columns)
    }  # fmt: skip


def _asked(summit: Summit) -> list[Question]:
    rows = summit.questions.asked().filter(required=True)
    return list(rows.filter(sensitive=False) if needs_are_gone(summit) else rows)


@dataclass(slots=True)
class Completeness:
    """``places`` given, ``nominated`` so far, of whom ``waiting`` for the organisers; how many lack what by the code of
    its check, and how many lack nothing."""

    places: int = 0
    nominated: int = 0
    waiting: int = 0
    complete: int = 0
    lacking: Counter[str] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        return max(0, self.places - self.nominated)

    @property
    def percent(self) -> int:
        """How many of all who could come lack nothing, in whole percent; 100 where nobody could."""
        whole = max(self.places, self.nominated)
        return 100 if whole == 0 else self.complete * 100 // whole

    @property
    def is_lagging(self) -> bool:
        return bool(self.free or self.lacking)

    @property
    def counted(self) -> list[tuple[Any, int]]:
        """(label, how many lack it) of what somebody lacks."""
        return [(check.label, self.lacking[check.code]) for check in CHECKS if self.lacking[check.code]]


def of_delegations(summit: Summit, keys: Collection[int] | None = None) -> dict[int, Completeness]:
    """Of these delegations (None: of all), by their keys, in six queries however many they and their people are."""
    delegations = Delegation.objects.filter(summit=summit)
    delegations = delegations if keys is None else delegations.filter(pk__in=keys)
    found = {pk: Completeness() for pk in delegations.order_by().values_list("pk", flat=True)}
    places = DelegationPlaces.objects.filter(delegation__in=found).order_by().values_list("delegation")
    for delegation, number in places.annotate(n=Sum("places")):
        found[delegation].places = number
    rows = Registration.objects.delegated().filter(summit=summit, delegation__in=found)
    for delegation, facts in _facts(summit, rows).values():
        one, lacks = found[delegation], missing(facts)
        one.nominated += 1
        one.complete += not lacks
        one.lacking.update(check.code for check in lacks)
    waiting = summit.registrations.filter(state=State.PENDING, delegation__in=found).order_by()
    for delegation, number in Counter(waiting.values_list("delegation", flat=True)).items():
        found[delegation or 0].waiting = number
    return found


def lagging(summit: Summit) -> Iterable[int]:
    """The keys of the delegations of which something is missing."""
    return [pk for pk, one in of_delegations(summit).items() if one.is_lagging]
