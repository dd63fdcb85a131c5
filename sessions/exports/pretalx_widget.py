"""The data of pretalx's schedule widget: ``schedule/widgets/schedule.json``, before that ``schedule/widget/v2.json``.

There is no schema; the shape is what ``pretalx.schedule.models.Schedule.build_data`` writes (keys, kinds of values and
order as in pretalx 2026): names of tracks and rooms are objects with one text per language, those of sessions are plain.
Sessions that were called off stand in no schedule of pretalx, and the widget could not mark them: they are left out.
Breaks have no code, no speakers and no page; they carry ``slot_type``.
"""

import json
from typing import Any

from sessions.models import Kind, Session, with_details
from summit.lib.text import clean_line, clean_text
from summit.lib.translated import Text
from summit.models import Summit

MEDIA_TYPE = "application/json; charset=utf-8"


def widget_json(summit: Summit, *, language: str) -> bytes:
    """UTF-8; the same bytes for the same agenda. Five queries."""
    rows = Session.objects.published().filter(summit=summit, starts_at__isnull=False, cancelled_at__isnull=True)
    sessions = list(with_details(rows.in_order()))
    used = {session.room_id for session in sessions}
    people = {a.speaker.code: a.speaker for session in sessions for a in session.appearances.all()}
    tracks = {session.track.pk: session.track for session in sessions if session.track}
    document = {
        "talks": [_break(s, summit) if s.kind == Kind.BREAK else _talk(s, summit, language) for s in sessions],
        "version": str(summit.agenda_revision),
        "schedule_id": summit.pk,
        "timezone": summit.time_zone,
        "event_start": summit.starts_on.isoformat(),
        "event_end": summit.ends_on.isoformat(),
        "tracks": [
            {"id": t.pk, "name": _all(t.name, summit), "description": _all(t.summary, summit), "color": t.colour}
            for t in sorted(tracks.values(), key=lambda track: (track.order, track.slug))
        ],
        "rooms": [
            {"id": room.pk, "name": _all(room.name, summit), "description": _all(room.description, summit)}
            for room in summit.rooms.all()
            if room.pk in used
        ],
        "speakers": [
            {
                "code": code,
                "name": clean_line(person.name_in(language)),
                "avatar": _picture(person.portrait_large, summit),
                "avatar_thumbnail_default": _picture(person.portrait_small, summit),
                "avatar_thumbnail_tiny": _picture(person.portrait_small, summit),
            }
            for code, person in sorted(people.items())
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _picture(path: str, summit: Summit) -> str | None:
    return summit.address(path) if path else None


def _talk(session: Session, summit: Summit, language: str) -> dict[str, Any]:
    return {
        "code": session.code,
        "id": session.pk,
        "title": clean_line(session.title.in_language(language)) or session.code,
        "abstract": clean_text(session.abstract.in_language(language)),
        "speakers": [appearance.speaker.code for appearance in session.appearances.all()],
        "track": session.track_id,
        **_when(session, summit),
        "room": session.room_id,
        "duration": _minutes(session),
        "updated": session.updated_at.astimezone(summit.tz).isoformat(),
        "state": None,
        "content_locale": session.language,
        "do_not_record": session.do_not_record,
    }


def _break(session: Session, summit: Summit) -> dict[str, Any]:
    return {
        "id": session.pk,
        "title": _all(session.title, summit),
        **_when(session, summit),
        "room": session.room_id,
        "slot_type": "break",
    }


def _when(session: Session, summit: Summit) -> dict[str, str]:
    if session.starts_at is None or session.ends_at is None:
        raise ValueError("A session without a time stands in no schedule")
    return {
        "start": session.starts_at.astimezone(summit.tz).isoformat(timespec="seconds"),
        "end": session.ends_at.astimezone(summit.tz).isoformat(timespec="seconds"),
    }


def _minutes(session: Session) -> int:
    if session.starts_at is None or session.ends_at is None:
        return 0
    return int((session.ends_at - session.starts_at).total_seconds() // 60)


def _all(text: Text, summit: Summit) -> dict[str, str]:
    return {code: clean_line(text[code]) for code in summit.languages if text.get(code)}
