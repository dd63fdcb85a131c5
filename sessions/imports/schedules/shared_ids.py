"""Identifiers that one file gives to several people, rooms or tracks: each keeps its name, and none of them the identifier.

Files that were put together from several count anew in each part. Who is meant is then known by name alone, and the
report says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from sessions.imports.schedules.schedule import Human, Line, Place, Schedule, folded

Named = Place | Line
# Identifier -> the groups of names it stands for; names of one group mean the same.
Groups = dict[tuple[str, str], list[dict[str, str]]]


def separate(schedule: Schedule) -> None:
    """Take away identifiers with more than one bearer, and note each with the names."""
    _separate_people(schedule)
    _separate_rooms(schedule)
    _separate_tracks(schedule)


def _separate_people(schedule: Schedule) -> None:
    called: Groups = defaultdict(list)
    for item in schedule.items:
        for human in item.persons or ():
            if human.name and human.identity[0] != "name":
                _add(called[human.identity], [human.name])
    shared = _shared(called)
    for identity in shared:
        schedule.note(
            _("people with the id %(id)s") % {"id": identity[1]},
            _("The file gives one id to several: %(names)s. Each came in by name. Give each an id of their own.")
            % {"names": _names(called[identity])},
        )
    for item in schedule.items if shared else ():
        item.persons = item.persons and [
            _by_name(human) if human.identity in shared else human for human in item.persons
        ]


def _by_name(human: Human) -> Human:
    return replace(human, guid="", code="", number="", shared=":".join(human.identity))


def _separate_rooms(schedule: Schedule) -> None:
    places = [*schedule.rooms, *(item.room for item in schedule.items if item.room)]
    shared = _noted(schedule, places, ("guid", "slug"), _("rooms with the id %(id)s"))
    if not shared:
        return
    schedule.rooms = [_without(room, shared) for room in schedule.rooms]
    for item in schedule.items:
        item.room = item.room and _without(item.room, shared)


def _separate_tracks(schedule: Schedule) -> None:
    shared = _noted(schedule, schedule.tracks, ("slug",), _("tracks with the id %(id)s"))
    schedule.tracks = [_without(line, shared) for line in schedule.tracks]


def _noted(schedule: Schedule, things: Sequence[Named], kinds: tuple[str, ...], place: str) -> set[tuple[str, str]]:
    called: Groups = defaultdict(list)
    for thing in things:
        for kind in kinds:
            if value := getattr(thing, kind):
                _add(called[kind, value.lower()], thing.name.values())
    shared = _shared(called)
    for kind, value in shared:
        schedule.note(
            place % {"id": value},
            _("The file gives one id to several: %(names)s. Each came in by name. Give each an id of its own.")
            % {"names": _names(called[kind, value])},
        )
    return set(shared)


def _without[Thing: Named](thing: Thing, shared: set[tuple[str, str]]) -> Thing:
    gone = {kind: "" for kind, value in shared if getattr(thing, kind, "").lower() == value}
    made: Any = thing
    return replace(made, **gone) if gone else made


def _add(groups: list[dict[str, str]], names: Iterable[str]) -> None:
    """Put names that mean one thing to the group that has one of them."""
    wanted = {folded(name): name for name in names if name}
    if not wanted:
        return
    found = next((group for group in groups if group.keys() & wanted.keys()), None)
    if found is None:
        groups.append(wanted)
    else:
        found.update({key: name for key, name in wanted.items() if key not in found})


def _shared(called: Groups) -> list[tuple[str, str]]:
    return [identifier for identifier, groups in called.items() if len(groups) > 1]


def _names(groups: list[dict[str, str]]) -> str:
    return ", ".join(f"“{next(iter(group.values()))}”" for group in groups[:5]) + (", …" if len(groups) > 5 else "")
