"""Who still owes something for a session, and one mail to each that names all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from sessions.models import Appearance, Deadline, Kind, Session, SessionHost, Task
from speakers.models import OrganisationMember
from summit import history
from summit.editing import inline_edits
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.lib import times
from summit.lib.translated import Status
from summit.mailing import outbox
from summit.models import Summit, User

# By themselves, reminders go out in the last week before a deadline and once more after it, six days apart.
BEFORE = timedelta(days=7)
APART = timedelta(days=6)
FOLDER = "sessions/emails"


class NobodyOwes(Refusal):
    code = "nobody_owes"
    message: Any = _("Nobody owes anything of this.")


@dataclass(slots=True)
class Debtor:
    """Somebody who owes something: ``owed`` lists (task, session title), in the order of the agenda."""

    email: str
    name: str
    language: str
    page: str
    owed: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Debt:
    task: str
    session: Session


def debts(summit: Summit, tasks: set[str]) -> list[Debt]:
    """What is missing, session by session. Five queries."""
    rows = list(
        Session.objects.filter(summit=summit, cancelled_at__isnull=True)
        .exclude(kind__in=(Kind.BREAK,))
        .prefetch_related("appearances__speaker__user", "materials")
        .in_order()
    )
    wanted = [task for task in Task.values if task in tasks]
    return [Debt(task, session) for session in rows for task in wanted if _owes(task, session, summit)]


def _owes(task: str, session: Session, summit: Summit) -> bool:
    if task == Task.ABSTRACT:
        return any(
            session.abstract.status(code, source=summit.languages[0]) != Status.DONE for code in summit.languages
        )
    if task == Task.TECHNICAL:
        return not session.technical_sheet
    if task == Task.LINKS:
        return any(not material.confirmed for material in session.materials.all())
    standing = [a for a in session.appearances.all() if a.state != Appearance.State.DECLINED]
    if task == Task.PEOPLE:
        return any(a.state == Appearance.State.INVITED for a in standing)
    return any(not (a.speaker.portrait and a.speaker.biography) for a in standing)


def debtors(summit: Summit, tasks: set[str]) -> list[Debtor]:
    """Each person once, with everything they owe: hosts' contacts for their sessions, people on stage for themselves."""
    people: dict[str, Debtor] = {}
    contacts = _contacts(summit)
    for debt in debts(summit, tasks):
        label, title = str(debt.task), str(debt.session.title)
        if debt.task in {Task.PEOPLE, Task.PROFILE}:
            owing = [_speaker(summit, a) for a in debt.session.appearances.all() if _is_late(debt.task, a)]
        else:
            owing = contacts.get(debt.session.pk, [])
        for one in owing:
            if one.email:
                known = people.setdefault(one.email.lower(), one)
                if (label, title) not in known.owed:
                    known.owed.append((label, title))
    return list(people.values())


def _is_late(task: str, appearance: Appearance) -> bool:
    if task == Task.PEOPLE:
        return appearance.state == Appearance.State.INVITED
    speaker = appearance.speaker
    return appearance.state != Appearance.State.DECLINED and not (speaker.portrait and speaker.biography)


def _speaker(summit: Summit, appearance: Appearance) -> Debtor:
    speaker = appearance.speaker
    language = speaker.user.language if speaker.user else summit.languages[0]
    return Debtor(speaker.user.email if speaker.user else speaker.email, speaker.name_in(language), language,
                  "sessions:my-sessions")  # fmt: skip


def _contacts(summit: Summit) -> dict[int, list[Debtor]]:
    """By session: the hosts' contacts who have an account, else the address organisers know. Two queries."""
    members: dict[int, list[Debtor]] = {}
    rows = OrganisationMember.objects.filter(organisation__summit=summit, accepted_at__isnull=False).select_related(
        "user"
    )
    for row in rows:
        debtor = Debtor(row.user.email, str(row.user), row.user.language, "sessions:hosting")
        members.setdefault(row.organisation_id, []).append(debtor)
    found: dict[int, list[Debtor]] = {}
    for hosting in SessionHost.objects.filter(session__summit=summit).select_related("organisation"):
        host = hosting.organisation
        known = members.get(host.pk) or [
            Debtor(host.contact_email, host.contact_name or str(host), summit.languages[0], "sessions:hosting")
        ]
        found.setdefault(hosting.session_id, []).extend(known)
    return found


@transaction.atomic
def remind(summit: Summit, tasks: set[str], *, by: User | None) -> int:
    """Mail everybody who owes something of these tasks; returns how many. Raises :class:`NobodyOwes`."""
    found = debtors(summit, tasks)
    if not found:
        raise NobodyOwes
    due = {row.task: row.due_at for row in Deadline.objects.filter(summit=summit, task__in=tasks)}
    labels = dict(Task.choices)
    for one in found:
        with translation.override(one.language):
            owed = [
                (
                    str(labels[task]),
                    title,
                    times.moment_label(due[task], summit.tz, one.language) if task in due else "",
                )
                for task, title in one.owed
            ]
            link = summit.address(reverse(one.page, args=[summit.code]))
        outbox.post(f"{FOLDER}/reminder", to=one.email, language=one.language, summit=summit,
                    context={"name": one.name, "owed": owed, "link": link})  # fmt: skip
    now = timezone.now()
    told = {task for one in found for task, _title in one.owed}
    Deadline.objects.filter(summit=summit, task__in=told).update(reminded_at=now)
    history.record("deadline.remind", summit, by=by, summit=summit,
                   changes={"tasks": ("", sorted(tasks)), "people": (0, len(found))})  # fmt: skip
    return len(found)


def remind_due() -> int:
    """What the daily housekeeping sends by itself; returns how many mails."""
    now, sent = timezone.now(), 0
    near = Deadline.objects.filter(due_at__lte=now + BEFORE, due_at__gt=now - APART)
    near = near.filter(Q(reminded_at__isnull=True) | Q(reminded_at__lte=now - APART)).select_related("summit")
    tasks: dict[Summit, set[str]] = {}
    for row in near:
        tasks.setdefault(row.summit, set()).add(row.task)
    for summit, wanted in tasks.items():
        if debtors(summit, wanted):
            sent += remind(summit, wanted, by=None)
    return sent


@transaction.atomic
def set_deadlines(
    summit: Summit,
    wanted: dict[str, datetime | None],
    *,
    form_versions: Mapping[str, str] = inline_edits.NO_VERSIONS,
    by: User | None,
) -> None:
    """Set or take away the deadline of each task named. A moved deadline may be reminded of again.

    ``form_versions`` are those of the moments the form was made from, by task (:func:`summit.editing.inline_edits.value_version`); raises
    :class:`summit.editing.revising.Overtaken` where one is another by now.
    """
    Summit.objects.select_for_update().get(pk=summit.pk)
    known = {row.task: row for row in Deadline.objects.filter(summit=summit)}
    now = {task: row.due_at for task, row in known.items()}
    if inline_edits.differs(now, form_versions):
        raise Overtaken(now=now, entries=list(entries_of(summit).filter(action="deadline.set")[:5]))
    for task, due in wanted.items():
        row = known.get(task)
        before = row.due_at if row else None
        if before == due:
            continue
        if due is None:
            Deadline.objects.filter(summit=summit, task=task).delete()
        else:
            Deadline.objects.update_or_create(summit=summit, task=task, defaults={"due_at": due, "reminded_at": None})
        history.record("deadline.set", summit, by=by, summit=summit, changes={task: (before, due)})
