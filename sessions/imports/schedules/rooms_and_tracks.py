"""Tracks, rooms and hosts of a file: found by name, made where the summit has none."""

from typing import Any

from sessions.exports.source import room_guid
from sessions.imports.schedules.matching import as_uuid, key, order_of_rooms, passes, readable_slug
from sessions.imports.schedules.report import ScheduleReport
from sessions.imports.schedules.schedule import Line, Place, Schedule, Words
from sessions.imports.schedules.wording import shortened
from sessions.models import Track
from speakers.models import Organisation
from summit.imports.table_format import put
from summit.lib.text import clean_line, clean_text, plain
from summit.lib.translated import Text
from summit.models import Room, Summit, Venue
from summit.models.summit import validate_colour

# For tracks of files without colours: far apart in hue, so that neighbours differ; inks and tints are computed from them.
COLOURS = ("#0b5cad", "#0b6b62", "#8a4b08", "#7b2d8b", "#a3174b", "#3f6212", "#4338ca", "#64748b")


def merged(old: Text | None, words: Words, language: str, longest: int, *, line: bool = True) -> Text:
    """The old text with the file's languages in it. What reads the same stays as it is: exports drop Markdown, and
    show another language where one is missing."""
    values = dict(old.words()) if old else {}
    for code, text in words.items():
        code = code or language  # noqa: PLW2901  "" is the file's own language
        new = shortened(text, longest)
        if not new or (old and _reads(old.in_language(code), line=line) == _reads(new, line=line)):
            continue
        values[code] = new
    return Text(values)


def _reads(text: str, *, line: bool) -> str:
    return clean_line(text) if line else clean_text(plain(text))


class Places:
    """Tracks, rooms and organisations of one summit while a file comes in. ``language`` is the file's."""

    def __init__(self, summit: Summit, schedule: Schedule, report: ScheduleReport, language: str) -> None:
        self.summit, self.schedule, self.report, self.language = summit, schedule, report, language
        tracks, rooms = list(summit.tracks.all()), list(summit.rooms.select_related("venue"))
        organisations = list(summit.organisations.all())
        self.tracks = {key(name): track for track in reversed(tracks) for name in (track.slug, *track.name.values())}
        self.rooms = {key(name): room for room in reversed(rooms) for name in (room.code, *room.name.values()) if name}
        self.hosts = {key(name): o for o in reversed(organisations) for name in (o.code, *o.name.values()) if name}
        self.rooms_by_guid: dict[Any, Room] = {}
        for room in rooms:
            room.summit = summit
            self.rooms_by_guid[room_guid(room)] = room
        self.slugs = {"track": {t.slug for t in tracks} | {"new", "order"}, "room": {r.code for r in rooms},
                      "host": {o.code for o in organisations}}  # fmt: skip
        self.last_track = max((track.order for track in tracks), default=0)
        self.last_room = max((room.order for room in rooms), default=0)
        self.venue = summit.venues.order_by("pk").first()

    def find_or_make(self) -> None:
        """Make or update what the file lists by itself, in its order."""
        for line in self.schedule.tracks:
            self.track(line)
        for item in self.schedule.items:
            if item.track:
                self.track(Line(item.track))
        listed = {name: room for room in self.schedule.rooms for name in room.name.values()}
        used = {name: item.room for item in self.schedule.items if item.room for name in item.room.name.values()}
        for name in order_of_rooms(self.schedule, self.summit):
            place = listed.get(name) or used[name]
            self.room(place)

    def track(self, line: Line) -> Track | None:
        names = [name for name in line.name.values() if name]
        if not names:
            return None
        found = self.tracks.get(key(line.slug)) if line.slug else None
        found = found or next((self.tracks[key(name)] for name in names if key(name) in self.tracks), None)
        if found is not None and not (line.slug or line.colour):
            return found
        values: dict[str, Any] = {"name": merged(found.name if found else None, line.name, self.language, 80)}
        if passes(validate_colour, line.colour):
            if found is None or found.colour.lower() != line.colour.lower():
                values["colour"] = line.colour
        elif found is None:
            values["colour"] = COLOURS[len(self.slugs["track"]) % len(COLOURS)]
        if found is None:
            self.last_track += 1
            values["order"] = min(self.last_track, 32_767)
            slug = line.slug if line.slug and line.slug == clean_line(line.slug).lower() else ""
            slug = readable_slug(self.summit, "track", slug or names[0], self.slugs["track"])
        else:
            slug = found.slug
        made: Track = put(self.report, "tracks", Track, found, {"summit": self.summit, "slug": slug}, values)
        for name in (slug, line.slug, *names):
            self.tracks.setdefault(key(name), made)
        return made

    def room(self, place: Place) -> Room | None:
        names = [name for name in place.name.values() if name]
        if not names:
            return None
        guid = as_uuid(place.guid.lower())
        found = self.rooms_by_guid.get(guid) if guid else None
        found = found or next((self.rooms[key(name)] for name in names if key(name) in self.rooms), None)
        found = found or self._room_before_comma(names[0]) or (self.rooms.get(key(place.slug)) if place.slug else None)
        by_guid = bool(found and guid and self.rooms_by_guid.get(guid) is found)
        if found is not None and not (by_guid or place.description or place.capacity):
            return found
        old = found
        values: dict[str, Any] = {}
        if old is None or by_guid:
            values["name"] = merged(old.name if old else None, place.name, self.language, 120)
        if place.description:
            values["description"] = merged(
                old.description if old else None, place.description, self.language, 2000, line=False
            )
        if place.capacity:
            values["capacity"] = place.capacity
        if old is None:
            self.last_room += 1
            values |= {"venue": self._venue(), "order": min(self.last_room, 32_767)}
            code = readable_slug(self.summit, "room", place.slug or names[0], self.slugs["room"])
        else:
            code = old.code
        made: Room = put(self.report, "rooms", Room, old, {"summit": self.summit, "code": code}, values)
        if guid:
            self.rooms_by_guid[guid] = made
        for name in names:
            self.rooms.setdefault(key(name), made)
        return made

    def _room_before_comma(self, name: str) -> Room | None:
        """Calendars write "room, building"."""
        parts = name.split(", ")
        heads = (", ".join(parts[:n]) for n in range(len(parts) - 1, 0, -1))
        return next((self.rooms[key(head)] for head in heads if key(head) in self.rooms), None)

    def _venue(self) -> Venue:
        if self.venue is None:
            name = self.summit.name or Text({self.language: self.schedule.title or self.summit.code})
            self.venue = put(
                self.report, "venues", Venue, None, {"summit": self.summit, "code": "venue"}, {"name": name}
            )
        return self.venue

    def host(self, name: str) -> Organisation:
        found = self.hosts.get(key(name))
        if found is not None:
            return found
        code = readable_slug(self.summit, "host", name, self.slugs["host"])
        made: Organisation = put(self.report, "organisations", Organisation, None, {"summit": self.summit, "code": code},
                                   {"name": Text({self.language: shortened(name, 300)})})  # fmt: skip
        self.hosts[key(name)] = made
        return made

    def hosts_in(self, text: str) -> list[str]:
        """Names in our own export's list of hosts. Known names first: some have commas inside."""
        known = sorted(
            {clean_line(o.name.in_language(self.language)) for o in self.hosts.values()}, key=len, reverse=True
        )
        found = []
        while text:
            name = next((n for n in known if n and (text == n or text.startswith(f"{n}, "))), text.split(", ", 1)[0])
            found.append(name)
            text = text[len(name) :].removeprefix(", ")
        return [name for name in found if name]
