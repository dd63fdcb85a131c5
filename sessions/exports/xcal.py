"""schedule.xcal: the old iCalendar-in-XML of pentabarf, which some readers still take."""

from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from sessions.exports.source import GENERATOR, Agenda, Event

MEDIA_TYPE = "application/xml; charset=utf-8"
PENTABARF = "http://pentabarf.org"


def schedule_xcal(agenda: Agenda) -> bytes:
    register_namespace("pentabarf", PENTABARF)
    root = Element("iCalendar")
    calendar = SubElement(root, "vcalendar")
    _add(calendar, "version", "2.0")
    _add(calendar, "prodid", f"-//{GENERATOR}//{agenda.summit.code}//{agenda.language.upper()}")
    _add(calendar, "x-wr-caldesc", agenda.title)
    _add(calendar, "x-wr-calname", agenda.title)
    for day in agenda.days:
        for events in day.rooms.values():
            for event in events:
                _event(calendar, event)
    indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _end(event: Event) -> datetime:
    """Wall time; clocks may change meanwhile."""
    return (event.starts_at.astimezone(UTC) + event.duration).astimezone(event.starts_at.tzinfo)


def _event(calendar: Element, event: Event) -> None:
    element = SubElement(calendar, "vevent")
    _add(element, "method", "PUBLISH")
    _add(element, "uid", str(event.guid))
    _add(element, f"{{{PENTABARF}}}event-id", str(event.id))
    _add(element, f"{{{PENTABARF}}}event-slug", event.slug)
    _add(element, f"{{{PENTABARF}}}title", event.title)
    _add(element, f"{{{PENTABARF}}}subtitle", event.subtitle)
    _add(element, f"{{{PENTABARF}}}language", event.language)
    _add(element, "dtstart", f"{event.starts_at:%Y%m%dT%H%M%S}")
    _add(element, "dtend", f"{_end(event):%Y%m%dT%H%M%S}")
    _add(element, "duration", event.length)
    _add(element, "summary", event.title)
    _add(element, "description", event.abstract)
    _add(element, "class", "PUBLIC")
    _add(element, "status", "CANCELLED" if event.cancelled else "CONFIRMED")
    _add(element, "category", event.kind)
    _add(element, "url", event.url)
    _add(element, "location", event.room)
    for person in event.persons:
        _add(element, "attendee", person.name)
