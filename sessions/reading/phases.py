"""What the opening page shows on the days of a summit, and afterwards."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from sessions.live import delays, streams
from sessions.models import AudienceQuestion, CaptionLine, Material, Outcome, Session
from sessions.reading import agenda
from summit.models import Summit

# An opening page does not grow with the summit: the page of what is on shows the rest.
ON, NEXT, LOOKED_AT, CAME_OF_IT = 12, 6, 60, 6


def now_on(summit: Summit, now: datetime) -> dict[str, Any]:
    """Cards that are ``on`` and come ``next``, as things stand, and the sessions among these that can be joined."""
    since = now - timedelta(minutes=delays.MOST)
    ahead = summit.sessions.published().filter(cancelled_at=None, ends_at__gt=since).in_order()
    keys = list(ahead.values_list("pk", flat=True)[:LOOKED_AT])
    shown = agenda.at_moment(agenda.cards(summit, Session.objects.filter(pk__in=keys), now=now), now)
    on = shown.on[:ON]
    rows = list(Session.objects.filter(summit=summit, code__in=[card.code for card in on]))
    open_now = streams.joinable(summit, rows)
    return {"on": on, "next": shown.next[:NEXT], "joinable": [row for row in rows if row.pk in open_now]}


def look_back(summit: Summit) -> dict[str, Any]:
    """What is left of a summit: its outcomes, how many sessions can be watched, read and leafed through, how many questions were
    answered in writing, how often the agenda changed, and ``cards`` of sessions of which something is left."""
    public = summit.sessions.published().filter(cancelled_at=None)
    recorded = Material.objects.recordings().filter(session__in=public)
    slides = Material.objects.filter(kind=Material.Kind.SLIDES, confirmed=True, session__in=public)
    answered = AudienceQuestion.objects.public().filter(session__in=public.filter(keeps_answers=True), state="answered")
    outcomes = Outcome.objects.public(summit)
    left = public.filter(Q(pk__in=recorded.values("session")) | Q(pk__in=slides.values("session"))
                         | Q(pk__in=outcomes.values("session")))  # fmt: skip
    keys = list(left.order_by("-featured", "starts_at", "code").values_list("pk", flat=True)[:CAME_OF_IT])
    return {
        "outcomes": outcomes.order_by().count(),
        "recordings": recorded.order_by().values("session").distinct().count(),
        "slides": slides.order_by().values("session").distinct().count(),
        "texts": CaptionLine.objects.filter(session__in=public).order_by().values("session").distinct().count(),
        "answers": answered.exclude(answer={}).count(),
        "changes": max(summit.agenda_versions.count() - 1, 0),
        "cards": agenda.cards(summit, Session.objects.filter(pk__in=keys)),
    }
