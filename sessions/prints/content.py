"""What prints say: the published sessions of a summit as plain objects, in a fixed number of queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext

from sessions.models import Appearance, Session, with_details
from sessions.models.session import SessionAccess, SessionQuerySet, paths
from sessions.prints.wording import Passage, Wording, line, printable, said, wording
from sessions.reading import agenda
from summit.lib import times
from summit.lib.colour import palette
from summit.lib.normal_forms import normal
from summit.lib.text import clean_text
from summit.models import Room, Summit

ACCESS = dict(SessionAccess.choices)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in one session, as billed there."""

    key: int
    name: Wording
    role: Wording
    bill: list[Wording]


@dataclass(slots=True)
class Item:
    """One session on paper."""

    code: str
    url: str
    title: Wording
    kind: Wording
    track: Wording
    track_class: str
    mode: Wording
    room: Wording
    hours: str
    day: date | None
    cancelled: Wording | None
    spoken: Wording
    interpretation: Wording
    unrecorded: Wording | None
    access: list[Wording]
    hosts: list[Wording]
    abstract: Wording
    people: list[Person] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"session-{self.code}"

    @property
    def short_address(self) -> str:
        """The address as one types it: without the scheme."""
        return self.url.split("://", 1)[-1].rstrip("/")

    @property
    def qr(self) -> str:
        return f"qr:{self.url}"

    @property
    def qr_alt(self) -> str:
        return gettext("QR code: %(address)s") % {"address": self.short_address}


@dataclass(slots=True)
class Day:
    date: date | None
    label: Wording
    short: str
    items: list[Item] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"day-{self.date:%Y-%m-%d}" if self.date else "day-open"

    @property
    def hours(self) -> list[tuple[str, list[Item]]]:
        """Sessions that begin and end together."""
        groups: list[tuple[str, list[Item]]] = []
        for item in self.items:
            if not groups or groups[-1][0] != item.hours:
                groups.append((item.hours, []))
            groups[-1][1].append(item)
        return groups


class AgendaContent:
    """Reads one summit's sessions in some languages; labels are looked up once."""

    def __init__(self, summit: Summit, languages: Sequence[str]) -> None:
        self.summit, self.languages, self.main = summit, tuple(languages), languages[0]
        self._labels: dict[Any, Wording] = {}
        with translation.override(self.main):
            self._path = paths(summit)

    def items(self, sessions: SessionQuerySet) -> list[Item]:
        """Six queries, however many sessions."""
        rows = with_details(sessions.published().filter(summit=self.summit).in_order())
        return [self.item(session) for session in rows]

    def text(self, text: Any) -> Wording:
        return wording(text, self.languages)

    def label(self, key: Any, message: Callable[[], str] | None = None) -> Wording:
        """A label in every language; ``key`` itself is the lazy text where no ``message`` makes it."""
        kept = self._labels.get(key)
        if kept is None:
            kept = self._labels[key] = said(message or (lambda: str(key)), self.languages)
        return kept

    def item(self, session: Session) -> Item:
        title = self.text(session.title)
        timed = session.starts_at is not None and session.ends_at is not None
        spoken, into = session.language, tuple(session.interpretation)
        return Item(
            code=session.code,
            url=self.summit.address(self._path(session.code)),
            title=title or Wording((Passage(self.main, session.code),), self.main),
            kind=self.choice("kind", session.kind, session.get_kind_display),
            track=self.text(session.track.name) if session.track else Wording((), self.main),
            track_class=f"track-{session.track.slug}" if session.track else "track-none",
            mode=self.choice("mode", session.mode, session.get_mode_display),
            room=self.text(session.room.name) if session.room else Wording((), self.main),
            hours=times.time_range(session.starts_at, session.ends_at, self.summit.tz)
            if session.starts_at and session.ends_at
            else "",
            day=times.day_of(session.starts_at, self.summit.tz) if timed and session.starts_at else None,
            cancelled=self.label("cancelled", lambda: gettext("Cancelled")) if session.is_cancelled else None,
            spoken=self.label(("spoken", spoken), lambda: agenda.language_names().get(spoken, spoken)),
            interpretation=self.label(("into", spoken, into), lambda: agenda.interpretation_label(spoken, list(into))),
            unrecorded=self.label("unrecorded", lambda: gettext("Must not be recorded"))
            if session.do_not_record
            else None,
            access=[self.choice("access", code, ACCESS[code]) for code in session.access if code in ACCESS],
            hosts=[self.text(hosting.organisation.name) for hosting in session.hostings.all()],
            abstract=wording(session.abstract, self.languages, clean=lambda text: printable(clean_text(text))),
            people=[self.person(appearance) for appearance in session.appearances.all()],
        )

    def choice(self, kind: str, value: str, label: Callable[[], Any] | str | Promise) -> Wording:
        return self.label((kind, value), lambda: str(label() if callable(label) else label))

    def person(self, appearance: Appearance) -> Person:
        role = Wording((), self.main)
        if appearance.role != Appearance.Role.SPEAKER:
            role = self.choice("role", appearance.role, appearance.get_role_display)
        bill = [self.text(appearance.job_title), self.text(appearance.affiliation)]
        return Person(appearance.speaker_id, self.name(appearance.speaker), role, [words for words in bill if words])

    def name(self, speaker: Any) -> Wording:
        """A name in the script of each language; most names from abroad exist in one."""
        passages: list[Passage] = []
        for language in self.languages:
            shown = line(speaker.name_in(language))
            if shown and shown not in {passage.words for passage in passages}:
                passages.append(Passage(name_language(shown, self.main), shown))
        return Wording(tuple(passages), self.main)

    def days(self, items: Sequence[Item]) -> list[Day]:
        """Days in order; sessions without a time come last, under a day without a date."""
        found: dict[date | None, Day] = {}
        for item in sorted(items, key=lambda item: (item.day is None, item.day or date.min)):
            day = found.get(item.day) or found.setdefault(item.day, self.day(item.day))
            day.items.append(item)
        return list(found.values())

    def day(self, day: date | None) -> Day:
        if day is None:
            label = said(lambda: gettext("Time to be announced"), self.languages)
            return Day(None, label, label.plain)
        label = said(
            lambda: times.date_label(day, (translation.get_language() or self.main)[:2]),
            self.languages,
        )
        return Day(day, label, times.day_label(day, self.main))


def name_language(name: str, main: str) -> str:
    """Korean where the name is in Hangul, so that it is read aloud right; else the print's own."""
    if any("\uac00" <= character <= "\ud7a3" for character in name):
        return "ko"
    return "en" if main == "ko" and name.isascii() else main


def colours(summit: Summit) -> list[dict[str, str]]:
    """Class, ink and tint of every track for the style sheet; the ink can be read on its tint and on white."""
    shades = ((f"track-{track.slug}", palette(track.colour)) for track in summit.tracks.all())
    return [{"name": name, "ink": shade["ink"], "tint": shade["tint"]} for name, shade in shades]


def room_agenda(room: Room, language: str) -> str:
    """Address of the sessions in a room."""
    with translation.override(language):
        return room.summit.address(f"{reverse('sessions:search', args=[room.summit.code])}?room={room.code}")


def agenda_address(summit: Summit, language: str) -> str:
    with translation.override(language):
        return summit.address(reverse("sessions:agenda", args=[summit.code]))


def base_letter(letter: str) -> str:
    """The capital without its accents; "#" for what is no letter."""
    plain = normal("NFD", letter)[:1].upper()
    return plain if plain.isalpha() else "#"
