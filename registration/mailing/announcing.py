"""Making the agenda public and telling those it concerns: at once, or by itself at a moment; and taking it back."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import F
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from registration.mailing.notices import NoticeWriter, Recipient, affected, guid_of, recipients
from registration.mailing.pushing import tell_version
from sessions.models import AgendaVersion, PlannedPublication
from sessions.planning import publishing
from summit import history
from summit.errors import Refusal
from summit.mailing import outbox
from summit.models import Message, Summit, User

__all__ = ["affected", "publish", "schedule", "take_back", "tell", "unschedule"]

# People told in one transaction: what is held in memory, and what a crash may undo.
CHUNK = 500
# Nobody plans further ahead.
FURTHEST = timedelta(days=2 * 366)


class PlanMoved(Refusal):
    code = "plan_moved"
    message: Any = _("The plan has changed since you looked at it. Look at what would become public now, then publish.")


class InThePast(Refusal):
    code = "in_the_past"
    message: Any = _("Choose a moment in the future, within two years.")


class OneWaits(Refusal):
    code = "one_waits"
    message: Any = _("A publication is planned already. Cancel it first.")


class NoLongerWaits(Refusal):
    code = "no_longer_waits"
    message: Any = _("This publication has happened or was cancelled already.")


class NothingNew(Refusal):
    code = "nothing_new"
    message: Any = _("Everything was public already as it was planned.")


# Why a planned publication did not happen, by the code it keeps.
FAILURES = {refusal.code: refusal.message for refusal in (publishing.NothingToPublish, NothingNew)}


def fingerprint(changes: Iterable[dict[str, Any]]) -> str:
    """Stands for what somebody has seen would become public."""
    return hashlib.sha256(json.dumps(list(changes), sort_keys=True).encode()).hexdigest()[:20]


@transaction.atomic
def publish(
    summit: Summit, *, note: dict[str, str] | None = None, tell: bool = True, seen: str = "", by: User | None = None
) -> AgendaVersion:
    """Publish as :func:`sessions.planning.publishing.publish` and, with ``tell``, queue a notice for everybody it concerns.

    ``seen`` is the :func:`fingerprint` of the changes the organiser looked at; raises :class:`PlanMoved` where it
    would be others by now, and ``NothingToPublish``. Two at once publish, and tell, once.
    """
    version, _fresh = _publish(summit, note=note, tell=tell, seen=seen, by=by)
    return version


def _publish(
    summit: Summit, *, note: dict[str, str] | None, tell: bool, seen: str = "", by: User | None
) -> tuple[AgendaVersion, bool]:
    """The version, and whether it is a new one."""
    _lock(summit)
    if seen and seen != fingerprint(publishing.preview(summit)):
        raise PlanMoved
    newest = summit.agenda_versions.values_list("pk", flat=True).first()
    version = publishing.publish(summit, note=note, by=by)
    fresh = version.pk != newest
    if fresh and tell:
        _tell_later(version)
    return version, fresh


@transaction.atomic
def take_back(
    summit: Summit, *, number: int | None = None, to: int | None = None, tell: bool = True, by: User | None = None
) -> AgendaVersion:
    """Take the newest version back as :func:`sessions.planning.publishing.take_back`, and tell those it concerns."""
    version = publishing.take_back(summit, number=number, to=to, by=by)
    if tell:
        _tell_later(version)
    return version


def _lock(summit: Summit) -> None:
    Summit.objects.select_for_update().get(pk=summit.pk)
    # What this object knew of the summit may have changed while it waited.
    summit.refresh_from_db(fields=["agenda_published_at"])


def _tell_later(version: AgendaVersion) -> None:
    tell_affected.enqueue(version.pk)
    tell_version.enqueue(version.pk)


@task
def tell_affected(version: int) -> int:
    """The worker's way to :func:`tell`, with the key of a version."""
    found = AgendaVersion.objects.select_related("summit", "by").filter(pk=version).first()
    return tell(found) if found is not None else 0


def tell(version: AgendaVersion) -> int:
    """Write a notice for everybody a version concerns; returns how many were written now.

    Goes on where it was interrupted: a notice's key is made from the version and the address, so nobody is told twice,
    whoever calls it however often.
    """
    if version.told_at is not None:
        return 0
    people = recipients(version.summit, version.changes)
    writer, written = NoticeWriter(version), 0
    for chunk in batched(sorted(people), CHUNK, strict=False):
        written += _tell_some(writer, [people.pop(address) for address in chunk])
    with transaction.atomic():
        locked = AgendaVersion.objects.select_for_update().get(pk=version.pk)
        if locked.told_at is None:
            locked.told_at = timezone.now()
            locked.save(update_fields=["told_at"])
            history.record("agenda.tell", version.summit, by=version.by, summit=version.summit,
                           changes={"version": (None, version.number), "people": (0, locked.told)})  # fmt: skip
    return written


