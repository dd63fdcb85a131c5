"""One row of each table: finding what it is about, and setting what its columns say. Empty cells change nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet, TextChoices
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sessions.imports.loaders import follow
from sessions.imports.schedules import dates, parsing
from sessions.imports.schedules.names import lines_in, people_in
from sessions.imports.schedules.schedule import folded
from sessions.imports.schedules.wording import markdown, unmarked_line
from sessions.models import Appearance, Session, SessionHost
from speakers.models import Organisation, Speaker
from summit.imports.table_format import Refused, Report, upsert
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
    known: Any = None  # KnownPeople of the summit
    may_make: bool = False  # people and rooms the summit does not have
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

    def parts(self, name: str) -> list[str]:
        return lines_in(self.plain.get(name, ""))

    def undone(self) -> None:
        """What the row made is taken back with it."""
        if self.made:
            self.known.forget()


Bring = Callable[[Summit, Cells, Report], Model]


def session(summit: Summit, cells: Cells, report: Report) -> Session:
    found = _found(summit.sessions.all(), cells, "title")
    values: dict[str, Any] = {**_texts(cells, found, "title", "abstract"), **_times(summit, cells)}
    plain = cells.plain
    if name := plain.get("track"):
        values["track"] = _named(summit.tracks.all(), "slug", name, _("track"))
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
        values["number"] = _number(word, "number")
    before = Session.objects.filter(pk=found.pk).first() if found else None
    key = {"summit": summit, "code": found.code if found else _code(cells, session_code)}
    writes = report.writes
    if not found:
        values.setdefault("language", summit.languages[0])
    made: Session = upsert(report, "sessions", Session.objects.select_related("summit"), key, values)
    touched = _hosts(summit, made, cells) + _people(summit, made, cells, report)
    if before is not None and (touched or report.writes > writes):
        follow(before, made)
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


def _hosts(summit: Summit, made: Session, cells: Cells) -> int:
    wanted = [_named(summit.organisations.all(), "code", name, _("organisation")) for name in cells.parts("hosts")]
    before = list(made.hostings.values_list("organisation", flat=True))
    if not wanted or before == [one.pk for one in wanted]:
        return 0
    made.hostings.exclude(organisation__in=wanted).delete()
    for order, organisation in enumerate(wanted, 1):
        SessionHost.objects.update_or_create(session=made, organisation=organisation, defaults={"order": order})
    return 1


def _people(summit: Summit, made: Session, cells: Cells, report: Report) -> int:
    """ "박수정 · moderator; P2": each by name or code, with a role where one is written."""
    touched = 0
    people = people_in(cells.plain.get("people", ""), known=cells.known.has)
    cells.doubts += [people.doubt] if people.doubt else []
    for order, one in enumerate(people.named, 1):
        speaker = cells.known.find(one.name) or _made_person(summit, one.name, cells, report)
        _row, fresh = Appearance.objects.get_or_create(
            session=made, speaker=speaker, role=one.role or Appearance.Role.SPEAKER,
            defaults={"order": order, "state": Appearance.State.INVITED},
        )  # fmt: skip
        touched += fresh
    return touched


def _made_person(summit: Summit, name: str, cells: Cells, report: Report) -> Speaker:
    """Somebody whom the summit does not have. Raises ``Refused`` where nobody asked to make them."""
    if not cells.may_make:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": _("speaker"), "value": name})
    made: Speaker = upsert(
        report,
        "people",
        Speaker.objects.all(),
        {"summit": summit, "code": session_code()},
        {"name": unmarked_line(name)},
    )
    cells.known.add(made)
    cells.made.append(_("made the speaker “%(name)s”") % {"name": made.name})
    return made


def _room_of(summit: Summit, name: str, cells: Cells, report: Report) -> Room:
    """The room of that code or name; made where the summit has none and somebody asked for it. Raises ``Refused``."""
    if not cells.may_make or _has(summit.rooms.all(), "code", name):
        found: Room = _named(summit.rooms.all(), "code", name, _("room"))
        return found
    words = Text({_language_of(summit, name): unmarked_line(name)})
    values = {"name": words, "venue": _only_venue(summit), "order": min(summit.rooms.count() + 1, 32_767)}
    made: Room = upsert(report, "rooms", Room.objects.all(), {"summit": summit, "code": _slug(values, "room")}, values)
    cells.made.append(_("made the room “%(name)s”") % {"name": str(made.name)})
    return made


def _language_of(summit: Summit, words: str) -> str:
    """Which of the summit's languages a name is in, by its script."""
    if "ko" in summit.languages and parsing.HANGUL.search(words):
        return "ko"
    return next((code for code in summit.languages if code != "ko"), summit.languages[0])


def person(summit: Summit, cells: Cells, report: Report) -> Speaker:
    plain = cells.plain
    known = summit.speakers.all()
    found = known.of_code(plain["code"]).first() if plain.get("code") else None
    if found is None and plain.get("email"):
        found = _only(known.filter(email__address=plain["email"]), plain["email"])
    if found is None and (name := unmarked_line(plain.get("name") or plain.get("name_romanised") or "")):
        found = cells.known.find(name)
    values: dict[str, Any] = {n: unmarked_line(plain[n]) for n in ("name", "name_romanised") if plain.get(n)}
    if found and "name" in values and _is_latin_of(found, values["name"]):
        del values["name"]  # the row calls them by their other name, which is there
    if email := plain.get("email"):
        values["email"] = email.lower()
    values |= _country(cells) | _texts(cells, found, "biography")
    if found is None and not values.get("name"):
        raise Refused(_("“%(column)s” is missing."), column="name")
    if found and plain.get("code") not in {None, "", found.code} and found.former_codes.filter(code=plain["code"]):
        values = found.lacking(values)
    if found and "name" in values and not _shares_a_word(found, values["name"]):
        text = _("“%(before)s” is called “%(name)s” from now on, because the address or code is the same.")
        cells.doubts.append(text % {"before": found.name, "name": values["name"]})
    key = {"summit": summit, "code": found.code if found else _code(cells, session_code)}
    made: Speaker = _versioned(report, "people", key, values, found)
    cells.known.add(made)
    return made


