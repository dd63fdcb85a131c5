"""schedule2.json, the successor of schedule.json at c3voc: one flat list, both languages, roles, states.

Names and values follow the third alpha (c3voc.de/schema/schedule2) as its readers take it: values of fixed sets in
capitals, durations by ISO 8601, and ``BREAK`` as an event of its own kind with fewer fields. Title and subtitle are
single texts, abstract and description objects with a text per language.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from sessions.exports.public import Public, open_materials, page, stable_guid
from sessions.exports.source import GENERATOR, room_guid
from sessions.models import Appearance, Kind, Material, Session
from summit.lib import times
from summit.lib.text import clean_line, clean_text, plain
from summit.lib.weblinks import player
from summit.models import Room

MEDIA_TYPE = "application/json; charset=utf-8"
TYPES = {
    Kind.PLENARY: "TALK",
    Kind.BREAKOUT: "DISCUSSION",
    Kind.WORKSHOP: "WORKSHOP",
    Kind.SIDE_EVENT: "MEETING",
    Kind.CEREMONY: "OTHER",
}
ROLES = {
    Appearance.Role.SPEAKER: "SPEAKER",
    Appearance.Role.MODERATOR: "MODERATOR",
    Appearance.Role.OPENING: "SPEAKER",
    Appearance.Role.PANELLIST: "CONTRIBUTOR",
    Appearance.Role.RAPPORTEUR: "CONTRIBUTOR",
    Appearance.Role.INTERPRETER: "CONTRIBUTOR",
}
REFERENCES = {Material.Kind.RECORDING: "MEDIA", Material.Kind.SLIDES: "SLIDES", Material.Kind.LINK: "RELATED"}
SERVICES = {"YouTube": "YOUTUBE", "Vimeo": "VIMEO"}
Node = dict[str, Any]


def schedule2(public: Public, *, language: str) -> bytes:
    """UTF-8; the same bytes for the same agenda. ``language`` is that of titles and names."""
    summit = public.summit
    timed = [session for session in public.sessions if session.starts_at and session.ends_at]
    url = page(summit, summit.get_absolute_url, language)
    document = {
        "$schema": "https://c3voc.de/schema/schedule2",
        "generator": {"name": GENERATOR, "url": url},
        "schedule": {
            "version": str(summit.agenda_revision),
            "base_url": url,
            "conference": _conference(public, timed, language, url),
            "events": [_event(session, language) for session in timed],
            "persons": [
                {
                    "guid": str(person.guid),
                    "name": clean_line(person.name_in(language)),
                    **_said("biography", person.biography),
                    "url": page(summit, person.get_absolute_url, language),
                    "links": [],
                }
                for person in public.speakers
            ],
        },
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _conference(public: Public, timed: list[Session], language: str, url: str) -> Node:
    summit = public.summit
    dates = sorted({*summit.days, *(times.day_of(s.starts_at, summit.tz) for s in timed if s.starts_at)})
    bounds = [times.day_bounds(day, summit.tz) for day in dates]
    return {
        "acronym": summit.code,
        "title": clean_line(summit.name.in_language(language)),
        **_said("description", summit.summary),
        "start": bounds[0][0].isoformat(),
        "end": bounds[-1][1].isoformat(),
        "timeslot_duration": "PT5M",
        "time_zone_name": summit.time_zone,
        "colors": {"primary": "#0b2f73"},
        "url": url,
        "languages": [code[:2] for code in summit.languages],
        "defaults": {"language": language[:2]},
        "tracks": [
            {
                "guid": str(stable_guid(summit, "track", track.slug)),
                "slug": track.slug,
                "name": clean_line(track.name.in_language(language)),
                "color": track.colour.lower(),
            }
            for track in public.tracks
        ],
        "rooms": [_room(room, language) for room in public.rooms],
        "days": [
            {"index": index, "date": day.isoformat(), "start": start.isoformat(), "end": end.isoformat()}
            for index, (day, (start, end)) in enumerate(zip(dates, bounds, strict=True), 1)
        ],
        "meta": {"mode": summit.mode},
    }


def _room(room: Room, language: str) -> Node:
    return {
        "guid": str(room_guid(room)),
        "slug": room.code,
        "name": clean_line(room.name.in_language(language)) or room.code,
        **_said("description", room.description),
        "capacity": room.capacity,
    }


def _said(name: str, text: Any) -> Node:
    """A text as an object with one entry per language; nothing at all where it is empty."""
    words = {code[:2]: said for code, value in text.items() if (said := clean_text(plain(value)))}
    return {name: words} if words else {}


def _reference(session: Session, language: str) -> Node:
    """The room's, as an event repeats it. What has no room takes place online: no reference is better than a false one."""
    room = session.room
    if room is None:
        return {}
    room.summit = session.summit
    return {"room": {"guid": str(room_guid(room)), "name": clean_line(room.name.in_language(language)) or room.code,
                     "slug": room.code}}  # fmt: skip


