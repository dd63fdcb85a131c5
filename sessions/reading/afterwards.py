"""From when until when people say what they think of a session, or of a summit."""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from sessions.models import Kind, Session
from summit.lib import times
from summit.models import Summit

EARLY, OPEN_FOR = timedelta(minutes=10), timedelta(days=14)


def end_of(summit: Summit, session: Session | None) -> datetime | None:
    """When a session, or the last of a summit, ends; None: it does not take place, or nobody says when."""
    if session is None:
        rows = Session.objects.published().filter(summit=summit, cancelled_at=None)
        last: datetime | None = rows.aggregate(last=Max("ends_at"))["last"]
        return last or times.day_bounds(summit.ends_on, summit.tz)[1]
    return None if session.is_cancelled or session.kind == Kind.BREAK else session.ends_at


def takes_feedback(summit: Summit, session: Session | None, now: datetime | None = None) -> bool:
    end, now = end_of(summit, session), now or timezone.now()
    return end is not None and end - EARLY <= now < end + OPEN_FOR
