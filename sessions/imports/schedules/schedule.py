"""A schedule as a file tells it, before it meets a summit.

``None`` always means: the file does not speak of it, so what the summit holds stays. Texts are by language; the key
``""`` is the file's own language, which is settled when the summit is known.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from summit.lib.finding import fold

Words = dict[str, str]
OWN = ""


def folded(name: str) -> str:
    """What names have in common that only case, accents and spacing tell apart."""
    return fold(name) or name.casefold()


@dataclass(frozen=True, slots=True)
class Human:
    name: str
    guid: str = ""
    code: str = ""
    number: str = ""
    biography: Words = field(default_factory=dict)
    role: str = ""  # a value of Appearance.Role, "" where the file says none
    shared: str = ""  # the identifier that others of the file have as well

    @property
    def identity(self) -> tuple[str, str]:
        """What this file knows the person by. Never an e-mail address, nor anything made from one."""
        if self.shared:
            return "shared", f"{self.shared}:{folded(self.name)}"
        for kind in ("guid", "code", "number"):
            if value := getattr(self, kind):
                return kind, value
        return "name", self.name.casefold()


@dataclass(frozen=True, slots=True)
class WebLink:
    url: str
    title: str = ""
    kind: str = ""  # a Material.Kind, "" where the file does not say


@dataclass(frozen=True, slots=True)
class Line:
    """A thematic line, which becomes a track."""

    name: Words
    slug: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A room."""

    name: Words
    guid: str = ""
    slug: str = ""
    description: Words = field(default_factory=dict)
    capacity: int | None = None


@dataclass(slots=True)
class Item:
    """One session. A time without an offset is wall time in the zone of the schedule."""

    place: str
    title: Words
    guid: str = ""
    code: str = ""
    number: str = ""
    subtitle: str = ""
    abstract: Words = field(default_factory=dict)
    description: str = ""
    track: Words | None = None
    kind: str = ""
    mode: str = ""
    language: str = ""
    interpretation: list[str] | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    duration: timedelta | None = None
    room: Place | None = None
    has_room: bool = False  # whether the file speaks of the room at all; then no ``room`` means none
    hosts: list[str] | None = None
    persons: list[Human] | None = None
    links: list[WebLink] = field(default_factory=list)
    do_not_record: bool | None = None
    cancelled: bool | None = None
    # A calendar's description holds more than the abstract: it only fills what is empty.
    abstract_is_rough: bool = False


@dataclass(slots=True)
class Schedule:
    """All that one file tells. ``is_ours`` where this software wrote it: then nothing in it is dirt."""

    format: str
    file: str = ""
    title: str = ""
    zone: str = ""
    base_url: str = ""
    language: str = ""
    is_ours: bool = False
    shortest: timedelta = timedelta(minutes=15)
    tracks: list[Line] = field(default_factory=list)
    rooms: list[Place] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def note(self, place: str, text: str) -> None:
        self.notes.append((place, text))
