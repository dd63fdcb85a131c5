"""The queue of whoever vets: people who come in person and on whom they decide, the longest registered first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from registration.accrediting import vetting
from registration.models import Attendance, Registration, State
from registration.registering import decisions
from registration.registering.decisions import Reason
from summit.errors import Refusal
from summit.models import Summit, User

# So many are moved at once: each may be mailed.
MOST = 200


class VettingQueue:
    """``wanted``: ``state`` (a :class:`Vetting`, ``all``, or "" for those that are open), ``category`` and ``delegation``
    by their codes."""

    def __init__(self, summit: Summit, user: User, wanted: Mapping[str, str]) -> None:
        self.everybody = decisions.decided_by(user, summit).active().filter(attendance=Attendance.IN_PERSON)
        self.everybody = self.everybody.exclude(state=State.UNPROVEN)
        rows, state = self.everybody, wanted.get("state", "")
        if state != "all":
            rows = rows.filter(vetting.standing_at(state) if state else vetting.to_do())
        for name in ("category", "delegation"):
            if wanted.get(name):
                rows = rows.filter(**{f"{name}__code": wanted[name]})
        self.rows = rows.order_by("created_at", "pk")

    def before(self, found: Registration) -> Registration | None:
        earlier = Q(created_at__lt=found.created_at) | Q(created_at=found.created_at, pk__lt=found.pk)
        return self.rows.filter(earlier).reverse().first()

    def after(self, found: Registration) -> Registration | None:
        later = Q(created_at__gt=found.created_at) | Q(created_at=found.created_at, pk__gt=found.pk)
        return self.rows.filter(later).first()


@dataclass(slots=True)
class Outcome:
    """Who is moved, and who stays with why."""

    moved: list[Registration] = field(default_factory=list)
    stays: list[tuple[Registration, str]] = field(default_factory=list)


def preview(rows: Collection[Registration], verb: str) -> Outcome:
    """Whom the table leads along ``verb``, as far as can be said without doing it; photos are at hand."""
    outcome = Outcome()
    for row in rows:
        hindered = vetting.hindered(row, getattr(row, "photo", None)) if verb == "clear" else None
        if not vetting.may(row, verb):
            outcome.stays.append((row, str(row.vetted_as.label)))
        elif hindered:
            outcome.stays.append((row, str(hindered.message)))
        else:
            outcome.moved.append(row)
    return outcome


def move_together(rows: Collection[Registration], verb: str, *, reason: Reason, by: User) -> Outcome:
    """Each on its own: where a rule refuses one, that one stays with why, and the others go on. Each is told in their
    language."""
    outcome = Outcome()
    for row in rows:
        try:
            vetting.move(row, verb, by=by, reason=reason.told_in(row.language))
        except Refusal as refusal:
            outcome.stays.append((row, str(refusal.message)))
        else:
            outcome.moved.append(row)
    return outcome
