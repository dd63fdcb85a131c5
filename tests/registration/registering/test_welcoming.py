"""What follows a registration: written with it, done by the worker."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registration.mailing import emails
from registration.models import Registration
from registration.registering import decisions, lifecycle, welcoming
from summit.mailing import holding, outbox
from summit.models import Message, User
from tests.factories import make_category, make_places, person


@pytest.fixture
def made(summit):
    return lifecycle.register(summit, person(summit, email="hong@people.example", language="en"))


def test_the_request_writes_neither_mail_nor_account_and_the_worker_both(made, work):
    assert (Message.objects.count(), User.objects.count(), DBTaskResult.objects.count()) == (0, 0, 1)
    assert work() == 1
    made.refresh_from_db()
    assert made.user == User.objects.get()
    assert EmailAddress.objects.get().user == made.user
    assert [(letter.to, letter.subject[:18]) for letter in mail.outbox] == [
        (["hong@people.example"], "You are registered")
    ]
    assert Message.objects.get().state == "sent"


def test_without_the_registration_there_is_no_task(summit):
    with transaction.atomic():
        lifecycle.register(summit, person(summit))
        transaction.set_rollback(True)
    assert DBTaskResult.objects.count() == Registration.objects.count() == 0


def test_twice_tells_once(made, work):
    welcoming.welcome.enqueue(made.pk, made.state)
    assert work() == 2
    assert (len(mail.outbox), Message.objects.count(), User.objects.count()) == (1, 1, 1)


def test_a_worker_that_stopped_between_writing_and_sending_sends_after_all(made, work):
    DBTaskResult.objects.all().delete()
    task = welcoming.welcome.enqueue(made.pk, made.state)
    welcoming.welcome.func(made.pk, made.state)
    Message.objects.update(state="queued", claimed_by="", sent_at=None)
    mail.outbox.clear()
    DBTaskResult.objects.filter(pk=task.id).update(status="RUNNING", started_at=timezone.now() - timedelta(minutes=11))
    call_command("recover", verbosity=0)
    work()
    assert (len(mail.outbox), Message.objects.count()) == (1, 1)


def test_a_welcome_that_failed_is_queued_again(made, work):
    long_ago = timezone.now() - timedelta(hours=1)
    DBTaskResult.objects.update(status="FAILED", finished_at=long_ago)
    call_command("recover", verbosity=0)
    call_command("recover", verbosity=0)
    assert work() == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("state", "subject"),
    [("confirmed", "You are registered"), ("pending", "Your application"), ("waitlisted", "waitlist")],
)
def test_the_mail_tells_of_the_state(summit, work, state, subject):
    category = make_category(summit, admission="approval" if state == "pending" else "open")
    if state == "waitlisted":
        quota = make_places(summit, 0)
        quota.has_waitlist = True
        quota.save()
    made = lifecycle.register(summit, person(summit, category=category, language="en", waits=True))
    assert made.state == state
    work()
    assert Message.objects.get().kind == {"pending": "applied"}.get(state, state)


def test_what_is_no_longer_so_is_not_told(made, work):
    lifecycle.cancel(made)
    work()
    assert list(Message.objects.values_list("kind", flat=True)) == ["cancelled"]


def test_an_application_decided_before_the_worker_came_hears_of_the_decision(summit, organiser, work):
    press = make_category(summit, "press", admission="approval")
    made = lifecycle.register(summit, person(summit, category=press))
    decisions.approve(made, by=organiser)
    work()
    assert list(Message.objects.values_list("kind", flat=True)) == ["confirmed"]
    made.refresh_from_db()
    assert made.user is not None


def test_one_that_is_gone_is_nothing_to_do(made, work):
    made.delete()
    assert work() == 1
    assert not Message.objects.exists() and not User.objects.exists()


def test_while_mail_is_held_it_is_written_and_leaves_afterwards(made, work):
    holding.hold("restored")
    work()
    assert (Message.objects.get().state, len(mail.outbox)) == ("queued", 0)
    holding.end()
    call_command("recover", verbosity=0)
    work()
    assert len(mail.outbox) == 1


def several(summit, count: int = 3) -> list[Registration]:
    return [lifecycle.register(summit, person(summit, email=f"Hong{n}@people.example")) for n in range(count)]


def test_those_who_wait_for_the_same_are_welcomed_by_one_task(summit, work, django_assert_max_num_queries):
    made = several(summit, 5)
    lifecycle.cancel(made[4])
    assert work() == 6  # the mail of who cancelled has a task of its own
    assert {task.status for task in DBTaskResult.objects.all()} == {"SUCCESSFUL"}
    ran = [task for task in DBTaskResult.objects.filter(task_path=welcoming.welcome.module_path) if task.worker_ids]
    assert len(ran) == 1
    rows = list(Registration.objects.order_by("pk"))
    assert [row.user.email for row in rows] == [f"hong{n}@people.example" for n in range(5)]
    assert EmailAddress.objects.filter(verified=False, primary=True).count() == User.objects.count() == 5
    told = sorted(Message.objects.filter(kind="confirmed").values_list("to", flat=True))
    assert told == [f"Hong{n}@people.example" for n in range(4)]
    assert {
        (letter.state, letter.text, letter.files.count()) for letter in Message.objects.filter(kind="confirmed")
    } == {("sent", "", 0)}


def test_many_at_once_take_few_more_statements_than_one(summit, work, monkeypatch):
    def statements(count: int, first: int) -> int:
        for n in range(first, first + count):
            lifecycle.register(summit, person(summit, email=f"hong{n}@people.example"))
        with CaptureQueriesContext(connection) as queries:
            work()
        return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    one, many = statements(1, 0), statements(33, 1)
    assert many - one <= 4 * 32  # what became of each mail is kept by itself


def test_where_welcoming_several_fails_each_is_welcomed_alone(summit, work, monkeypatch):
    made = several(summit)
    drawn = emails.welcome

    def fails(registration, guid, waits_for):
        if registration.pk == made[1].pk:
            raise ValueError("cannot be drawn")
        return drawn(registration, guid, waits_for)

    monkeypatch.setattr(emails, "welcome", fails)
    work()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["Hong0@people.example", "Hong2@people.example"]
    [failed] = DBTaskResult.objects.filter(status="FAILED")
    assert failed.args_kwargs["args"][0] == made[1].pk
    assert Registration.objects.get(pk=made[1].pk).user is None


def test_a_worker_that_is_gone_after_writing_several_leaves_mails_that_are_sent_after_all(summit, work, monkeypatch):
    several(summit)
    task = DBTaskResult.objects.order_by("enqueued_at").first()
    with monkeypatch.context() as held:  # alone: the worker's own patch stays
        held.setattr(outbox.holding, "is_held", lambda: True)
        welcoming.welcome.func(*task.args_kwargs["args"])
    assert set(Message.objects.values_list("state", flat=True)) == {"queued"}
    call_command("recover", verbosity=0)
    work()
    assert len(mail.outbox) == Message.objects.filter(state="sent").count() == 3
