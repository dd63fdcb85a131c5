"""Texts of mails go when nobody needs them any more; what stays says that they were sent."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from registration.mailing import emails
from registration.registering import lifecycle, welcoming
from summit.accounts import team
from summit.mailing import outbox
from summit.mailing.outbox import Attached
from summit.models import Message, MessageFile, Role
from tests.factories import make_registration, make_user


def queued(**values):
    values = {
        "kind": "note",
        "to": "hong@people.example",
        "subject": "s",
        "text": "text\n",
        "html": "<p>text</p>",
        **values,
    }
    return outbox.queue(Message(**values), [Attached("a.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n")])


def is_erased(message):
    message.refresh_from_db()
    return (message.text, message.html, message.files.count(), message.erased_at is not None) == ("", "", 0, True)


def test_a_secret_goes_when_it_has_arrived(db, work, mailoutbox):
    message = queued()
    assert not is_erased(message)
    work()
    assert is_erased(message)
    assert (message.state, message.to, message.subject, message.kind) == ("sent", "hong@people.example", "s", "note")
    assert (mailoutbox[0].body, len(mailoutbox[0].attachments)) == ("text\n", 1)


def test_a_secret_goes_when_it_has_failed_for_good_and_not_before(db, settings, monkeypatch):
    settings.MAILERS = {"default": {"BACKEND": "tests.summit.mailing.test_outbox.Refusing"}}
    message = queued()
    outbox.deliver(message)
    assert (message.state, is_erased(message)) == ("queued", False)
    monkeypatch.setattr(outbox, "failure_of", lambda error: "address")
    outbox.deliver(message)
    assert (message.state, message.failure, is_erased(message)) == ("failed", "address", True)


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_other_texts_go_after_the_days_that_are_set(db, settings, state):
    settings.MAIL_KEEP_DAYS = 7
    old, young, waits = (queued(is_secret=False) for _ in range(3))
    now = timezone.now()
    Message.objects.update(state=state, created_at=now - timedelta(days=8))
    Message.objects.filter(pk=young.pk).update(created_at=now - timedelta(days=6))
    Message.objects.filter(pk=waits.pk).update(state="queued")
    call_command("tidy", verbosity=0)
    assert [is_erased(one) for one in (old, young, waits)] == [True, False, False]


def test_what_an_earlier_release_has_sent_is_erased(db):
    message = queued()
    Message.objects.update(state="sent")
    call_command("tidy", verbosity=0)
    assert is_erased(message)


def opens_something(text):
    """Whether a mail holds an address with a key in it, or a code."""
    from registration.models import Registration
    from speakers.models import OrganisationMember
    from summit.models import Membership

    keys = [row.token for model in (Registration, OrganisationMember, Membership) for row in model.objects.all()]
    return any(key and key in text for key in keys)


def test_no_mail_that_opens_something_is_kept(summit, organiser, registration):
    one = make_registration(summit, email="other@people.example")
    welcoming.tell(one)
    emails.link(one)
    emails.attendance_changed(one)
    lifecycle.cancel(one)
    team.invite(summit, "new@team.example", Role.DESK, by=organiser)
    found = {(message.kind, message.is_secret, opens_something(message.text)) for message in Message.objects.all()}
    assert {kind for kind, _secret, _opens in found} >= {
        "confirmed",
        "link",
        "attendance_changed",
        "cancelled",
        "team_invitation",
    }
    assert not [kind for kind, secret, opens in found if opens and not secret]
    assert ("cancelled", False, False) in found


def test_a_mailed_code_is_not_kept(db, work, mailoutbox):
    make_user("hong@people.example")
    Client().post("/en/account/login/code/", {"email": "hong@people.example"})
    work()
    assert mailoutbox and not Message.objects.exclude(text="").exists()
    assert not MessageFile.objects.exists()


def test_pages_that_show_mails_cope_with_erased_ones(registration, organiser, work, as_user):
    work()
    assert not Message.objects.exclude(text="").exists()
    client, message = as_user(organiser), Message.objects.get()
    Message.objects.update(state="failed", failure="address", error="550 nobody")
    page = client.get(f"/en/{registration.summit.code}/organiser/registrations/{registration.guid}/").content.decode()
    assert message.subject in page and "There is no such address." in page and "550 nobody" in page
    overview = client.get(f"/en/{registration.summit.code}/organiser/").content.decode()
    assert f"{message.to}: " in overview and "There is no such address." in overview
    operator = make_user("operator@team.example", is_superuser=True, is_staff=True)
    assert as_user(operator).get(f"/admin/summit/message/{message.pk}/change/").status_code == 200
    assert settings.MAIL_KEEP_DAYS == 30
