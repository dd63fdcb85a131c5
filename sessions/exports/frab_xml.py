"""schedule.xml of frab and c3voc (schema: c3voc.de/schedule/schema.xsd, versions of 2026).

Order of the top: generator, url, version, conference, day. What the schema does not know (hosts, roles, mode) stands in
the description or not at all; our own API has it.
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sessions.exports.source import GENERATOR, Agenda, Event, room_guid

MEDIA_TYPE = "application/vnd.c3voc.schedule+xml; charset=utf-8"


def _add(parent: Element, tag: str, text: str = "", /, **attributes: str) -> Element:
    element = SubElement(parent, tag, attributes)
    element.text = text
    return element


def schedule_xml(agenda: Agenda) -> bytes:
    """UTF-8 with declaration; the same bytes for the same agenda."""
    root = Element("schedule")
    _add(root, "generator", name=GENERATOR)
    _add(root, "url", agenda.url)
    _add(root, "version", agenda.version)
    _conference(root, agenda)
    guids = {room.name.in_language(agenda.language): str(room_guid(room)) for room in agenda.rooms}
    for day in agenda.days:
        element = SubElement(
            root,
            "day",
            index=str(day.index),
            date=day.date.isoformat(),
            start=day.starts_at.isoformat(),
            end=day.ends_at.isoformat(),
        )
        for name, events in day.rooms.items():
            room = SubElement(element, "room", {"name": name, **({"guid": guids[name]} if name in guids else {})})
            for event in events:
                _event(room, event)
    indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"


def _conference(root: Element, agenda: Agenda) -> None:
    summit = agenda.summit
    conference = SubElement(root, "conference")
    _add(conference, "acronym", summit.code)
    _add(conference, "title", agenda.title)
    _add(conference, "start", summit.starts_on.isoformat())
    _add(conference, "end", summit.ends_on.isoformat())
    _add(conference, "days", str(len(agenda.days)))
    _add(conference, "timeslot_duration", "00:05")
    _add(conference, "time_zone_name", summit.time_zone)
    for slug, name, colour in agenda.tracks:
        SubElement(conference, "track", name=name, slug=slug, color=colour.lower())


def _event(room: Element, event: Event) -> None:
    element = SubElement(room, "event", id=str(event.id), guid=str(event.guid), code=event.code)
    _add(element, "room", event.room)
    _add(element, "title", event.title)
    _add(element, "subtitle", event.subtitle)
    _add(element, "type", event.kind)
    _add(element, "date", event.starts_at.isoformat())
    _add(element, "start", event.clock)
    _add(element, "duration", event.length)
    _add(element, "abstract", event.abstract)
    _add(element, "slug", event.slug)
    _add(element, "track", event.track)
    persons = SubElement(element, "persons")
    for person in event.persons:
        _add(persons, "person", person.name, id=str(person.id), guid=str(person.guid))
    _add(element, "language", event.language)
    _add(element, "description", event.description)
    recording = SubElement(element, "recording")
    _add(recording, "license")
    _add(recording, "optout", "true" if event.do_not_record else "false")
    links = SubElement(element, "links")
    for link in event.links:
        _add(links, "link", link.title, href=link.url)
    _add(element, "url", event.url)
