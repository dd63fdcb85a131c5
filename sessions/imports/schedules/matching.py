"""Which row of the summit a thing in a file is.

A session is found by guid, else by code; a person by guid, else by a name only one speaker of the summit has, else by
code. What a file knows by anything but a UUID gets one of its own: uuid5 of the summit's guid and that text, so the same
file finds it again. Nothing is ever derived from an e-mail address.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sessions.imports.schedules import parsing
from sessions.imports.schedules.schedule import Human, Item, Schedule, folded
from sessions.models import Session
from sessions.models.session import validate_session_code
from speakers.models import Speaker
from speakers.models.speaker import validate_speaker_code
from summit.lib import times
from summit.lib.codes import READABLE
from summit.lib.normal_forms import normal
from summit.lib.text import clean_line
from summit.models import Summit

CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


@dataclass(slots=True)
class Match:
    """A thing of the file, the guid it has here, and the row it is; ``found`` None means it is new."""

    guid: UUID
    found: Any = None
    code: str = ""
    item: Item = field(default_factory=lambda: Item("", {}))
    human: Human = field(default_factory=lambda: Human(""))


def key(name: str) -> str:
    """Names that read the same are the same."""
    return normal("NFKC", clean_line(name)).casefold()


def passes(validate: Callable[[str], None], value: str) -> bool:
    try:
        validate(value)
    except ValidationError:
        return False
    return True


def as_uuid(text: str) -> UUID | None:
    return UUID(text) if CANONICAL.match(text) and int(text.replace("-", ""), 16) else None


def readable_code(guid: UUID, used: set[str], size: int = 6) -> str:
    """A code that follows from the guid, and is in nobody's use; takes it."""
    number = guid.int
    while True:
        rest, letters = number, ""
        for _place in range(size):
            rest, letter = divmod(rest, len(READABLE))
            letters += READABLE[letter]
        if letters not in used:
            used.add(letters)
            return letters
        number += 1


def readable_slug(summit: Summit, kind: str, name: str, used: set[str]) -> str:
    """An address part from a name; where its script gives none, from the summit and the name. Takes it."""
    # Addresses have hyphens where names of files have underscores.
    ascii_part = slugify(name.replace("_", "-"))[:40].strip("-")
    if not ascii_part:
        ascii_part = f"{kind}-{uuid5(summit.guid, f'{kind}:{key(name)}').hex[:8]}"
    if not ascii_part[0].isalpha() or len(ascii_part) < 2:
        ascii_part = f"{kind}-{ascii_part}"
    slug = next(s for n in range(1, len(used) + 3) if (s := ascii_part if n == 1 else f"{ascii_part}-{n}") not in used)
    used.add(slug)
    return slug


def _elsewhere(model: Any, summit: Summit, guids: Iterable[UUID]) -> set[UUID]:
    """Guids that a row of another summit has: they name one thing in the whole installation."""
    wanted, found = list(guids), set()
    for start in range(0, len(wanted), 500):
        rows = model.objects.filter(guid__in=wanted[start : start + 500]).exclude(summit=summit)
        found |= set(rows.values_list("guid", flat=True))
    return found


def match_sessions(summit: Summit, schedule: Schedule, sessions: list[Session]) -> list[Match]:
    """One match per session of the file, in its order; what stands there twice is noted."""
    by_guid = {session.guid: session for session in sessions}
    by_code = {session.code: session for session in sessions}
    known = _known_by(schedule)
    taken = _elsewhere(Session, summit, [guid for _item, text in known if (guid := as_uuid(text))])
    matches, claimed = [], set()
    for item, text in known:
        own, derived = as_uuid(text), uuid5(summit.guid, text)
        found = by_guid.get(own or derived) or by_guid.get(derived)
        match = Match(found.guid if found else own if own and own not in taken else derived, found, item=item)
        claimed |= {found.pk} if found else set()
        matches.append(match)
    used = set(by_code)
    for match in matches:
        code = match.item.code.upper()
        valid = passes(validate_session_code, code)
        if match.found is None and valid and code in by_code and by_code[code].pk not in claimed:
            match.found = by_code[code]
            match.guid = match.found.guid
            claimed.add(match.found.pk)
        if match.found is None:
            match.code = code if valid and code not in used else readable_code(match.guid, used)
            used.add(match.code)
    return matches


def _known_by(schedule: Schedule) -> list[tuple[Item, str]]:
    """The sessions with what the file knows each by; whoever stands there whole a second time is left out."""
    counted: Counter[str] = Counter()
    first: dict[str, Item] = {}
    known = []
    for item in schedule.items:
        title = next(iter(item.title.values()), "")
        text = item.guid.lower() if as_uuid(item.guid) else item.guid
        if not text:
            text = f"code:{item.code}" if item.code else f"id:{item.number}" if item.number else ""
        if not text:
            text = f"title:{key(title)}|{item.starts_at}|{next(iter(item.room.name.values()), '') if item.room else ''}"
            if item.starts_at:
                schedule.note(item.place, _("It has no id; it is found again by title, time and room."))
        counted[text] += 1
        if counted[text] > 1:
            if _same(first[text], item):
                schedule.note(item.place, _("It stands in the file twice; the second was left out."))
                continue
            schedule.note(item.place, _("Its id stands in the file twice; it became a session of its own."))
            item = replace(item, code="")  # noqa: PLW2901  the file stays as it was read
            text = f"{text}#{counted[text]}"
        else:
            first[text] = item
        known.append((item, text))
    return known


