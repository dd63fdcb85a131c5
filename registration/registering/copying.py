"""A new summit made from an earlier one: its places, lines, pages and texts on new days, and nobody of its people."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from registration.models import Category, Delegation, DelegationPlaces, Desk, Quota, ReasonTemplate, Tag, Zone
from registration.registering.form_copying import Copied, copy_form
from sessions.models import Deadline, Session, Track
from sessions.models.session import check_times
from summit import history
from summit.editing import pictures
from summit.editing.new_summit import CodeTaken
from summit.errors import Refusal
from summit.lib.translated import Text
from summit.models import Membership, Page, Role, Room, RoomHours, Summit, User, Venue
from summit.models.civic import (
    ActionPlan,
    Chair,
    Commitment,
    CommitteeMember,
    MemberGovernment,
    MembershipFigure,
    PlanStep,
)
from summit.models.summit import validate_code, validate_free_code


class BadCode(Refusal):
    code = "bad_code"
    status = 422
    message: Any = _("Four to 32 small letters, digits or underscores.")


class BadDay(Refusal):
    code = "bad_day"
    status = 422
    message: Any = _("Choose a first day in this century.")


class Sessions(models.TextChoices):
    """What of an earlier summit's sessions becomes drafts of the new one."""

    NONE = "none", _("No sessions")
    TEXTS = "texts", _("Their texts, without times and rooms")
    TIMES = "times", _("Their texts, with times and rooms on the new days")


# What a session's draft takes over. People, hosts, materials, bookings and what was agreed with them stay behind.
TEXTS = ("number", "kind", "mode", "title", "abstract", "plain_summary", "language", "interpretation", "access",
         "seats", "do_not_record")  # fmt: skip
OWN = {"guid", "is_public", "is_current", "editing_frozen_at", "agenda_published_at", "agenda_revision", "revised_at",
       "short_name", "domain", "numbers_are_public"}  # fmt: skip


@transaction.atomic
def copy_summit(
    source: Summit, code: str, name: Text, starts_on: date, *, sessions: str = Sessions.NONE, by: User
) -> Summit:
    """A summit like ``source`` that begins on ``starts_on``; everything that has a day moves by as many days.

    Copied are its facts, venues, rooms and their hours, tracks, zones, categories, delegations, questions, tags, places, desks,
    pages, deadlines
    and the register. It is not public, has the new name alone (also where the old one had a short one), and ``by`` owns it.
    Raises :class:`BadCode`, :class:`CodeTaken` and :class:`BadDay`.
    """
    _check(code, source, starts_on)
    days = starts_on - source.starts_on
    facts = _facts(source, leave=OWN)
    for field, value in facts.items():
        facts[field] = _later(value, days, source)
    facts |= {"code": code, "name": name, "is_public": False}
    summit = Summit.objects.create(**facts)
    rooms, tracks = _places(source, summit, days), _copy(source.tracks.all(), Track, summit=summit)
    _around(source, summit, days)
    if sessions != Sessions.NONE:
        _drafts(source, summit, days, rooms=rooms, tracks=tracks, timed=sessions == Sessions.TIMES)
    Membership.objects.create(summit=summit, user=by, role=Role.OWNER)
    history.record("summit.copy", summit, by=by, summit=summit, changes={"from": (None, source.code)})
    return summit


def _check(code: str, source: Summit, starts_on: date) -> None:
    try:
        validate_code(code)
        validate_free_code(code)
    except ValidationError as error:
        raise BadCode(error.messages[0]) from error
    if Summit.objects.filter(code=code).exists():
        raise CodeTaken
    if not date(2000, 1, 1) <= starts_on <= date(2099, 12, 31):
        raise BadDay


def _places(source: Summit, summit: Summit, days: timedelta) -> dict[int, Room]:
    """Venues, rooms and the rooms' hours; returns the new rooms by the old ones' keys."""
    venues = _copy(source.venues.all(), Venue, summit=summit)
    rooms = _copy(source.rooms.all(), Room, with_each=lambda room: {"venue": venues[room.venue_id]}, summit=summit)

    def moved(hours: RoomHours) -> dict[str, Any]:
        return {"room": rooms[hours.room_id], **_moved(hours, ("starts_at", "ends_at"), days, source)}

    _copy(RoomHours.objects.filter(room__summit=source), RoomHours, with_each=moved)
    return rooms


