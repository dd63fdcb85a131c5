"""Making the agenda public: what organisers planned becomes what everybody reads, as a numbered version."""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions.models import AgendaVersion, ChangeKind, Placement, Session
from summit import history
from summit.errors import Refusal
from summit.lib.rows import CHUNK, save_all
from summit.lib.translated import Text, languages
from summit.models import Room, Summit, User

Snapshot = dict[str, dict[str, Any]]
Change = dict[str, Any]
# A session that differs in one of these has moved.
PLACE = ("starts_at", "ends_at", "room")
# What publishing, and taking back, write of a session.
WRITTEN = (*PLACE, "cancelled_at", "sequence", "published_at", "updated_at")
Plan = tuple[datetime | None, datetime | None, Any, bool]


class NothingToPublish(Refusal):
    code = "nothing_to_publish"
    message: Any = _("There is no session yet that could be published.")


class NothingToTakeBack(Refusal):
    code = "nothing_to_take_back"
    message: Any = _("There is no earlier version to go back to.")


class OtherVersion(Refusal):
    code = "other_version"
    message: Any = _("Another version has become public since. Look at what it says first.")


@transaction.atomic
def publish(summit: Summit, *, note: dict[str, str] | None = None, by: User | None = None) -> AgendaVersion:
    """Make every session public as it is planned, but those kept back, and keep what is new as a version.

    Sessions that were public and get another time, room or state rise in ``sequence``, so that calendars follow
    (RFC 5545 3.8.7.4). Where nothing has changed since the newest version, that one is returned and nothing written.
    Raises :class:`NothingToPublish`.
    """
    # Two organisers at once: the second sees what the first has published.
    Summit.objects.select_for_update().get(pk=summit.pk)
    sessions = list(_held(summit).to_publish())
    if not sessions:
        raise NothingToPublish
    newest = summit.agenda_versions.first()
    was, now = (newest.snapshot if newest else {}), timezone.now()
    snapshot = {session.code: _line_of(session, *_plan(session)) for session in sessions}
    changes = differences(was, snapshot)
    fresh = [session for session in sessions if not session.is_published]
    if newest and not changes and not fresh and summit.agenda_is_published:
        return newest
    save_all([session for session in sessions if _settle(session, now)], WRITTEN)
    Placement.objects.filter(session__in=sessions).delete()
    version = _new_version(summit, note or {}, snapshot, changes, at=now, by=by)
    summit.agenda_published_at = now
    summit.save(update_fields=["agenda_published_at"])
    history.record("agenda.publish", summit, by=by, summit=summit,
                   changes={"version": (version.number - 1, version.number), "sessions": (0, len(fresh))})  # fmt: skip
    summit.raise_revision()
    return version


@transaction.atomic
def take_back(
    summit: Summit, *, number: int | None = None, to: int | None = None, by: User | None = None
) -> AgendaVersion:
    """Undo the newest version: times, rooms, states and publicness become those of the version before it again, or of
    the earlier version ``to``.

    History stays as it was: this makes a new version, whose note says what it takes back, and ``sequence`` rises, so
    that calendars follow. Texts and people stay as they are. The plan stays, too: what was undone waits to be
    published, as it did before. ``number`` is the version the caller has seen as the newest. Raises
    :class:`NothingToTakeBack` and :class:`OtherVersion`.
    """
    locked = Summit.objects.select_for_update().get(pk=summit.pk)
    newest = summit.agenda_versions.first()
    if newest is None or not locked.agenda_is_published:
        raise NothingToTakeBack
    if number is not None and number != newest.number:
        raise OtherVersion
    earlier = summit.agenda_versions.filter(number__lt=newest.number)
    before = (earlier if to is None else earlier.filter(number=to)).first()
    if before is None:
        raise NothingToTakeBack
    now = timezone.now()
    rooms = {room.code: room for room in summit.rooms.all()}
    sessions = list(_held(summit))
    plans = {
        session: plan
        for session in sessions
        if (plan := _return(session, newest.snapshot.get(session.code), before.snapshot.get(session.code), rooms, now))
    }
    save_all(list(plans), WRITTEN)
    _keep_plans(plans)
    public = [session for session in sessions if session.is_published]
    snapshot = {s.code: _line_of(s, s.starts_at, s.ends_at, s.room, s.is_cancelled) for s in public}
    changes = differences(newest.snapshot, snapshot)
    version = _new_version(summit, _taken_back(newest.number, before.number), snapshot, changes, at=now, by=by)
    history.record("agenda.take_back", summit, by=by, summit=summit,
                   changes={"version": (newest.number, version.number)})  # fmt: skip
    summit.raise_revision()
    return version


