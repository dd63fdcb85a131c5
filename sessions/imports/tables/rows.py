"""One row of each table: finding what it is about, and setting what its columns say. Empty cells change nothing."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Model, TextChoices
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sessions.imports.loaders import follow
from sessions.imports.schedules import dates, parsing
from sessions.imports.schedules.names import lines_in, people_in
from sessions.imports.schedules.schedule import folded
from sessions.imports.schedules.wording import markdown, unmarked_line
from sessions.imports.tables.known import EMAIL, Known, known
from sessions.models import Appearance, Session, SessionHost, Track
from sessions.models.appearance import kept_off
from speakers.imports import known_by
from speakers.models import Organisation, Speaker
from summit.imports.staging import Staging, identity, reference
from summit.imports.table_format import Refused, Report, put
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
    may_make: bool = False  # people and rooms the summit does not have
    agreed: bool = False  # that what people need is kept
    made: list[str] = field(default_factory=list)  # whom and what, in words
    doubts: list[str] = field(default_factory=list)

    def text(self, name: str, old: Text | None) -> Text | None:
        """The text with what this row says; None where it says nothing."""
        said = {
            code: (markdown if name in LONG else unmarked_line)(words)
            for code, words in self.texts.get(name, {}).items()
            if words
        }
        return Text({**(old.public() if old else {}), **said}) if said else None

    def row_of(self, rows: Known, column: str) -> Any:
        """What the row is about, by its code or by ``column``; None where it is new. Raises ``Refused``."""
        return rows.row_of(self.plain.get("code", ""), self.texts.get(column, {}), column)

    def parts(self, name: str) -> list[str]:
        return lines_in(self.plain.get(name, ""))


Bring = Callable[[Summit, Cells, Report], Model]


def session(summit: Summit, cells: Cells, report: Report) -> Session:
    sessions = known(report.staging, summit, Session)
    found = cells.row_of(sessions, "title")
    values: dict[str, Any] = {**texts(cells, found, "title", "abstract"), **_times(summit, cells)}
    plain = cells.plain
    if name := plain.get("track"):
        values["track"] = known(report.staging, summit, Track).need(name, _("track"))
    if name := plain.get("room"):
        values["room"] = _room_of(summit, name, cells, report)
    for column, read in (("kind", parsing.kind), ("mode", parsing.mode)):
        if word := plain.get(column):
            values[column] = read(word) or _refuse(
                _("“%(value)s” is not understood as %(column)s."), value=word, column=column
            )
    if word := plain.get("language"):
        values["language"] = _languages(word, "language")[0]
    if word := plain.get("interpretation"):
        values["interpretation"] = _languages(word, "interpretation")
    if word := plain.get("number"):
        values["number"] = number(word, "number")
    before, writes = copy(found), report.writes
    key = {"summit": summit, "code": found.code if found else _code(cells, session_code)}
    if not found:
        values.setdefault("language", summit.languages[0])
    made: Session = put(report, "sessions", Session, found, key, values)
    touched = _hosts(report.staging, made, cells) + _people(summit, made, cells, report)
    if before is not None and (touched or report.writes > writes):
        follow(report.staging, before, made)
    sessions.add(made)
    return made


def _languages(word: str, column: str) -> list[str]:
    if not (found := parsing.languages(word)):
        _refuse(_("“%(value)s” is not understood as %(column)s."), value=word, column=column)
    return found


def _times(summit: Summit, cells: Cells) -> dict[str, Any]:
    plain = cells.plain
    on, starts, ends = dates.span_of(plain.get("date"), plain.get("starts_at"), plain.get("ends_at"), summit.days)
    length = dates.length_of(plain.get("duration"), "duration")
    starts, ends = (moment and parsing.settled(moment, summit.tz) for moment in (starts, ends))
    if starts and not ends and length:
        ends = starts + length
    if (starts is None) != (ends is None) or (starts and ends and ends <= starts):
        raise Refused(_("The session ends before it begins, or only one of the two times is given."))
    if on and not starts:
        cells.doubts.append(_("It has a day and no hour, so its time stays open."))
    if starts and (words := dates.outside(starts, summit.days, summit.tz)):
        cells.doubts.append(words)
    return {"starts_at": starts, "ends_at": ends} if starts else {}


def _hosts(staging: Staging, made: Session, cells: Cells) -> int:
    organisations = known(staging, made.summit, Organisation)
    wanted = [organisations.need(name, _("organisation")) for name in cells.parts("hosts")]
    there = {reference(one, "organisation"): one for one in staging.matching(SessionHost.objects, {"session": made})}
    kept = {identity(organisation): order for order, organisation in enumerate(wanted, 1)}
    if not wanted or list(there) == list(kept):
        return 0
    staging.remove(one for key, one in there.items() if key not in kept)
    for organisation in wanted:
        key = identity(organisation)
        if key not in there:
            there[key] = SessionHost(session=made, organisation=organisation, order=kept[key])
            staging.make(there[key])
        elif there[key].order != kept[key]:
            staging.change(there[key], {"order": kept[key]})
    return 1


def _people(summit: Summit, made: Session, cells: Cells, report: Report) -> int:
    """ "박수정 · moderator; P2": each by name or code, with a role where one is written."""
    touched, persons = 0, known(report.staging, summit, Speaker)
    people = people_in(cells.plain.get("people", ""), known=persons.has)
    cells.doubts += [people.doubt] if people.doubt else []
    for order, one in enumerate(people.named, 1):
        speaker = persons.find(one.name) or _made_person(summit, one.name, cells, report)
        key = {"session": made, "speaker": speaker, "role": one.role or Appearance.Role.SPEAKER}
        if report.staging.find(Appearance.objects, key) is None:
            if words := kept_off(made, speaker):
                raise Refused(words)
            report.staging.make(Appearance(**key, order=order, state=Appearance.State.INVITED))
            touched += 1
    return touched


def _made_person(summit: Summit, name: str, cells: Cells, report: Report) -> Speaker:
    """Somebody whom the summit does not have. Raises ``Refused`` where nobody asked to make them."""
    if not cells.may_make:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": _("speaker"), "value": name})
    key = {"summit": summit, "code": session_code()}
    made: Speaker = put(report, "people", Speaker, None, key, {"name": unmarked_line(name)})
    known(report.staging, summit, Speaker).add(made)
    cells.made.append(_("made the speaker “%(name)s”") % {"name": made.name})
    return made


def _room_of(summit: Summit, name: str, cells: Cells, report: Report) -> Room:
    """The room of that code or name; made where the summit has none and somebody asked for it. Raises ``Refused``."""
    staging, rooms = report.staging, known(report.staging, summit, Room)
    if not cells.may_make or rooms.find(name):
        found: Room = rooms.need(name, _("room"))
        return found
    words = Text({_language_of(summit, name): unmarked_line(name)})
    key = {"summit": summit, "code": _free_code(rooms, words, "room")}
    order = min(len(staging.matching(Room.objects, {"summit": summit})) + 1, 32_767)
    values = {"name": words, "venue": staging.once(_only_venue, summit), "order": order}
    made: Room = put(report, "rooms", Room, None, key, values)
    rooms.add(made)
    cells.made.append(_("made the room “%(name)s”") % {"name": str(made.name)})
    return made


def _language_of(summit: Summit, words: str) -> str:
    """Which of the summit's languages a name is in, by its script."""
    if "ko" in summit.languages and parsing.HANGUL.search(words):
        return "ko"
    return next((code for code in summit.languages if code != "ko"), summit.languages[0])


