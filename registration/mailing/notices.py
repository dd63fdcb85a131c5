"""Whom a change of the agenda concerns, and the mails that tell them: one each, in their language, of their sessions.

Thousands are told at once: each change is put into words once per language, a calendar entry is drawn once per language
and way of attending, and a mail is put together from these (``summit/lib/stencils.py``).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from registration.models import Attendance, Booking, Registration
from registration.models.registration import ENDED
from sessions.models import AgendaVersion, Appearance, Bookmark, ChangeKind, Session, with_details
from sessions.planning.changes import DescribedChange, described
from sessions.reading import ical
from speakers.models import Speaker
from summit.lib import times
from summit.lib.stencils import Stencil, blank
from summit.lib.text import clean_line, language_of_name, plain
from summit.lib.translated import languages
from summit.mailing.outbox import Attached
from summit.models import Message, Summit, User

TEMPLATE = "registration/emails/agenda_changed"


class Tie(IntEnum):
    """What ties somebody to a session; the strongest has the highest bit. Several are their sum, a plain number."""

    BOOKMARK = 1
    SEAT = 2
    STAGE = 4


# The strongest tie as a mail names it.
TIES = {Tie.STAGE: _("You are on stage"), Tie.SEAT: _("You have a seat"), Tie.BOOKMARK: _("You bookmarked it")}


@dataclass(slots=True)
class Recipient:
    """Somebody who is told: ``ties`` by session, ``token`` of their registration ("" without one)."""

    to: str
    language: str
    name: str = ""
    token: str = ""
    online: bool = False
    time_zone: str = ""
    ties: dict[int, int] = field(default_factory=dict)

    def add(self, session: int, tie: Tie) -> None:
        self.ties[session] = self.ties.get(session, 0) | tie

    @property
    def all_ties(self) -> int:
        found = 0
        for ties in self.ties.values():
            found |= ties
        return found


@dataclass(frozen=True, slots=True)
class Affected:
    """How many people a change concerns, and how many of them by what; somebody may count in all three.

    ``unreachable`` are people on stage of whom no address is known; they count in ``people`` and ``appearances``.
    """

    people: int
    bookmarks: int
    seats: int
    appearances: int
    unreachable: int

    @property
    def mailed(self) -> int:
        """How many would get a mail."""
        return self.people - self.unreachable


def affected(summit: Summit, changes: Iterable[dict[str, Any]]) -> Affected:
    """Whom these changes (``AgendaVersion.changes``) concern. Seven queries, none where nothing changes."""
    finder = _finder(summit, changes)
    if finder is None:
        return Affected(0, 0, 0, 0, 0)
    found, unreachable = [recipient.all_ties for recipient in finder.found.values()], len(finder.unreachable)
    counts = {tie: sum(1 for ties in found if ties & tie) for tie in Tie}
    return Affected(
        len(found) + unreachable, counts[Tie.BOOKMARK], counts[Tie.SEAT], counts[Tie.STAGE] + unreachable, unreachable
    )


def recipients(summit: Summit, changes: Iterable[dict[str, Any]]) -> dict[str, Recipient]:
    """Everybody these changes concern, by their address in small letters: nobody is there twice."""
    finder = _finder(summit, changes)
    return finder.found if finder else {}


def _finder(summit: Summit, changes: Iterable[dict[str, Any]]) -> "RecipientFinder | None":
    codes = {change["code"] for change in changes}
    if not codes:
        return None
    rows = Session.objects.filter(summit=summit).order_by().values_list("code", "pk")
    return RecipientFinder(summit, {pk for code, pk in rows if code in codes})


# Of more sessions than this, what hangs on the whole summit is read: a database is slow with a long list of keys.
NAMED_AT_MOST = 200


class RecipientFinder:
    """Finds out who is who: an account, a registration and a speaker's profile may be one person."""

    def __init__(self, summit: Summit, sessions: set[int]) -> None:
        self.summit, self.languages = summit, set(languages())
        self.found: dict[str, Recipient] = {}
        self.registered: dict[int, Recipient] = {}
        self.by_user: dict[int, Recipient] = {}
        self.by_email: dict[str, Recipient] = {}
        self.left: set[int] = set()
        self.unreachable: set[int] = set()  # people on stage of whom no address is known
        here = Q(session__in=sessions) if len(sessions) <= NAMED_AT_MOST else Q(session__summit=summit)
        booked = Booking.objects.standing().filter(here).exclude(registration__state__in=ENDED)
        bookmarked = Bookmark.objects.filter(here, user__is_active=True)
        staged = Appearance.objects.filter(here).exclude(state=Appearance.State.DECLINED)
        # Each person is read once, in however many sessions they are on stage.
        speakers = {row[-1]: row for row in Speaker.objects.filter(summit=summit).order_by().values_list(*_SPEAKER)}
        on_stage = staged.order_by().values_list("session_id", "speaker_id")
        bill = [
            (session, *speakers[speaker])
            for session, speaker in on_stage
            if session in sessions and speaker in speakers
        ]
        seats = [row for row in booked.order_by().values_list("registration_id", "session_id") if row[1] in sessions]
        bookmarks = [row for row in bookmarked.order_by().values_list("user_id", "session_id") if row[1] in sessions]
        addresses = {row[2].lower() for row in bill if row[2]}
        accounts = {user for user, _session in bookmarks} | {row[1] for row in bill if row[1]}
        self._read_registrations({pk for pk, _session in seats}, accounts, addresses)
        users = User.objects.filter(pk__in=bookmarked.values("user")) | User.objects.filter(
            pk__in=staged.values("speaker__user")
        )
        users |= User.objects.filter(email__in=addresses)
        self._read_users(users)
        self._tie(seats, bookmarks, bill)

    def _read_registrations(self, wanted: set[int], accounts: set[int], addresses: set[str]) -> None:
        names = (
            "pk",
            "user_id",
            "email",
            "language",
            "name",
            "token",
            "attendance",
            "state",
            "time_zone",
            "companion_of_id",
        )
        rows = Registration.objects.filter(summit=self.summit).order_by().values_list(*names)
        for pk, user, email, language, name, token, attendance, state, zone, brought_by in rows.iterator(
            chunk_size=2000
        ):
            if pk not in wanted and user not in accounts and email.lower() not in addresses:
                continue
            if state in ENDED:
                if user is not None:
                    self.left.add(user)
                continue
            recipient = Recipient(
                email, self._language_of(language), name, token, attendance == Attendance.ONLINE, zone
            )
            self.registered[pk] = recipient
            # Of those under one address it is whoever brings the others.
            if brought_by is None:
                self.by_email[email.lower()] = recipient
            else:
                self.by_email.setdefault(email.lower(), recipient)
            if user is not None:
                self.by_user[user] = recipient
        # Who has left and come back is here.
        self.left -= self.by_user.keys()

    def _read_users(self, users: Any) -> None:
        rows = users.order_by().values_list("pk", "email", "language", "name", "is_active")
        for pk, email, language, name, active in rows.iterator(chunk_size=2000):
            if active and pk not in self.by_user:
                known = self.by_email.get(email.lower())
                self.by_user[pk] = known or Recipient(email, self._language_of(language), name)
            if active:
                self.by_email.setdefault(email.lower(), self.by_user[pk])

    def _tie(self, seats: list[Any], bookmarks: list[Any], bill: list[Any]) -> None:
        for registration, session in seats:
            if registration in self.registered:
                self._add(self.registered[registration], session, Tie.SEAT)
        for user, session in bookmarks:
            # Whoever has cancelled their registration has nothing to do with it any more.
            if user not in self.left and user in self.by_user:
                self._add(self.by_user[user], session, Tie.BOOKMARK)
        for session, user, email, active, name, romanised, speaker in bill:
            if user is not None and not active:
                continue
            recipient = self.by_user.get(user) or self.by_email.get(email.lower())
            if recipient is None and email:
                recipient = self.by_email[email.lower()] = self._profile(email, name, romanised)
            if recipient is not None:
                self._add(recipient, session, Tie.STAGE)
            else:
                self.unreachable.add(speaker)

    def _profile(self, email: str, name: str, romanised: str) -> Recipient:
        """Somebody without account or registration: their name's script is all that tells a language."""
        language = self._language_of(language_of_name(name))
        return Recipient(email, language, Speaker(name=name, name_romanised=romanised).name_in(language))

    def _add(self, recipient: Recipient, session: int, tie: Tie) -> None:
        self.found.setdefault(recipient.to.lower(), recipient).add(session, tie)

    def _language_of(self, language: str) -> str:
        return language if language in self.languages else self.summit.languages[0]


