"""Sessions as iCalendar (RFC 5545, RFC 7986).

Each session becomes one VEVENT, folded to 75 octets, and is kept as bytes keyed by everything it depends on. A feed
joins kept components between a head and a VTIMEZONE that is right for the summit's year. What there are thousands of is
written by ``ical_lines``, what there is one of by the ``icalendar`` package. DTSTAMP is the session's last change, not the time of asking (RFC 5545 3.8.7.2: without METHOD it means last
revision), so a feed is the same bytes until something changes, and its ETag works.
"""

import hashlib
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from icalendar import Alarm, Calendar, Event, vUri

from sessions.models import Session, with_details
from sessions.models.session import SessionQuerySet
from sessions.reading import ical_lines
from sessions.reading.ical_lines import CRLF, escaped
from summit.lib.text import clean_line, clean_text, plain
from summit.models import Summit
from summit.public_pages import build

REFRESH = timedelta(minutes=15)
KEPT_FOR = 86_400  # seconds
Times = tuple[datetime | None, datetime | None]


def feed(
    summit: Summit,
    sessions: SessionQuerySet,
    *,
    name: str,
    language: str,
    feed_id: str,
    source: str = "",
    online: bool = False,
    bookmarks: Mapping[str, str] | None = None,
    alarm: int | None = None,
) -> bytes:
    """One VCALENDAR with a VEVENT for each published session that has a time.

    ``online`` says so where the room would stand, for somebody who attends online. ``feed_id`` makes
    PRODID stable per feed; ``source`` is the path a client may refresh it from. ``bookmarks`` (session code: how it is
    bookmarked, see ``sessions.personal.days``) tells seats from bookmarks; ``alarm`` reminds that many minutes before. One query where all components are kept; drawing missing ones takes a fixed number more.
    """
    timed = sessions.published().filter(starts_at__isnull=False).in_order()
    codes = dict(timed.values_list("pk", "code"))
    keys = {number: _key(number, summit, language, online) for number in codes}
    if bookmarks is None and alarm is None:
        # Many people read the same: their entries are kept joined as well.
        whole = f"vevents:{hashlib.sha256(' '.join(keys.values()).encode()).hexdigest()}"
        body = cache.get(whole)
        if body is None:
            body = b"".join(_kept(summit, keys, language=language, online=online).values())
            cache.set(whole, body, KEPT_FOR)
    else:
        kept = _kept(summit, keys, language=language, online=online)
        with translation.override(language):
            body = b"".join(
                personal(event, (bookmarks or {}).get(codes[number], ""), alarm) for number, event in kept.items()
            )
    head = _head(summit, name=name, language=language, feed_id=feed_id, source=source)
    return b"".join([head, ical_lines.timezone(summit.time_zone, summit.starts_on.year), body, b"END:VCALENDAR", CRLF])


def _kept(summit: Summit, keys: Mapping[int, str], *, language: str, online: bool) -> dict[int, bytes]:
    """VEVENTs by session, in the order of ``keys``, from the cache where they are there."""
    found = cache.get_many(keys.values())
    missing = [number for number, key in keys.items() if key not in found]
    if missing:
        sessions = list(with_details(Session.objects.filter(pk__in=missing)))
        drawn = _components(summit, sessions, language=language, online=online)
        fresh = {keys[number]: event for number, event in drawn.items()}
        cache.set_many(fresh, KEPT_FOR)
        found.update(fresh)
    return {number: found[key] for number, key in keys.items() if key in found}


# What a bookmark says in a calendar, and whether the time counts as taken (RFC 5545 3.8.2.7).
BOOKMARKED = {
    "booked": (_("Seat booked"), True),
    "offered": (_("Seat offered"), True),
    "waitlisted": (_("On the waitlist"), False),
    "bookmarked": (_("Bookmarked"), False),
}


def personal(event: bytes, bookmark: str, alarm: int | None) -> bytes:
    """A kept VEVENT as one person has it: how they bookmarked it as a category, and a reminder where they want one.

    A cancelled session reminds nobody. What is added is itself written by ``icalendar``, folded and escaped.
    """
    if not bookmark and alarm is None:
        return event
    added = Event()
    if bookmark:
        words, busy = BOOKMARKED[bookmark]
        added.add("categories", [str(words)])
        if not busy:
            event = event.replace(b"TRANSP:OPAQUE", b"TRANSP:TRANSPARENT", 1)
    if alarm is not None and b"STATUS:CANCELLED" not in event:
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", gettext("The session begins soon."))
        reminder.add("trigger", -timedelta(minutes=alarm))
        added.add_component(reminder)
    lines = added.to_ical().removeprefix(b"BEGIN:VEVENT" + CRLF)
    return event.removesuffix(b"END:VEVENT" + CRLF) + lines


