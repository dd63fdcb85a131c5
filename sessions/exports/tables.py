"""Sessions, people, organisations, rooms and tracks as flat tables, in the columns of our own import format.

A text in several languages has one column per language (``title.ko``, ``title.en``), a list is separated by ``;``
(ARCHITECTURE.md, "Import format"). Columns the import format does not know are read over there.
"""

from datetime import datetime
from typing import Any

from sessions.exports.public import Public, page, stable_guid
from sessions.exports.source import room_guid
from sessions.models import Session
from summit.lib.spreadsheets import Cell, Column, Table
from summit.lib.weblinks import encoded
from summit.models import Summit


def all_tables(public: Public) -> list[Table]:
    """Named as the import format names them; ``appearances`` is ours alone: who is billed where, as what."""
    return [
        sessions(public),
        speakers(public),
        appearances(public),
        organisations(public),
        rooms(public),
        tracks(public),
    ]


def texts(name: str, about: str, summit: Summit) -> list[Column]:
    """A column for each language of the summit: ``title.ko``, ``title.en``."""
    return [Column(f"{name}.{language}", "string", f"{about} ({language})") for language in summit.languages]


def words(value: Any, summit: Summit) -> list[Cell]:
    """One cell per language of the summit; a missing translation is an empty cell, never another language's text."""
    return [value.get(language, "") for language in summit.languages]


def sessions(public: Public) -> Table:
    summit = public.summit
    columns = [
        Column("code", "string", "Six capital letters or digits, unique within the summit", required=True),
        Column("guid", "string", "Identifies the session everywhere; never changes", "uuid"),
        Column("number", "integer", "Number in the printed programme"),
        Column("track", "string", "Slug of the track"),
        Column("kind", "string", "plenary, breakout, workshop, side_event, break or ceremony"),
        Column("mode", "string", "in_person, online or hybrid"),
        *texts("title", "Title", summit),
        *texts("abstract", "What the session is about, in Markdown", summit),
        *texts("plain_summary", "The same in plain language", summit),
        Column("language", "string", "Language spoken (BCP 47)"),
        Column("interpretation", "list", "Languages it is interpreted into (BCP 47)"),
        Column("starts_at", "datetime", "Beginning, with the offset of the summit's zone"),
        Column("ends_at", "datetime", "End, with the offset of the summit's zone"),
        Column("time_zone", "string", "The summit's zone (IANA): spreadsheets keep wall time only"),
        Column("room", "string", "Code of the room"),
        Column("hosts", "list", "Codes of the organisations that run it, in order"),
        Column("speakers", "list", "Codes of the people on stage, in the order of the bill"),
        Column("access", "list", "What the session offers so that everybody can follow it"),
        Column("cancelled", "boolean", "Whether it was called off"),
        Column("do_not_record", "boolean", "Whether it must not be recorded"),
        Column("recordings", "list", "Web addresses of recordings"),
        Column("url", "string", "The page for people", "uri"),
        Column("updated_at", "datetime", "Last change"),
    ]
    rows = [_session(session, summit) for session in public.sessions]
    return Table("sessions", "Sessions", ("code",), columns, rows,
                 (("track", "tracks", "slug"), ("room", "rooms", "code")))  # fmt: skip


def _session(session: Session, summit: Summit) -> list[Cell]:
    recordings = session.recordings
    return [
        *(session.code, str(session.guid), session.number, session.track.slug if session.track else ""),
        *(session.kind, session.mode),
        *words(session.title, summit),
        *words(session.abstract, summit),
        *words(session.plain_summary, summit),
        *(session.language, list(session.interpretation)),
        *(_local(session.starts_at, summit), _local(session.ends_at, summit), summit.time_zone),
        session.room.code if session.room else "",
        [hosting.organisation.code for hosting in session.hostings.all()],
        list(dict.fromkeys(appearance.speaker.code for appearance in session.appearances.all())),
        list(session.access),
        *(session.is_cancelled, session.do_not_record),
        [summit.address(material.url) for material in recordings],
        page(summit, session.get_absolute_url),
        _local(session.updated_at.replace(microsecond=0), summit),
    ]


def _local(moment: datetime | None, summit: Summit) -> datetime | None:
    return moment.astimezone(summit.tz) if moment else None


