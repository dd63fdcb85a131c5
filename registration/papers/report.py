"""The report of a summit: numbers of each session, as a page, a sheet and a PDF.

Of fewer than :data:`LEAST` people it says so and no more. What nobody counts is not in it: who sat in the hall, how many
were online at once, who watched a recording later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from registration.models import Booking, OpenVisit, Presence
from registration.personal import feedback
from registration.personal.feedback import LEAST, Results
from sessions.models import AudienceQuestion, Kind, Poll, Session
from summit.lib.spreadsheets import Cell, Column, Table
from summit.models import Summit


@dataclass(frozen=True, slots=True)
class Row:
    """Numbers of people as they may be said: ``<5`` where they are few. ``minutes`` is "–" where ``online`` is few."""

    session: Session
    booked: str
    online: str
    minutes: str
    visits: str
    questions: str
    votes: str
    feedback: Results

    @property
    def mean(self) -> str:
        return f"{self.feedback.mean:.1f}" if self.feedback.count else "–"


@dataclass(frozen=True, slots=True)
class Report:
    """``has``: which of the columns say anything of this summit."""

    rows: list[Row]
    has: frozenset[str]


# In this order; what a row is asked for.
COLUMNS = ("booked", "online", "minutes", "visits", "questions", "votes", "answers", "mean")


def said(number: int) -> str:
    return f"<{LEAST}" if 0 < number < LEAST else str(number)


def read(summit: Summit) -> Report:
    """Seven queries, however many sessions."""
    rows = Session.objects.published().filter(summit=summit, cancelled_at=None).exclude(kind=Kind.BREAK).in_order()
    sessions = list(rows.select_related("summit"))
    of = {"session__summit": summit}
    booked = _by_session(Booking.objects.filter(state=Booking.State.BOOKED, **of), number=Count("pk"))
    online = _by_session(Presence.objects.filter(**of), number=Count("pk"))
    minutes = _by_session(Presence.objects.filter(**of), number=Sum("minutes"))
    visits = dict(OpenVisit.objects.filter(**of).values_list("session", "joined"))
    asked = _by_session(AudienceQuestion.objects.filter(**of), number=Count("pk"))
    votes = _by_session(Poll.objects.filter(**of), number=Sum("voted"))
    means = feedback.means(summit)
    found = []
    for session in sessions:
        key = session.pk
        few = 0 < online.get(key, 0) < LEAST
        numbers = [said(of_session.get(key, 0)) for of_session in (booked, online, visits, asked, votes)]
        said_of, watched = means.get(key, Results()), "–" if few else str(minutes.get(key, 0))
        row = Row(session, numbers[0], numbers[1], watched, numbers[2], numbers[3], numbers[4], said_of)
        found.append(row)
    there: dict[str, dict[int, Any]] = {"booked": booked, "online": online, "minutes": minutes, "visits": visits, "questions": asked, "votes": votes,
             "answers": means, "mean": means}  # fmt: skip
    return Report(found, frozenset(name for name, numbers in there.items() if any(numbers.values())))


def _by_session(rows: Any, **number: Any) -> dict[int, int]:
    counted = rows.order_by().values("session").annotate(**number).values_list("session", "number")
    return {session: count or 0 for session, count in counted}


def headings(report: Report) -> list[tuple[str, str]]:
    """The columns that say something, each with its name for people."""
    names = {
        "booked": _("Seats booked"),
        "online": _("Joined online"),
        "minutes": _("Minutes online"),
        "visits": _("Visits without a registration"),
        "questions": _("Questions asked"),
        "votes": _("Votes in polls"),
        "answers": _("Feedback"),
        "mean": _("Mean of 5"),
    }
    return [(name, names[name]) for name in COLUMNS if name in report.has]


def cells(row: Row, columns: Iterable[str]) -> list[str]:
    values = {"answers": str(row.feedback.count) if row.feedback.count else "–", "mean": row.mean}
    return [values[name] if name in values else getattr(row, name) for name in columns]


def table(report: Report) -> Table:
    """In the active language."""
    shown = headings(report)
    columns = [Column("code", "string", _("Code")), Column(_("Session"), "string", _("Session"))]
    columns += [Column(label, "string", label) for _name, label in shown]
    names = [name for name, _label in shown]
    rows: list[list[Cell]] = [[row.session.code, str(row.session.title), *cells(row, names)] for row in report.rows]
    return Table("report", _("Report"), ("code",), columns, rows)