def person(summit: Summit, cells: Cells, report: Report) -> Speaker:
    plain, persons = cells.plain, known(report.staging, summit, Speaker)
    found = _found_person(persons, plain)
    values: dict[str, Any] = {n: unmarked_line(plain[n]) for n in ("name", "name_romanised") if plain.get(n)}
    if found and "name" in values and _is_latin_of(found, values["name"]):
        del values["name"]  # the row calls them by their other name, which is there
    if email := plain.get("email"):
        values["email"] = email.lower()
    values |= country(cells, report.staging) | texts(cells, found, "biography")
    if found is None and not values.get("name"):
        raise Refused(_("“%(column)s” is missing."), column="name")
    code = plain.get("code", "")
    if found and code and code != found.code and persons.of_code(code) is found:
        values = found.lacking(values)
    values = found.open_to_change(values) if found else values
    if found and "name" in values and not _shares_a_word(found, values["name"]):
        text = _("“%(before)s” is called “%(name)s” from now on, because the address or code is the same.")
        cells.doubts.append(text % {"before": found.name, "name": values["name"]})
    key = {"summit": summit, "code": found.code if found else _code(cells, session_code)}
    made: Speaker = _versioned(report, "people", Speaker, key, values, found)
    persons.add(made)
    return made


def _found_person(persons: Known, plain: dict[str, str]) -> Any:
    """By code, else by address, else by name in either script; None where there is nobody. Raises ``Refused``."""
    found = persons.of_code(plain["code"]) if plain.get("code") else None
    if found is None and plain.get("email"):
        address = known_by(persons.staging, persons.summit, plain["email"].lower())
        found = persons.only(EMAIL, address, plain["email"])
    if found is None and (name := unmarked_line(plain.get("name") or plain.get("name_romanised") or "")):
        found = persons.find(name)
    return found