_SPEAKER = ("user_id", "email", "user__is_active", "name", "name_romanised", "pk")


def guid_of(version: AgendaVersion, address: str) -> UUID:
    """A message's key: the same version never tells the same address twice."""
    return uuid5(version.summit.guid, f"agenda-version {version.number} {address.lower()}")


class NoticeWriter:
    """The mails of one version, made one after the other."""

    def __init__(self, version: AgendaVersion) -> None:
        self.version, self.summit = version, version.summit
        codes = [change["code"] for change in version.changes]
        rows = with_details(Session.objects.filter(summit=self.summit, code__in=codes))
        self.sessions = {session.pk: session for session in rows}
        numbers = {session.code: session.pk for session in self.sessions.values()}
        # Session: what has happened to it, as places in the version's list.
        self.places: dict[int, list[int]] = {}
        self.gone: dict[int, tuple[datetime | None, datetime | None]] = {}
        for place, change in enumerate(version.changes):
            number = numbers.get(change["code"])
            if number is not None:
                self.places.setdefault(number, []).append(place)
                self._note_gone(number, change)
        self.in_language = cache(lambda language, zone: NoticeInLanguage(self, language, times.zone(zone)))

    def _note_gone(self, number: int, change: dict[str, Any]) -> None:
        before, session = change["before"], self.sessions[number]
        untimed = session.starts_at is None and before.get("starts_at")
        if change["kind"] == ChangeKind.REMOVED or untimed:
            starts, ends = before.get("starts_at"), before.get("ends_at")
            self.gone[number] = (
                datetime.fromisoformat(starts) if starts else None,
                datetime.fromisoformat(ends) if ends else None,
            )

    def notice(self, recipient: Recipient) -> tuple[Message, list[Attached]]:
        in_language = self.in_language(recipient.language, recipient.time_zone)
        # In the order of the agenda, as on the page of changes.
        places = sorted((place, number) for number in recipient.ties for place in self.places.get(number, []))
        told = [in_language.change(place, recipient.ties[number]) for place, number in places]
        texts = {"name": recipient.name, "token": recipient.token}
        html = in_language.stencil("html", bool(recipient.name), bool(recipient.token)).fill(
            **texts,
            changes=mark_safe("".join(html for html, _text in told)),  # noqa: S308  drawn by a template
        )
        plain_texts = {name: mark_safe(clean_line(text)) for name, text in texts.items()}  # noqa: S308  plain text
        text = in_language.stencil("txt", bool(recipient.name), bool(recipient.token)).fill(
            **plain_texts,
            changes=mark_safe("\n\n".join(text for _html, text in told)),  # noqa: S308  plain text
        )
        message = Message(guid=guid_of(self.version, recipient.to), summit=self.summit, kind="agenda_changed", to=recipient.to,
                          language=recipient.language, subject=in_language.subject, text=f"{text}\n", html=html)  # fmt: skip
        calendar = in_language.calendar(dict.fromkeys(number for _place, number in places), online=recipient.online)
        return message, [Attached("agenda.ics", MEDIA_TYPE, calendar)] if calendar else []


