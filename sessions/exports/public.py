"""Everything the tables and the open-government formats are made from: rows the public may read, all languages."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.utils import translation

from sessions.models import Material, Session, Track, with_details
from speakers.models import Organisation, Speaker
from summit.models import Room, Summit


@dataclass(frozen=True, slots=True)
class Public:
    """``sessions`` in the order of the agenda, with their details; people and organisations are those they name."""

    summit: Summit
    sessions: list[Session]
    speakers: list[Speaker]
    organisations: list[Organisation]
    rooms: list[Room]
    tracks: list[Track]


def read_public(summit: Summit) -> Public:
    """Six queries, however many sessions. Who has declined every appearance, and who hosts nothing, is not in it."""
    sessions = list(with_details(Session.objects.published().filter(summit=summit).in_order()))
    speakers: dict[str, Speaker] = {}
    organisations: dict[str, Organisation] = {}
    for session in sessions:
        session.summit = summit
        for appearance in session.appearances.all():
            appearance.speaker.summit = summit
            speakers[appearance.speaker.code] = appearance.speaker
        for hosting in session.hostings.all():
            hosting.organisation.summit = summit
            organisations[hosting.organisation.code] = hosting.organisation
    rooms = list(summit.rooms.select_related("venue").order_by("order", "code"))
    for room in rooms:
        room.summit = summit
    return Public(
        summit,
        sessions,
        [speakers[code] for code in sorted(speakers)],
        [organisations[code] for code in sorted(organisations)],
        rooms,
        list(summit.tracks.order_by("order", "slug")),
    )


def open_materials(session: Session) -> list[Material]:
    """What a session links to; of one that must not be recorded, no recording."""
    return [m for m in session.materials.all() if not (session.do_not_record and m.kind == Material.Kind.RECORDING)]


def stable_guid(summit: Summit, kind: str, key: str) -> UUID:
    """A name for what has no identifier of its own: from the summit's and a public code, never from an address."""
    return uuid5(summit.guid, f"{kind}:{key}")


def page(summit: Summit, path: Callable[[], str], language: str = "") -> str:
    """The absolute address of a page for people, in that language or the summit's first."""
    with translation.override(language or summit.languages[0]):
        return summit.address(path())