def _is_latin_of(speaker: Speaker, name: str) -> bool:
    return folded(name) == folded(speaker.name_romanised) != folded(speaker.name)


def _shares_a_word(speaker: Speaker, name: str) -> bool:
    before = f"{speaker.name} {speaker.name_romanised}"
    return folded(speaker.name) == folded(name) or bool({*map(folded, before.split())} & {*map(folded, name.split())})


def organisation(summit: Summit, cells: Cells, report: Report) -> Organisation:
    organisations = known(report.staging, summit, Organisation)
    found = cells.row_of(organisations, "name")
    values: dict[str, Any] = {**texts(cells, found, "name", "description"), **country(cells, report.staging)}
    plain = cells.plain
    values |= {n: unmarked_line(plain[n]) for n in ("website", "contact_name", "contact_email") if plain.get(n)}
    if word := plain.get("kind"):
        values["kind"] = report.staging.once(called, Organisation.Kind).get(word.casefold()) or _refuse(
            _("“%(value)s” is not understood as %(column)s."), value=word, column="kind"
        )
    code = found.code if found else _code(cells, lambda: _free_code(organisations, values.get("name"), "org"))
    key = {"summit": summit, "code": code}
    made: Organisation = _versioned(report, "organisations", Organisation, key, values, found)
    organisations.add(made)
    return made


def room(summit: Summit, cells: Cells, report: Report) -> Room:
    rooms = known(report.staging, summit, Room)
    found = cells.row_of(rooms, "name")
    values: dict[str, Any] = texts(cells, found, "name", "description")
    plain = cells.plain
    values |= {n: number(plain[n], n) for n in ("capacity", "booths") if plain.get(n)}
    if words := cells.parts("access"):
        offers = report.staging.once(called, RoomAccess)
        values["access"] = [offers.get(w.casefold()) or _refuse(_("“%(value)s” is not understood as %(column)s."), value=w, column="access") for w in words]  # fmt: skip
    if name := plain.get("venue"):
        values["venue"] = known(report.staging, summit, Venue).need(name, _("venue"))
    elif found is None:
        values["venue"] = report.staging.once(_only_venue, summit)
    code = found.code if found else _code(cells, lambda: _free_code(rooms, values.get("name"), "room"))
    made: Room = put(report, "rooms", Room, found, {"summit": summit, "code": code}, values)
    rooms.add(made)
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


def texts(cells: Cells, found: Any, *names: str) -> dict[str, Any]:
    """What the row says of these texts of the row that was found, in each language it names."""
    said = {name: cells.text(name, getattr(found, name, None) if found else None) for name in names}
    return {name: text for name, text in said.items() if text is not None}


def country(cells: Cells, staging: Staging) -> dict[str, str]:
    """The country a row says, by its two letters or its name. Raises ``Refused``."""
    word = cells.plain.get("country", "").strip()
    if not word:
        return {}
    if code := countries.by_word().get(word.casefold()):
        return {"country": code}
    raise Refused(_("“%(value)s” is no country; write its name or its two letters.") % {"value": word})


def _only_venue(summit: Summit) -> Venue:
    venues = list(summit.venues.all()[:2])
    if len(venues) != 1:
        raise Refused(_("Say in which building the room is: add a column for the venue."))
    return venues[0]


def number(word: str, column: str) -> int:
    """Raises ``Refused`` for what is no whole number."""
    try:
        return int(word)
    except ValueError as error:
        raise Refused(_("“%(column)s” must be a whole number."), column=column) from error


def _code(cells: Cells, make: Callable[[], str]) -> str:
    return cells.plain.get("code") or make()


def _free_code(rows: Known, name: Text | None, prefix: str) -> str:
    return free_code(name, prefix, lambda slug: rows.of_code(slug) is not None)


def free_code(name: Text | None, prefix: str, is_taken: Callable[[str], bool]) -> str:
    """From the English name; where it gives none, or another one has it, of chance."""
    slug = slugify(name.get("en", "") if name else "")[:40].strip("-")
    fits = slug[:1].isalpha() and len(slug) > 1 and not is_taken(slug)
    return slug if fits else f"{prefix}-{session_code().lower()}"


def called(choices: type[TextChoices]) -> dict[str, str]:
    """The values of a choice by themselves and by what each language calls them."""
    found = {value: value for value in choices.values}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.update({str(label).casefold(): value for value, label in choices.choices})
    return found


def _refuse(message: str, *, column: str, **values: str) -> Any:
    raise Refused(message, column=column, **values)
