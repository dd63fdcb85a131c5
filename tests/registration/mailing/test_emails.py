import re
import socket
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from registration.registering import lifecycle
from summit.mailing import outbox
from summit.models import Message, MessageFile
from tests.factories import at, make_registration, make_summit, make_venue
from tests.registration.reading import calendar_of

LINK = re.compile(r"http://testserver(/\S+)")


@pytest.fixture
def closed_port():
    """A port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def no_mail_server(settings, closed_port):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": closed_port, "timeout": 5},
        }
    }


def sent(kind: str):
    """The one mail of that kind, as the receiver's program sees it."""
    message = Message.objects.get(kind=kind)
    (found,) = [m for m in mail.outbox if m.extra_headers["Message-ID"] == message.message_id]
    return found


def html_of(found) -> str:
    ((content, media_type),) = [(a.content, a.mimetype) for a in found.alternatives]
    assert media_type == "text/html"
    return content


@pytest.mark.parametrize(("language", "name"), [("ko", "2021 OGP 글로벌서밋"), ("en", "2021 OGP Global Summit")])
def test_a_confirmation_has_text_html_and_a_calendar_entry(summit, work, language, name):
    made = make_registration(summit, email="hong@people.example", language=language)
    assert work() == 1
    (found,) = mail.outbox
    assert found.to == ["hong@people.example"]
    assert [part.get_content_type() for part in found.message().walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"
    ]  # fmt: skip
    for body in (found.body, html_of(found)):
        assert name in body
        assert made.reference in body
        assert f"http://testserver/{language}/ogp2021/registrations/{made.token}/" in body
    assert f'<html lang="{language}">' in html_of(found)
    assert Message.objects.get().language == language


@pytest.mark.parametrize("kind", ["confirmed", "attendance_changed", "cancelled", "link"])
@pytest.mark.parametrize("attendance", ["in_person", "online"])
def test_the_interface_language_of_others_changes_no_mail(summit, work, kind, attendance):
    """An organiser reading English makes the same Korean mail as the person alone."""
    texts = []
    for reader in ("en", "ko"):
        with translation.override(reader):
            made = make_registration(summit, attendance=attendance, language="ko")
            if kind == "attendance_changed":
                lifecycle.change_attendance(made, "online" if attendance == "in_person" else "in_person")
            elif kind != "confirmed":
                {"cancelled": lifecycle.cancel, "link": lifecycle.resend}[kind](made)
            else:
                work()
        message = Message.objects.filter(to=made.email).latest("created_at")
        assert message.kind == kind
        texts.append(
            [
                part.replace(made.token, "").replace(made.reference, "")
                for part in (message.subject, message.text, message.html)
            ]
        )
    assert texts[0] == texts[1]


def test_the_link_in_the_mail_opens_the_own_page(summit, work):
    made = make_registration(summit, language="en")
    work()
    (path,) = set(LINK.findall(sent("confirmed").body))
    assert f'href="http://testserver{path}"' in html_of(sent("confirmed"))
    page = Client().get(path)
    assert page.status_code == 200
    assert made.reference in page.content.decode()
    assert page.headers["Content-Language"] == "en"


def test_the_entry_covers_the_days_of_the_summit_at_the_venue(summit, work):
    make_venue(summit)
    made = make_registration(summit, language="en")
    work()
    event, part = calendar_of(sent("confirmed"))
    assert (part.get_filename(), part.get_param("method"), part.get_content_charset()) == (
        "summit.ics",
        "PUBLISH",
        "utf-8",
    )
    assert event["UID"] == f"registration-{made.guid}@testserver"
    assert event["SUMMARY"] == "2021 OGP Global Summit"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2021, 12, 15), date(2021, 12, 18))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert event["LOCATION"] == "COEX, Seoul, 513 Yeongdong-daero, Gangnam-gu, Seoul"


def test_the_entry_of_somebody_online_says_so_and_never_holds_the_address_of_their_own_page(summit, work):
    make_venue(summit)
    made = make_registration(summit, attendance="online", language="ko")
    work()
    event, _part = calendar_of(sent("confirmed"))
    assert (event["LOCATION"], event["URL"]) == ("온라인", "http://testserver/ko/ogp2021/")
    assert made.token not in event.to_ical().decode()


