"""What people say afterwards: who may, from when until when, giving it, and what it comes to.

Nobody learns who said what: a row holds a keyed digest of whose it is. Nothing is told of fewer than :data:`LEAST`.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models import Booking, Feedback, Registration
from sessions.live import participants
from sessions.models import Kind, Session
from sessions.reading.afterwards import EARLY, OPEN_FOR, takes_feedback
from summit.errors import Refusal
from summit.lib.text import clean_text
from summit.models import Summit

LEAST = 5


class FeedbackClosed(Refusal):
    code = "feedback_closed"
    status = 409
    message: Any = _("Feedback is not taken now. It is from ten minutes before the end until 14 days after it.")


class NotThere(Refusal):
    code = "feedback_not_there"
    status = 403
    message: Any = _(
        "Feedback is for those who are registered and confirmed. Sign in, or open the link of your registration."
    )


@dataclass(frozen=True, slots=True)
class Results:
    """Of at least :data:`LEAST` people; of fewer ``count`` is 0. ``good`` and ``better`` stand in random order."""

    count: int = 0
    mean: float = 0.0
    good: list[str] = field(default_factory=list)
    better: list[str] = field(default_factory=list)


def own(summit: Summit, session: Session | None, registration: Registration | None) -> Feedback | None:
    """What somebody has said of it already."""
    if registration is None:
        return None
    rows = Feedback.objects.filter(summit=summit, session=session)
    return rows.filter(author=participants.of_registration(registration.guid)).first()


@transaction.atomic
def give(
    summit: Summit,
    session: Session | None,
    registration: Registration | None,
    values: Mapping[str, Any],
    *,
    language: str,
) -> Feedback:
    """What somebody says; once more is instead of what they said before. No line of history tells of it: it would tell whose
    it is. Raises :class:`NotThere` and :class:`FeedbackClosed`."""
    if registration is None or not registration.is_confirmed:
        raise NotThere
    if not takes_feedback(summit, session):
        raise FeedbackClosed
    said = {"rating": values["rating"], "language": language, "sent_at": timezone.now()}
    said |= {name: clean_text(values.get(name) or "") for name in ("good", "better")}
    key: dict[str, Any] = {
        "summit": summit,
        "session": session,
        "author": participants.of_registration(registration.guid),
    }
    made, _new = Feedback.objects.update_or_create(defaults=said, **key)
    return made


def results(summit: Summit, session: Session | None, *, with_texts: bool) -> Results:
    rows = Feedback.objects.filter(summit=summit, session=session)
    found = rows.aggregate(count=Count("pk"), mean=Avg("rating"))
    if found["count"] < LEAST:
        return Results()
    texts = {name: _texts(rows, name) if with_texts else [] for name in ("good", "better")}
    return Results(found["count"], round(found["mean"], 1), **texts)


def _texts(rows: QuerySet[Feedback], name: str) -> list[str]:
    found = list(rows.exclude(**{name: ""}).values_list(name, flat=True))
    secrets.SystemRandom().shuffle(found)
    return found


def means(summit: Summit) -> dict[int, Results]:
    """Of each session of which enough people said something, by its key, without texts. One query."""
    rows = Feedback.objects.filter(summit=summit, session__isnull=False).order_by().values("session")
    counted = rows.annotate(count=Count("pk"), mean=Avg("rating")).filter(count__gte=LEAST)
    return {row["session"]: Results(row["count"], round(row["mean"], 1)) for row in counted}


def sessions_of(registration: Registration, now: datetime | None = None) -> list[Session]:
    """Those that somebody attended, as far as it is known (joined online, or a seat), and of which feedback is taken now.
    Three queries."""
    now = now or timezone.now()
    rows = Session.objects.published().filter(summit=registration.summit_id, cancelled_at=None).exclude(kind=Kind.BREAK)
    rows = rows.filter(ends_at__gt=now - OPEN_FOR, ends_at__lte=now + EARLY)
    mine = {*registration.presences.values_list("session", flat=True)}
    mine |= set(registration.bookings.filter(state=Booking.State.BOOKED).values_list("session", flat=True))
    return list(rows.filter(pk__in=mine).in_order())
