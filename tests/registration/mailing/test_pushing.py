"""What browsers that asked for it are told, of what, and once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from registration.mailing import announcing, push_service, push_subscriptions, pushing
from registration.models import PushMessage, PushSubscription
from registration.places import bookings
from registration.registering import erasing, merging, reissuing
from sessions.live import announcements, delays
from sessions.models import Bookmark, Session
from sessions.planning import publishing, scheduling
from summit.lib.sealed import MARK
from summit.lib.web_push import public_point
from summit.mailing import holding
from summit.models import PushKey
from tests.factories import at, make_registration, make_room, make_session, make_summit
from tests.registration.mailing.receiver import Browser, receiving

NOW = at(15, 9, 30)


@pytest.fixture
def service(monkeypatch, tmp_path):
    with receiving(monkeypatch, tmp_path) as receiver, time_machine.travel(NOW, tick=False):
        yield receiver


@pytest.fixture
def summit(db, service):
    """On its first morning: one session begins within the hour, one in the afternoon."""
    summit = make_summit(contact_email="office@summit.example")
    room = make_room(summit, "hall", name={"ko": "대회의실", "en": "Great Hall"})
    for code, hour in (("SOON01", 10), ("LATE01", 14)):
        title = {"ko": f"세션 {code}", "en": f"Session {code}"}
        make_session(summit, code, room=room, title=title, starts_at=at(15, hour), published_at=None)
    publishing.publish(summit)
    return summit


def session(code="SOON01"):
    return Session.objects.select_related("summit", "room").get(code=code)


def asks(registration, number=1, *, language="en"):
    browser = Browser(number)
    said = {name: value for name, value in browser.asked.items() if name != "action"}
    push_subscriptions.subscribe(
        registration.summit, **said, language=language, user=registration.user, registration=registration
    )
    return browser


def person(summit, number=1, *, language="en", **values):
    made = make_registration(summit, email=f"person{number}@people.example", **values)
    return made, asks(made, number, language=language)


def mark(registration, code="SOON01"):
    Bookmark.objects.create(user=registration.user, session=session(code))


def announce(summit, severity="urgent", **values):
    text = {"ko": "대피해 주십시오.", "en": "Leave the building."}
    ends_at = timezone.now() + timedelta(hours=1)
    return announcements.announce(summit, text, ends_at=ends_at, severity=severity, by=None, **values)


def test_what_is_urgent_is_told_in_the_language_of_the_browser_and_signed(summit, service, work):
    _one, english = person(summit, 1)
    _other, korean = person(summit, 2, language="ko")
    announce(summit)
    work()
    [said] = service.told(english)
    assert (said["title"], said["body"], said["urgent"]) == ("OGP Summit", "Leave the building.", True)
    assert said["url"] == summit.address("/en/ogp2021/agenda/now/")
    [said] = service.told(korean)
    assert (said["title"], said["body"], said["url"]) == ("OGP 서밋", "대피해 주십시오.", summit.address("/ko/ogp2021/agenda/now/"))  # fmt: skip
    assert service.signed_by() == {public_point(PushKey.objects.own().public_key())}
    headers = service.came[0][1]
    assert (headers["Content-Encoding"], headers["Urgency"], headers["TTL"]) == ("aes128gcm", "high", "1800")


def test_information_is_pushed_to_nobody(summit, service, work):
    person(summit)
    announce(summit, severity="info")
    work()
    assert service.came == []


def test_one_for_the_venue_concerns_those_who_come_there(summit, service, work):
    _there, at_the_venue = person(summit, 1)
    _elsewhere, online = person(summit, 2, attendance="online")
    announce(summit, severity="warning", audience="in_person")
    work()
    assert len(service.told(at_the_venue)) == 1 and service.told(online) == []


def test_one_of_a_session_concerns_those_who_marked_or_booked_it(summit, service, work):
    marking, marked = person(summit, 1)
    booking, booked = person(summit, 2)
    _nothing, other = person(summit, 3)
    Session.objects.filter(code="SOON01").update(seats=5)
    mark(marking)
    bookings.book(booking, session())
    announce(summit, severity="warning", session=session())
    work()
    assert len(service.told(marked)) == len(service.told(booked)) == 1 and service.told(other) == []
    assert service.told(marked)[0]["url"].endswith("/en/ogp2021/sessions/SOON01/")


def test_one_that_begins_later_is_told_then(summit, service, work):
    _one, browser = person(summit)
    with time_machine.travel(NOW, tick=False) as clock:
        announce(summit, starts_at=at(15, 10, 15))
        work()
        assert service.told(browser) == []
        clock.move_to(at(15, 10, 16))
        work()
        assert len(service.told(browser)) == 1


def test_one_that_was_withdrawn_is_told_to_nobody(summit, service, work):
    person(summit)
    announcements.withdraw(announce(summit), by=None)
    work()
    assert service.came == []


def test_nobody_is_told_twice(summit, service, work):
    _one, browser = person(summit)
    made = announce(summit)
    work()
    pushing.tell_announcement.enqueue(made.pk)
    pushing.deliver.enqueue(list(PushMessage.objects.values_list("pk", flat=True)))
    work()
    assert len(service.told(browser)) == 1
    assert PushMessage.objects.get().state == "sent" and PushMessage.objects.get().said == {}


def test_a_delay_is_told_to_those_who_have_a_session_there_soon(summit, service, work):
    one, browser = person(summit, 1)
    _other, nothing = person(summit, 2)
    mark(one)
    delays.set_minutes(session().room, NOW.date(), 15, by=None)
    work()
    [said] = service.told(browser)
    assert said["body"] == "Session SOON01: expected at 10:15 instead of 10:00. Great Hall"
    assert service.told(nothing) == []


def test_of_a_few_minutes_nobody_is_told(summit, service, work):
    one, _browser = person(summit)
    mark(one)
    delays.set_minutes(session().room, NOW.date(), 4, by=None)
    work()
    assert service.came == []


def test_those_of_a_later_session_are_told_an_hour_before_if_the_room_is_still_late(summit, service, work):
    one, browser = person(summit)
    mark(one, "LATE01")
    with time_machine.travel(NOW, tick=False) as clock:
        delays.set_minutes(session().room, NOW.date(), 15, by=None)
        work()
        assert service.told(browser) == []
        clock.move_to(at(15, 13, 1))
        work()
        assert [said["body"][:14] for said in service.told(browser)] == ["Session LATE01"]


def test_a_delay_that_is_over_by_then_is_not_told(summit, service, work):
    one, browser = person(summit)
    mark(one, "LATE01")
    with time_machine.travel(NOW, tick=False) as clock:
        delays.set_minutes(session().room, NOW.date(), 15, by=None)
        work()
        delays.clear(session().room, NOW.date(), by=None)
        clock.move_to(at(15, 13, 1))
        work()
        assert service.told(browser) == []


def test_a_new_room_and_a_cancellation_of_the_next_hour_are_told(summit, service, work):
    one, browser = person(summit)
    mark(one)
    mark(one, "LATE01")
    other = make_room(summit, "small", name={"ko": "소회의실", "en": "Small Hall"})
    for code in ("SOON01", "LATE01"):
        found = session(code)
        scheduling.place(found, starts_at=found.starts_at, ends_at=found.ends_at, room=other)
    announcing.publish(summit)
    work()
    assert [said["body"] for said in service.told(browser)] == ["Session SOON01: now at 10:00. Small Hall"]
    found = session()
    scheduling.place(found, starts_at=found.starts_at, ends_at=found.ends_at, room=other, cancelled=True)
    announcing.publish(summit)
    work()
    assert [said["body"] for said in service.told(browser)][1:] == ["Session SOON01: cancelled."]


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(summit, service, work, status):
    person(summit)
    service.answers["/send/1"] = status
    announce(summit)
    work()
    assert not PushSubscription.objects.exists() and not PushMessage.objects.exists()


def test_failures_are_counted_until_there_are_too_many(summit, service, work, monkeypatch):
    monkeypatch.setattr(pushing, "MOST_FAILURES", 2)
    _one, browser = person(summit)
    service.answers["/send/1"] = 503
    made = announce(summit)
    work()
    assert PushSubscription.objects.get().failed == 1 and PushMessage.objects.get().state == "failed"
    announcements.withdraw(made, by=None)
    announce(summit, severity="warning")
    work()
    assert not PushSubscription.objects.exists() and len(service.told(browser)) == 2


def test_who_answers_again_begins_anew(summit, service, work):
    person(summit)
    PushSubscription.objects.update(failed=5)
    announce(summit)
    work()
    assert PushSubscription.objects.get().failed == 0


def test_what_nobody_sent_is_queued_again_and_what_is_too_late_is_not(summit, service, work):
    _one, browser = person(summit)
    to = PushSubscription.objects.get()
    said = {"title": "t", "body": "b", "path": "/en/", "urgent": False}
    for about, until in (("fresh", NOW + timedelta(hours=1)), ("stale", NOW - timedelta(hours=1))):
        PushMessage.objects.create(
            subscription=to, about=about, said=said, until=until, created_at=NOW - timedelta(hours=2)
        )
    assert pushing.requeue(older_than=NOW - timedelta(minutes=10)) == 1
    work()
    assert len(service.told(browser)) == 1


def test_nothing_is_sent_while_mail_is_held(summit, service, work, monkeypatch):
    monkeypatch.setattr(holding, "is_held", lambda: True)
    person(summit)
    announce(summit)
    work()
    assert service.came == [] and PushMessage.objects.get().state == "waiting"


def test_what_was_told_is_forgotten_after_two_days(summit, service, work):
    person(summit)
    announce(summit)
    work()
    with time_machine.travel(NOW + timedelta(days=2, minutes=1)):
        assert pushing.forget_old() == 1


def test_the_key_lies_encrypted_and_stays_the_same(db):
    first = PushKey.objects.own()
    assert public_point(first.public_key()) == public_point(PushKey.objects.own().public_key())
    kept = PushKey.objects.get().kept
    assert kept.startswith(MARK) and "PRIVATE" not in kept
    assert PushKey.objects.rotate() == (1, [])
    assert PushKey.objects.get().kept != kept
    assert public_point(first.public_key()) == public_point(PushKey.objects.own().public_key())


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
                "2002:a00:1::", "224.0.0.1", "0.0.0.0"],
)  # fmt: skip
def test_a_name_that_leads_into_somebodys_own_network_is_not_connected_to(monkeypatch, address):
    found = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", (address, 443))]
    monkeypatch.setattr(push_service.socket, "getaddrinfo", lambda *_args, **_named: found)
    connected = []
    monkeypatch.setattr(push_service.socket, "create_connection", lambda *args: connected.append(args))
    assert push_service.send("https://push.example/1", b"x", "vapid") == push_service.Outcome.FAILED
    assert connected == []


def test_a_public_address_is(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(push_service.socket, "getaddrinfo", lambda *_args, **_named: found)
    assert push_service.looked_up("push.example") == ("93.184.216.34", 443)


def test_who_is_erased_is_told_no_more(summit, service):
    one, _browser = person(summit)
    erasing.erase(one)
    assert not PushSubscription.objects.exists()


def test_a_new_private_link_ends_what_the_former_one_asked_for(summit, service):
    one, _browser = person(summit)
    reissuing.reissue(one, issue=one.ticket_issue)
    assert not PushSubscription.objects.exists()


def test_who_was_registered_twice_is_told_as_the_one_that_is_kept(summit, organiser, service):
    kept, other = (
        make_registration(summit, email="a@people.example"),
        make_registration(summit, email="b@people.example"),
    )
    asks(other)
    merging.merge(kept, other, [], by=organiser)
    assert PushSubscription.objects.get().registration == kept
