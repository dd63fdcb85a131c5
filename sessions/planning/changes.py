"""What is new in a version of the agenda, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from sessions.models import ChangeKind
from sessions.models.session import paths
from summit.lib import times
from summit.lib.translated import Text, active_language
from summit.models import Summit


@dataclass(frozen=True, slots=True)
class DescribedChange:
    """One change as a reader is told of it; ``before`` and ``after`` are "" where there is nothing to compare.

    ``url`` is "" where there is no public page: of what was removed, and while the summit is closed.
    """

    kind: str
    label: str
    code: str
    title: Text
    url: str
    before: str
    after: str


def described(
    changes: Iterable[dict[str, Any]], summit: Summit, *, reader: ZoneInfo | None = None
) -> list[DescribedChange]:
    """Changes of a version (``AgendaVersion.changes``) in the active language. One query for the rooms.

    With the zone of a reader times are told in it as well, where it differs.
    """
    language = active_language()
    rooms = {room.code: room.name.in_language(language) for room in summit.rooms.all()}
    labels = {str(value): str(label) for value, label in ChangeKind.choices}
    page = paths(summit)
    described_changes = []
    for change in changes:
        kind = change["kind"]
        before, after = (_words(change[side], summit, rooms, language, reader) for side in ("before", "after"))
        if kind == ChangeKind.RENAMED:
            before, after = (Text(change[side]["title"]).in_language(language) for side in ("before", "after"))
        elif kind in {ChangeKind.CANCELLED, ChangeKind.RESTORED}:
            before = after = ""
        url = "" if kind == ChangeKind.REMOVED or not summit.is_public else page(change["code"])
        described_changes.append(
            DescribedChange(kind, labels.get(kind, kind), change["code"], Text(change["title"]), url, before, after)
        )
    return described_changes


def _words(
    side: dict[str, Any], summit: Summit, rooms: dict[str, str], language: str, reader: ZoneInfo | None = None
) -> str:
    """ "Wed, 15 Dec 10:00–11:30 · Grand Ballroom 101": the facts that one side of a change holds."""
    words = []
    if "starts_at" in side or "ends_at" in side:
        starts, ends = (datetime.fromisoformat(side[n]) if side.get(n) else None for n in ("starts_at", "ends_at"))
        if starts:
            label = times.moment_label(starts, summit.tz, language)
            words.append(f"{label}–{ends.astimezone(summit.tz):%H:%M}" if ends else label)
        elif ends:
            words.append(gettext("until %(time)s") % {"time": f"{ends.astimezone(summit.tz):%H:%M}"})
        else:
            words.append(gettext("no time yet"))
        if there := times.for_reader(starts, ends, summit.tz, reader, language):
            words.append(there)
    if "room" in side:
        words.append(rooms.get(side["room"], side["room"]) or gettext("no room yet"))
    return " · ".join(words)