def _is_latin_of(speaker: Speaker, name: str) -> bool:
    return folded(name) == folded(speaker.name_romanised) != folded(speaker.name)


def _shares_a_word(speaker: Speaker, name: str) -> bool:
    before = f"{speaker.name} {speaker.name_romanised}"
    return folded(speaker.name) == folded(name) or bool({*map(folded, before.split())} & {*map(folded, name.split())})


def organisation(summit: Summit, cells: Cells, report: Report) -> Organisation:
    found = _found(summit.organisations.all(), cells, "name")
    values: dict[str, Any] = {**_texts(cells, found, "name", "description"), **_country(cells)}
    plain = cells.plain
    values |= {n: unmarked_line(plain[n]) for n in ("website", "contact_name", "contact_email") if plain.get(n)}
    if word := plain.get("kind"):
        values["kind"] = _called(Organisation.Kind).get(word.casefold()) or _refuse(
            _("“%(value)s” is not understood as %(column)s."), value=word, column="kind"
        )
    key = {"summit": summit, "code": found.code if found else _code(cells, lambda: _slug(values, "org"))}
    return _versioned(report, "organisations", key, values, found)


def room(summit: Summit, cells: Cells, report: Report) -> Room:
    found = _found(summit.rooms.all(), cells, "name")
    values: dict[str, Any] = _texts(cells, found, "name", "description")
    plain = cells.plain
    values |= {n: _number(plain[n], n) for n in ("capacity", "booths") if plain.get(n)}
    if words := cells.parts("access"):
        known = _called(RoomAccess)
        values["access"] = [known.get(w.casefold()) or _refuse(_("“%(value)s” is not understood as %(column)s."), value=w, column="access") for w in words]  # fmt: skip
    if name := plain.get("venue"):
        values["venue"] = _named(summit.venues.all(), "code", name, _("venue"))
    elif found is None:
        values["venue"] = _only_venue(summit)
    key = {"summit": summit, "code": found.code if found else _code(cells, lambda: _slug(values, "room"))}
    made: Room = upsert(report, "rooms", Room.objects.all(), key, values)
    return made


BRING: dict[str, Bring] = {"sessions": session, "people": person, "organisations": organisation, "rooms": room}


def _versioned(report: Report, table: str, key: dict[str, Any], values: dict[str, Any], found: Any) -> Any:
    """Make or change a person or an organisation; a form made before this import is stale from now on."""
    changed = report.changed.get(table, 0)
    rows: QuerySet[Any] = Speaker.objects.all() if table == "people" else Organisation.objects.all()
    made = upsert(report, table, rows, key, values)
    if found is not None and report.changed.get(table, 0) > changed:
        made.version = found.version + 1
        made.save(update_fields=["version"])
    return made


def _texts(cells: Cells, found: Any, *names: str) -> dict[str, Any]:
    texts = {name: cells.text(name, getattr(found, name, None) if found else None) for name in names}
    return {name: text for name, text in texts.items() if text is not None}


def _found(rows: QuerySet[Any], cells: Cells, name: str) -> Any:
    """The row of that code, else the one of that very name in any language; two of one name are refused."""
    if code := cells.plain.get("code"):
        return rows.filter(code=code).first()
    said = {code: unmarked_line(words) for code, words in cells.texts.get(name, {}).items() if words}
    if not said:
        raise Refused(_("“%(column)s” is missing."), column=name)
    wanted = Q()
    for code, words in said.items():
        wanted |= Q(**{f"{name}__{code}": words})
    return _only(rows.filter(wanted), next(iter(said.values())))


def _only(rows: Any, words: str) -> Any:
    first = list(rows[:2])
    if len(first) > 1:
        raise Refused(_("Several are called “%(name)s”. Add a column with their codes.") % {"name": words})
    return first[0] if first else None


def _named(rows: QuerySet[Any], key: str, words: str, what: str) -> Any:
    """Something of the summit by its code or by its name in any language, however it is written."""
    found = _has(rows, key, words)
    if found is None:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": what, "value": words})
    return found


def _has(rows: QuerySet[Any], key: str, words: str) -> Any:
    if found := rows.filter(**{key: words}).first():
        return found
    wanted = Q()
    for code, _name in settings.LANGUAGES:
        wanted |= Q(**{f"name__{code}": words})
    if found := _only(rows.filter(wanted), words):
        return found
    return _only([row for row in rows if folded(words) in map(folded, row.name.words().values())], words)


def _country(cells: Cells) -> dict[str, str]:
    word = cells.plain.get("country", "").strip()
    if not word:
        return {}
    if word.upper() in countries.names("en"):
        return {"country": word.upper()}
    for language in ("ko", "en"):
        for code, name in countries.names(language).items():
            if name.casefold() == word.casefold():
                return {"country": code}
    raise Refused(_("“%(value)s” is no country; write its name or its two letters.") % {"value": word})


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
