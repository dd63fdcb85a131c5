"""schedule.xml of frab, pentabarf, pretalx and c3voc (schema: c3voc.de/schedule/schema.xsd), and what is written as such.

Old files have no ``date`` in an event but ``start`` and the day's date; a start before the change of day belongs to the
night after it. Guids may be missing or no UUIDs.
"""

import re
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from sessions.imports.schedules import parsing
from sessions.imports.schedules.file_guards import SESSIONS, Element, read_xml
from sessions.imports.schedules.schedule import OWN, Human, Item, Line, Place, Schedule, WebLink
from sessions.imports.schedules.wording import block, markdown, one_line, unmarked_line
from sessions.models import Material
from summit.imports.table_format import Refused
from summit.lib.times import DAY_STARTS_AT

GENERATOR = "Summit"
ONLY_A_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
OUR_PAGE = re.compile(r"/([a-z]{2})/[a-z0-9_]+/agenda/\Z")


def read(content: bytes) -> Schedule:
    """The schedule in a file; raises ``Refused`` for a file that is none."""
    schedule = Schedule("xml")
    waiting: list[tuple[Element, str, Place | None]] = []

    def take(event: Element, above: list[Element]) -> None:
        if len(waiting) >= SESSIONS:
            raise Refused(_("The file has more than %(count)d sessions. Split it.") % {"count": SESSIONS})
        day = next((element for element in above if element.tag == "day"), None)
        room = next((element for element in above if element.tag == "room"), None)
        waiting.append((event, day.get("date") if day else "", _place(event, room)))

    root = read_xml(content, each="event", take=take)
    if root.tag != "schedule":
        raise Refused(
            _("Line %(line)d: the file begins with “%(tag)s”, not with “schedule”. Export it as schedule.xml.")
            % {"line": root.line, "tag": one_line(root.tag, longest=60)}
        )
    change = _head(root, schedule)
    for number, (event, date_of_day, place) in enumerate(waiting):
        try:
            schedule.items.append(_item(schedule, event, date_of_day, change, place))
        except Refused as refused:
            schedule.refused.append((_place_of(event), str(refused)))
        waiting[number] = (Element("", None, 0), "", None)  # a large file is not kept twice
    return schedule


def _place(event: Element, room: Element | None) -> Place | None:
    """The room as the event calls it; the guid is that of the element around it, where both mean the same."""
    around = one_line(room.get("name")) if room else ""
    name = one_line(event.words("room")) or around
    guid = room.get("guid") if room and around in ("", name) else ""
    return Place({OWN: name}, guid) if name not in ("", "-") else None


def _head(root: Element, schedule: Schedule) -> time:
    """What stands above the days; returns the hour at which a day changes."""
    conference = root.one("conference") or Element("conference", None, 0)
    generator = root.one("generator")
    page = root.words("url")
    schedule.is_ours = generator is not None and generator.get("name") == GENERATOR
    if schedule.is_ours and (found := OUR_PAGE.search(page)):
        schedule.language = found[1]
    schedule.title = one_line(conference.words("title"), longest=300)
    schedule.zone = conference.words("time_zone_name") or conference.words("timezone")
    schedule.base_url = conference.words("base_url") or conference.words("url") or page
    schedule.shortest = parsing.length(conference.words("timeslot_duration")) or schedule.shortest
    for track in conference.all("track") or (conference.one("tracks") or conference).all("track"):
        name = one_line(track.get("name") or track.text)
        if name:
            schedule.tracks.append(Line({OWN: name}, track.get("slug"), track.get("color")))
    return parsing.clock(conference.words("day_change")) or DAY_STARTS_AT


def _place_of(event: Element) -> str:
    number = one_line(event.get("id"), longest=40)
    return _("line %(line)d") % {"line": event.line} + (f" (event {number})" if number else "")


def _item(schedule: Schedule, event: Element, day: str, change: time, place: Place | None) -> Item:
    line, lines = (one_line, block) if schedule.is_ours else (unmarked_line, markdown)
    number = event.get("id")
    item = Item(
        place=_place_of(event),
        title={OWN: line(event.words("title"))},
        guid=one_line(event.get("guid") or event.words("guid"), longest=200),
        code=one_line(event.get("code") or event.words("code"), longest=40),
        number=one_line(number, longest=40),
        subtitle=line(event.words("subtitle")),
        abstract={OWN: lines(event.words("abstract"))},
        description=lines(event.words("description")),
        track=None if event.one("track") is None else {OWN: line(event.words("track"))},
        kind=one_line(event.words("type"), longest=80),
        language=one_line(event.words("language"), longest=80),
        duration=parsing.stated(parsing.length, event.words("duration"), "duration"),
        room=place,
        has_room=True,
        links=_links(event),
    )
    item.starts_at = starts(event.words("date"), event.words("start"), day, change)
    if (people := event.one("persons")) is not None:
        item.persons = [
            Human(one_line(p.text), p.get("guid"), p.get("code"), p.get("id")) for p in people.all("person")
        ]
    if (recording := event.one("recording")) is not None and recording.words("optout"):
        item.do_not_record = recording.words("optout").lower() in ("true", "1", "yes")
    return item


def starts(moment: str, start: str, day: str, change: time) -> datetime | None:
    """When a session begins: its own moment, else its hour on the day around it; before the change of day it is the
    night after. None where the file does not say. Raises ``Refused`` for what is in no calendar and on no clock."""
    if moment.strip() and not ONLY_A_DAY.fullmatch(moment.strip()):
        return parsing.stated(parsing.moment, moment, "date")
    on = parsing.stated(parsing.day, moment, "date") or parsing.stated(parsing.day, day, "day date")
    clock = parsing.stated(parsing.clock, start, "start")
    if on is None or clock is None:
        return None
    return datetime.combine(on + timedelta(days=int(clock < change)), clock)


def _links(event: Element) -> list[WebLink]:
    found = []
    for group, tag, kind in (("links", "link", ""), ("attachments", "attachment", Material.Kind.SLIDES)):
        for link in (event.one(group) or Element(group, None, 0)).all(tag):
            stated = Material.Kind.RECORDING if link.get("type") == "media" else kind
            found.append(WebLink(link.get("href") or link.text.strip(), one_line(link.text), str(stated)))
    recording = event.one("recording")
    video = event.words("video_download_url") or (recording.words("url") if recording else "")
    if video:
        found.append(WebLink(video, "", str(Material.Kind.RECORDING)))
    return found
