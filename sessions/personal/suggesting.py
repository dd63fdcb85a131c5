"""The clash-free agenda that keeps most of what somebody bookmarked: weighted interval scheduling.

Kleinberg and Tardos, *Algorithm Design* (2005), 6.1: sort by end, and for each session take the better of leaving it
out and taking it after the last one that ends before it begins. O(n log n).
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sessions.models import Session
from sessions.personal.days import overlap

# A seat that was booked outweighs any number of bookmarks, a bookmark any number of interests.
WEIGHTS = {"booked": 1_000_000, "offered": 1_000_000, "waitlisted": 1_000, "bookmarked": 1_000}
INTEREST = 1


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A session that was bookmarked and does not fit, with the chosen ones it clashes with."""

    session: Session
    because_of: list[Session]


@dataclass(slots=True)
class Suggestion:
    chosen: list[Session] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    # Chosen for a track or host of interest, not bookmarked.
    added: list[Session] = field(default_factory=list)


def suggest(
    sessions: Iterable[Session],
    bookmarks: Mapping[str, str],
    *,
    tracks: Collection[str] = (),
    hosts: Collection[str] = (),
) -> Suggestion:
    """The best clash-free choice among ``sessions`` (with hosts prefetched).

    ``bookmarks`` maps codes to how they are bookmarked (see ``WEIGHTS``); ``tracks`` (slugs) and ``hosts`` (codes) are of
    interest. Cancelled sessions and those without a time are not considered.
    """
    weighed = []
    for session in sessions:
        weight = WEIGHTS.get(bookmarks.get(session.code, ""), 0)
        weight += INTEREST * (session.track is not None and session.track.slug in tracks)
        weight += INTEREST * any(hosting.organisation.code in hosts for hosting in session.hostings.all())
        if weight and session.starts_at and session.ends_at and not session.is_cancelled:
            weighed.append((session.ends_at, session.starts_at, session.code, weight, session))
    weighed.sort(key=lambda row: row[:3])
    best = _heaviest([(starts, ends, weight) for ends, starts, _code, weight, _session in weighed])
    chosen = [weighed[number][4] for number in best]
    taken = {session.pk for session in chosen}
    left = [row[4] for row in weighed if row[4].pk not in taken and row[4].code in bookmarks]
    return Suggestion(
        sorted(chosen, key=lambda session: (session.starts_at, session.code)),
        [LeftOut(session, [one for one in chosen if overlap(one, session)]) for session in left],
        [session for session in chosen if session.code not in bookmarks],
    )


def _heaviest(rows: list[tuple[datetime, datetime, int]]) -> list[int]:
    """Numbers of the rows (start, end, weight; sorted by end) that weigh most together without overlapping."""
    ends = [row[1] for row in rows]
    totals = [0]
    before = []
    for number, (start, _end, weight) in enumerate(rows):
        fits = bisect_right(ends, start, hi=number)
        before.append(fits)
        totals.append(max(totals[number], totals[fits] + weight))
    chosen, number = [], len(rows)
    while number:
        if totals[number] == totals[number - 1]:
            number -= 1
        else:
            chosen.append(number - 1)
            number = before[number - 1]
    return chosen[::-1]
