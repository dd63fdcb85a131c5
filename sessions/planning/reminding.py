"""Who still owes something for a session, and one mail to each that names all of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from sessions.models import Appearance, Deadline, Kind, Material, Session, SessionHost, Task
from speakers.models import OrganisationMember, Speaker
from summit import history
from summit.editing import inline_edits
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.lib import times
from summit.lib.translated import Status, Text
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
    owed: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def tasks(self) -> set[str]:
        return {task for task, _title in self.owed}


def debtors(summit: Summit, tasks: Collection[str]) -> list[Debtor]:
    """Each person once, with everything they owe: hosts' contacts for their sessions, people on stage for themselves.

    Seven queries, whatever the number of sessions.
    """
    wanted = [task for task in Task.values if task in tasks]
    contacts, stage = _contacts(summit), _stage(summit)
    unconfirmed = Material.objects.filter(session__summit=summit, confirmed=False).order_by()
    links = set(unconfirmed.values_list("session", flat=True))
    rows = Session.objects.filter(summit=summit, cancelled_at__isnull=True).exclude(kind=Kind.BREAK).in_order()
    people: dict[str, Debtor] = {}
    for pk, title, abstract, sheet in rows.values_list("pk", "title", "abstract", "technical_sheet"):
        owes = {Task.ABSTRACT: _lacks_words(abstract, summit), Task.TECHNICAL: not sheet, Task.LINKS: pk in links}
        label = str(title)
        for task in wanted:
            if task in {Task.PEOPLE, Task.PROFILE}:
                owing = [one for late, one in stage.get(pk, ()) if task in late]
            else:
                owing = contacts.get(pk, []) if owes[Task(task)] else []
            for one in owing:
                people.setdefault(one.email.lower(), one).owed[task, label] = None
    return list(people.values())


def owing(found: Iterable[Debtor]) -> Counter[str]:
    """How many of these people owe something of each task."""
    return Counter(task for one in found for task in one.tasks)


def _lacks_words(abstract: Text, summit: Summit) -> bool:
    return any(abstract.status(code, source=summit.languages[0]) != Status.DONE for code in summit.languages)


def _stage(summit: Summit) -> dict[int, list[tuple[set[str], Debtor]]]:
    """By session: who is on stage and can be written to, each with what they are late with. Two queries."""
    speakers: dict[int, tuple[bool, Debtor]] = {}
    for speaker in Speaker.objects.filter(summit=summit).select_related("user"):
        if email := speaker.user.email if speaker.user else speaker.email:
            language = speaker.user.language if speaker.user else summit.languages[0]
            debtor = Debtor(email, speaker.name_in(language), language, "sessions:my-sessions")
            speakers[speaker.pk] = bool(speaker.portrait and speaker.biography), debtor
    found: dict[int, list[tuple[set[str], Debtor]]] = {}
    rows = Appearance.objects.filter(session__summit=summit).exclude(state=Appearance.State.DECLINED)
    for session, state, pk in rows.values_list("session", "state", "speaker"):
        if pk in speakers:
            has_profile, debtor = speakers[pk]
            late = {str(Task.PEOPLE)} if state == Appearance.State.INVITED else set()
            found.setdefault(session, []).append((late if has_profile else late | {str(Task.PROFILE)}, debtor))
    return found


def _contacts(summit: Summit) -> dict[int, list[Debtor]]:
    """By session: the hosts' contacts who have an account, else the address organisers know. Three queries."""
    members: dict[int, list[Debtor]] = {}
    rows = OrganisationMember.objects.filter(organisation__summit=summit, accepted_at__isnull=False)
    for row in rows.select_related("user"):
        debtor = Debtor(row.user.email, str(row.user), row.user.language, "sessions:hosting")
        members.setdefault(row.organisation_id, []).append(debtor)
    for host in summit.organisations.all():
        known = Debtor(host.contact_email, host.contact_name or str(host), summit.languages[0], "sessions:hosting")
        members.setdefault(host.pk, [known])
    found: dict[int, list[Debtor]] = {}
    hostings = SessionHost.objects.filter(session__summit=summit)
    for session, organisation in hostings.values_list("session", "organisation"):
        found.setdefault(session, []).extend(one for one in members.get(organisation, []) if one.email)
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
                    context={"name": one.name, "owed": owed, "link": link}, secret=False)  # fmt: skip
    now = timezone.now()
    Deadline.objects.filter(summit=summit, task__in=owing(found)).update(reminded_at=now)
    history.record("deadline.remind", summit, by=by, summit=summit,
                   changes={"tasks": ("", sorted(tasks)), "people": (0, len(found))})  # fmt: skip
    return len(found)


def remind_due() -> int:
    """What the daily housekeeping sends by itself; returns how many mails."""
    return sum(_remind_due(summit) for summit in Summit.objects.filter(pk__in=_near().values("summit")))


def _near() -> QuerySet[Deadline]:
    now = timezone.now()
    near = Deadline.objects.filter(due_at__lte=now + BEFORE, due_at__gt=now - APART)
    return near.filter(Q(reminded_at__isnull=True) | Q(reminded_at__lte=now - APART))


@transaction.atomic
def _remind_due(summit: Summit) -> int:
    # Two at once: the second waits here, and finds nothing left.
    Summit.objects.select_for_update().get(pk=summit.pk)
    wanted = set(_near().filter(summit=summit).values_list("task", flat=True))
    return remind(summit, wanted, by=None) if wanted and debtors(summit, wanted) else 0


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
