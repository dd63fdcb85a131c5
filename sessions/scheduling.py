"""Planning: where and when a session shall be. Nothing here is public before ``publishing.publish``."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from sessions.models import Placement, Session
from summit import history
from summit.models import Room, User


@transaction.atomic
def place(
    session: Session,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    room: Room | None,
    cancelled: bool = False,
    by: User | None = None,
) -> Placement | None:
    """Plan a session's time, room and state; returns what waits to be published, None where it is as it is public.

    Raises ``ValidationError`` where the session could not take place so.
    """
    plan = Placement(session=session, starts_at=starts_at, ends_at=ends_at, room=room, cancelled=cancelled, by=by)
    plan.clean()
    before = Placement.objects.filter(session=session).first()
    old = before or _public(session)
    wanted = {"starts_at": starts_at, "ends_at": ends_at, "room": room, "cancelled": cancelled}
    changes = history.changed(old, wanted)
    if not changes:
        return before
    if before:
        before.delete()
    plan.updated_at = timezone.now()
    waits = bool(history.changed(_public(session), wanted))
    if waits:
        plan.save(force_insert=True)
    history.record("session.place", session, by=by, summit=session.summit,
                   changes={n: (_shown(a), _shown(b)) for n, (a, b) in changes.items()})  # fmt: skip
    return plan if waits else None


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
