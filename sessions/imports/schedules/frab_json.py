"""schedule.json of frab, pretalx and c3voc (schema: c3voc.de/schedule/schema.json), and the JSON of pretalx' schedule
widget (``talks``, ``rooms``, ``tracks``, ``speakers``)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from sessions.imports.schedules import parsing
from sessions.imports.schedules.file_guards import SESSIONS, check_json, check_size, decoded
from sessions.imports.schedules.frab_xml import GENERATOR, OUR_PAGE, starts
from sessions.imports.schedules.schedule import OWN, Human, Item, Line, Place, Schedule, WebLink, folded
from sessions.imports.schedules.wording import block, by_language, markdown, one_line, unmarked_line
from sessions.models import Material
from summit.imports.table_format import Refused
from summit.lib import json_text
from summit.lib.times import DAY_STARTS_AT

LINKS = {"media": Material.Kind.RECORDING, "slides": Material.Kind.SLIDES, "paper": Material.Kind.SLIDES}


def read(content: bytes) -> Schedule:
    """The schedule in a file; raises ``Refused`` for a file that is none."""
    check_size(content)
    check_json(content)
    try:
        document = json_text.parsed(decoded(content))
    except json_text.BrokenJson as error:
        raise Refused(str(error)) from error
    if isinstance(document, dict) and isinstance(document.get("talks"), list):
        return _widget(document)
    conference = _object(_object(_object(document).get("schedule")).get("conference"))
    if not isinstance(conference.get("days"), list):
        raise Refused(_("The file has no “schedule.conference.days”. Export it as schedule.json and try again."))
    schedule = _head(document, conference)
    if not schedule.is_ours or not schedule.language:
        schedule.language = one_line(conference.get("language"))
    change = parsing.clock(one_line(conference.get("day_change"))) or DAY_STARTS_AT
    rooms = {name: room for room in schedule.rooms for name in room.name.values()}
    for number, day in enumerate(conference["days"], 1):
        if not isinstance(_object(day).get("rooms", {}), dict) or not isinstance(day, dict):
            schedule.refused.append(
                (_("day %(day)d") % {"day": number}, _("Its rooms cannot be read. Export the file again."))
            )
        for name, events in _object(_object(day).get("rooms")).items():
            context = _Day(one_line(_object(day).get("date")), change, name, rooms)
            for order, event in enumerate(_list(events), 1):
                where = _("day %(day)d, room “%(room)s”, session %(number)d") % {
                    "day": number, "room": one_line(name, longest=60), "number": order}  # fmt: skip
                if _takes(schedule, where, event):
                    _add(schedule, where, _item, schedule, where, event, context)
    return schedule


def _add(schedule: Schedule, where: str, read: Callable[..., Item], *facts: Any) -> None:
    """The session ``read`` makes of the facts, or why it is refused."""
    try:
        schedule.items.append(read(*facts))
    except Refused as refused:
        schedule.refused.append((where, str(refused)))


def _said(event: dict[str, Any], name: str) -> str:
    """The words of a time or length. Raises ``Refused`` for a list or an object where words are meant."""
    value = event.get(name)
    if value is not None and not isinstance(value, (str, int, float)):
        raise Refused(_("“%(column)s” must be a text."), column=name)
    return one_line(value)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _takes(schedule: Schedule, where: str, event: Any) -> bool:
    if len(schedule.items) >= SESSIONS:
        raise Refused(_("The file has more than %(count)d sessions. Split it.") % {"count": SESSIONS})
    if not isinstance(event, dict):
        schedule.refused.append((where, _("A session must be an object. Export the file again.")))
    return isinstance(event, dict)


def _head(document: dict[str, Any], conference: dict[str, Any]) -> Schedule:
    about = document["schedule"]
    page = one_line(about.get("url") or about.get("base_url"))
    schedule = Schedule(
        "json",
        title=next(iter(by_language(conference.get("title"), one_line).values()), ""),
        zone=one_line(conference.get("time_zone_name")),
        base_url=one_line(about.get("base_url") or conference.get("url")) or page,
        is_ours=_object(document.get("generator")).get("name") == GENERATOR,
    )
    if schedule.is_ours and (found := OUR_PAGE.search(page)):
        schedule.language = found[1]
    schedule.shortest = parsing.length(one_line(conference.get("timeslot_duration"))) or schedule.shortest
    for track in _list(conference.get("tracks")):
        if name := by_language(_object(track).get("name"), one_line):
            schedule.tracks.append(Line(name, one_line(track.get("slug")), one_line(track.get("color"))))
    schedule.rooms = [room for found in _list(conference.get("rooms")) if (room := _room(_object(found)))]
    return schedule


def _room(room: dict[str, Any]) -> Place | None:
    name = by_language(room.get("name"), one_line)
    if not name:
        return None
    capacity = room.get("capacity")
    known = isinstance(capacity, int) and not isinstance(capacity, bool) and 0 < capacity <= 100_000
    return Place(name, one_line(room.get("guid")), one_line(room.get("slug")),
                 by_language(room.get("description"), markdown), capacity if known else None)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Day:
    date: str
    change: time
    room: str
    rooms: dict[str, Place]


def _item(schedule: Schedule, where: str, event: dict[str, Any], day: _Day) -> Item:
    line, lines = (one_line, block) if schedule.is_ours else (unmarked_line, markdown)
    number = one_line(event.get("id"), longest=40)
    name = one_line(event.get("room") if isinstance(event.get("room"), str) else day.room)
    item = Item(
        place=where + (f" (id {number})" if number else ""),
        title=by_language(event.get("title"), line),
        guid=one_line(event.get("guid"), longest=200),
        code=one_line(event.get("code"), longest=40),
        number=number,
        subtitle=next(iter(by_language(event.get("subtitle"), line).values()), ""),
        abstract=by_language(event.get("abstract"), lines),
        description=next(iter(by_language(event.get("description"), lines).values()), ""),
        track=by_language(_name(event.get("track")), line) if "track" in event else None,
        kind=next(iter(by_language(_name(event.get("type")), one_line).values()), ""),
        language=one_line(event.get("language"), longest=80),
        duration=parsing.stated(parsing.length, _said(event, "duration"), "duration"),
        ends_at=parsing.stated(parsing.moment, _said(event, "end"), "end"),
        room=None if name in ("", "-") else day.rooms.get(name) or Place({OWN: name}),
        has_room=True,
        persons=_persons(event["persons"], lines) if isinstance(event.get("persons"), list) else None,
        links=_links(event),
        do_not_record=event["do_not_record"] if isinstance(event.get("do_not_record"), bool) else None,
    )
    item.starts_at = starts(_said(event, "date"), _said(event, "start"), day.date, day.change)
    return item


def _name(value: Any) -> Any:
    """A track or kind may be a name, an object with a name, or a name per language."""
    return value["name"] if isinstance(value, dict) and "name" in value else value


def _persons(persons: list[Any], lines: Any) -> list[Human]:
    found = []
    for person in persons:
        person = {"name": person} if isinstance(person, str) else _object(person)  # noqa: PLW2901
        name = one_line(person.get("public_name") or person.get("name") or person.get("full_public_name"))
        found.append(Human(name, one_line(person.get("guid")), one_line(person.get("code")), one_line(person.get("id")),
                           by_language(person.get("biography"), lines)))  # fmt: skip
    return found


def _links(event: dict[str, Any]) -> list[WebLink]:
    found = []
    for group, usual in (("links", Material.Kind.LINK), ("attachments", Material.Kind.SLIDES)):
        for link in _list(event.get(group)):
            link = {"url": link} if isinstance(link, str) else _object(link)  # noqa: PLW2901
            stated = one_line(link.get("type"))
            kind = LINKS.get(stated, usual if stated or group == "attachments" else "")
            found.append(WebLink(one_line(link.get("url")), one_line(link.get("title")), str(kind)))
    return found


def _only(people: list[Any], code: str) -> Any:
    """The person of that code, None where there is none. Raises ``Refused`` where it has several."""
    names = {folded(one_line(person.get("name"))): one_line(person.get("name"), longest=60) for person in people}
    if len(names) > 1:
        raise Refused(
            _("Its speaker “%(code)s” stands for several: %(names)s. Give each an id of their own.")
            % {"code": code[:40], "names": ", ".join(names.values())}
        )
    return people[0] if people else None


def _widget(document: dict[str, Any]) -> Schedule:
    """The JSON behind pretalx' widget: references by number and code, talks with ``start`` and ``end``."""
    schedule = Schedule("json", zone=one_line(document.get("timezone")))
    tracks: dict[Any, Line] = {}
    rooms: dict[Any, Place] = {}
    for track in map(_object, _list(document.get("tracks"))):
        if name := by_language(track.get("name"), one_line):
            tracks[str(track.get("id"))] = Line(name, "", one_line(track.get("color")))
    for room in map(_object, _list(document.get("rooms"))):
        if place := _room({"name": room.get("name"), "description": room.get("description")}):
            rooms[str(room.get("id"))] = place
    schedule.tracks, schedule.rooms = list(tracks.values()), list(rooms.values())
    people: dict[str, list[Any]] = {}
    for person in map(_object, _list(document.get("speakers"))):
        if person.get("code"):
            people.setdefault(str(person["code"]), []).append(person)

    def talk(event: dict[str, Any], where: str) -> Item:
        persons = [
            found for code in _list(event.get("speakers")) if (found := _only(people.get(str(code), []), str(code)))
        ]
        track = tracks.get(str(event.get("track")))
        is_break = not event.get("code")
        return Item(
            place=where,
            title=by_language(event.get("title"), unmarked_line),
            code=one_line(event.get("code"), longest=40),
            number="" if event.get("code") else one_line(event.get("id"), longest=40),
            abstract=by_language(event.get("abstract"), markdown),
            track=track.name if track else {},
            kind="break" if is_break else "",
            language=one_line(event.get("content_locale")),
            starts_at=parsing.stated(parsing.moment, _said(event, "start"), "start"),
            ends_at=parsing.stated(parsing.moment, _said(event, "end"), "end"),
            duration=parsing.stated(parsing.length, _said(event, "duration"), "duration"),
            room=rooms.get(str(event.get("room"))),
            has_room=True,
            persons=_persons(persons, markdown),
            do_not_record=event["do_not_record"] if isinstance(event.get("do_not_record"), bool) else None,
        )

    for number, event in enumerate(document["talks"], 1):
        where = _("talk %(number)d") % {"number": number}
        if _takes(schedule, where, event):
            _add(schedule, where, talk, event, where)
    return schedule