def notice_entries(
    summit: Summit, sessions: Iterable[Session], gone: Mapping[int, Times], *, language: str, online: bool
) -> dict[int, bytes]:
    """Entries for a mail that tells of changes, by session (fetched ``with_details()``), whether public or not.

    ``gone`` are the times at which those were that take place no more: their entry says so, with the times calendars
    know. A session that never had a time has no entry.
    """
    shown = []
    for session in sessions:
        entry = copy(session)
        if session.pk in gone:
            entry.starts_at, entry.ends_at = gone[session.pk]
            entry.cancelled_at = session.cancelled_at or session.updated_at
        if entry.starts_at and entry.ends_at:
            shown.append(entry)
    return _components(summit, shown, language=language, online=online)


def publication(summit: Summit, events: Iterable[bytes], *, language: str) -> bytes:
    """A VCALENDAR of some entries, for a mail: "here is how it is now", nothing to accept or decline (RFC 5546 3.2.1)."""
    head = _publication_head(settings.SITE_HOST, summit.code, language)
    return b"".join(
        [head, ical_lines.timezone(summit.time_zone, summit.starts_on.year), *events, b"END:VCALENDAR", CRLF]
    )


@lru_cache(maxsize=64)
def _publication_head(host: str, code: str, language: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//Summit//{host}//{code} changes//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    return calendar.to_ical().removesuffix(b"END:VCALENDAR" + CRLF)


def _components(summit: Summit, sessions: list[Session], *, language: str, online: bool) -> dict[int, bytes]:
    """VEVENTs by session. A revision makes all of them questionable, but few have changed: what an entry is drawn from
    is its second key, and drawing costs a hundred times more than making that key."""
    for session in sessions:
        session.summit = summit
    keys = {session.pk: _content_key(session, language, online) for session in sessions}
    kept = cache.get_many(keys.values())
    with translation.override(language):
        fresh = {
            keys[session.pk]: write_event(summit, session, language=language, online=online)
            for session in sessions
            if keys[session.pk] not in kept
        }
    cache.set_many(fresh, KEPT_FOR)
    return {number: kept.get(key) or fresh[key] for number, key in keys.items()}


def _content_key(session: Session, language: str, online: bool) -> str:
    people = [
        (a.speaker.name_in(language), a.affiliation.in_language(language), a.job_title.in_language(language))
        for a in session.appearances.all()
    ]
    content = (
        *(session.guid, session.code, session.updated_at, session.sequence, session.cancelled_at, session.mode),
        *(session.starts_at, session.ends_at, session.summit.time_zone, session.summit.code, language, online),
        *(session.title.in_language(language), session.abstract.in_language(language), session.summit.origin),
        session.track and session.track.name.in_language(language),
        session.room and (session.room.name.in_language(language), session.room.venue.name.in_language(language)),
        [hosting.organisation.name.in_language(language) for hosting in session.hostings.all()],
        people,
    )
    return f"vevent:{build()}:{hashlib.sha256(repr(content).encode()).hexdigest()}"


def _key(number: int, summit: Summit, language: str, online: bool) -> str:
    # Room, track, hosts and people are separate rows: the summit's revision covers their edits.
    return f"vevent:{build()}:{summit.guid}:{number}:{summit.agenda_revision}:{language}:{int(online)}"


def _head(summit: Summit, *, name: str, language: str, feed_id: str, source: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//Summit//{settings.SITE_HOST}//{summit.code} {feed_id}//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", clean_line(name))
    calendar.add("x-wr-calname", clean_line(name))
    calendar.add("x-wr-timezone", summit.time_zone)
    calendar.add("last-modified", summit.revised_at)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    if source:
        calendar.add("source", vUri(summit.address(source)), parameters={"VALUE": "URI"})
    return calendar.to_ical().removesuffix(b"END:VCALENDAR" + CRLF)


def uid(session: Session) -> str:
    return f"session-{session.guid}@{settings.SITE_HOST}"


def write_event(summit: Summit, session: Session, *, language: str, online: bool = False) -> bytes:
    """One session as a VEVENT in the active language. Raises ``ValueError`` for one without a time."""
    if session.starts_at is None or session.ends_at is None:
        raise ValueError("A session without a time has no calendar entry")
    page = summit.address(session.get_absolute_url())
    title, spoken = clean_line(session.title.in_language(language)), session.title.language_shown(language)
    starts, ends = ical_lines.times(session.starts_at, session.ends_at, summit.tz)
    track = [clean_line(session.track.name.in_language(language))] if session.track else []
    place = gettext("Online") if online or session.mode == "online" else _place(session, language)
    changed = ical_lines.in_utc(session.updated_at)
    # What a reader looks for first, then by name: the order of the icalendar package.
    lines = [
        f"SUMMARY;LANGUAGE={spoken}:{escaped(title)}",
        starts,
        ends,
        f"DTSTAMP:{changed}",
        f"UID:{escaped(uid(session))}",
        f"SEQUENCE:{session.sequence}",
        *(f"CATEGORIES:{escaped(name)}" for name in track),
        *(_conference(summit, session) if online else []),
        f"DESCRIPTION:{escaped(_description(session, language, page))}",
        f"LAST-MODIFIED:{changed}",
        f"LOCATION:{escaped(place)}",
        f"STATUS:{'CANCELLED' if session.is_cancelled else 'CONFIRMED'}",
        "TRANSP:OPAQUE",
        f"URL:{page}",
    ]
    return ical_lines.component("VEVENT", lines)


def _conference(summit: Summit, session: Session) -> list[str]:
    """Where whoever takes part online joins (CONFERENCE of RFC 7986, 5.11); none of what is in person alone."""
    if session.mode == "in_person":
        return []
    address = summit.address(reverse("registration:join", args=[summit.code, session.code]))
    return [f"CONFERENCE;FEATURE=AUDIO,VIDEO;LABEL={gettext('Join online')};VALUE=URI:{address}"]


def _place(session: Session, language: str) -> str:
    if session.room is None:
        return ""
    room, venue = session.room, session.room.venue
    names = [clean_line(text.in_language(language)) for text in (room.name, venue.name)]
    return ", ".join(name for name in names if name)


def _description(session: Session, language: str, page: str) -> str:
    people = []
    for appearance in session.appearances.all():
        billed = [
            t for t in (appearance.affiliation.in_language(language), appearance.job_title.in_language(language)) if t
        ]
        people.append(appearance.speaker.name_in(language) + (f" ({', '.join(billed)})" if billed else ""))
    hosts = ", ".join(hosting.organisation.name.in_language(language) for hosting in session.hostings.all())
    blocks = [plain(session.abstract.in_language(language)), hosts, "\n".join(people), page]
    return clean_text("\n\n".join(block for block in blocks if block))


def summit_entry(
    summit: Summit,
    *,
    language: str,
    uid: str,
    in_person: bool,
    cancelled: bool,
    sequence: int,
    stamp: datetime,
    url: str,
) -> bytes:
    """The summit as one entry over its days, for the confirmation mail. ``uid``: at most 60 letters of ASCII."""
    venue = next(iter(summit.venues.all()), None) if in_person else None
    place = ", ".join(
        part
        for text in ((venue.name, venue.address) if venue else ())
        if (part := clean_line(text.in_language(language)))
    )
    if not in_person:
        with translation.override(language):
            place = gettext("Online")
    drawn = _entry(
        product=f"-//Summit//{settings.SITE_HOST}//{summit.code} registration//{language.upper()}",
        summary=clean_line(summit.name.in_language(language)),
        days=(summit.starts_on, summit.ends_on + timedelta(days=1)),
        place=place,
        url=url,
        uid=f"{'X' * len(uid)}@{settings.SITE_HOST}",
        sequence=sequence,
        cancelled=cancelled,
    )
    # A line is as long as it was: none is folded elsewhere.
    drawn = drawn.replace(b"UID:" + b"X" * len(uid), f"UID:{uid}".encode(), 1)
    return drawn.replace(NO_STAMP, f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}".encode(), 1)


# Stands for a moment that is filled in.
NO_STAMP = b"DTSTAMP:19700101T000000Z"


@lru_cache(maxsize=256)
def _entry(
    *,
    product: str,
    summary: str,
    days: tuple[date, date],
    place: str,
    url: str,
    uid: str,
    sequence: int,
    cancelled: bool,
) -> bytes:
    """One calendar of it, the same for all but for who has it, and when it was changed."""
    calendar = Calendar()
    calendar.add("prodid", product)
    calendar.add("version", "2.0")
    # Clients take METHOD:PUBLISH as "here is an entry", without asking to accept or decline (RFC 5546 3.2.1).
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", datetime(1970, 1, 1, tzinfo=UTC))
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("dtstart", days[0])
    event.add("dtend", days[1])
    event.add("summary", summary)
    if place:
        event.add("location", place)
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    calendar.add_component(event)
    return calendar.to_ical()
