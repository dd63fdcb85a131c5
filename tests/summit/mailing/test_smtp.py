"""What the answers of a mail server mean, from a real one."""

from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from summit.env import mailer_from_url
from summit.mailing import outbox
from summit.models import Message
from tests.bench.world import free_port


class Server:
    """Answers to each step of a message as it is told, by address; counts connections and messages."""

    def __init__(self):
        self.answers, self.connections, self.accepted = {}, 0, []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self.answers.get(("rcpt", address), "250 OK")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):
        [to] = envelope.rcpt_tos
        said = self.answers.get(("data", to), "250 OK")
        if said == "hang up":
            server.transport.close()
        elif said.startswith("250"):
            self.accepted.append(to)
        return said


@pytest.fixture
def server(settings):
    found = Server()
    controller = Controller(found, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
    controller.start()
    found.connections = 0  # the controller's own look whether it listens
    settings.MAILERS = {"default": mailer_from_url(f"smtp://127.0.0.1:{controller.port}")}
    yield found
    controller.stop()


def letters(count):
    return [(Message(kind="note", to=f"p{n}@people.example", subject="s", text="t"), []) for n in range(count)]


@pytest.mark.parametrize(
    ("step", "said", "failure"),
    [
        ("rcpt", "550 5.1.1 No such user", "address"),
        ("rcpt", "550 no such user", "address"),
        ("rcpt", "552 5.2.2 Mailbox full", "full"),
        ("rcpt", "554 5.7.1 Not from you", "refused"),
        ("data", "554 5.6.0 Not this", "refused"),
        ("data", "550 5.7.1 Looks like spam", "refused"),
    ],
)
def test_a_refusal_for_good_fails_at_once_and_says_why(db, server, work, step, said, failure):
    message = outbox.queue(letters(1)[0][0])
    server.answers[step, message.to] = said
    work()
    message.refresh_from_db()
    assert (message.state, message.failure, message.attempts) == (Message.State.FAILED, failure, 1)
    assert said[4:] in message.error
    assert not DBTaskResult.objects.filter(status="READY").exists()


@pytest.mark.parametrize(
    ("step", "said"), [("rcpt", "451 4.7.1 Greylisted"), ("data", "452 4.3.1 No room"), ("data", "hang up")]
)
def test_a_refusal_for_now_or_a_lost_connection_is_tried_again(db, server, work, step, said):
    message = outbox.queue(letters(1)[0][0])
    server.answers[step, message.to] = said
    work()
    message.refresh_from_db()
    assert (message.state, message.failure, message.attempts) == (Message.State.QUEUED, "", 1)
    assert DBTaskResult.objects.get(status="READY").run_after > timezone.now() + timedelta(seconds=30)
    server.answers.clear()
    DBTaskResult.objects.update(run_after=timezone.now())
    work()
    message.refresh_from_db()
    assert (message.state, message.attempts, server.accepted) == (Message.State.SENT, 2, [message.to])


def test_a_batch_goes_over_one_connection(db, server, work):
    outbox.queue_many(letters(20))
    work()
    assert (len(server.accepted), server.connections) == (20, 1)


def test_what_happens_to_one_of_a_batch_concerns_no_other(db, server, work):
    outbox.queue_many(letters(6))
    server.answers["rcpt", "p1@people.example"] = "550 5.1.1 Nobody"
    server.answers["data", "p3@people.example"] = "hang up"
    work()
    assert sorted(server.accepted) == [f"p{n}@people.example" for n in (0, 2, 4, 5)]
    states = dict(Message.objects.values_list("to", "state"))
    assert (states["p1@people.example"], states["p3@people.example"]) == ("failed", "queued")


def test_a_server_that_is_not_there_is_asked_once_for_a_batch(db, settings, work):
    port = free_port()
    settings.MAILERS = {"default": mailer_from_url(f"smtp://127.0.0.1:{port}")}
    outbox.queue_many(letters(5))
    work()
    assert set(Message.objects.values_list("state", "attempts")) == {("queued", 1)}
    assert DBTaskResult.objects.filter(status="READY").count() == 5


def test_an_address_no_server_can_be_told_of_fails_at_once(db, server, work):
    message = outbox.queue(Message(kind="note", to="길동@people.example", subject="s", text="t"))
    work()
    message.refresh_from_db()
    assert (message.state, message.failure) == ("failed", "address")


def test_a_password_the_server_does_not_know_is_no_fault_of_the_message(db, server, settings, work):
    options = settings.MAILERS["default"]["OPTIONS"]
    settings.MAILERS = {
        "default": {**settings.MAILERS["default"], "OPTIONS": {**options, "username": "a", "password": "b"}}
    }
    message = outbox.queue(letters(1)[0][0])
    work()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)
