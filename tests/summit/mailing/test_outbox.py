from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registration.mailing import emails
from summit.env import mailer_from_url
from summit.mailing import outbox
from summit.mailing.outbox import Attached
from summit.models import Message
from summit.models.outbox import RETRY_AFTER
from tests.registration.places.test_races import on_postgresql, on_sqlite


def letter(**values) -> Message:
    return Message(
        **{
            "kind": "note",
            "to": "hong@people.example",
            "subject": "알림",
            "text": "본문\n",
            "html": "<p>본문</p>",
            **values,
        }
    )


def test_a_message_waits_until_the_worker_comes(db, work):
    message = outbox.queue(letter(), [Attached("a.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n")])
    assert mail.outbox == []
    assert message.state == Message.State.QUEUED
    assert work() == 1
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["hong@people.example"], "알림", "본문\n")
    assert sent.alternatives[0].content == "<p>본문</p>"
    assert [(a.filename, a.mimetype) for a in sent.attachments] == [("a.ics", "text/calendar")]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (Message.State.SENT, 1, "")
    assert message.sent_at is not None


def test_the_headers_name_the_message_and_say_that_nobody_typed_it(db, work):
    message = outbox.queue(letter())
    work()
    headers = mail.outbox[0].message()
    assert headers["Message-ID"] == f"<{message.guid}@{settings.SITE_HOST}>"
    assert headers["Auto-Submitted"] == "auto-generated"


def test_a_change_that_is_undone_takes_its_mail_along(db, work):
    with transaction.atomic():
        outbox.queue(letter())
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert work() == 0


def test_a_message_is_sent_once_however_often_it_is_asked_for(db, work):
    message = outbox.queue(letter())
    work()
    message.refresh_from_db()
    assert outbox.deliver(message) is True
    assert len(mail.outbox) == 1


@pytest.fixture
def broken_mail(settings):
    settings.MAILERS = {"default": {"BACKEND": "tests.summit.mailing.test_outbox.Refusing"}}


class Refusing:
    """A mail system that takes nothing."""

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody answers")

    def open(self):
        return True

    def close(self):
        pass


def test_a_failed_attempt_keeps_its_error_and_queues_the_next(db, broken_mail, work):
    message = outbox.queue(letter())
    before = timezone.now()
    work()
    message.refresh_from_db()
    assert message.state == Message.State.QUEUED
    assert message.attempts == 1
    assert message.error == "ConnectionRefusedError: nobody answers"
    waiting = DBTaskResult.objects.get(status="READY")
    assert before + RETRY_AFTER[0] <= waiting.run_after <= timezone.now() + RETRY_AFTER[0]


def test_after_the_last_attempt_a_person_must_look(db, broken_mail):
    message = outbox.queue(letter())
    for attempt in range(1, len(RETRY_AFTER) + 2):
        assert message.state == Message.State.QUEUED
        assert outbox.deliver(message) is False
        assert message.attempts == attempt
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert outbox.deliver(message) is True
    assert message.attempts == len(RETRY_AFTER) + 1


def test_a_retry_succeeds_once_mail_works_again(db, broken_mail, settings, work):
    message = outbox.queue(letter())
    work()
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    DBTaskResult.objects.filter(run_after__gt=timezone.now()).update(run_after=timezone.now() - timedelta(minutes=1))
    work()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (Message.State.SENT, 2, "")


def test_a_message_that_was_erased_is_nothing_to_do(db, work):
    outbox.queue(letter()).delete()
    assert work() == 1
    assert mail.outbox == []


def test_nothing_a_summit_or_person_is_called_can_add_a_header(summit):
    name = "서밋\r\nBcc: all@evil.example"
    summit.name = summit.short_name = {"ko": name, "en": name}
    message = outbox.post(
        "registration/emails/link",
        to="hong@people.example",
        language="ko",
        summit=summit,
        context={"registration": None, "url": "https://ogp.example/", "name": name},
    )
    assert "\n" not in message.subject and "\r" not in message.subject
    assert message.text.endswith("\n")
    assert message.kind == "link"


def test_a_mail_is_written_in_the_language_asked_for(registration):
    for language, word in (("ko", "등록"), ("en", "registration")):
        registration.language = language
        message = emails.link(registration)
        assert message.language == language
        assert word in message.text
        assert f'lang="{language}"' in message.html


def many(count: int) -> list[tuple[Message, list[Attached]]]:
    return [
        (letter(to=f"person{n}@people.example"), [Attached("a.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n")])
        for n in range(count)
    ]


def test_many_messages_are_written_at_once_and_sent_in_batches(db, work, django_assert_num_queries):
    # A savepoint and its end, messages, files, and a task for each of two batches.
    with transaction.atomic(), django_assert_num_queries(6):
        assert outbox.queue_many(many(outbox.BATCH + 2)) == outbox.BATCH + 2
    assert work() == 2
    assert len(mail.outbox) == outbox.BATCH + 2
    assert all(len(sent.attachments) == 1 for sent in mail.outbox)


def test_none_at_all_is_nothing_to_do(db, work):
    assert outbox.queue_many([]) == 0
    assert work() == 0


def test_a_batch_goes_on_past_what_is_gone_or_fails(db, work):
    outbox.queue_many(many(3))
    Message.objects.filter(to="person1@people.example").delete()
    work()
    assert sorted(to for sent in mail.outbox for to in sent.to) == ["person0@people.example", "person2@people.example"]


def test_somebody_who_registers_does_not_wait_for_a_batch(db, work):
    outbox.queue_many(many(2))
    outbox.queue(letter(to="first@people.example"))
    work()
    assert mail.outbox[0].to == ["first@people.example"]


def test_the_head_of_a_mail_shows_the_logo_of_a_summit_that_has_one(registration, work):
    work()
    assert all("<img" not in html for message in mail.outbox for html, _kind in message.alternatives)
    summit = registration.summit
    summit.logo = "pictures/logo-0123456789.webp"
    summit.save()
    emails.link(registration)
    work()
    [(html, _kind)] = mail.outbox[-1].alternatives
    # The name stands beside it: the mail says the same without pictures.
    assert f'src="{settings.SITE_URL}{summit.logo.url}"' in html and 'alt=""' in html
    assert str(summit.brand) in html.partition("<img")[2]
    assert "logo" not in mail.outbox[-1].body


def test_the_message_id_is_of_the_summits_own_domain(summit):
    summit.domain = "forum.example"
    summit.save()
    assert letter(summit=summit).message_id.endswith("@forum.example>")
    assert letter().message_id.endswith(f"@{settings.SITE_HOST}>")


def deliver_at_once(race, tmp_path, copy=None):
    message = outbox.queue(letter())
    if copy:
        copy()
    race([lambda: outbox.deliver(Message.objects.get(pk=message.pk)) for _ in range(4)])
    assert len(list(tmp_path.glob("mail/*.eml"))) == 1
    assert race([lambda: Message.objects.get().state]) == ["sent"]


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAILERS = {"default": mailer_from_url(f"file://{tmp_path}/mail")}


@on_postgresql
def test_who_sends_one_message_at_once_sends_it_once(race, tmp_path, folder):
    deliver_at_once(race, tmp_path)


@on_sqlite
def test_who_sends_one_message_at_once_sends_it_once_in_a_file(race, tmp_path, folder, on_disk):
    deliver_at_once(race, tmp_path, on_disk)
