"""Finding sessions: words in titles, abstracts, people and organisations, in every language and script, with facets.

The published agenda is small enough to be looked through in memory: an index per summit and revision is built once in
each process, so both databases find the same, and Korean is found the way people type it: parts of words, without
regard to spacing, and by initial consonants (ㅊㅅㅇ).
"""

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext

from sessions.models import Session, with_details
from sessions.models.session import Kind, SessionAccess
from sessions.reading.agenda import language_names
from summit.lib import romanising, times
from summit.lib.finding import INITIALS, fold, initials, words_of
from summit.lib.translated import active_language
from summit.models import Mode, Summit
from summit.models.place import RoomAccess

FACETS = ("track", "day", "room", "kind", "mode", "language", "interpretation", "access", "recording", "seats")
INDEXES_KEPT = 8
YES, NOTHING = frozenset({"yes"}), frozenset[str]()


@dataclass(frozen=True, slots=True)
class Entry:
    """One session as it is looked for. Each facet has one or several values."""

    pk: int
    text: str
    initials: str
    facets: dict[str, frozenset[str]]
    # The same once more as it is counted: a few hundred entries a question, each with some twenty values.
    pairs: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Index:
    """What one revision of a summit is searched by: its published sessions in agenda order, and the names of values."""

    entries: list[Entry]
    # By language: facet: value: what people read for it, in the order it is offered.
    labels: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    def labels_in(self, summit: Summit, language: str) -> dict[str, dict[str, str]]:
        if language not in self.labels:
            self.labels[language] = _labels(summit, language)
        return self.labels[language]

    def having(self, words: list[str]) -> list[Entry]:
        left = self.entries
        for word in words:
            if word[0] in INITIALS:
                left = [entry for entry in left if word in entry.initials]
            else:
                left = [entry for entry in left if word in entry.text]
        return left


@dataclass(slots=True)
class Choice:
    """One value of a facet: how many sessions it would leave, and whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(slots=True)
class Found:
    numbers: list[int]
    facets: dict[str, list[Choice]] = field(default_factory=dict)
    # (facet, label, number found without it) of each filter that leaves nothing
    without: list[tuple[str, str, int]] = field(default_factory=list)


class Indexes:
    """The indexes of a few summits, each of its present revision. Safe among threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, int], Index] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, summit: Summit) -> Index:
        key = (summit.guid, summit.agenda_revision)
        with self._lock:
            if key not in self._kept:
                for old in [kept for kept in self._kept if kept[0] == summit.guid]:
                    del self._kept[old]
                self._kept[key] = Index(build(summit))
                while len(self._kept) > INDEXES_KEPT:
                    self._kept.popitem(last=False)
            return self._kept[key]


indexes = Indexes()


def build(summit: Summit) -> list[Entry]:
    """All published sessions in agenda order. A fixed number of queries."""
    entries = []
    for session in with_details(Session.objects.published().filter(summit=summit).in_order()):
        session.summit = summit
        parts = [*session.title.values(), *session.abstract.values(), session.code]
        names = []
        for appearance in session.appearances.all():
            # As it is written, and as it can be read: whoever typed what the page shows finds it.
            person = appearance.speaker
            if person.at_risk:
                continue
            names += [person.name, person.name_romanised or romanising.romanised(person.name)]
            parts += [*appearance.affiliation.values(), *appearance.job_title.values()]
        for hosting in session.hostings.all():
            names += hosting.organisation.name.values()
        if session.track:
            names += session.track.name.values()
        # A character that nobody types keeps a word from reaching over the end of a text.
        text = "\n".join(fold(part) for part in [*parts, *names])
        heads = "\n".join(initials(part) for part in [*session.title.values(), *names])
        facets = _facets(session)
        pairs = tuple((name, value) for name, values in facets.items() for value in values)
        entries.append(Entry(session.pk, text, heads, facets, pairs))
    return entries


def _facets(session: Session) -> dict[str, frozenset[str]]:
    day = session.day()
    values = {
        "track": [session.track.slug] if session.track else [],
        "day": [day.isoformat()] if day else [],
        "room": [session.room.code] if session.room else [],
        "kind": [session.kind],
        "mode": [session.mode],
        "language": [session.language],
        "interpretation": session.interpretation,
        "access": session.access_facts,
        "recording": ["yes"] if session.recordings else [],
    }
    return {name: frozenset(found) for name, found in values.items()}


def search(summit: Summit, query: str, chosen: dict[str, str]) -> Found:
    """The sessions that have all words and all chosen values, and what each other choice would leave."""
    index, full = indexes.of(summit), _full(summit)
    active = {name: value for name, value in chosen.items() if name in FACETS and value}
    labels = index.labels_in(summit, active_language())

    def values_of(entry: Entry, name: str) -> frozenset[str]:
        # Seats go without a new revision of the agenda; whatever needs no booking has room.
        return entry.facets[name] if name != "seats" else NOTHING if entry.pk in full else YES

    fitting: list[Entry] = []
    counts: Counter[tuple[str, str]] = Counter()
    without: Counter[str] = Counter()
    for entry in index.having(words_of(query)):
        missed = [name for name, value in active.items() if value not in values_of(entry, name)]
        if not missed:
            fitting.append(entry)
        elif len(missed) == 1:
            # Another choice of this one facet would take it in.
            without.update(missed)
            counts.update((name, value) for name in missed for value in values_of(entry, name))
    counts.update(chain.from_iterable(entry.pairs for entry in fitting))
    counts["seats", "yes"] += sum(entry.pk not in full for entry in fitting)
    found = Found([entry.pk for entry in fitting])
    for name in FACETS:
        known, wanted = labels[name], active.get(name)
        values = [value for value in known if counts[name, value] or value == wanted]
        found.facets[name] = [Choice(v, known[v], counts[name, v], v == wanted) for v in values]
        if not found.numbers and wanted and without[name]:
            found.without.append((name, known.get(wanted, wanted), without[name]))
    return found


def _full(summit: Summit) -> set[int]:
    """Sessions in which no seat is left. One query."""
    rows = Session.objects.filter(summit=summit, seats__isnull=False, seats_taken__gte=F("seats"))
    return set(rows.values_list("pk", flat=True))


def _labels(summit: Summit, language: str) -> dict[str, dict[str, str]]:
    """What people read for each value, in the order it is offered. Two queries."""
    tracks = {slug: name.in_language(language) for slug, name in summit.tracks.values_list("slug", "name")}
    rooms = {code: name.in_language(language) for code, name in summit.rooms.values_list("code", "name")}
    return {
        "track": tracks,
        "day": {d.isoformat(): times.day_label(d, language) for d in summit.days},
        "room": rooms,
        "kind": {value: str(label) for value, label in Kind.choices},
        "mode": {value: str(label) for value, label in Mode.choices},
        "language": language_names(),
        "interpretation": language_names(),
        "access": {str(value): str(label) for value, label in [*RoomAccess.choices, *SessionAccess.choices]},
        "recording": {"yes": gettext("Recording available")},
        "seats": {"yes": gettext("Seats left")},
    }
