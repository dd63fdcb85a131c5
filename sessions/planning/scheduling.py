"""Planning: where and when a session shall be. Nothing here is public before ``publishing.publish``."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from sessions.models import AcceptedConflict, Placement, Session
from summit import history
from summit.editing.revising import Overtaken, entries_of
from summit.models import Room, Summit, User


@transaction.atomic
def place(
    session: Session,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    room: Room | None,
    cancelled: bool = False,
    version: int | None = None,
    by: User | None = None,
) -> Placement | None:
    """Plan a session's time, room and state; returns what waits to be published, None where it is as it is public.

    ``version`` is the ``plan_version`` the change was made on. Raises ``ValidationError`` where the session could not
    take place so, and :class:`summit.editing.revising.Overtaken` where another organiser has moved it meanwhile.
    """
    locked = Session.objects.select_for_update(of=("self",)).select_related("summit", "room").get(pk=session.pk)
    if version is not None and locked.plan_version != version:
        moves = entries_of(locked).filter(action="session.place")
        raise Overtaken(now=locked, entries=list(moves[:3]))
    plan = Placement(session=locked, starts_at=starts_at, ends_at=ends_at, room=room, cancelled=cancelled, by=by)
    plan.clean()
    before = Placement.objects.filter(session=locked).select_related("room").first()
    old = before or _public(locked)
    wanted = {"starts_at": starts_at, "ends_at": ends_at, "room": room, "cancelled": cancelled}
    changes = history.changed(old, wanted)
    if not changes:
        return before
    if before:
        before.delete()
    plan.updated_at = timezone.now()
    waits = bool(history.changed(_public(locked), wanted))
    if waits:
        plan.save(force_insert=True)
    locked.plan_version, locked.planned_at = locked.plan_version + 1, plan.updated_at
    locked.save(update_fields=["plan_version", "planned_at"])
    session.plan_version = locked.plan_version
    history.record("session.place", locked, by=by, summit=locked.summit,
                   changes={n: (_shown(a), _shown(b)) for n, (a, b) in changes.items()})  # fmt: skip
    return plan if waits else None


@transaction.atomic
def accept_conflict(summit: Summit, key: str, reason: str, *, by: User) -> AcceptedConflict:
    """Let a conflict stand, with the reason. Again with another reason is the newer one."""
    row, _made = AcceptedConflict.objects.update_or_create(
        summit=summit, key=key, defaults={"reason": reason, "by": by, "at": timezone.now()}
    )
    history.record("conflict.accept", row, by=by, summit=summit, changes={"reason": ("", reason)})
    return row


@transaction.atomic
def reopen_conflict(summit: Summit, key: str, *, by: User) -> None:
    """Show a conflict that was accepted again."""
    for row in AcceptedConflict.objects.filter(summit=summit, key=key):
        history.record("conflict.reopen", row, by=by, summit=summit, changes={"reason": (row.reason, "")})
        row.delete()


def _public(session: Session) -> Placement:
    """The placement that would change nothing."""
    return Placement(
        session=session,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        room=session.room,
        cancelled=session.is_cancelled,
    )


def _shown(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
