"""What was said in sessions that are over, line by line, as a table of the open data."""

from django.utils import timezone

from sessions.models import CaptionLine
from summit.lib.spreadsheets import Cell, Column, Table
from summit.models import Summit

COLUMNS = [
    Column("session", "string", "Code of the session", required=True),
    Column("language", "string", "Language of the line", required=True),
    Column("starts_ms", "integer", "Milliseconds from the beginning of the session", required=True),
    Column("ends_ms", "integer", "Milliseconds from the beginning of the session", required=True),
    Column("speaker", "string", "Who speaks, where that was written down"),
    Column("text", "string", "What is said, as it was captioned, with corrections", required=True),
]


def table(summit: Summit) -> Table:
    """One query. What is being said at this moment is not in it: it changes without a revision of the agenda."""
    over = CaptionLine.objects.filter(session__summit=summit, session__published_at__isnull=False,
                                      session__ends_at__lt=timezone.now())  # fmt: skip
    rows = over.order_by("session__code", "language", "starts_ms", "pk")
    names = ("session__code", "language", "starts_ms", "ends_ms", "speaker", "text")
    said: list[list[Cell]] = [list(row) for row in rows.values_list(*names)]
    return Table("transcripts", "What was said in sessions", (), COLUMNS, said, (("session", "sessions", "code"),))
