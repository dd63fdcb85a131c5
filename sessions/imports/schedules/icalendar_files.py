"""iCalendar files (RFC 5545): one session per VEVENT.

Each VEVENT is read by itself, so a broken one is refused in its place and the rest is still reported. Time zones are
taken by their name, never from the file's own VTIMEZONE: rules there may be endless. Repetitions are not unrolled.
"""

import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Event

from sessions.imports.schedules import parsing
from sessions.imports.schedules.file_guards import CELL, decoded
from sessions.imports.schedules.schedule import OWN, Item, Place, Schedule, WebLink
from sessions.imports.schedules.wording import block, markdown, one_line, unmarked_line
from summit.imports.table_format import Refused

TIMES = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID")
ENTRIES, LINES = 5_000, 200_000
OUR_PRODID = re.compile(r"-//Summit//[^/]*//.*//([A-Z]{2})\Z")
# Feeds of frab, c3voc and this software: the UUID of the session stands in the UID.
UUID_IN_UID = re.compile(r"\A(?:session-)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:@|\Z)", re.IGNORECASE)
BEGUN = re.compile(r"^BEGIN:VEVENT[ \t]*$", re.MULTILINE | re.IGNORECASE)
ENTRY = re.compile(r"^BEGIN:VEVENT[ \t]*$(.*?)^END:VEVENT[ \t]*$", re.DOTALL | re.MULTILINE | re.IGNORECASE)


def read(content: bytes) -> Schedule:
    """The schedule in a file; raises ``Refused`` for a file that is none."""
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    if not re.match(r"\s*BEGIN:VCALENDAR", text, re.IGNORECASE):
        raise Refused(_("The file does not begin with BEGIN:VCALENDAR. Export it as .ics and try again."))
    if text.count("\n") > LINES or text.count("BEGIN:VEVENT") > ENTRIES:
        raise Refused(_("The calendar has more than %(count)d entries. Split it.") % {"count": ENTRIES})
    schedule = Schedule("ical")
    head = text.split("BEGIN:VEVENT", 1)[0].replace("\n ", "").replace("\n\t", "")
    if found := OUR_PRODID.match(_property(head, "PRODID")):
        schedule.is_ours, schedule.language = True, found[1].lower()
    schedule.title = one_line(_property(head, "NAME") or _property(head, "X-WR-CALNAME"), longest=300)
    schedule.zone = one_line(_property(head, "X-WR-TIMEZONE"))
    begun = [entry.start() for entry in BEGUN.finditer(text)]
    line, counted = 1, 0
    for start, past in pairwise([*begun, len(text)]):
        line, counted = line + text.count("\n", counted, start), start
        place, whole = _("line %(line)d") % {"line": line}, ENTRY.match(text[start:past])
        if whole:
            _add(schedule, place, whole[0])
        else:
            reason = _("An entry begins here and does not end before the next. Export the file again.")
            schedule.refused.append((place, reason))
    return schedule


def _property(head: str, name: str) -> str:
    found = re.search(rf"^{name}(?:;[^:\n]*)?:(.*)$", head, re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else ""


def _add(schedule: Schedule, place: str, text: str) -> None:
    try:
        event = Event.from_ical(text.replace("\n", "\r\n") + "\r\n")
        schedule.items.append(_item(schedule, place, event))
    except Refused as refused:
        schedule.refused.append((place, str(refused)))
    except Exception:  # the parser of a broken entry throws whatever it stumbles over
        schedule.refused.append((place, _("This entry cannot be read. Export it again, or take it out.")))


def _text(event: Any, name: str) -> str:
    value = event.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return str(value)[:CELL] if value is not None else ""


def _check_times(event: Any) -> None:
    """The parser keeps a time that is in no calendar as words. Raises ``Refused`` with them."""
    broken = {name for name, _error in event.errors if name in TIMES}
    for name in sorted(broken):
        raw = event.get(name)
        raise Refused(
            _("“%(column)s”: “%(value)s” is in no calendar, on no clock, or not understood. Correct it."),
            column=name, value=one_line(str(raw) if raw is not None else "", longest=60),
        )  # fmt: skip


def _item(schedule: Schedule, place: str, event: Any) -> Item:
    _check_times(event)
    uid = one_line(_text(event, "UID"), longest=200)
    known = UUID_IN_UID.match(uid)
    again = event.get("RECURRENCE-ID")
    title = unmarked_line(_text(event, "SUMMARY"))
    item = Item(
        place=place + (f" ({title[:60]})" if title else ""),
        title={OWN: title},
        guid=(known[1] if known else uid) + (f"#{again.to_ical().decode()}" if again is not None and uid else ""),
        abstract={OWN: _description(schedule, event)},
        starts_at=_moment(event, "DTSTART"),
        ends_at=_moment(event, "DTEND"),
        language=str(getattr(event.get("SUMMARY"), "params", {}).get("LANGUAGE", "")) if not schedule.is_ours else "",
        abstract_is_rough=schedule.is_ours,
    )
    if event.get("DURATION") is not None and isinstance(event["DURATION"].dt, timedelta):
        item.duration = event["DURATION"].dt
    if isinstance(getattr(event.get("DTSTART"), "dt", None), date) and not isinstance(event["DTSTART"].dt, datetime):
        item.duration = item.duration or timedelta(days=1)
    location = one_line(_text(event, "LOCATION"))
    if location.startswith(("http://", "https://")):
        item.mode, item.has_room = "online", True
    elif location:
        item.room, item.has_room = Place({OWN: location}), True
    if categories := [one_line(str(name)) for name in getattr(event.get("CATEGORIES"), "cats", [])]:
        item.track = {OWN: categories[0]}
    for name in ("DTSTART", "DTEND"):
        if (unknown := _zone_of(event, name)) and not parsing.zone(unknown):
            schedule.note(
                item.place, _("There is no time zone “%(zone)s”; the summit's was taken.") % {"zone": unknown[:60]}
            )
    if status := _text(event, "STATUS").upper():
        item.cancelled = status == "CANCELLED"
    if event.get("RRULE") is not None:
        schedule.note(item.place, _("It repeats; only its first time was taken."))
    if (url := _text(event, "URL")) and not schedule.is_ours:
        item.links = [WebLink(url.strip())]
    return item


def _description(schedule: Schedule, event: Any) -> str:
    if not schedule.is_ours:
        return markdown(_text(event, "DESCRIPTION"))
    # Our feed ends every description with the address of the session's page.
    text = block(_text(event, "DESCRIPTION"))
    last = text.rsplit(maxsplit=1)[-1:]
    return text.removesuffix(last[0]).rstrip("\n") if last and last[0].startswith(("https://", "http://")) else text


def _moment(event: Any, name: str) -> datetime | None:
    """An aware or naive moment; a date alone is its midnight. Zones of Windows and Outlook are known, too."""
    value = event.get(name)
    value = value[0] if isinstance(value, list) and value else value
    if value is None:
        return None
    moment = getattr(value, "dt", None)
    if not isinstance(moment, date):
        raise Refused(_("“%(name)s” is no time. Write it like 20211215T100000.") % {"name": name})
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001  wall time, settled later
    name_of_zone = _zone_of(event, name)
    if name_of_zone and (zone := parsing.zone(name_of_zone)):
        return moment.replace(tzinfo=zone)
    return moment


def _zone_of(event: Any, name: str) -> str:
    value = event.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return str(getattr(value, "params", {}).get("TZID", ""))
