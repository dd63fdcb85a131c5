"""The parameters that choose sessions. A value that nothing public answers to is a 400 that names the parameter."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from api import reading
from api.errors import UnknownValue
from sessions.models import Kind
from sessions.models.session import SessionQuerySet
from summit.models import Mode, Summit

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NEAR = 366  # days from the summit's first; further away no calendar arithmetic is tried


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter: what it means, its schema, and how it narrows the sessions of a summit."""

    about: Promise
    schema: dict[str, Any]
    narrow: Callable[[Summit, SessionQuerySet, str], SessionQuerySet]


def _known(rows: QuerySet[Any], parameter: str, value: str) -> Any:
    found = rows.prefetch_related(None).first()
    if found is None:
        raise UnknownValue(parameter, value)
    return found


def by_track(summit: Summit, rows: SessionQuerySet, value: str) -> SessionQuerySet:
    return rows.filter(track=_known(reading.tracks(summit).filter(slug=value), "track", value))


def by_room(summit: Summit, rows: SessionQuerySet, value: str) -> SessionQuerySet:
    return rows.filter(room=_known(reading.rooms(summit).filter(code=value), "room", value))


def by_speaker(summit: Summit, rows: SessionQuerySet, value: str) -> SessionQuerySet:
    person = _known(reading.speakers(summit).of_code(value), "speaker", value)
    return rows.filter(pk__in=reading.billed().filter(speaker=person).order_by().values("session"))


def by_host(summit: Summit, rows: SessionQuerySet, value: str) -> SessionQuerySet:
    return rows.filter(hosts=_known(reading.organisations(summit).filter(code=value), "host", value))


def by_day(summit: Summit, rows: SessionQuerySet, value: str) -> SessionQuerySet:
    try:
        day = date.fromisoformat(value) if ISO_DATE.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or abs((day - summit.starts_on).days) > NEAR:
        raise UnknownValue("day", value, _("It is a date near the summit, written YYYY-MM-DD."))
    return rows.on_day(day, summit)


def _by_choice(parameter: str, choices: list[str]) -> Callable[[Summit, SessionQuerySet, str], SessionQuerySet]:
    def narrow(summit: Summit, rows: SessionQuerySet, value: str) -> SessionQuerySet:
        if value not in choices:
            raise UnknownValue(parameter, value, _("It is one of: %(choices)s.") % {"choices": ", ".join(choices)})
        return rows.filter(**{parameter: value})

    return narrow


CODE = {"type": "string"}
FILTERS: dict[str, Filter] = {
    "track": Filter(_("Only sessions of the track with this slug."), CODE, by_track),
    "room": Filter(_("Only sessions in the room with this code."), CODE, by_room),
    "speaker": Filter(_("Only sessions in which the speaker with this code is billed."), CODE, by_speaker),
    "host": Filter(_("Only sessions hosted by the organisation with this code."), CODE, by_host),
    "day": Filter(
        _("Only sessions of this day in the summit's zone, written YYYY-MM-DD. A day lasts until four in the morning."),
        {"type": "string", "format": "date"},
        by_day,
    ),
    "mode": Filter(
        _("Only sessions that take place this way."),
        {"$ref": "#/components/schemas/Mode"},
        _by_choice("mode", Mode.values),
    ),
    "kind": Filter(
        _("Only sessions of this kind."),
        {"$ref": "#/components/schemas/SessionKind"},
        _by_choice("kind", Kind.values),
    ),
}


def narrowed(summit: Summit, rows: SessionQuerySet, query: QueryDict) -> SessionQuerySet:
    """The rows that fit every known parameter; unknown and empty ones are ignored."""
    for parameter, found in FILTERS.items():
        if value := query.get(parameter, ""):
            rows = found.narrow(summit, rows, value)
    return rows
