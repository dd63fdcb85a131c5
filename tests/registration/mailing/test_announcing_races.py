"""Two organisers, or two workers, at once: one version, one notice each."""

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registration.mailing import announcing
from sessions.models import AgendaVersion, Bookmark, PlannedPublication, Session
from sessions.planning import publishing, scheduling
from summit.models import Message, Summit
from tests.factories import at, make_session, make_user
from tests.registration.places.test_races import on_postgresql, on_sqlite


def moved(summit):
    """A session that waits to be public an hour later, marked by ten people."""
    session = make_session(summit, published_at=None)
    publishing.publish(summit)
    for number in range(10):
        Bookmark.objects.create(user=make_user(f"reader{number}@people.example"), session=session)
    scheduling.place(session, starts_at=at(15, 11), ends_at=at(15, 12), room=None)


def counts(race):
    (found,) = race([
        lambda: (AgendaVersion.objects.count(), Session.objects.get().sequence, Message.objects.count(),
                 DBTaskResult.objects.filter(task_path="registration.mailing.announcing.tell_affected").count())
    ])  # fmt: skip
    return found


def publish_four_times(summit, race, copy=None):
    moved(summit)
    if copy:
        copy()
    ends = race([lambda: announcing.publish(Summit.objects.get(pk=summit.pk)).number for _ in range(4)])
    assert ends == [2, 2, 2, 2]
    assert counts(race) == (2, 1, 0, 1)


@on_postgresql
def test_organisers_who_publish_at_once_publish_and_tell_once(summit, race):
    publish_four_times(summit, race)


@on_sqlite
def test_organisers_who_publish_at_once_publish_and_tell_once_in_a_file(summit, race, on_disk):
    publish_four_times(summit, race, on_disk)


def tell_four_times(summit, race, copy=None):
    moved(summit)
    version = announcing.publish(summit, tell=False)
    if copy:
        copy()
    ends = race(
        [lambda: announcing.tell(AgendaVersion.objects.select_related("summit").get(pk=version.pk)) for _ in range(4)]
    )
    assert sum(ends) == 10, ends
    assert counts(race) == (2, 1, 10, 0)


@on_postgresql
def test_workers_that_tell_at_once_tell_nobody_twice(summit, race):
    tell_four_times(summit, race)


@on_sqlite
def test_workers_that_tell_at_once_tell_nobody_twice_in_a_file(summit, race, on_disk):
    tell_four_times(summit, race, on_disk)


def take_back_at_once(summit, race, copy=None):
    moved(summit)
    publishing.publish(summit)
    if copy:
        copy()
    ends = race([lambda: announcing.take_back(Summit.objects.get(pk=summit.pk), number=2).number for _ in range(3)])
    assert sorted(str(end) for end in ends).count("3") == 1
    assert sum(isinstance(end, publishing.OtherVersion) for end in ends) == 2
    assert counts(race)[:2] == (3, 2)


@on_postgresql
def test_a_version_is_taken_back_once(summit, race):
    take_back_at_once(summit, race)


@on_sqlite
def test_a_version_is_taken_back_once_in_a_file(summit, race, on_disk):
    take_back_at_once(summit, race, on_disk)


def plan_or_run_at_once(summit, race, copy=None):
    """Two run it while somebody cancels it: it happens once, or not at all."""
    owner = make_user("owner@team.example", summit=summit, role="owner")
    moved(summit)
    plan = announcing.schedule(summit, timezone.now() + timedelta(hours=1), by=owner)
    PlannedPublication.objects.update(at=timezone.now() - timedelta(seconds=1))
    if copy:
        copy()

    def found():
        return PlannedPublication.objects.select_related("summit").get(pk=plan.pk)

    ends = race([lambda: announcing.run_planned(found()), lambda: announcing.run_planned(found()),
                 lambda: announcing.unschedule(found(), by=owner)])  # fmt: skip
    happened = sum(end is True for end in ends)
    refused = isinstance(ends[2], announcing.NoLongerWaits)
    assert (happened, refused) in {(1, True), (0, False)}, ends
    assert counts(race)[0] == 1 + happened


@on_postgresql
def test_a_planned_publication_happens_once_or_is_cancelled(summit, race):
    plan_or_run_at_once(summit, race)


@on_sqlite
def test_a_planned_publication_happens_once_or_is_cancelled_in_a_file(summit, race, on_disk):
    plan_or_run_at_once(summit, race, on_disk)
