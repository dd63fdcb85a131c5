"""What is done to many sessions or people at once and can be taken back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from sessions.editing import session_edits
from sessions.models import Appearance, Session
from sessions.planning import scheduling
from sessions.planning.plan import planned
from speakers.models import Speaker
from summit import history
from summit.models import User

Step = dict[str, Any]


def cancel(session: Session, *, by: User) -> Step | None:
    """Plan that a session does not take place; public with the next version. None where that is planned already."""
    now = planned(session)
    if now.cancelled:
        return None
    _plan(session, cancelled=True, by=by)
    return {"plan_version": session.plan_version}


def uncancel(session: Session, step: Step, *, by: User) -> bool:
    """Plan it again as it was, unless somebody has planned it anew since."""
    if session.plan_version != step["plan_version"]:
        return False
    _plan(session, cancelled=False, by=by)
    return True


def _plan(session: Session, *, cancelled: bool, by: User) -> None:
    now = planned(session)
    scheduling.place(session, starts_at=now.starts_at, ends_at=now.ends_at, room=now.room, cancelled=cancelled, by=by)


def confirm_everywhere(speaker: Speaker, *, by: User) -> Step | None:
    """Mark somebody who was asked as confirmed; whoever has declined stays so. None where nothing waits."""
    asked = speaker.appearances.filter(state=Appearance.State.INVITED)
    keys = [session_edits.answer(appearance, confirmed=True, by=by).pk for appearance in asked]
    return {"appearances": keys} if keys else None


@transaction.atomic
def ask_again(speaker: Speaker, step: Step, *, by: User) -> bool:
    """Take those answers back where they are still what they were made."""
    rows = Appearance.objects.select_for_update(of=("self",)).select_related("session__summit")
    answered = rows.filter(speaker=speaker, pk__in=step["appearances"], state=Appearance.State.CONFIRMED)
    changed = 0
    for row in answered:
        row.state, row.answered_at = Appearance.State.INVITED, None
        row.save(update_fields=["state", "answered_at"])
        changes = {"state": (Appearance.State.CONFIRMED.value, Appearance.State.INVITED.value)}
        history.record("appearance.answer", row.session, by=by, summit=row.session.summit,
                       changes={**changes, "person": ("", speaker.name)})  # fmt: skip
        if row.session.is_published:
            row.session.updated_at = timezone.now()
            row.session.save(update_fields=["updated_at"])
            row.session.summit.raise_revision()
        changed += 1
    return changed > 0
