"""The unit every figure of time is told in: a fixed piece of work, timed in the same run and in turn with what is measured.

A budget in milliseconds fails on a slow hour and cannot see a regression on a fast one. A machine that is slow today is
slow for the unit as well. One unit is about a millisecond of the machine on which the budgets were set.
"""

import hashlib
import json
import os
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

__test__ = False
# Of what a page is made: dictionaries, texts, JSON, digests, and calls of small functions.
ROWS, TURNS = 52, 4


def _row(number: int) -> dict[str, Any]:
    return {
        "code": f"S{number:05}",
        "title": {"ko": f"열린정부 세션 {number}: 시민과 정부", "en": f"Session {number}: citizens & government"},
        "people": [f"person-{number * 7 % 31}", f"person-{number * 11 % 29}"],
        "seats": number * 3 % 40,
    }


def _cell(row: dict[str, Any], language: str) -> str:
    text = row["title"].get(language) or row["title"]["en"]
    return f'<td class="title"><a href="/{language}/{row["code"].lower()}/">{text.replace("&", "&amp;")}</a></td>'


def one() -> str:
    """Do the unit once; the digest it comes to."""
    digest = hashlib.sha256()
    for turn in range(TURNS):
        rows = sorted((_row(number) for number in range(turn, ROWS)), key=lambda row: (row["seats"], row["code"]))
        by_person: dict[str, list[str]] = {}
        for row in rows:
            for person in row["people"]:
                by_person.setdefault(person, []).append(row["code"])
        page = "".join(_cell(row, language) for row in rows for language in ("ko", "en"))
        kept = json.loads(json.dumps({"rows": rows, "people": by_person}, ensure_ascii=False))
        digest.update(page.encode() + str(len(kept["people"])).encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Figure:
    """Seconds something took, and what a unit took in the same minutes by the same clock."""

    seconds: float
    unit: float

    @property
    def units(self) -> float:
        return self.seconds / self.unit

    def __truediv__(self, times: float) -> "Figure":
        return Figure(self.seconds / times, self.unit)

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.seconds + other.seconds, min(self.unit, other.unit))

    def __str__(self) -> str:
        milliseconds = self.seconds * 1000
        told = f"{milliseconds / 1000:.1f} s" if milliseconds >= 10_000 else f"{milliseconds:.3g} ms"
        return f"{_short(self.units)} units ({told})"


def _short(units: float) -> str:
    return f"{units:,.0f}" if units >= 100 else f"{units:.3g}"


def clock() -> Callable[[], float]:
    """Processor time; with PostgreSQL the clock on the wall, which alone sees what another process works for us."""
    return time.perf_counter if os.environ.get("DATABASE_URL", "").startswith("postgres") else time.process_time


class Units:
    """The least time a unit took lately; other work on the machine only ever adds."""

    def __init__(self, by: Callable[[], float] | None = None) -> None:
        self.clock, self.least = by or clock(), float("inf")
        one()  # what it needs is read and compiled
        self.again()

    def again(self, times: int = 5) -> None:
        for _turn in range(times):
            started = self.clock()
            one()
            self.least = min(self.least, self.clock() - started)

    def took(self, work: Callable[[], Any]) -> tuple[float, Any]:
        """Seconds of ``work``, and what it gave."""
        started = self.clock()
        given = work()
        return self.clock() - started, given


def once(work: Callable[[], Any], by: Callable[[], float] | None = None) -> tuple[Figure, Any]:
    """What ``work`` took, done once, and what it gave; for what takes so long that it is not done twice."""
    units = Units(by)
    seconds, given = units.took(work)
    units.again()
    return Figure(seconds, units.least), given


def least(work: Callable[[], Any], turns: int = 5, by: Callable[[], float] | None = None) -> Figure:
    """The least that ``work`` took, done ``turns`` times in turn with the unit."""
    units, best = Units(by), float("inf")
    for _turn in range(turns):
        best = min(best, units.took(work)[0])
        units.again()
    return Figure(best, units.least)


@dataclass(frozen=True, slots=True)
class Spread:
    """Many figures of one kind of work, as the median and the ninety-fifth of a hundred."""

    median: Figure
    p95: Figure


def spread(works: Iterable[Callable[[], Any]], by: Callable[[], float] | None = None) -> Spread:
    """How long each of ``works`` took, each done once."""
    units, times = Units(by), []
    for work in works:
        times.append(units.took(work)[0])
        units.again(1)
    times.sort()
    return Spread(
        Figure(statistics.median(times), units.least),
        Figure(times[min(len(times) * 95 // 100, len(times) - 1)], units.least),
    )
