"""What a summit has as sheets call it: by code, and by name in any language or script, however it is written."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from sessions.imports.schedules.schedule import folded
from sessions.imports.schedules.wording import unmarked_line
from sessions.models import Session, Track
from speakers.imports import of_code
from speakers.models import Organisation, Speaker
from summit.imports.staging import Staging
from summit.imports.table_format import Refused
from summit.models import Room, Summit, Venue

# A kind of name (a language, or one of these) and the name.
Name = tuple[str, str]
EMAIL, WRITTEN, FOLDED = "email", "written", "folded"


class Known:
    """The rows of one table by what a sheet may call them, those of earlier lines of the sheet among them."""

    def __init__(self, staging: Staging, summit: Summit, model: Any) -> None:
        self.staging, self.summit, self.model = staging, summit, model
        self.objects, self.called = TABLES[model]
        self.rows: dict[Name, list[Any]] = defaultdict(list)
        for row in staging.all_of(self.objects, summit=summit):
            self.add(row)

    def add(self, row: Any) -> None:
        """A row that a line has made or changed."""
        for name in self.called(row):
            if all(row is not each for each in self.rows[name]):
                self.rows[name].append(row)

    def named(self, names: Iterable[Name]) -> list[Any]:
        """The rows that have any of these names now."""
        rows = {id(row): row for name in names for row in self.rows.get(name, ()) if name in set(self.called(row))}
        return [row for row in rows.values() if self.staging.holds(row)]

    def only(self, kind: str, name: str, words: str) -> Any:
        """The row of that name, or None. Raises ``Refused`` where several have it."""
        return _only(self.named([(kind, name)]), words)

    def of_code(self, code: str) -> Any:
        """The row of that code, for a person also a former one, or None."""
        if self.model is Speaker:
            return of_code(self.staging, self.summit, code)
        return self.staging.find(self.objects, {"summit": self.summit, "slug" if self.model is Track else "code": code})

    def find(self, words: str) -> Any:
        """The row of that code or name, or None. Raises ``Refused`` where several have that name."""
        return self.of_code(words) or self.only(WRITTEN, words, words) or self.only(FOLDED, folded(words), words)

    def need(self, words: str, what: str) -> Any:
        """As :meth:`find`; raises ``Refused`` also where there is none. ``what`` says what it would be."""
        found = self.find(words)
        if found is None:
            raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": what, "value": words})
        return found

    def has(self, words: str) -> bool:
        """Whether a row, or several, are called so."""
        return self.of_code(words) is not None or bool(self.named([(FOLDED, folded(words))]))

    def row_of(self, code: str, texts: dict[str, str], column: str) -> Any:
        """What a row of a sheet is about, or None: that of its code, else the one of that name, however it is written.

        ``texts`` are those of ``column`` by language. Raises ``Refused`` where it has neither, or several have the name.
        """
        if code:
            return self.of_code(code)
        said = {language: unmarked_line(words) for language, words in texts.items() if words}
        if not said:
            raise Refused(_("“%(column)s” is missing."), column=column)
        found = self.named(said.items()) or self.named((FOLDED, folded(words)) for words in said.values())
        return _only(found, next(iter(said.values())))


def known(staging: Staging, summit: Summit, model: Any) -> Known:
    """The rows of one table, read once in an import."""
    found: Known = staging.once(Known, staging, summit, model)
    return found


def _only(rows: list[Any], words: str) -> Any:
    if len(rows) > 1:
        raise Refused(_("Several are called “%(name)s”. Add a column with their codes.") % {"name": words})
    return rows[0] if rows else None


def _titles(session: Session) -> list[Name]:
    return [*session.title.items()]


def _names(thing: Any) -> list[Name]:
    words = thing.name.words()
    return [
        *words.items(),
        *((WRITTEN, name) for name in words.values()),
        *((FOLDED, folded(n)) for n in words.values()),
    ]


def _names_of_person(person: Speaker) -> list[Name]:
    names = [(FOLDED, folded(name)) for name in (person.name, person.name_romanised) if name]
    return [*names, *([(EMAIL, person.email.lower())] if person.email else [])]


TABLES: dict[Any, tuple[Any, Callable[[Any], list[Name]]]] = {
    Session: (Session.objects.select_related("track", "room"), _titles),
    Speaker: (Speaker.objects, _names_of_person),
    Organisation: (Organisation.objects, _names),
    Room: (Room.objects.select_related("venue"), _names),
    Track: (Track.objects, _names),
    Venue: (Venue.objects, _names),
}
