"""What has changed in somebody's sessions since they last looked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sessions.models import AgendaVersion, Session
from sessions.planning import changes
from speakers.models import Speaker
from summit import history
from summit.models import HistoryEntry, Summit

MOST = 20
# The working side a person on stage may know of; the plan is told once it is public, and notes never.
SHOWN_FIELDS = {"title", "abstract", "plain_summary", "mode", "language", "people", "hosts", "materials", "run_of_show", "technical_sheet",
        "do_not_record", "kind"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    at: datetime
    session: Session
    text: str
    by: Any = None


def since(looked: datetime | None, summit: Summit, people: list[Speaker], sessions: list[Session]) -> list[Item]:
    """Newest first; nothing for somebody who looks for the first time. Their own edits are no news."""
    if looked is None or not sessions:
        return []
    mine = {person.user_id for person in people} - {None}
    by_key = {str(session.pk): session for session in sessions}
    by_code = {session.code: session for session in sessions}
    found = [*_published(summit, looked, by_code), *_edited(summit, looked, by_key, mine)]
    return sorted(found, key=lambda item: item.at, reverse=True)[:MOST]


def _published(summit: Summit, looked: datetime, sessions: dict[str, Session]) -> list[Item]:
    found = []
    for version in AgendaVersion.objects.filter(summit=summit, published_at__gt=looked).only("changes", "published_at"):
        mine = [change for change in version.changes if change["code"] in sessions]
        for change in changes.described(mine, summit):
            arrow = f"{change.before} → {change.after}" if change.before and change.after else change.after
            text = f"{change.label}: {arrow}" if arrow else change.label
            found.append(Item(version.published_at, sessions[change.code], text))
    return found


def _edited(summit: Summit, looked: datetime, sessions: dict[str, Session], mine: set[Any]) -> list[Item]:
    rows = HistoryEntry.objects.filter(summit=summit, at__gt=looked, subject_kind=Session._meta.label_lower,
                                       subject_key__in=list(sessions), action__in=("session.edit", "session.restore"))  # fmt: skip
    found = []
    fields = {field.name: field.verbose_name for field in Session._meta.fields}
    names = {"people": _("people on stage"), "hosts": _("hosts"), "materials": _("links and files")}
    for entry in rows.exclude(by__in=mine).select_related("by")[:MOST]:
        changed = [str(names.get(name) or fields.get(name, name)) for name in entry.changes if name in SHOWN_FIELDS]
        if changed:
            text = f"{history.ACTIONS[entry.action]}: {', '.join(changed)}"
            found.append(Item(entry.at, sessions[entry.subject_key], text, entry.by))
    return found