@transaction.atomic
def withdraw(summit: Summit, *, by: User | None = None) -> None:
    """Take the agenda back: nothing of it is public any more."""
    count = Session.objects.filter(summit=summit).update(published_at=None)
    summit.agenda_published_at = None
    summit.save(update_fields=["agenda_published_at"])
    history.record("agenda.withdraw", summit, by=by, summit=summit, changes={"sessions": (count, 0)})
    summit.raise_revision()


def _new_version(
    summit: Summit, note: dict[str, str], snapshot: Snapshot, changes: list[Change], *, at: datetime, by: User | None
) -> AgendaVersion:
    number = (summit.agenda_versions.aggregate(last=Max("number"))["last"] or 0) + 1
    return AgendaVersion.objects.create(
        summit=summit, number=number, note=note, published_at=at, by=by, snapshot=snapshot, changes=changes
    )


def _taken_back(undone: int, restored: int) -> dict[str, str]:
    note = {}
    for language in languages():
        with translation.override(language):
            text = gettext(
                "Version %(undone)d was taken back: times, rooms and states are those of version %(restored)d."
            )
            note[language] = text % {"undone": undone, "restored": restored}
    return note


def preview(summit: Summit) -> list[Change]:
    """What publishing now would tell the public. Two queries."""
    newest = summit.agenda_versions.values_list("snapshot", flat=True).first()
    rows = Session.objects.filter(summit=summit).to_publish().order_by("pk").values_list(*LINE)
    snapshot = {}
    for code, guid, title, *public, cancelled_at, waits, starts_at, ends_at, room, cancelled in rows:
        place = (starts_at, ends_at, room, cancelled) if waits else (*public, cancelled_at is not None)
        snapshot[code] = _line(guid, title, place)
    return differences(newest or {}, snapshot)


# Where a session is public, whether a placement waits, and where that puts it.
LINE = ("code", "guid", "title", "starts_at", "ends_at", "room__code", "cancelled_at", "placement", "placement__starts_at",
        "placement__ends_at", "placement__room__code", "placement__cancelled")  # fmt: skip


def differences(was: Snapshot, now: Snapshot) -> list[Change]:
    """What a reader of ``was`` must know to read ``now``, in the order of the agenda; one change per session and kind."""
    changes = []
    for code in sorted(was.keys() | now.keys(), key=lambda code: _place_in_agenda(now.get(code) or was[code], code)):
        before, after = was.get(code), now.get(code)
        if after is None:
            changes.append(_change(ChangeKind.REMOVED, code, before or {}, before or {}, {}))
        elif before is None:
            changes.append(_change(ChangeKind.NEW, code, after, {}, after))
        else:
            changes += _of_one(code, before, after)
    return changes