def speakers(public: Public) -> Table:
    summit = public.summit
    columns = [
        Column("key", "string", "Letters and digits, unique within the summit", required=True),
        Column("guid", "string", "Identifies the person everywhere; never changes", "uuid"),
        Column("name", "string", "The name as written by themselves", required=True),
        Column("name_romanised", "string", "The name in Latin letters, where it is certain"),
        Column("country", "string", "Country (ISO 3166-1 alpha-2)"),
        *texts("biography", "About the person", summit),
        Column("url", "string", "The page for people", "uri"),
    ]
    rows: list[list[Cell]] = [
        [
            *(person.code, str(person.guid), person.name, person.name_romanised, person.country),
            *words(person.biography, summit),
            page(summit, person.get_absolute_url),
        ]
        for person in public.speakers
    ]
    return Table("speakers", "People on stage", ("key",), columns, rows)


def appearances(public: Public) -> Table:
    summit = public.summit
    columns = [
        Column("session", "string", "Code of the session", required=True),
        Column("speaker", "string", "Key of the person", required=True),
        Column("role", "string", "speaker, moderator, panellist, rapporteur, interpreter or opening", required=True),
        *texts("affiliation", "Organisation as billed in this session", summit),
        *texts("job_title", "Job title as billed in this session", summit),
        Column("order", "integer", "Place on the bill"),
    ]
    rows: list[list[Cell]] = [
        [
            *(session.code, appearance.speaker.code, appearance.role),
            *words(appearance.affiliation, summit),
            *words(appearance.job_title, summit),
            appearance.order,
        ]
        for session in public.sessions
        for appearance in session.appearances.all()
    ]
    return Table("appearances", "Who is billed where, as what", ("session", "speaker", "role"), columns, rows,
                 (("session", "sessions", "code"), ("speaker", "speakers", "key")))  # fmt: skip


def organisations(public: Public) -> Table:
    summit = public.summit
    columns = [
        Column("code", "string", "Unique within the summit", required=True),
        Column("guid", "string", "Identifies the organisation everywhere; never changes", "uuid"),
        *texts("name", "Name", summit),
        Column("kind", "string", "government, international, civil_society, academia or business"),
        Column("country", "string", "Country (ISO 3166-1 alpha-2)"),
        Column("website", "string", "Its own website", "uri"),
        *texts("description", "About the organisation", summit),
        Column("url", "string", "The page for people", "uri"),
    ]
    rows: list[list[Cell]] = [
        [
            *(organisation.code, str(organisation.guid), *words(organisation.name, summit)),
            *(organisation.kind, organisation.country, encoded(organisation.website)),
            *words(organisation.description, summit),
            page(summit, organisation.get_absolute_url),
        ]
        for organisation in public.organisations
    ]
    return Table("organisations", "Organisations that host sessions", ("code",), columns, rows)


def rooms(public: Public) -> Table:
    summit = public.summit
    columns = [
        Column("code", "string", "Unique within the summit", required=True),
        Column("guid", "string", "The same in every format", "uuid"),
        Column("venue", "string", "Code of the building", required=True),
        *texts("venue_name", "Name of the building", summit),
        *texts("name", "Name", summit),
        Column("capacity", "integer", "How many people it holds"),
        *texts("description", "About the room", summit),
        Column("access", "list", "What the room offers so that everybody can be in it"),
        Column("order", "integer", "Place in lists"),
    ]
    rows: list[list[Cell]] = [
        [
            *(room.code, str(room_guid(room)), room.venue.code, *words(room.venue.name, summit)),
            *(*words(room.name, summit), room.capacity, *words(room.description, summit)),
            *(list(room.access), room.order),
        ]
        for room in public.rooms
    ]
    return Table("rooms", "Rooms", ("code",), columns, rows)


def tracks(public: Public) -> Table:
    summit = public.summit
    columns = [
        Column("slug", "string", "Unique within the summit", required=True),
        Column("guid", "string", "The same in every format", "uuid"),
        *texts("name", "Name", summit),
        *texts("theme", "What it is about, in a phrase", summit),
        *texts("summary", "What it is about", summit),
        Column("colour", "string", "Colour as #rrggbb"),
        Column("order", "integer", "Place in lists"),
    ]
    rows: list[list[Cell]] = [
        [
            *(track.slug, str(stable_guid(summit, "track", track.slug))),
            *(*words(track.name, summit), *words(track.theme, summit), *words(track.summary, summit)),
            *(track.colour, track.order),
        ]
        for track in public.tracks
    ]
    return Table("tracks", "Tracks", ("slug",), columns, rows)
