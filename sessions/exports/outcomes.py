"""Outcomes of sessions as a table and as JSON: what the public may read, in all languages."""

import json
from typing import Any

from sessions.exports.public import page
from sessions.exports.tables import texts, words
from sessions.models import Outcome
from summit.lib.spreadsheets import Cell, Column, Table
from summit.models import Summit

MEDIA_TYPE = "application/json"


def found(summit: Summit) -> list[Outcome]:
    """In the order of the agenda. One query."""
    rows = list(Outcome.objects.public(summit).in_order().select_related("session"))
    for row in rows:
        row.session.summit = summit
    return rows


def table(summit: Summit) -> Table:
    columns = [
        Column("guid", "string", "Identifies the outcome everywhere; never changes", "uuid", required=True),
        Column("session", "string", "Code of the session", required=True),
        Column("order", "integer", "Place among those of its session"),
        Column("kind", "string", "note, decision or commitment"),
        *texts("text", "What came of it, in Markdown", summit),
        Column("url", "string", "The page for people", "uri"),
    ]
    rows: list[list[Cell]] = [
        [*(str(row.guid), row.session.code, row.order, row.kind), *words(row.text, summit), _page(row)]
        for row in found(summit)
    ]
    return Table("outcomes", "Outcomes of sessions", ("guid",), columns, rows, (("session", "sessions", "code"),))


def as_json(summit: Summit) -> bytes:
    """``{"outcomes": […]}``; a text is an object with a text per language."""
    rows: list[dict[str, Any]] = [
        {
            "guid": str(row.guid),
            "session": row.session.code,
            "session_guid": str(row.session.guid),
            "order": row.order,
            "kind": row.kind,
            "text": row.text.public(),
            "updated_at": row.updated_at.astimezone(summit.tz).isoformat(timespec="seconds"),
            "url": _page(row),
        }
        for row in found(summit)
    ]
    return (json.dumps({"outcomes": rows}, ensure_ascii=False, indent=1) + "\n").encode()


def _page(outcome: Outcome) -> str:
    return f"{page(outcome.session.summit, outcome.session.get_absolute_url)}#outcome-{outcome.guid}"