MEDIA_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"


class NoticeInLanguage:
    """All that the mails of a version have in common in one language, for readers in one zone."""

    def __init__(self, writer: NoticeWriter, language: str, reader: ZoneInfo | None) -> None:
        self.writer, self.summit, self.language = writer, writer.summit, language
        self.drawn: dict[tuple[int, Tie], tuple[str, str]] = {}
        self.events: dict[bool, dict[int, bytes]] = {False: {}, True: {}}
        code, version = self.summit.code, writer.version
        with translation.override(language):
            self.told = described(version.changes, self.summit, reader=reader)
            self.subject = clean_line(str(_("Changes in your agenda: %(summit)s") % {"summit": self.summit}))[:300]
            # A closed summit has no public pages to lead to.
            public = self.summit.is_public
            agenda, history = reverse("registration:my-agenda", args=[code]), reverse("sessions:changes", args=[code])
            self.context = {
                "language": language,
                "summit": self.summit,
                "subject": self.subject,
                "note": plain(version.note.in_language(language)),
                "agenda": self.summit.address(agenda) if public else "",
                "all_changes": self.summit.address(f"{history}#version-{version.number}") if public else "",
                "zone": times.zone_of_days(self.summit.starts_on, self.summit.tz, language),
            }
            own = reverse("registration:own", args=[code, "0"]).replace("/0/", f"/{blank('token')}/")
            self.own = self.summit.address(own)
        self.stencil = cache(self._stencil)

    def _stencil(self, kind: str, named: bool, registered: bool) -> Stencil:
        with translation.override(self.language):
            return Stencil(
                f"{TEMPLATE}.{kind}",
                **self.context,
                name=blank("name") if named else "",
                own_page=self.own if registered else "",
                changes=blank("changes"),
            )

    def change(self, place: int, ties: int) -> tuple[str, str]:
        """One change in HTML and as text, with what ties the reader to it."""
        tie = next(tie for tie in TIES if ties & tie)
        if (place, tie) not in self.drawn:
            with translation.override(self.language):
                self.drawn[place, tie] = self._change(self.told[place], str(TIES[tie]))
        return self.drawn[place, tie]

    def _change(self, told: DescribedChange, tie: str) -> tuple[str, str]:
        title = clean_line(told.title.in_language(self.language))
        url = self.summit.address(told.url) if told.url else ""
        words = {
            "label": told.label,
            "title": title,
            "url": url,
            "before": told.before,
            "after": told.after,
            "tie": tie,
        }
        shape = {name: blank(name) if value else "" for name, value in words.items()}
        html = _piece("html", self.language, tuple(shape.items())).fill(**words)
        safe = {name: mark_safe(clean_line(value)) for name, value in words.items()}  # noqa: S308  plain text
        return html, _piece("txt", self.language, tuple(shape.items())).fill(**safe)

    def calendar(self, numbers: Iterable[int], *, online: bool) -> bytes:
        """The entries of these sessions as one calendar; b"" where none has a time."""
        kept, writer = self.events[online], self.writer
        missing = [writer.sessions[number] for number in numbers if number not in kept]
        if missing:
            kept.update({session.pk: b"" for session in missing})
            kept.update(ical.notice_entries(self.summit, missing, writer.gone, language=self.language, online=online))
        events = [kept[number] for number in numbers if kept[number]]
        return ical.publication(self.summit, events, language=self.language) if events else b""


@cache
def _piece(kind: str, language: str, shape: tuple[tuple[str, str], ...]) -> Stencil:
    """A change drawn once for all that have a before, an after and an address, or not."""
    with translation.override(language):
        return Stencil(f"registration/emails/_agenda_change.{kind}", **dict(shape))
