"""What came of a session, written down by its rapporteur, its hosts and the team; also after editing was closed, for this
is what is written then."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import Outcome, Session
from summit import history
from summit.errors import Refusal
from summit.models import User

MOST = 60
SET = ("kind", "text", "is_published")


class TooManyOutcomes(Refusal):
    code = "too_many_outcomes"
    message: Any = _("There are 60 already. Remove one first.")


class OutcomeChanged(Refusal):
    code = "outcome_changed"
    message: Any = _(
        "Somebody has changed this outcome meanwhile. What you wrote is below; the page in another window shows theirs."
    )


@transaction.atomic
def add(session: Session, values: Mapping[str, Any], *, by: User | None) -> Outcome:
    """One more, last in order. ``values``: kind, text, is_published. Raises :class:`TooManyOutcomes`."""
    locked = _locked(session)
    if locked.outcomes.count() >= MOST:
        raise TooManyOutcomes
    order = (locked.outcomes.aggregate(last=Max("order"))["last"] or 0) + 1
    made = Outcome(session=locked, order=order, by=by, kind=values["kind"], is_published=values["is_published"])
    made.text = made.text.revised(values["text"], source=locked.summit.languages[0])
    made.full_clean()
    made.save(force_insert=True)
    _tell(locked, {"outcomes": ("", told(made))}, by, shows=made.is_published)
    return made


@transaction.atomic
def edit(outcome: Outcome, values: Mapping[str, Any], *, version: int, by: User | None) -> Outcome:
    """Raises :class:`OutcomeChanged` where ``version`` is not the one that is kept."""
    session = _locked(outcome.session)
    locked = Outcome.objects.select_for_update(of=("self",)).get(pk=outcome.pk)
    locked.session = session
    if locked.version != version:
        raise OutcomeChanged
    before = (told(locked), locked.text.public(), locked.kind, locked.is_published)
    was_public = locked.is_published
    locked.kind, locked.is_published = values["kind"], values["is_published"]
    locked.text = locked.text.revised(values["text"], source=session.summit.languages[0])
    if (told(locked), locked.text.public(), locked.kind, locked.is_published) == before:
        return locked
    locked.version, locked.by, locked.updated_at = version + 1, by, timezone.now()
    locked.full_clean()
    locked.save(update_fields=[*SET, "version", "by", "updated_at"])
    changes: history.Changes = {"outcomes": (before[0], told(locked))}
    if was_public != locked.is_published:
        changes["outcome public"] = (was_public, locked.is_published)
    _tell(session, changes, by, shows=was_public or locked.is_published)
    return locked


@transaction.atomic
def move(outcome: Outcome, *, up: bool, by: User | None) -> None:
    """One place up or down among those of its session; nothing at the end."""
    session = _locked(outcome.session)
    rows = list(session.outcomes.order_by("order", "pk"))
    here = next((n for n, row in enumerate(rows) if row.pk == outcome.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for order, row in enumerate(rows, 1):
        row.order = order
    Outcome.objects.bulk_update(rows, ["order"])
    _tell(session, {"outcome order": (here + 1, there + 1)}, by, shows=True)


@transaction.atomic
def remove(outcome: Outcome, *, by: User | None) -> None:
    """One that is gone already is nothing to do."""
    session = _locked(outcome.session)
    if Outcome.objects.filter(pk=outcome.pk).delete()[0]:
        _tell(session, {"outcomes": (told(outcome), "")}, by, shows=outcome.is_published)


def told(outcome: Outcome) -> str:
    """What a line of history says of one."""
    return outcome.text.in_language(outcome.session.summit.languages[0])[:200]


def _locked(session: Session) -> Session:
    found: Session = Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=session.pk)
    return found


def _tell(session: Session, changes: history.Changes, by: User | None, *, shows: bool) -> None:
    history.record("session.edit", session, by=by, summit=session.summit, changes=changes)
    if shows and session.is_published:
        Session.objects.filter(pk=session.pk).update(updated_at=timezone.now())
        session.summit.raise_revision()
