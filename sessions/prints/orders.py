"""What can be asked for on paper, and the name it is kept under."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

# Page sizes of CSS (css-page-3, 7.1), the usual one first.
PAPERS = {
    "booklet": ("A4", "A5", "Letter"),
    "day": ("A4", "A5", "Letter"),
    "door": ("A4", "Letter"),
    "cards": ("A4", "Letter"),
}
DEFAULT_PAPER = {"booklet": "A5", "day": "A4", "door": "A4", "cards": "A4"}


class NoSuchPrint(LookupError):
    """There is no such language, paper, day or room."""


@dataclass(frozen=True, slots=True)
class Order:
    """One document. ``day`` empty: every day; ``room`` only for door sheets."""

    kind: str
    languages: tuple[str, ...]
    paper: str
    day: date | None = None
    room: str = ""

    @property
    def name(self) -> str:
        """What the file is called; two orders never share one."""
        parts = [self.kind, self.room, f"{self.day:%Y-%m-%d}" if self.day else "", *self.languages, self.paper]
        return "-".join(part for part in parts if part)

    def stored(self) -> dict[str, Any]:
        """As JSON, for the worker."""
        return {**asdict(self), "languages": list(self.languages), "day": self.day.isoformat() if self.day else ""}

    @classmethod
    def restored(cls, values: Mapping[str, Any]) -> "Order":
        day = date.fromisoformat(values["day"]) if values["day"] else None
        return replace(cls(**values), languages=tuple(values["languages"]), day=day)


def order(
    kind: str,
    *,
    known: Sequence[str],
    default: Sequence[str],
    languages: str = "",
    paper: str = "",
    day: str = "",
    room: str = "",
) -> Order:
    """An order as an address puts it: ``languages`` is "ko,en", ``day`` is ISO 8601; empty means the usual.

    ``known`` are the summit's languages. Raises :class:`NoSuchPrint` for a value that is none of ours, so that there are
    never more documents than can be chosen on the page.
    """
    wanted = tuple(languages.split(",")) if languages else tuple(default)
    if not wanted or len(set(wanted)) != len(wanted) or any(code not in known for code in wanted):
        raise NoSuchPrint(languages)
    if paper and paper not in PAPERS[kind]:
        raise NoSuchPrint(paper)
    return Order(kind, wanted, paper or DEFAULT_PAPER[kind], day_of(day) if day else None, room)


def day_of(text: str) -> date:
    """Only ``2021-12-15``, not the other ways ISO 8601 has to write it: one document, one address."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NoSuchPrint(text) from error
    if day.isoformat() != text:
        raise NoSuchPrint(text)
    return day
