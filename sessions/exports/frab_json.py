"""schedule.json of frab and c3voc (schema: c3voc.de/schedule/schema.json). Persons in the shape with ``name``; ``meta``
is the schema's place for what it does not know."""

import json
from typing import Any

from sessions.exports.source import GENERATOR, Agenda, Event, room_guid

MEDIA_TYPE = "application/json; charset=utf-8"


def schedule_json(agenda: Agenda) -> bytes:
    """UTF-8; the same bytes for the same agenda."""
    summit = agenda.summit
    document = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": GENERATOR},
        "schedule": {
            "version": agenda.version,
            "url": agenda.url,
            "base_url": agenda.url,
            "conference": {
                "acronym": summit.code,
                "title": agenda.title,
                "start": summit.starts_on.isoformat(),
                "end": summit.ends_on.isoformat(),
                "daysCount": len(agenda.days),
                "timeslot_duration": "00:05",
                "time_zone_name": summit.time_zone,
                "url": agenda.url,
                "colors": {"primary": "#0b2f73"},
                "rooms": [_room(room, agenda.language) for room in agenda.rooms],
                "tracks": [{"name": name, "slug": slug, "color": colour} for slug, name, colour in agenda.tracks],
                "meta": {"mode": summit.mode, "languages": summit.languages},
                "days": [
                    {
                        "index": day.index,
                        "date": day.date.isoformat(),
                        "day_start": day.starts_at.isoformat(),
                        "day_end": day.ends_at.isoformat(),
                        "rooms": {name: [_event(event) for event in events] for name, events in day.rooms.items()},
                    }
                    for day in agenda.days
                ],
            },
        },
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _room(room: Any, language: str) -> dict[str, Any]:
    return {
        "name": room.name.in_language(language),
        "guid": str(room_guid(room)),
        "description": room.description.in_language(language) or None,
        "capacity": room.capacity,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "guid": str(event.guid),
        "code": event.code,
        "date": event.starts_at.isoformat(),
        "start": event.clock,
        "duration": event.length,
        "room": event.room,
        "slug": event.slug,
        "url": event.url,
        "title": event.title,
        "subtitle": event.subtitle or None,
        "track": event.track or None,
        "type": event.kind,
        "language": event.language,
        "abstract": event.abstract or None,
        "description": event.description or None,
        "do_not_record": event.do_not_record,
        "persons": [{"guid": str(person.guid), "name": person.name} for person in event.persons],
        "links": [{"url": link.url, "title": link.title, "type": link.kind} for link in event.links],
        "attachments": [],
    }