def _same(one: Item, other: Item) -> bool:
    return (one.title, one.starts_at, one.room and one.room.name) == (other.title, other.starts_at, other.room and other.room.name)  # fmt: skip


def match_people(summit: Summit, schedule: Schedule) -> dict[tuple[str, str], Match]:
    """One match per person of the file, by what the file knows them by."""
    people: dict[tuple[str, str], Match] = {}
    by_code = summit.speakers.by_code()
    speakers = list(dict.fromkeys(by_code.values()))
    # Those of a profile that was merged into another mean the one there is now.
    former = {gone.guid: speaker for speaker in speakers for gone in speaker.former_codes.all() if gone.guid}
    by_guid = {**former, **{speaker.guid: speaker for speaker in speakers}}
    by_name: dict[str, list[Speaker]] = defaultdict(list)
    for speaker in speakers:
        for name in {folded(speaker.name), folded(speaker.name_romanised)} - {""}:
            by_name[name].append(speaker)
    humans = {human.identity: human for item in schedule.items for human in item.persons or () if human.name}
    uuids = {identity: as_uuid(human.guid.lower()) for identity, human in humans.items()}
    taken = _elsewhere(Speaker, summit, [guid for guid in uuids.values() if guid])
    claimed = set()
    for identity, human in humans.items():
        own, derived = uuids[identity], _derived(summit, identity, human, by_guid)
        # A name-based UUID of other software is mostly made from an e-mail address, and can be guessed back.
        keeps = own is not None and own not in taken and (schedule.is_ours or own.version != 5)
        found = (by_guid.get(own) if own else None) or by_guid.get(derived)
        people[identity] = Match(own if own and keeps else derived, found, human=human)
        claimed |= {found.pk} if found else set()
    used = set(by_code)
    for match in people.values():
        if match.found is None:
            match.found = _by_name(match.human, by_name[folded(match.human.name)], by_code, claimed)
        if match.found is not None:
            claimed.add(match.found.pk)
            continue
        code = match.human.code
        fits = passes(validate_speaker_code, code) and code not in used
        match.code = code if fits else readable_code(match.guid, used)
        used.add(match.code)
    return people


def _derived(summit: Summit, identity: tuple[str, str], human: Human, by_guid: dict[UUID, Speaker]) -> UUID:
    """The guid that follows from what the file knows somebody by.

    Numbers begin anew in every file: one that stands for somebody of quite another name is not theirs.
    """
    derived = uuid5(summit.guid, f"person:{':'.join(identity)}")
    known = by_guid.get(derived)
    if identity[0] != "number" or known is None or _parts(human.name) & _parts(f"{known.name} {known.name_romanised}"):
        return derived
    return uuid5(summit.guid, f"person:{':'.join(identity)}:{folded(human.name)}")


def _parts(name: str) -> set[str]:
    return {folded(part) for part in name.split()}


def _by_name(human: Human, same_name: list[Speaker], by_code: dict[str, Speaker], claimed: set[int]) -> Speaker | None:
    known = by_code.get(human.code) if human.code else None
    if known in same_name and known and known.code != human.code:
        return known  # of a profile that was merged into this one, whoever else is it, too
    free = [speaker for speaker in same_name if speaker.pk not in claimed]
    if len(same_name) > 1 and human.code:
        return next((speaker for speaker in free if speaker == by_code.get(human.code)), None)
    return free[0] if len(free) == 1 else None


def order_of_rooms(schedule: Schedule, summit: Summit) -> list[str]:
    """Names of the rooms in the order they shall have.

    The file may list them; else it is the order they first appear in. Our own schedule.xml lists none, but where two
    rooms of a day begin at the same time, the one that comes first there has the lower place.
    """
    listed = [name for room in schedule.rooms for name in room.name.values()]
    seen = {name: None for item in schedule.items if item.room for name in item.room.name.values()}
    if listed or not schedule.is_ours:
        return list(dict.fromkeys([*listed, *seen]))
    first: dict[Any, dict[str, Any]] = defaultdict(dict)
    for item in schedule.items:
        if item.room and item.starts_at and item.starts_at.tzinfo:
            day, name = times.day_of(item.starts_at, summit.tz), next(iter(item.room.name.values()))
            first[day].setdefault(name, (item.starts_at, item.duration))
    graph: TopologicalSorter[str] = TopologicalSorter()
    for name in seen:
        graph.add(name)
    for rooms in first.values():
        names = list(rooms)
        for before, after in pairwise(names):
            if rooms[before] == rooms[after]:
                graph.add(after, before)
    place = {name: number for number, name in enumerate(seen)}
    ordered: list[str] = []
    try:
        graph.prepare()
    except CycleError:
        return list(seen)
    ready: list[str] = []
    while graph.is_active():
        ready = sorted([*ready, *graph.get_ready()], key=place.__getitem__)
        ordered.append(ready[0])
        graph.done(ready.pop(0))
    return ordered


def language_of(item: Item, schedule: Schedule, summit: Summit) -> str:
    """Which of the summit's languages the file's own texts of a session are in."""
    known = summit.languages
    for name in parsing.languages(schedule.language):
        if name in known:
            return name
    words = f"{item.title.get('', '')} {item.abstract.get('', '')[:400]}"
    if "ko" in known and parsing.HANGUL.search(item.title.get("", "") or words):
        return "ko"
    for name in parsing.languages(item.language):
        if name in known:
            return name
    return next((name for name in known if name != "ko"), known[0])