def _of_one(code: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    found = []
    if before["cancelled"] != after["cancelled"]:
        kind = ChangeKind.CANCELLED if after["cancelled"] else ChangeKind.RESTORED
        found.append(_change(kind, code, after, _only(before, ["cancelled"]), _only(after, ["cancelled"])))
    moved = [name for name in PLACE if before[name] != after[name]]
    if moved:
        # A time is told whole, also where only its end has changed.
        moved = [*(["starts_at", "ends_at"] if moved != ["room"] else []), *(["room"] if "room" in moved else [])]
        found.append(_change(ChangeKind.MOVED, code, after, _only(before, moved), _only(after, moved)))
    if before["title"] != after["title"]:
        found.append(_change(ChangeKind.RENAMED, code, after, _only(before, ["title"]), _only(after, ["title"])))
    return found


def _change(kind: str, code: str, session: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> Change:
    return {"kind": str(kind), "code": code, "title": session["title"],
            "before": _only(before, [*PLACE, "title", "cancelled"]), "after": _only(after, [*PLACE, "title", "cancelled"])}  # fmt: skip


def _only(line: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: line[name] for name in names if name in line}


def _place_in_agenda(line: dict[str, Any], code: str) -> tuple[bool, str, str]:
    return (line["starts_at"] is None, line["starts_at"] or "", code)


def _planned(summit: Summit) -> Any:
    rows = Session.objects.filter(summit=summit).select_related("placement", "placement__room", "room")
    # Rows are written in this order, as by whoever books or gives back seats: nobody waits for each other in a ring.
    return rows.order_by("pk")


def _held(summit: Summit) -> Any:
    """The same rows for whoever writes them: nobody deletes one meanwhile."""
    return _planned(summit).select_for_update(of=("self",))


def _plan(session: Session) -> Plan:
    placement = getattr(session, "placement", None)
    if placement is None:
        return session.starts_at, session.ends_at, session.room, session.is_cancelled
    return placement.starts_at, placement.ends_at, placement.room, placement.cancelled


def _line_of(session: Session, starts_at: Any, ends_at: Any, room: Room | None, cancelled: bool) -> dict[str, Any]:
    return _line(session.guid, session.title, (starts_at, ends_at, room.code if room else "", cancelled))


def _line(guid: UUID, title: Text, place: tuple[Any, Any, str | None, bool]) -> dict[str, Any]:
    starts_at, ends_at, room, cancelled = place
    return {
        "guid": str(guid),
        "title": title.public(),
        "starts_at": moment(starts_at),
        "ends_at": moment(ends_at),
        "room": room or "",
        "cancelled": cancelled,
    }


def moment(when: datetime | None) -> str | None:
    """ISO 8601 in UTC, the same whatever zone the value came in."""
    return when.astimezone(UTC).isoformat() if when else None


def _settle(session: Session, now: datetime) -> bool:
    """Give a session its planned time, room and state; calendars hear of it where it was public before. Returns whether
    it has to be written."""
    before = copy(session)
    session.starts_at, session.ends_at, session.room, cancelled = _plan(session)
    if cancelled != session.is_cancelled:
        session.cancelled_at = now if cancelled else None
    moved = session.moves_calendars(before)
    if not moved and session.is_published:
        return False
    session.sequence += int(moved and session.is_published)
    session.published_at, session.updated_at = session.published_at or now, now
    return True


def _return(
    session: Session,
    undone: dict[str, Any] | None,
    restored: dict[str, Any] | None,
    rooms: Mapping[str, Room],
    now: datetime,
) -> Plan | None:
    """Make a session public as ``restored`` says; returns its plan, which stays, or None where nothing changes. One in
    neither version is none of their business."""
    if undone is None and restored is None:
        return None
    before, plan = copy(session), _plan(session)
    if restored is None:
        # Its times stay: a session that is not public is planned as it is.
        session.published_at = None
    else:
        session.starts_at, session.ends_at = _read(restored["starts_at"]), _read(restored["ends_at"])
        session.room = rooms.get(restored["room"])
        session.published_at = session.published_at or now
        if restored["cancelled"] != session.is_cancelled:
            session.cancelled_at = now if restored["cancelled"] else None
    if not session.moves_calendars(before) and session.is_published == before.is_published:
        return None
    session.sequence, session.updated_at = session.sequence + 1, now
    return plan


def _keep_plans(plans: Mapping[Session, Plan]) -> None:
    """Let each session be planned as it was, whatever is public now."""
    gone, new = [], []
    for session, plan in plans.items():
        there = getattr(session, "placement", None)
        if plan == (session.starts_at, session.ends_at, session.room, session.is_cancelled):
            gone += [there] if there is not None else []
        elif there is None:
            starts_at, ends_at, room, cancelled = plan
            new.append(Placement(session=session, starts_at=starts_at, ends_at=ends_at, room=room, cancelled=cancelled))
    Placement.objects.filter(pk__in=[placement.pk for placement in gone]).delete()
    Placement.objects.bulk_create(new, batch_size=CHUNK)


def _read(when: str | None) -> datetime | None:
    return datetime.fromisoformat(when) if when else None


def waiting(summit: Summit) -> int:
    """How many sessions are planned otherwise than they are public, without those kept back."""
    rows = (
        Session.objects.filter(summit=summit)
        .to_publish()
        .filter(Q(placement__isnull=False) | Q(published_at__isnull=True))
    )
    return rows.count()
