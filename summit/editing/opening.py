"""Opening a summit to the public, and closing it again. Its workspace goes on either way."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.errors import Refusal
from summit.models import Summit, User


class AlreadyOpen(Refusal):
    code = "already_open"
    message: Any = _("This summit is open to the public already.")


class AlreadyClosed(Refusal):
    code = "already_closed"
    message: Any = _("This summit is closed to the public already.")


class OtherThanAsked(Refusal):
    code = "other_than_asked"
    message: Any = _("What this is about has changed in the meantime. Look at the numbers, then go on.")


@dataclass(frozen=True, slots=True)
class Reach:
    """What opening makes readable and closing takes away, and how many people have registered for it."""

    pages: int
    tracks: int
    sessions: int
    registrations: int

    @property
    def fingerprint(self) -> str:
        """What a form carries, so that nobody agrees to more than they were told. Registrations go on either way."""
        return f"{self.pages}-{self.tracks}-{self.sessions}"


def reach(summit: Summit) -> Reach:
    """Four queries. Tracks, sessions and registrations are of the apps above, known by nothing but their relation."""
    found: Any = summit
    return Reach(
        pages=summit.pages.count(),
        tracks=found.tracks.count(),
        sessions=found.sessions.published().count(),
        registrations=found.registrations.active().count(),
    )


def open_to_public(summit: Summit, *, seen: str | None = None, by: User | None) -> Summit:
    """Everybody may read the public pages. ``seen`` is the fingerprint of what the opener was told; None: nothing asked.

    Raises :class:`AlreadyOpen` and :class:`OtherThanAsked`.
    """
    return _set(summit, True, AlreadyOpen, seen=seen, by=by)


def close_to_public(summit: Summit, *, seen: str | None = None, by: User | None) -> Summit:
    """All public pages, calendars and data answer as if there were no such summit; kept ones go with the revision.

    What hangs on a private address (a registration, a shared agenda, the workspace) goes on. Raises
    :class:`AlreadyClosed` and :class:`OtherThanAsked`.
    """
    return _set(summit, False, AlreadyClosed, seen=seen, by=by)


@transaction.atomic
def set_current(summit: Summit, current: bool, *, by: User | None) -> Summit:
    """Whether ``/`` leads to this summit; of all summits at most one. Without one it leads to the latest that is public."""
    # One at a time: all rows this may touch are held in one order.
    rows = {row.pk: row for row in Summit.objects.select_for_update().order_by("pk")}
    changed = [row for row in rows.values() if row.is_current is not (current and row.pk == summit.pk)
               and (current or row.pk == summit.pk)]  # fmt: skip
    # The mark is taken away first: no two may have it, not for a moment.
    for row in sorted(changed, key=lambda row: not row.is_current):
        before, row.is_current = row.is_current, not row.is_current
        row.save(update_fields=["is_current"])
        history.record("summit.current", row, by=by, summit=row, changes={"is_current": (before, row.is_current)})
        row.raise_revision()
    return rows[summit.pk]


@transaction.atomic
def _set(summit: Summit, public: bool, already: type[Refusal], *, seen: str | None, by: User | None) -> Summit:
    locked = Summit.objects.select_for_update().get(pk=summit.pk)
    if locked.is_public is public:
        raise already
    if seen is not None and seen != reach(locked).fingerprint:
        raise OtherThanAsked
    locked.is_public = public
    locked.save(update_fields=["is_public"])
    action = "summit.open" if public else "summit.close"
    history.record(action, locked, by=by, summit=locked, changes={"is_public": (not public, public)})
    locked.raise_revision()
    return locked
