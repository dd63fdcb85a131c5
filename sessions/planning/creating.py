"""A session that is made where it shall be: its texts and its place in the plan in one step."""

from datetime import datetime
from typing import Any

from django.db import transaction

from sessions.editing import session_edits
from sessions.models import Session
from sessions.planning import scheduling
from summit.models import Room, Summit, User


@transaction.atomic
def create_planned(
    summit: Summit,
    values: dict[str, Any],
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    room: Room | None,
    by: User | None,
) -> Session:
    """Make a session and plan it; a break without a room is one in all rooms. Raises ``ValidationError``."""
    session = session_edits.create(summit, values, by=by)
    if starts_at or ends_at:
        scheduling.place(session, starts_at=starts_at, ends_at=ends_at, room=room, by=by)
    return session