@transaction.atomic
def _tell_some(writer: NoticeWriter, people: list[Recipient]) -> int:
    version = writer.version
    # Two workers at once: the second waits here, and finds the first one's messages.
    AgendaVersion.objects.select_for_update().filter(pk=version.pk).values("pk").get()
    guids = {guid_of(version, recipient.to): recipient for recipient in people}
    told = set(Message.objects.filter(pk__in=guids).values_list("pk", flat=True))
    written = outbox.queue_many(writer.notice(recipient) for guid, recipient in guids.items() if guid not in told)
    AgendaVersion.objects.filter(pk=version.pk).update(told=F("told") + written)
    return written


@transaction.atomic
def schedule(
    summit: Summit, at: datetime, *, note: dict[str, str] | None = None, tell: bool = True, by: User
) -> PlannedPublication:
    """Have the agenda published by itself at a moment, as it is planned then. Raises :class:`InThePast` and
    :class:`OneWaits`."""
    _lock(summit)
    now = timezone.now()
    if not now < at < now + FURTHEST:
        raise InThePast
    if waiting_of(summit) is not None:
        raise OneWaits
    planned = PlannedPublication.objects.create(summit=summit, at=at, note=note or {}, tell=tell, by=by)
    publish_planned.using(run_after=at).enqueue(planned.pk)
    history.record("agenda.schedule", summit, by=by, summit=summit, changes={"at": (None, _iso(at))})
    return planned


@transaction.atomic
def unschedule(planned: PlannedPublication, *, by: User) -> None:
    """Cancel a planned publication; raises :class:`NoLongerWaits`."""
    _lock(planned.summit)
    locked = PlannedPublication.objects.select_for_update().get(pk=planned.pk)
    if not locked.waits:
        raise NoLongerWaits
    locked.cancelled_at = timezone.now()
    locked.save(update_fields=["cancelled_at"])
    history.record("agenda.unschedule", planned.summit, by=by, summit=planned.summit,
                   changes={"at": (_iso(locked.at), None)})  # fmt: skip


def waiting_of(summit: Summit) -> PlannedPublication | None:
    return summit.planned_publications.filter(cancelled_at__isnull=True, done_at__isnull=True).first()


@task(priority=5)
def publish_planned(planned: int) -> bool:
    """The worker's way to :func:`run_planned`, with the key of a planned publication."""
    found = PlannedPublication.objects.select_related("summit").filter(pk=planned).first()
    return found is not None and run_planned(found)


@transaction.atomic
def run_planned(planned: PlannedPublication) -> bool:
    """Publish what was planned for now; returns whether a version was made.

    One that was cancelled, has happened, or is for later is left alone. A refusal is kept with it, for people to see.
    """
    _lock(planned.summit)
    locked = (
        PlannedPublication.objects.select_for_update(of=("self",)).select_related("summit", "by").get(pk=planned.pk)
    )
    if not locked.waits or locked.at > timezone.now():
        return False
    try:
        with transaction.atomic():
            _version, fresh = _publish(locked.summit, note=locked.note.public(), tell=locked.tell, by=locked.by)
        locked.failure = "" if fresh else NothingNew.code
    except Refusal as refusal:
        locked.failure = refusal.code
    locked.done_at = timezone.now()
    locked.save(update_fields=["failure", "done_at"])
    return not locked.failure


def requeue(*, older_than: datetime) -> int:
    """Start again what no task will publish, or what a task failed to tell; returns how many."""
    late = PlannedPublication.objects.filter(cancelled_at=None, done_at=None, at__lt=older_than)
    planned = set(late.values_list("pk", flat=True)) - _underway("publish_planned")
    halves = DBTaskResult.objects.failed().filter(task_path__endswith=".tell_affected", finished_at__lt=older_than)
    asked = {task.args_kwargs["args"][0] for task in halves} - _underway("tell_affected")
    versions = AgendaVersion.objects.filter(pk__in=asked, told_at=None).values_list("pk", flat=True)
    for pk in planned:
        publish_planned.enqueue(pk)
    for pk in versions:
        tell_affected.enqueue(pk)
    return len(planned) + len(versions)


def _underway(name: str) -> set[int]:
    # By the last part of its name: what an earlier release enqueued counts, too.
    tasks = DBTaskResult.objects.filter(task_path__endswith=f".{name}")
    # A task for a moment that has passed is taken as soon as there is a worker; one of a worker that is gone is put back.
    return {task.args_kwargs["args"][0] for task in tasks.filter(status__in=["READY", "RUNNING"])}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