def _around(source: Summit, summit: Summit, days: timedelta) -> None:
    """What does not hang on sessions or rooms."""
    chosen = lambda category: _moved(category, ("opens_at", "closes_at"), days, source)  # noqa: E731  one line, used in the next
    zones = _copy(source.zones.all(), Zone, summit=summit)
    categories = _copy(source.categories.all(), Category, with_each=chosen, summit=summit)
    given = Category.zones.through
    giving = given._default_manager.filter(category__summit=source)
    _copy(giving, given, with_each=lambda row: {"category": categories[row.category_id], "zone": zones[row.zone_id]})
    named = lambda row: _moved(row, ("names_until",), days, source)  # noqa: E731  one line, used in the next
    nobody = {"contact_name": "", "contact_email": "", "notes": "", "reminded_at": None}
    delegations = _copy(source.delegations.all(), Delegation, with_each=named, summit=summit, **nobody)
    places = DelegationPlaces.objects.filter(delegation__summit=source)
    _copy(
        places,
        DelegationPlaces,
        with_each=lambda row: {
            "delegation": delegations[row.delegation_id],
            "category": categories[row.category_id],
        },
    )
    _copy(source.reason_templates.all(), ReasonTemplate, summit=summit)
    _copy(source.tags.all(), Tag, summit=summit)
    copied = copy_form(source, summit, categories)
    _quotas(source, summit, days, categories=categories, delegations=delegations, copied=copied)
    at = lambda desk: {"zone": zones.get(desk.zone_id)}  # noqa: E731  one line, used in the next
    _copy(source.desks.all(), Desk, with_each=at, summit=summit)
    _copy(source.pages.all(), Page, summit=summit)
    due = lambda deadline: _moved(deadline, ("due_at",), days, source)  # noqa: E731  one line, used in the next
    _copy(source.deadlines.all(), Deadline, with_each=due, summit=summit, reminded_at=None)
    for model in (MembershipFigure, MemberGovernment, Chair, CommitteeMember):
        _copy(model._default_manager.filter(summit=source), model, summit=summit)
    plans = _copy(source.action_plans.all(), ActionPlan, summit=summit)
    for part in (PlanStep, Commitment):
        rows = part._default_manager.filter(plan__summit=source)
        _copy(rows, part, with_each=lambda row: {"plan": plans[row.plan_id]})


def _quotas(
    source: Summit,
    summit: Summit,
    days: timedelta,
    *,
    categories: dict[int, Category],
    delegations: dict[int, Delegation],
    copied: Copied,
) -> None:
    """With all their conditions; days move along. One whose question or answers were not copied would count everybody, and
    is left out."""
    old = [
        row for row in source.quotas.prefetch_related("categories", "delegations", "choices") if _has_all(row, copied)
    ]

    def moved(quota: Quota) -> dict[str, Any]:
        asked = copied.questions[quota.day_question_id] if quota.day_question_id else None
        said = [(date.fromisoformat(day) + days).isoformat() for day in quota.days]
        return {**_moved(quota, ("opens_at", "closes_at"), days, source), "day_question": asked, "days": said}

    rows = source.quotas.filter(pk__in=[row.pk for row in old])
    made = _copy(rows, Quota, with_each=moved, summit=summit, taken=0, excess=0)
    for row in old:
        made[row.pk].categories.set(categories[each.pk] for each in row.categories.all())
        made[row.pk].delegations.set(delegations[each.pk] for each in row.delegations.all())
        made[row.pk].choices.set(copied.choices[each.pk] for each in row.choices.all())


def _has_all(quota: Quota, copied: Copied) -> bool:
    asked = not quota.day_question_id or quota.day_question_id in copied.questions
    return asked and all(each.pk in copied.choices for each in quota.choices.all())


def _drafts(
    source: Summit, summit: Summit, days: timedelta, *, rooms: dict[int, Room], tracks: dict[int, Track], timed: bool
) -> None:
    """Unpublished sessions under the codes they had; what was cancelled is not taken up again."""
    drafts = []
    for old in source.sessions.filter(cancelled_at=None).order_by("pk"):
        draft = Session(summit=summit, code=old.code, **{name: getattr(old, name) for name in TEXTS})
        draft.track = tracks[old.track_id] if old.track_id else None
        if timed:
            draft.room = rooms[old.room_id] if old.room_id else None
            for name, moment in _moved(old, ("starts_at", "ends_at"), days, source).items():
                setattr(draft, name, moment)
            if not _can_be(draft):
                draft.starts_at = draft.ends_at = None
        drafts.append(draft)
    Session.objects.bulk_create(drafts)


def _can_be(draft: Session) -> bool:
    """Whether its time still is one: a clock that is put back or forward in between can turn it around."""
    try:
        check_times(draft.starts_at, draft.ends_at)
    except ValidationError:
        return False
    return True


def _facts(row: models.Model, *, leave: Iterable[str] = ()) -> dict[str, Any]:
    names = [field.name for field in row._meta.concrete_fields if not field.primary_key and not field.is_relation]
    return {name: _own(getattr(row, name)) for name in names if name not in set(leave)}


def _own(value: Any) -> Any:
    """A file is copied: each summit takes its own away."""
    return pictures.duplicate(value.name) if isinstance(value, FieldFile) else value


def _copy[M: models.Model](
    rows: models.QuerySet[M], model: type[M], with_each: Callable[[Any], dict[str, Any]] | None = None, **values: Any
) -> dict[int, M]:
    """New rows with the same facts and these values; returns them by the old ones' keys."""
    old = list(rows)
    new = [model(**{**_facts(row), **values, **(with_each(row) if with_each else {})}) for row in old]
    model._default_manager.bulk_create(new)
    return {row.pk: made for row, made in zip(old, new, strict=True)}


def _moved(row: models.Model, names: Iterable[str], days: timedelta, summit: Summit) -> dict[str, Any]:
    return {name: _later(getattr(row, name), days, summit) for name in names}


def _later(value: Any, days: timedelta, summit: Summit) -> Any:
    """The same hour of the summit's clock, as many days later; what is no day or moment stays as it is."""
    if isinstance(value, datetime):
        local = value.astimezone(summit.tz)
        return datetime.combine(local.date() + days, local.time(), tzinfo=summit.tz)
    if isinstance(value, date):
        return value + days
    return value
