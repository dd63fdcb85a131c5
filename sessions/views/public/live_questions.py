"""The pieces of questions and polls for pages that are open; see :mod:`sessions.views.public.live`."""

from datetime import datetime

from django.template.loader import render_to_string

from sessions.live import taking_part
from sessions.models import Session


def pieces(session: Session, now: datetime) -> dict[str, str]:
    """Seven queries, however much is asked."""
    shared = {"session": session, "summit": session.summit}
    draw = {
        "questions": ("_questions.html", taking_part.public_questions(session, now)),
        "polls": ("_polls.html", taking_part.open_polls(session)),
        "results": ("_results.html", taking_part.shown_results(session)),
    }
    return {
        name: render_to_string(f"sessions/live/{template}", {**shared, **context})
        for name, (template, context) in draw.items()
    }