def _event(session: Session, language: str) -> Node:
    if session.starts_at is None or session.ends_at is None:
        raise ValueError("A session without a time stands in no schedule")
    summit = session.summit
    title = clean_line(session.title.in_language(language)) or session.code
    others = [clean_line(value) for code, value in session.title.items() if code != language and value]
    subtitle = next((other for other in others if other != title), "")
    when: Node = {
        "start": session.starts_at.astimezone(summit.tz).isoformat(timespec="seconds"),
        "end": session.ends_at.astimezone(summit.tz).isoformat(timespec="seconds"),
    }
    guid = str(session.guid)
    if session.kind == Kind.BREAK:
        return {"type": "BREAK", "guid": guid, "title": title, **({"subtitle": subtitle} if subtitle else {}), **when,
                **_reference(session, language)}  # fmt: skip
    minutes = int((session.ends_at - session.starts_at).total_seconds() // 60)
    hosts = {code[:2]: line for code in summit.languages if (line := _hosts(session, code))}
    links = [_link(material, session, language) for material in open_materials(session)]
    return {
        "type": TYPES.get(Kind(session.kind), "OTHER"),
        "state": "CANCELED" if session.is_cancelled else "CONFIRMED",
        "guid": guid,
        "code": session.code,
        "slug": f"{summit.code}-{session.code.lower()}",
        "url": page(summit, session.get_absolute_url, language),
        **when,
        "duration": f"PT{minutes // 60}H{minutes % 60}M",
        **_reference(session, language),
        "title": title,
        "subtitle": subtitle or None,
        "language": session.language[:2] or None,
        **({"track": {"slug": session.track.slug}} if session.track else {}),
        **(_said("abstract", session.abstract) or {"abstract": None}),
        **({"description": hosts} if hosts else {}),
        "participants": [
            {
                "guid": str(appearance.speaker.guid),
                "name": clean_line(appearance.speaker.name_in(language)),
                "role": ROLES.get(Appearance.Role(appearance.role), "SPEAKER"),
            }
            for appearance in session.appearances.all()
        ],
        "links": links,
        "attachments": [],
    }


def _hosts(session: Session, language: str) -> str:
    return ", ".join(clean_line(h.organisation.name.in_language(language)) for h in session.hostings.all())


def _link(material: Material, session: Session, language: str) -> Node:
    url = session.summit.address(material.url)
    found = player(material.url, peertube_hosts=[])
    service = SERVICES.get(found.host) if found else None
    title = clean_line(material.title.in_language(language)) or urlsplit(url).hostname or url
    # A link nobody has confirmed may lead to a search as well as to a recording.
    kind = Material.Kind.LINK if material.kind == Material.Kind.RECORDING and not material.confirmed else material.kind
    return {"type": REFERENCES.get(Material.Kind(kind), "RELATED"), "url": url, "title": title,
            **({"service": service} if service else {})}  # fmt: skip
