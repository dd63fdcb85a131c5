"""Announcements: a short text for everybody, for those at the venue or online, or of one session, until it ends.

What is shown hangs on the clock alone: nothing has to be done for one to begin or end. An announcement raises the revision
of the agenda as well as that of what is live, because every public page is drawn with it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from sessions.models import Announcement, Session
from summit import history, live
from summit.errors import Refusal
from summit.lib.text import clean_line
from summit.lib.translated import Text
from summit.models import Room, Summit, User

Audience, Severity = Announcement.Audience, Announcement.Severity
LONGEST = 300
# An announcement is for a while: what stays belongs on a page.
LASTS_AT_MOST, BEGINS_WITHIN = timedelta(days=7), timedelta(days=7)
# Standing at once or to come: a reader takes in no more.
MOST = 20
# Of those that have ended, the workspace shows the last ones.
ENDED_SHOWN = 50
# The app above pushes what matters to whom it concerns.
PUSHED_BY = "registration.mailing.pushing.tell_announcement"
GRAVEST_FIRST = (Severity.URGENT, Severity.WARNING, Severity.INFO)


class SaysNothing(Refusal):
    code = "announcement_says_nothing"
    status = 422
    message: Any = _("Write the announcement in at least one language.")


class TooLong(Refusal):
    code = "announcement_too_long"
    status = 422
    message: Any = _("An announcement has at most 300 characters in each language.")


class EndsWrongly(Refusal):
    code = "announcement_end"
    status = 422
    message: Any = _("Choose an end that is still to come, after the beginning, and at most 7 days from now.")


class BeginsTooLate(Refusal):
    code = "announcement_begin"
    status = 422
    message: Any = _("An announcement begins within the next 7 days.")


class TooMany(Refusal):
    code = "too_many_announcements"
    message: Any = _("There are 20 announcements already. Withdraw one first.")


class Ended(Refusal):
    code = "announcement_ended"
    message: Any = _("This announcement has ended already.")


@transaction.atomic
def announce(
    summit: Summit,
    text: Mapping[str, str],
    *,
    ends_at: datetime,
    starts_at: datetime | None = None,
    session: Session | None = None,
    audience: str = Audience.EVERYBODY,
    severity: str = Severity.INFO,
    by: User | None,
    now: datetime | None = None,
) -> Announcement:
    """Show a text from ``starts_at`` (else at once) until ``ends_at``. The same again, while it stands, is the first one.
    Raises :class:`SaysNothing`, :class:`TooLong`, :class:`EndsWrongly`, :class:`BeginsTooLate` and :class:`TooMany`."""
    now, words = now or timezone.now(), _said(summit, text)
    begins = max(starts_at or now, now)
    _check(begins, ends_at, now)
    # Held, so that what is sent twice at once is announced once.
    locked = Summit.objects.select_for_update().get(pk=summit.pk)
    there = list(locked.announcements.to_come(now))
    same = {"session_id": session.pk if session else None, "audience": str(audience), "severity": str(severity)}
    for each in there:
        if each.text == words and all(getattr(each, name) == value for name, value in same.items()):
            return each
    if len(there) >= MOST:
        raise TooMany
    made = Announcement.objects.create(
        summit=locked, text=words, starts_at=begins, ends_at=ends_at, created_by=by, created_at=now, **same
    )
    _told(made, "announcement.announce", {"text": ("", words.public()), "ends_at": ("", _iso(ends_at))}, by)
    if severity != Severity.INFO:
        import_string(PUSHED_BY).using(run_after=begins if begins > now else None).enqueue(made.pk)
    return made


@transaction.atomic
def change_end(
    announcement: Announcement, ends_at: datetime, *, by: User | None, now: datetime | None = None
) -> Announcement:
    """Have it end at another moment. Raises :class:`Ended` and :class:`EndsWrongly`."""
    now, locked = now or timezone.now(), _locked(announcement)
    if locked.withdrawn_at or locked.ends_at <= now:
        raise Ended
    _check(max(locked.starts_at, now), ends_at, now)
    if locked.ends_at == ends_at:
        return locked
    changes = {"ends_at": (_iso(locked.ends_at), _iso(ends_at))}
    locked.ends_at = ends_at
    locked.save(update_fields=["ends_at"])
    return _told(locked, "announcement.end", changes, by)


@transaction.atomic
def withdraw(announcement: Announcement, *, by: User | None, now: datetime | None = None) -> Announcement:
    """Take it off every page now. One that is gone already is nothing to do."""
    now, locked = now or timezone.now(), _locked(announcement)
    if locked.withdrawn_at or locked.ends_at <= now:
        return locked
    locked.withdrawn_at = now
    locked.save(update_fields=["withdrawn_at"])
    return _told(locked, "announcement.withdraw", {"withdrawn_at": ("", _iso(now))}, by)


def _locked(announcement: Announcement) -> Announcement:
    rows = Announcement.objects.select_for_update(of=("self",)).select_related("summit")
    found: Announcement = rows.get(pk=announcement.pk)
    return found


def _told(made: Announcement, action: str, changes: history.Changes, by: User | None) -> Announcement:
    history.record(action, made, by=by, summit=made.summit, changes=changes)
    made.summit.raise_revision()
    live.raise_revision(made.summit_id)
    return made


def _said(summit: Summit, text: Mapping[str, str]) -> Text:
    words = {code: clean_line(said) for code, said in text.items() if code in summit.languages}
    said = Text(Text(words).words())
    if not said:
        raise SaysNothing
    if any(len(line) > LONGEST for line in said.values()):
        raise TooLong
    return said


def _check(begins: datetime, ends: datetime, now: datetime) -> None:
    if begins > now + BEGINS_WITHIN:
        raise BeginsTooLate
    if not max(begins, now) < ends <= now + LASTS_AT_MOST:
        raise EndsWrongly


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def standing(
    summit: Summit, now: datetime, *, attendance: str = "", sessions: Collection[int] = ()
) -> list[Announcement]:
    """What is shown at a moment, the gravest first: of the summit, and of these ``sessions`` (by their keys). For somebody
    whose ``attendance`` is known only what concerns them. One query."""
    of = Q(session=None) | Q(session__in=list(sessions)) if sessions else Q(session=None)
    if attendance:
        of &= Q(audience__in=[Audience.EVERYBODY, attendance])
    return in_order(summit.announcements.standing(now).filter(of).select_related("session"))


def of_sessions(summit: Summit, now: datetime) -> dict[int, list[Announcement]]:
    """What is shown beside sessions, by their keys. One query."""
    found: dict[int, list[Announcement]] = defaultdict(list)
    for row in in_order(summit.announcements.standing(now).exclude(session=None)):
        found[row.session_id or 0].append(row)
    return found


def on_screens(summit: Summit, now: datetime, room: Room | None = None) -> list[Announcement]:
    """What screens at the venue show now and will, of the summit and of the sessions in a room. One query."""
    of = Q(session=None) | Q(session__room=room) if room else Q(session=None)
    return in_order(summit.announcements.to_come(now).filter(of).exclude(audience=Audience.ONLINE))


def in_order(rows: Iterable[Announcement]) -> list[Announcement]:
    """The gravest first, of those the newest."""
    found = sorted(rows, key=lambda row: (row.starts_at, row.pk), reverse=True)
    return sorted(found, key=lambda row: GRAVEST_FIRST.index(Severity(row.severity)))
