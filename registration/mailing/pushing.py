"""What is pushed to browsers that asked for it: announcements that matter, and changes of the next hour.

An event is written down once for each browser it concerns, under a name by which it is known, and sent by the worker: whoever
does it however often, nobody is told twice. Nothing that is pushed names a person.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.tasks import task
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from registration.mailing import push_service
from registration.mailing.push_service import Outcome
from registration.mailing.push_subscriptions import concerned
from registration.models import PushMessage, PushSubscription
from registration.models.push import MOST_FAILURES
from sessions.live import delays
from sessions.models import AgendaVersion, Announcement, ChangeKind, Delay, Session
from summit.leases.heartbeat import identity
from summit.lib import times, web_push
from summit.lib.busy import until_it_answers
from summit.mailing import holding
from summit.models import PushKey, Summit

# Of severities that are pushed; information is read where it stands.
PUSHED = (Announcement.Severity.WARNING, Announcement.Severity.URGENT)
# Who has a session so soon is told of what becomes of it; from so many minutes of a delay on.
SOON, FEWEST_MINUTES = timedelta(minutes=60), 5
CHUNK, BATCH = 500, 20
TOLD_OF = (ChangeKind.MOVED, ChangeKind.CANCELLED, ChangeKind.RESTORED, ChangeKind.REMOVED)
LONGEST_BODY = 300


@dataclass(frozen=True, slots=True)
class Said:
    """One event: ``words`` and ``path`` are drawn in the language of a browser, ``until`` it is of use."""

    about: str
    words: Callable[[], str]
    path: Callable[[], str]
    until: datetime
    urgent: bool = False


def tell(summit: Summit, whom: Q, said: Said) -> int:
    """Write an event down for the browsers it concerns and have it sent; returns for how many it is new."""
    drawn: dict[str, dict[str, Any]] = {}
    keys = list(PushSubscription.objects.filter(whom).order_by("pk").distinct().values_list("pk", "language"))
    written = 0
    for chunk in batched(keys, CHUNK, strict=False):
        rows = [
            PushMessage(
                subscription_id=pk,
                about=said.about,
                until=said.until,
                said=drawn.get(language) or drawn.setdefault(language, _drawn(summit, language, said)),
            )
            for pk, language in chunk
        ]
        written += _write(rows, said.about)
    return written


@transaction.atomic
def _write(rows: list[PushMessage], about: str) -> int:
    known = PushMessage.objects.filter(about=about, subscription__in=[row.subscription_id for row in rows])
    told = set(known.values_list("subscription_id", flat=True))
    fresh = [row for row in rows if row.subscription_id not in told]
    PushMessage.objects.bulk_create(fresh, ignore_conflicts=True)
    mine = PushMessage.objects.waiting().filter(about=about, subscription__in=[row.subscription_id for row in fresh])
    for few in batched(mine.values_list("pk", flat=True), BATCH, strict=False):
        deliver.enqueue(list(few))
    return len(fresh)


def _drawn(summit: Summit, language: str, said: Said) -> dict[str, Any]:
    with translation.override(language):
        return {
            "title": str(summit.brand),
            "body": said.words()[:LONGEST_BODY],
            "path": said.path(),
            "lang": language,
            "tag": said.about,
            "urgent": said.urgent,
        }


@task(priority=8)
def tell_announcement(announcement: int) -> int:
    """Whom an announcement concerns, of those that matter; one that is withdrawn by now, or not shown yet, concerns nobody."""
    rows = Announcement.objects.filter(severity__in=PUSHED).select_related("summit", "session")
    found = rows.filter(pk=announcement).first()
    now = timezone.now()
    if found is None or not found.is_shown(now):
        return 0
    summit, session = found.summit, found.session
    attendance = "" if found.audience == Announcement.Audience.EVERYBODY else found.audience
    whom = concerned(summit, attendance=attendance, sessions=[session.pk] if session else [])
    urgent = found.severity == Announcement.Severity.URGENT
    path = (lambda: _path(session)) if session else (lambda: reverse("sessions:now", args=[summit.code]))
    return tell(
        summit, whom, Said(f"announcement-{found.pk}", lambda: str(found.text), path, found.ends_at, urgent=urgent)
    )


@task(priority=8)
def tell_delay(room: int, day: str, minutes: int) -> int:
    """Who has a session in a late room within the next hour; for those of later sessions it comes back in time."""
    on = date.fromisoformat(day)
    rows = Delay.objects.select_related("room__summit", "room")
    found = rows.filter(room=room, day=on, minutes=minutes).first()
    now = timezone.now()
    if found is None or minutes < FEWEST_MINUTES or delays.today(found.room.summit, now) != on:
        return 0
    late, summit, told = timedelta(minutes=minutes), found.room.summit, 0
    first, last = times.day_bounds(on, summit.tz)
    planned = Session.objects.published().filter(room=found.room, cancelled_at=None, starts_at__gte=first)
    to_come = list(planned.filter(starts_at__lt=last, starts_at__gt=now - late).order_by("starts_at", "pk"))
    for session in to_come:
        session.summit = summit
        if session.starts_at and session.starts_at <= now + SOON:
            told += tell(summit, concerned(summit, sessions=[session.pk]), _late(session, found))
    later = next((each.starts_at for each in to_come if each.starts_at and each.starts_at > now + SOON), None)
    if later:
        tell_delay.using(run_after=later - SOON + timedelta(seconds=1)).enqueue(room, day, minutes)
    return told


def _late(session: Session, delay: Delay) -> Said:
    summit = session.summit

    def words() -> str:
        expected = delays.shifted(session, delay.minutes, summit)
        known = {
            "title": session.title,
            "time": _hour(session.starts_at, summit),
            "expected": _hour(expected.starts_at if expected else session.starts_at, summit),
            "room": delay.room,
        }
        return _("%(title)s: expected at %(expected)s instead of %(time)s. %(room)s") % known

    until = (session.ends_at or timezone.now()) + timedelta(minutes=delay.minutes)
    return Said(f"delay-{session.pk}-{delay.updated_at:%Y%m%d%H%M%S}", words, lambda: _path(session), until)


@task(priority=8)
def tell_version(version: int) -> int:
    """Who has a session that was within the next hour, or is by now, and was moved or cancelled."""
    found = AgendaVersion.objects.select_related("summit").filter(pk=version).first()
    if found is None:
        return 0
    changes = [each for each in found.changes if each["kind"] in TOLD_OF]
    rows = Session.objects.filter(summit=found.summit, code__in={each["code"] for each in changes})
    sessions, told = {session.code: session for session in rows.select_related("room")}, 0
    for change in changes:
        session = sessions.get(change["code"])
        if session and _is_soon(session, change):
            session.summit = found.summit
            told += tell(found.summit, concerned(found.summit, sessions=[session.pk]), _changed(session, change, found))
    return told


def _is_soon(session: Session, change: dict[str, Any]) -> bool:
    """By its time now, or by the one it had: a change says only what differs."""
    before, now = change["before"].get("starts_at"), timezone.now()
    starts = [session.starts_at, datetime.fromisoformat(before) if before else None]
    return any(start is not None and now < start <= now + SOON for start in starts)


def _changed(session: Session, change: dict[str, Any], version: AgendaVersion) -> Said:
    summit, kind = version.summit, change["kind"]

    def words() -> str:
        known = {"title": session.title, "time": _hour(session.starts_at, summit), "room": session.room or ""}
        if kind in {ChangeKind.CANCELLED, ChangeKind.REMOVED}:
            return _("%(title)s: cancelled.") % known
        if kind == ChangeKind.RESTORED:
            return _("%(title)s: takes place after all, at %(time)s. %(room)s") % known
        return _("%(title)s: now at %(time)s. %(room)s") % known

    until = max(filter(None, [session.ends_at, timezone.now() + SOON]))
    about = f"version-{version.number}-{session.pk}-{kind}"

    def path() -> str:
        gone = kind == ChangeKind.REMOVED
        return reverse("sessions:changes", args=[summit.code]) if gone else _path(session)

    return Said(about, words, path, until)


def _path(session: Session) -> str:
    return str(reverse("sessions:session", args=[session.summit.code, session.code]))


def _hour(moment: datetime | None, summit: Summit) -> str:
    return f"{moment.astimezone(summit.tz):%H:%M}" if moment else ""


@task(priority=8)
def deliver(keys: list[int]) -> int:
    """Send what waits among these; one that somebody else has taken, or that is gone, is nothing to do. Returns how many
    left."""
    if holding.is_held():
        return 0
    PushMessage.objects.filter(pk__in=keys).claim(identity())
    rows = PushMessage.objects.filter(pk__in=keys).claimed(identity()).select_related("subscription__summit")
    return sum(_send(message) for message in rows.order_by("pk"))


def _send(message: PushMessage) -> bool:
    now, to = timezone.now(), message.subscription
    # Too late to be of use is as good as told.
    outcome = Outcome.LEFT if message.until <= now else _handed_over(message, to, now)
    until_it_answers(partial(_keep, message, outcome))
    return outcome == Outcome.LEFT


def _handed_over(message: PushMessage, to: PushSubscription, now: datetime) -> Outcome:
    said = {**message.said, "url": to.summit.address(message.said["path"])}
    try:
        body = web_push.encrypted(json.dumps(said, ensure_ascii=False).encode(), to.key, to.secret)
        signed = web_push.authorization(to.endpoint, PushKey.objects.own(), push_service.contact(to.summit), now)
    except ValueError:  # no key opens ours, or theirs is none
        return Outcome.FAILED
    left = int((message.until - now).total_seconds())
    return push_service.send(to.endpoint, body, signed, urgent=bool(message.said.get("urgent")), seconds=left)


@transaction.atomic
def _keep(message: PushMessage, outcome: Outcome) -> None:
    """What became of it. A browser that is gone, or that could not be told ten times in a row, is told no more."""
    to = PushSubscription.objects.filter(pk=message.subscription_id)
    if outcome == Outcome.GONE:
        to.delete()
        return
    state = PushMessage.State.FAILED if outcome == Outcome.FAILED else PushMessage.State.SENT
    PushMessage.objects.filter(pk=message.pk, state=PushMessage.CLAIMED).update(state=state, said={})
    if outcome == Outcome.LEFT:
        to.exclude(failed=0).update(failed=0)
        return
    to.update(failed=F("failed") + 1)
    to.filter(failed__gte=MOST_FAILURES).delete()


def forget_old() -> int:
    """Forget what was told days ago; returns how many."""
    number, _by_model = PushMessage.objects.old().delete()
    return number


def requeue(*, older_than: datetime) -> int:
    """Queue anew what waits and no task has sent; returns how many."""
    waiting = PushMessage.objects.waiting().filter(created_at__lt=older_than, until__gt=timezone.now())
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    for few in batched(keys, BATCH, strict=False):
        deliver.enqueue(list(few))
    return len(keys)
