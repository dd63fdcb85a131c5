"""The pieces of announcements and delays for pages that are open; see :mod:`sessions.views.public.live`."""

from datetime import datetime

from django.template.loader import render_to_string

from sessions.live import announcements, delays
from sessions.models import Announcement, Session
from sessions.reading.agenda import expected_words
from sessions.reading.announced import banners
from summit.models import Summit

ATTENDANCES = ("", "in_person", "online")


def of_summit(summit: Summit, now: datetime) -> dict[str, str]:
    """What everybody is shown, and what whoever is known to come so. One query."""
    return _drawn(summit, announcements.standing(summit, now))


def of_session(session: Session, now: datetime) -> dict[str, str]:
    """The same with what is announced of the session; they stand for those of its summit. One query."""
    return _drawn(session.summit, announcements.standing(session.summit, now, sessions=[session.pk]))


def expected(session: Session, now: datetime) -> dict[str, str]:
    """When it is expected in fact. One query at most."""
    words = expected_words(delays.expected(session, now), session.summit)
    return {"expected": render_to_string("sessions/live/_expected.html", {"expected": words})}


def _drawn(summit: Summit, shown: list[Announcement]) -> dict[str, str]:
    found: dict[str, str] = {}
    for attendance in ATTENDANCES:
        mine = [each for each in shown if not attendance or each.audience in {"everybody", attendance}]
        context = banners(summit, mine, attendance)
        for name, part in (("urgent", context["urgent"]), ("banner", context["standing"])):
            drawn = render_to_string("sessions/live/_announcements.html", {**context, "announcements": part})
            found[f"{name}{context['suffix']}"] = drawn
    return found
