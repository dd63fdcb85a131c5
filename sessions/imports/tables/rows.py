"""One row of each table: finding what it is about, and setting what its columns say. Empty cells change nothing."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model, TextChoices
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sessions.imports.loaders import follow
from sessions.imports.schedules import parsing
from sessions.imports.schedules.wording import markdown, unmarked_line
from sessions.models import Appearance, Session, SessionHost, Track
from speakers.imports import of_code
from speakers.models import Organisation, Speaker
from summit.imports.loaders import a_moment
from summit.imports.staging import Staging, identity, reference
from summit.imports.table_format import Refused, Report, Row, put
from summit.lib import countries
from summit.lib.codes import session_code
from summit.lib.translated import Text
from summit.models import Room, Summit, Venue
from summit.models.place import RoomAccess

LONG = {"abstract", "biography", "description"}


@dataclass(slots=True)
class Cells:
    """The mapped cells of one row: ``plain`` by field, ``texts`` by field and language."""

    place: str
    plain: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def text(self, name: str, old: Text | None) -> Text | None:
        """The text with what this row says; None where it says nothing."""
        said = {
            code: (markdown if name in LONG else unmarked_line)(words)
            for code, words in self.texts.get(name, {}).items()
            if words
        }
        return Text({**(old.public() if old else {}), **said}) if said else None

    def parts(self, name: str) -> list[str]:
        return [part.strip() for part in re.split(r"[;\n]", self.plain.get(name, "")) if part.strip()]


Name = tuple[str, str]
Bring = Callable[[Summit, Cells, Report], Model]


def session(summit: Summit, cells: Cells, report: Report) -> Session:
    known = report.staging.once(_sessions, report.staging, summit)
    found = known.found(cells, "title")
    values: dict[str, Any] = {**_texts(cells, found, "title", "abstract"), **_times(summit, cells)}
    plain = cells.plain
    if name := plain.get("track"):
        values["track"] = _named(report.staging, summit, Track, name, _("track"))
    if name := plain.get("room"):
        values["room"] = _named(report.staging, summit, Room, name, _("room"))
    for column, read in (("kind", parsing.kind), ("mode", parsing.mode)):
        if word := plain.get(column):
            values[column] = read(word) or _refuse(
                _("“%(value)s” is not understood as %(column)s."), value=word, column=column
            )
    if word := plain.get("language"):
        values["language"] = (parsing.languages(word) or [summit.languages[0]])[0]
    if word := plain.get("interpretation"):
        values["interpretation"] = parsing.languages(word)
    if word := plain.get("number"):
        values["number"] = _number(word, "number")
    before, writes = copy(found), report.writes
    key = {"summit": summit, "code": found.code if found else _code(cells, session_code)}
    if not found:
        values.setdefault("language", summit.languages[0])
    made: Session = put(report, "sessions", Session, found, key, values)
    touched = _hosts(report.staging, made, cells) + _people(report.staging, made, cells)
    if before is not None and (touched or report.writes > writes):
        follow(report.staging, before, made)
    known.add(made)
    return made


def _times(summit: Summit, cells: Cells) -> dict[str, Any]:
    row = Row(cells.place, {name: cells.plain.get(name, "").replace("/", "-") for name in ("starts_at", "ends_at")})
    starts, ends = a_moment(row, "starts_at", summit), a_moment(row, "ends_at", summit)
    if starts and not ends and (minutes := cells.plain.get("duration")):
        ends = starts + timedelta(minutes=_number(minutes, "duration"))
    if (starts is None) != (ends is None) or (starts and ends and ends <= starts):
        raise Refused(_("The session ends before it begins, or only one of the two times is given."))
    return {"starts_at": starts, "ends_at": ends} if starts else {}


def _hosts(staging: Staging, made: Session, cells: Cells) -> int:
    wanted = [_named(staging, made.summit, Organisation, name, _("organisation")) for name in cells.parts("hosts")]
    there = {reference(one, "organisation"): one for one in staging.matching(SessionHost.objects, {"session": made})}
    kept = {identity(organisation): order for order, organisation in enumerate(wanted, 1)}
    if not wanted or list(there) == list(kept):
        return 0
    staging.remove(one for number, one in there.items() if number not in kept)
    for organisation in wanted:
        number = identity(organisation)
        if number not in there:
            there[number] = SessionHost(session=made, organisation=organisation, order=kept[number])
            staging.make(there[number])
        elif there[number].order != kept[number]:
            staging.change(there[number], {"order": kept[number]})
    return 1


def _people(staging: Staging, made: Session, cells: Cells) -> int:
    """ "박수정 · moderator; P2": each by name or code, with a role where one is written."""
    touched = 0
    roles = staging.once(_called, Appearance.Role)
    for order, part in enumerate(cells.parts("people"), 1):
        name, _dot, role = (piece.strip() for piece in part.partition("·"))
        speaker = of_code(staging, made.summit, name) or _named(staging, made.summit, Speaker, name, _("speaker"))
        kind = roles.get(role.casefold(), Appearance.Role.SPEAKER)
        if role and role.casefold() not in roles:
            raise Refused(_("“%(value)s” is not understood as %(column)s."), column=_("role"), value=role)
        key = {"session": made, "speaker": speaker, "role": kind}
        if staging.find(Appearance.objects, key) is None:
            staging.make(Appearance(**key, order=order, state=Appearance.State.INVITED))
            touched += 1
    return touched


def person(summit: Summit, cells: Cells, report: Report) -> Speaker:
    plain, staging = cells.plain, report.staging
    known = staging.once(_persons, staging, summit)
    found = of_code(staging, summit, plain["code"]) if plain.get("code") else None
    if found is None and plain.get("email"):
        found = known.only("email", plain["email"].lower(), plain["email"])
    if found is None and plain.get("name"):
        found = known.only("name", unmarked_line(plain["name"]), plain["name"])
    values: dict[str, Any] = {n: unmarked_line(plain[n]) for n in ("name", "name_romanised") if plain.get(n)}
    if email := plain.get("email"):
        values["email"] = email.lower()
    values |= _country(cells, report.staging) | _texts(cells, found, "biography")
    if found is None and not values.get("name"):
        raise Refused(_("“%(column)s” is missing."), column="name")
    code = plain.get("code", "")
    if found and code and code != found.code and of_code(staging, summit, code) is found:
        values = found.lacking(values)
    key = {"summit": summit, "code": found.code if found else _code(cells, session_code)}
    made: Speaker = _versioned(report, "people", Speaker, key, values, found)
    known.add(made)
    return made


def organisation(summit: Summit, cells: Cells, report: Report) -> Organisation:
    known = report.staging.once(_organisations, report.staging, summit)
    found = known.found(cells, "name")
    values: dict[str, Any] = {**_texts(cells, found, "name", "description"), **_country(cells, report.staging)}
    plain = cells.plain
    values |= {n: unmarked_line(plain[n]) for n in ("website", "contact_name", "contact_email") if plain.get(n)}
    if word := plain.get("kind"):
        values["kind"] = report.staging.once(_called, Organisation.Kind).get(word.casefold()) or _refuse(
            _("“%(value)s” is not understood as %(column)s."), value=word, column="kind"
        )
    key = {"summit": summit, "code": found.code if found else _code(cells, lambda: _slug(values, "org"))}
    made: Organisation = _versioned(report, "organisations", Organisation, key, values, found)
    known.add(made)
    return made


def room(summit: Summit, cells: Cells, report: Report) -> Room:
    known = report.staging.once(_rooms, report.staging, summit)
    found = known.found(cells, "name")
    values: dict[str, Any] = _texts(cells, found, "name", "description")
    plain = cells.plain
    values |= {n: _number(plain[n], n) for n in ("capacity", "booths") if plain.get(n)}
    if words := cells.parts("access"):
        offers = report.staging.once(_called, RoomAccess)
        values["access"] = [offers.get(w.casefold()) or _refuse(_("“%(value)s” is not understood as %(column)s."), value=w, column="access") for w in words]  # fmt: skip
    if name := plain.get("venue"):
        values["venue"] = _named(report.staging, summit, Venue, name, _("venue"))
    elif found is None:
        values["venue"] = report.staging.once(_only_venue, summit)
    key = {"summit": summit, "code": found.code if found else _code(cells, lambda: _slug(values, "room"))}
    made: Room = put(report, "rooms", Room, found, key, values)
    known.add(made)
    return made


BRING: dict[str, Bring] = {"sessions": session, "people": person, "organisations": organisation, "rooms": room}


def _versioned(  # noqa: PLR0917  the order is that of upsert
    report: Report, table: str, model: Any, key: dict[str, Any], values: dict[str, Any], found: Any
) -> Any:
    """Make or change a person or an organisation; a form made before this import is stale from now on."""
    changed = report.changed.get(table, 0)
    made = put(report, table, model, found, key, values)
    if found is not None and report.changed.get(table, 0) > changed:
        report.staging.change(made, {"version": found.version + 1})
    return made


def _texts(cells: Cells, found: Any, *names: str) -> dict[str, Any]:
    texts = {name: cells.text(name, getattr(found, name, None) if found else None) for name in names}
    return {name: text for name, text in texts.items() if text is not None}


class Known:
    """The rows of one table by what a sheet may call them, those of earlier lines of the sheet among them.

    ``called`` says what a row is called: pairs of a kind of name (``name``, ``email``, or a language) and the name.
    """

    def __init__(self, staging: Staging, objects: Any, summit: Summit, called: Callable[[Any], Iterable[Name]]) -> None:
        self.staging, self.objects, self.summit, self.called = staging, objects, summit, called
        self.rows: dict[Name, list[Any]] = defaultdict(list)
        for row in staging.all_of(objects, summit=summit):
            self.add(row)

    def add(self, row: Any) -> None:
        """A row that a line has made or changed."""
        for name in self.called(row):
            if all(row is not each for each in self.rows[name]):
                self.rows[name].append(row)

    def named(self, names: Iterable[Name]) -> list[Any]:
        """The rows that have any of these names now."""
        rows = {id(row): row for name in names for row in self.rows.get(name, ()) if name in set(self.called(row))}
        return list(rows.values())

    def only(self, kind: str, name: str, words: str) -> Any:
        """The row of that name, or None; two are refused."""
        return _only(self.named([(kind, name)]), words)

    def found(self, cells: Cells, column: str) -> Any:
        """The row of that code, else the one of that very name in any language; two of one name are refused."""
        if code := cells.plain.get("code"):
            return self.staging.find(self.objects, {"summit": self.summit, "code": code})
        said = {code: unmarked_line(words) for code, words in cells.texts.get(column, {}).items() if words}
        if not said:
            raise Refused(_("“%(column)s” is missing."), column=column)
        return _only(self.named(said.items()), next(iter(said.values())))


def _sessions(staging: Staging, summit: Summit) -> Known:
    return Known(staging, Session.objects.select_related("track", "room"), summit, lambda row: row.title.items())


def _persons(staging: Staging, summit: Summit) -> Known:
    return Known(staging, Speaker.objects, summit, lambda row: [("name", row.name), *_address(row)])


def _address(person: Speaker) -> list[Name]:
    return [("email", person.email.lower())] if person.email else []


def _organisations(staging: Staging, summit: Summit) -> Known:
    return Known(staging, Organisation.objects, summit, lambda row: row.name.items())


def _rooms(staging: Staging, summit: Summit) -> Known:
    return Known(staging, Room.objects.select_related("venue"), summit, lambda row: row.name.items())


def _only(rows: list[Any], words: str) -> Any:
    if len(rows) > 1:
        raise Refused(_("Several are called “%(name)s”. Add a column with their codes.") % {"name": words})
    return rows[0] if rows else None


def _named(staging: Staging, summit: Summit, model: Any, words: str, what: str) -> Any:
    """Something of the summit by its code or by its name in any language."""
    codes, names = staging.once(_by_code_and_name, staging, summit, model)
    found = codes.get(words) or _only(names.get(words, []), words)
    if found is None:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": what, "value": words})
    return found


def _by_code_and_name(staging: Staging, summit: Summit, model: Any) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    rows = staging.all_of(model.objects, summit=summit)
    names: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for name in {row.name} if model is Speaker else set(row.name.words().values()):
            names[name].append(row)
    return {row.slug if model is Track else row.code: row for row in rows}, names


def _country(cells: Cells, staging: Staging) -> dict[str, str]:
    word = cells.plain.get("country", "").strip()
    if not word:
        return {}
    if word.upper() in countries.names("en"):
        return {"country": word.upper()}
    if code := staging.once(_countries).get(word.casefold()):
        return {"country": code}
    raise Refused(_("“%(value)s” is no country; write its name or its two letters.") % {"value": word})


def _countries() -> dict[str, str]:
    named = [{name.casefold(): code for code, name in countries.names(language).items()} for language in ("en", "ko")]
    return named[0] | named[1]


def _only_venue(summit: Summit) -> Venue:
    venues = list(summit.venues.all()[:2])
    if len(venues) != 1:
        raise Refused(_("Say in which building the room is: add a column for the venue."))
    return venues[0]


def _number(word: str, column: str) -> int:
    try:
        return int(word)
    except ValueError as error:
        raise Refused(_("“%(column)s” must be a whole number."), column=column) from error


def _code(cells: Cells, make: Callable[[], str]) -> str:
    return cells.plain.get("code") or make()


def _slug(values: dict[str, Any], prefix: str) -> str:
    name = values.get("name") or {}
    slug = slugify(name.get("en", ""))[:40].strip("-")
    return slug if slug[:1].isalpha() and len(slug) > 1 else f"{prefix}-{session_code().lower()}"


def _called(choices: type[TextChoices]) -> dict[str, str]:
    """The values of a choice by themselves and by what each language calls them."""
    found = {value: value for value in choices.values}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.update({str(label).casefold(): value for value, label in choices.choices})
    return found


def _refuse(message: str, *, column: str, **values: str) -> Any:
    raise Refused(message, column=column, **values)
