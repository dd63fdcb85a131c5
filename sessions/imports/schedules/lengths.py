"""Names that are longer than what keeps them are cut as they are read, so that they are found again; each is noted."""

from dataclasses import replace
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from sessions.imports.schedules.schedule import OWN, Place, Schedule, Words
from sessions.imports.schedules.wording import shortened
from sessions.models import Material, Session, Track
from speakers.models import Speaker
from summit.models import Room


def _longest(model: type[Model], name: str) -> int:
    column: Any = model._meta.get_field(name)
    return int(getattr(column, "max_text", None) or column.max_length)


# In characters, as the models keep them.
TITLE, ABSTRACT = _longest(Session, "title"), _longest(Session, "abstract")
TRACK, ROOM, LINK = _longest(Track, "name"), _longest(Room, "name"), _longest(Material, "title")
PERSON, BIOGRAPHY = _longest(Speaker, "name"), _longest(Speaker, "biography")


def fit(schedule: Schedule) -> None:
    """Cut names of tracks, rooms, people and links to what can be kept."""
    schedule.tracks = [replace(line, name=_cut(schedule, _("tracks"), line.name, TRACK)) for line in schedule.tracks]
    schedule.rooms = [_room(schedule, _("rooms"), room) for room in schedule.rooms]
    for item in schedule.items:
        item.track = item.track and _cut(schedule, item.place, item.track, TRACK)
        item.room = item.room and _room(schedule, item.place, item.room)
        item.persons = item.persons and [
            replace(one, name=_line(schedule, item.place, one.name, PERSON)) for one in item.persons
        ]
        item.links = [replace(link, title=_line(schedule, item.place, link.title, LINK)) for link in item.links]


def note_cut(schedule: Schedule, place: str, words: Words, longest: int) -> None:
    """Say of each text that is too long how much of it is lost, and from which words on."""
    for text in words.values():
        if len(text) > longest:
            told = _(
                "A text of %(length)d characters was cut to %(longest)d: the last %(lost)d are lost, from “%(words)s” on. Shorten it in the file."
            )
            schedule.note(place, told % {"length": len(text), "longest": longest, "lost": len(text) - longest + 1,
                                         "words": text[longest - 1 :].strip()[:40]})  # fmt: skip


def _room(schedule: Schedule, place: str, room: Place) -> Place:
    return replace(room, name=_cut(schedule, place, room.name, ROOM))


def _line(schedule: Schedule, place: str, text: str, longest: int) -> str:
    return _cut(schedule, place, {OWN: text}, longest)[OWN]


def _cut(schedule: Schedule, place: str, words: Words, longest: int) -> Words:
    if all(len(text) <= longest for text in words.values()):
        return words
    note_cut(schedule, place, words, longest)
    return {language: shortened(text, longest) for language, text in words.items()}
