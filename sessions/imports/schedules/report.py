"""What an import did, or would do, in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from summit.imports.table_format import Report

SHOWN = 50
# A line in words, and the code of the session it tells of, "" where it is none.
type Told = tuple[str, str]


@dataclass
class ScheduleReport(Report):
    """The counts and refusals of every import, and session by session what is new, changed and gone."""

    new_sessions: list[tuple[str, str]] = field(default_factory=list)  # code, title
    changed_sessions: list[tuple[str, str, list[str]]] = field(default_factory=list)  # code, title, what changed
    gone: list[tuple[str, str]] = field(default_factory=list)
    cancelled: int = 0
    outside: int = 0  # sessions on no day of the summit
    notes: list[tuple[str, str]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        for part in (self.added(), self.edited(), self.left(), self.noted()):
            yield from (text for text, _code in part)
        yield from super().lines()
        yield from self.ended()

    def added(self) -> Iterator[Told]:
        yield from _some([(_("New: %(code)s %(title)s") % {"code": c, "title": t}, c) for c, t in self.new_sessions])

    def edited(self) -> Iterator[Told]:
        yield from _some([
            (_("Changed: %(code)s %(title)s (%(what)s)") % {"code": c, "title": t, "what": ", ".join(what)}, c)
            for c, t, what in self.changed_sessions
        ])  # fmt: skip

    def left(self) -> Iterator[Told]:
        """What the summit has and the file has not."""
        words = _("Gone from the file: %(code)s %(title)s")
        yield from _some([(words % {"code": c, "title": t}, c) for c, t in self.gone])

    def noted(self) -> Iterator[Told]:
        yield from noted(self.notes)

    def ended(self) -> Iterator[str]:
        """How many are on no day of the summit, and what became of the sessions that are gone from the file."""
        if self.outside:
            yield _("Outside the days of the summit: %(count)d") % {"count": self.outside}
        if self.cancelled:
            yield _("Cancelled because they are gone: %(count)d") % {"count": self.cancelled}
        elif self.gone:
            yield _("Gone and left as they are: %(count)d") % {"count": len(self.gone)}


def noted(notes: list[tuple[str, str]]) -> Iterator[Told]:
    """What somebody should look at, each with its place in the file."""
    yield from _some([(_("Noted, %(place)s: %(text)s") % {"place": p, "text": t}, "") for p, t in notes])


def _some(lines: list[Told]) -> Iterator[Told]:
    """The first lines, and how many more there are."""
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield _("… and %(count)d more of these.") % {"count": len(lines) - SHOWN}, ""
