"""What follows a registration: written with it, done by the worker."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registration.models import Registration
from registration.registering import decisions, lifecycle, welcoming
from summit.mailing import holding
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