def test_each_change_replaces_the_entry_before_it(summit, work):
    make_venue(summit)
    with time_machine.travel(at(1, 9), tick=False) as clock:
        made = make_registration(summit, language="en")
        work()
        clock.shift(timedelta(seconds=40))
        lifecycle.change_attendance(made, "online")
        clock.shift(timedelta(seconds=1))
        lifecycle.cancel(made)
        work()
    entries = [calendar_of(sent(kind))[0] for kind in ("confirmed", "attendance_changed", "cancelled")]
    venue = "COEX, Seoul, 513 Yeongdong-daero, Gangnam-gu, Seoul"
    assert len({entry["UID"] for entry in entries}) == 1
    assert [entry["SEQUENCE"] for entry in entries] == [0, 1, 2]
    assert [entry["STATUS"] for entry in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [entry["LOCATION"] for entry in entries] == [venue, "Online", "Online"]
    assert [entry["DTSTAMP"].dt for entry in entries] == [at(1, 9) + timedelta(seconds=s) for s in (0, 40, 41)]


def test_the_link_mailed_again_holds_the_same_entry(summit, work):
    made = make_registration(summit)
    lifecycle.resend(made)
    work()
    assert calendar_of(sent("link"))[0].to_ical() == calendar_of(sent("confirmed"))[0].to_ical()


@pytest.mark.parametrize("kind", ["confirmed", "attendance_changed", "cancelled", "link"])
def test_a_name_made_of_markup_is_text_in_every_mail(summit, work, kind):
    nasty = "<img src=x onerror=alert(1)>&amp;'\""
    made = make_registration(summit, name=nasty, language="en")
    if kind == "attendance_changed":
        lifecycle.change_attendance(made, "online")
    elif kind != "confirmed":
        {"cancelled": lifecycle.cancel, "link": lifecycle.resend}[kind](made)
    work()
    assert f"Dear {nasty}," in sent(kind).body
    assert "<img" not in html_of(sent(kind))
    assert "&lt;img src=x onerror=alert(1)&gt;&amp;amp;" in html_of(sent(kind))


def test_line_breaks_in_what_people_say_never_reach_a_header(summit, work):
    evil = "x\r\nBcc: victim@people.example\r\n\r\n<b>"
    summit.short_name = {"en": evil, "ko": evil}
    summit.save()
    make_registration(summit, name=evil, organisation=evil, language="en")
    work()
    message = mail.outbox[0].message()
    assert sorted(message.keys()) == [
        "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To"
    ]  # fmt: skip
    assert message["Subject"] == "You are registered: x Bcc: victim@people.example <b>"
    assert mail.outbox[0].recipients() == mail.outbox[0].to


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["confirmed", "cancelled", "link"])
def test_a_summit_without_a_short_name_is_named_in_the_subject(kind, work):
    summit = make_summit("ogp2023", short_name={}, name={"en": "Global Summit 2023"})
    made = make_registration(summit, language="en")
    if kind != "confirmed":
        {"cancelled": lifecycle.cancel, "link": lifecycle.resend}[kind](made)
    work()
    assert Message.objects.get(kind=kind).subject.endswith(": Global Summit 2023")


def test_mail_is_written_in_the_transaction_of_the_change(summit):
    """A change that does not happen sends nothing."""
    made = make_registration(summit)
    with transaction.atomic():
        lifecycle.cancel(made)
        assert (Message.objects.count(), DBTaskResult.objects.count()) == (1, 2)
        transaction.set_rollback(True)
    assert Message.objects.count() == 0
    assert DBTaskResult.objects.count() == 1


def test_mail_that_left_is_marked_and_not_sent_again(summit, work):
    make_registration(summit)
    work()
    message = Message.objects.get()
    assert (message.state, message.attempts, message.error) == ("sent", 1, "")
    assert message.sent_at is not None
    assert outbox.deliver(message) is True
    assert len(mail.outbox) == 1


def test_mail_that_cannot_leave_waits_longer_each_time_and_is_given_up_at_last(summit, work, no_mail_server):
    waits, states = [], []
    with time_machine.travel(at(1, 9), tick=False) as clock:
        make_registration(summit)
        while ready := DBTaskResult.objects.filter(status="READY").first():
            if ready.task_result.task.run_after:
                assert work() == 0
                waits.append(ready.run_after - timezone.now())
                clock.move_to(ready.run_after)
            assert work() == 1
            message = Message.objects.get()
            states.append((message.state, message.attempts))
            assert message.error.startswith("ConnectionRefusedError: ")
            assert message.sent_at is None
    minute = timedelta(minutes=1)
    assert waits == [minute, 5 * minute, 30 * minute, 180 * minute, 720 * minute]
    assert states == [("queued", 1), ("queued", 2), ("queued", 3), ("queued", 4), ("queued", 5), ("failed", 6)]
    assert mail.outbox == []
    assert MessageFile.objects.count() == 0  # the text has gone with it


def test_mail_leaves_as_soon_as_the_server_is_back(summit, work, settings, no_mail_server):
    made = make_registration(summit)
    work()
    assert Message.objects.get().state == "queued"
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    with time_machine.travel(timezone.now() + timedelta(minutes=1, seconds=5), tick=False):
        assert work() == 1
    message = Message.objects.get()
    assert (message.state, message.attempts, message.error) == ("sent", 2, "")
    assert [m.to for m in mail.outbox] == [[made.email]]


def test_a_registration_stands_although_no_mail_server_answers(summit, work, no_mail_server):
    made = make_registration(summit)
    work()
    made.refresh_from_db()
    assert made.state == "confirmed"
