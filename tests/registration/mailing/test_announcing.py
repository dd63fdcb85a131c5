"""Publishing with notices: whom a version concerns, what they read, and that nobody is told twice."""

import re
from datetime import timedelta

import icalendar
import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registration.mailing import announcing, notices
from registration.places import bookings
from registration.registering import lifecycle
from sessions.models import AgendaVersion, Appearance, Bookmark, PlannedPublication, Session
from sessions.planning import publishing, scheduling
from summit.models import HistoryEntry, Message, Summit
from tests.factories import (
    at,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_user,
    make_venue,
)


@pytest.fixture
def agenda(db):
    """Version 1 of two sessions in a room; nobody was told of it."""
    summit = make_summit()
    room = make_room(summit, "hall", name={"ko": "대회의실", "en": "Great Hall"})
    for code in ("CIV001", "CIV002"):
        make_session(summit, code, room=room, starts_at=at(15, 10), published_at=None)
    publishing.publish(summit)
    return summit


@pytest.fixture(params=[notices.NAMED_AT_MOST, 0], ids=["few", "many"])
def changed(request, monkeypatch):
    """As where few sessions have changed, and as where many have."""
    monkeypatch.setattr(notices, "NAMED_AT_MOST", request.param)


def session(code="CIV001"):
    return Session.objects.select_related("summit", "room").get(code=code)


def move(code="CIV001", hour=14, **values):
    found = session(code)
    plan = {"starts_at": at(15, hour), "ends_at": at(15, hour + 1), "room": found.room, **values}
    scheduling.place(found, **plan)


def bookmark(user, code="CIV001"):
    return Bookmark.objects.create(user=user, session=session(code))


def letters():
    """By address; of those that have left, and whose texts are erased, as their readers have them."""
    found = {message.to: message for message in Message.objects.filter(kind="agenda_changed")}
    left = {sent.extra_headers["Message-ID"]: sent for sent in mail.outbox}
    for message in found.values():
        if message.erased_at:
            sent = left[message.message_id]
            message.text, message.html = sent.body, sent.alternatives[0].content
            message.attached = [(file.filename, file.mimetype, file.content) for file in sent.attachments]
        else:
            message.attached = [(file.name, file.media_type, bytes(file.content)) for file in message.files.all()]
    return found


def calendar(message):
    [(name, media_type, content)] = message.attached
    assert (name, media_type) == ("agenda.ics", "text/calendar; charset=utf-8; method=PUBLISH")
    return icalendar.Calendar.from_ical(content)


@pytest.mark.usefixtures("changed")
def test_everybody_is_counted_once_and_by_what_ties_them(agenda):
    person = make_registration(agenda, email="both@people.example")
    bookmark(person.user)
    bookmark(person.user, "CIV002")
    Session.objects.filter(code="CIV001").update(seats=5)
    bookings.book(person, session(), by=None)
    make_session_speaker(agenda, "CIV002", email="BOTH@people.example")
    make_session_speaker(agenda, "CIV001", email="alone@stage.example")
    silent = make_session_speaker(agenda, "CIV001", name="김무명").speaker
    silent.appearances.create(session=session("CIV002"), role="moderator")
    bookmark(make_user("reader@people.example"), "CIV002")
    move("CIV001")
    move("CIV002")
    changes = publishing.preview(agenda)
    assert announcing.affected(agenda, changes) == notices.Affected(
        people=4, bookmarks=2, seats=1, appearances=3, unreachable=1
    )
    only_second = [change for change in changes if change["code"] == "CIV002"]
    assert announcing.affected(agenda, only_second).people == 3
    assert announcing.affected(agenda, []) == notices.Affected(0, 0, 0, 0, 0)
    # Nobody can write to them; everybody else is told.
    assert len(notices.recipients(agenda, changes)) == 3


def make_session_speaker(summit, code, *, state="confirmed", **values):
    speaker = make_speaker(summit, values.pop("name", "박수정"), **values)
    return Appearance.objects.create(session=session(code), speaker=speaker, state=state)


def test_counting_asks_the_same_questions_for_more_people(agenda, django_assert_num_queries):
    move("CIV001")
    changes = publishing.preview(agenda)
    for number in range(3):
        bookmark(make_user(f"reader{number}@people.example"))
        make_session_speaker(agenda, "CIV001", email=f"stage{number}@people.example")
        with django_assert_num_queries(7):
            announcing.affected(agenda, changes)


@pytest.mark.usefixtures("changed")
def test_publishing_tells_those_concerned_and_nobody_else(agenda, work):
    bookmark(make_user("reader@people.example"))
    bookmark(make_user("other@people.example"), "CIV002")
    make_registration(agenda, email="nothing@people.example")
    move("CIV001")
    version = announcing.publish(agenda, note={"ko": "시간이 바뀌었습니다.", "en": "New times."})
    assert not letters()
    work()
    assert set(letters()) == {"reader@people.example"}
    version.refresh_from_db()
    assert (version.number, version.told) == (2, 1)
    assert version.told_at is not None
    entry = HistoryEntry.objects.get(action="agenda.tell")
    assert entry.changes == {"version": [None, 2], "people": [0, 1]}
    assert [m.to for m in mail.outbox if "agenda" in m.alternatives[0].content] == [["reader@people.example"]]


def test_nobody_is_told_where_nobody_is_to_be_told(agenda, work):
    bookmark(make_user("reader@people.example"))
    move("CIV001")
    version = announcing.publish(agenda, tell=False)
    work()
    assert not letters()
    version.refresh_from_db()
    assert version.told_at is None


def test_each_reads_their_own_sessions_in_their_language(agenda, work):
    korean = make_registration(agenda, email="ko@people.example", name="홍길동", language="ko")
    english = make_registration(agenda, email="en@people.example", name="Ann O'Hara <b>", language="en")
    bookmark(korean.user)
    bookmark(english.user, "CIV002")
    bookmark(make_user("account@people.example", language="en"), "CIV001")
    move("CIV001")
    move("CIV002", hour=16)
    announcing.publish(agenda, note={"ko": "바뀐 것이 있습니다.", "en": "Something is new."})
    work()
    mine = letters()
    assert {to: message.language for to, message in mine.items()} == {
        "ko@people.example": "ko",
        "en@people.example": "en",
        "account@people.example": "en",
    }
    ko, en = mine["ko@people.example"], mine["en@people.example"]
    assert "열린정부 세션 CIV001" in ko.text and "CIV002" not in ko.text
    assert "바뀐 것이 있습니다." in ko.text and "바뀐 것이 있습니다." in ko.html
    assert "12월 15일(수) 14:00–15:00" in ko.text
    assert "Open government session CIV002" in en.text and "CIV001" not in en.text
    assert "Wed, 15 Dec 16:00–17:00" in en.text
    assert "Dear Ann O'Hara <b>," in en.text
    assert "Ann O&#x27;Hara &lt;b&gt;" in en.html and "Hara <b>" not in en.html
    assert f"http://testserver/en/ogp2021/registrations/{english.token}/" in en.text
    assert "http://testserver/en/ogp2021/agenda/changes/#version-2" in en.text
    assert "http://testserver/en/ogp2021/my-agenda/" in en.html
    account = mine["account@people.example"]
    assert "/registrations/" not in account.text and "Hello," in account.text
    assert en.subject == "Changes in your agenda: OGP Summit"


def test_the_calendar_file_holds_the_changed_entries_as_they_are_now(agenda, work):
    there = make_registration(agenda, email="there@people.example", attendance="in_person")
    online = make_registration(agenda, email="online@people.example", attendance="online", language="en")
    for person in (there, online):
        bookmark(person.user)
        bookmark(person.user, "CIV002")
    before = session("CIV001").sequence
    move("CIV001")
    move("CIV002", hour=10, cancelled=True)
    announcing.publish(agenda)
    work()
    found = calendar(letters()["there@people.example"])
    assert found["METHOD"] == "PUBLISH"
    # In the order of the agenda: the cancelled one is at ten.
    second, first = found.walk("VEVENT")
    assert first["UID"] == f"session-{session('CIV001').guid}@testserver"
    assert first["DTSTART"].dt == at(15, 14)
    assert first["SEQUENCE"] == before + 1
    assert (first["STATUS"], second["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert first["LOCATION"].startswith("대회의실")
    _second, away = calendar(letters()["online@people.example"]).walk("VEVENT")
    assert (away["LOCATION"], away["URL"]) == ("Online", "http://testserver/en/ogp2021/sessions/CIV001/")


def test_a_session_without_a_time_brings_no_calendar(agenda, work):
    found = session("CIV001")
    Session.objects.filter(pk=found.pk).update(starts_at=None, ends_at=None)
    publishing.publish(agenda)
    bookmark(make_user("reader@people.example"))
    Session.objects.filter(pk=found.pk).update(title={"ko": "새 제목", "en": "A new title"})
    announcing.publish(agenda)
    work()
    message = letters()["reader@people.example"]
    assert "A new title" in message.text or "새 제목" in message.text
    assert message.attached == []


def test_a_time_that_is_taken_away_cancels_the_entry(agenda, work):
    bookmark(make_user("reader@people.example"))
    scheduling.place(session(), starts_at=None, ends_at=None, room=None)
    announcing.publish(agenda)
    work()
    [event] = calendar(letters()["reader@people.example"]).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"
    assert event["DTSTART"].dt == at(15, 10)


@pytest.mark.usefixtures("changed")
def test_people_on_stage_are_told_by_account_profile_or_name(agenda, work):
    make_session_speaker(
        agenda, "CIV001", user=make_user("account@stage.example", language="en"), email="old@x.example"
    )
    make_session_speaker(agenda, "CIV001", email="hangul@stage.example", name="김하나")
    make_session_speaker(agenda, "CIV001", email="latin@stage.example", name="Ann Lee")
    make_session_speaker(agenda, "CIV001", email="known@stage.example", name="Ann Lee")
    make_user("known@stage.example", language="ko", name="Known")
    make_session_speaker(agenda, "CIV001", name="Nobody Knows")
    make_session_speaker(agenda, "CIV001", email="declined@stage.example", state="declined")
    move("CIV001")
    announcing.publish(agenda)
    work()
    assert {to: message.language for to, message in letters().items()} == {
        "account@stage.example": "en",
        "hangul@stage.example": "ko",
        "latin@stage.example": "en",
        "known@stage.example": "ko",
    }
    assert "You are on stage" in letters()["latin@stage.example"].text


@pytest.mark.usefixtures("changed")
def test_withdrawn_people_are_left_alone(agenda, work):
    gone = make_registration(agenda, email="gone@people.example")
    Session.objects.filter(code="CIV001").update(seats=5)
    bookings.book(gone, session(), by=None)
    bookmark(gone.user)
    lifecycle.cancel(gone, by=None, as_organiser=True)
    bookmark(make_user("closed@people.example", is_active=False))
    make_session_speaker(agenda, "CIV001", user=make_user("shut@stage.example", is_active=False))
    back = make_registration(agenda, email="back@people.example")
    bookmark(back.user)
    lifecycle.cancel(back, by=None, as_organiser=True)
    make_registration(agenda, email="back@people.example")
    move("CIV001")
    assert announcing.affected(agenda, publishing.preview(agenda)).people == 1
    announcing.publish(agenda)
    work()
    assert set(letters()) == {"back@people.example"}


@pytest.mark.usefixtures("changed")
def test_people_of_another_summit_hear_nothing(agenda, work):
    other = make_summit("ogp2023")
    make_session(other, "CIV001", room=make_room(other, "hall", venue=make_venue(other)))
    Bookmark.objects.create(user=make_user("far@people.example"), session=Session.objects.get(summit=other))
    found = Session.objects.get(summit=agenda, code="CIV001")
    scheduling.place(found, starts_at=at(15, 14), ends_at=at(15, 15), room=None)
    announcing.publish(agenda)
    work()
    assert not letters()


def test_a_name_can_add_neither_lines_nor_markup(agenda, work):
    nasty = "A\r\nBcc: all@people.example\r\n\u202e<script>"
    bookmark(make_user("reader@people.example", name=nasty, language="en"))
    Session.objects.filter(code="CIV001").update(title={"en": "T\r\nBcc: x\u202e<img src=x>"})
    announcing.publish(agenda)
    work()
    message = letters()["reader@people.example"]
    assert "\nBcc" not in message.text and "\u202e" not in message.text
    assert "<script>" not in message.html and "<img" not in message.html
    assert "\n" not in message.subject


# Once and only once


def test_publishing_twice_tells_once(agenda, work):
    bookmark(make_user("reader@people.example"))
    move("CIV001")
    first = announcing.publish(agenda)
    second = announcing.publish(agenda)
    assert first.pk == second.pk
    assert DBTaskResult.objects.filter(task_path="registration.mailing.announcing.tell_affected").count() == 1
    work()
    assert announcing.tell(AgendaVersion.objects.get(pk=first.pk)) == 0
    assert len(letters()) == 1


def test_a_crash_in_the_middle_tells_the_rest_and_nobody_twice(agenda, monkeypatch, work):
    for number in range(7):
        bookmark(make_user(f"reader{number}@people.example"))
    move("CIV001")
    version = announcing.publish(agenda)
    monkeypatch.setattr(announcing, "CHUNK", 3)
    whole, calls = announcing._tell_some, []

    def stops(*args):
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("the worker is gone")
        return whole(*args)

    with monkeypatch.context() as crash:
        crash.setattr(announcing, "_tell_some", stops)
        with pytest.raises(RuntimeError):
            announcing.tell(version)
    version.refresh_from_db()
    assert (version.told, version.told_at) == (3, None)
    first = set(letters())
    DBTaskResult.objects.filter(task_path="registration.mailing.announcing.tell_affected").update(
        status="RUNNING", started_at=timezone.now() - timedelta(minutes=11)
    )
    call_command("recover", verbosity=0)
    call_command("recover", verbosity=0)
    work()
    version.refresh_from_db()
    assert version.told == len(letters()) == 7
    assert first < set(letters())
    told = [message.to for message in mail.outbox]
    assert sorted(to for [to] in told) == [f"reader{number}@people.example" for number in range(7)]


def test_notices_leave_in_batches_and_a_failed_one_is_tried_again(agenda, work, settings):
    for number in range(60):
        bookmark(make_user(f"reader{number}@people.example"))
    move("CIV001")
    version = announcing.publish(agenda)
    settings.MAILERS = {"default": {"BACKEND": "tests.summit.mailing.test_outbox.Refusing"}}
    announcing.tell(version)
    batches = DBTaskResult.objects.filter(task_path="summit.mailing.outbox.deliver_batch")
    assert [len(task.args_kwargs["args"][0]) for task in batches.order_by("enqueued_at")] == [50, 10]
    work()
    assert not mail.outbox
    assert Message.objects.filter(state="queued", attempts=1).count() == 60
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))
    work()
    assert len(mail.outbox) == 60
    assert not Message.objects.exclude(state="sent").exists()


def test_notices_whose_batch_is_gone_are_sent_after_all(agenda, work):
    for number in range(3):
        bookmark(make_user(f"reader{number}@people.example"))
    move("CIV001")
    announcing.tell(announcing.publish(agenda, tell=False))
    DBTaskResult.objects.all().delete()
    call_command("recover", verbosity=0)
    call_command("recover", verbosity=0)
    assert DBTaskResult.objects.count() == 1
    work()
    assert len(mail.outbox) == 3


def test_what_was_not_seen_is_not_published(agenda):
    move("CIV001")
    seen = announcing.fingerprint(publishing.preview(agenda))
    move("CIV002", hour=17)
    with pytest.raises(announcing.PlanMoved):
        announcing.publish(agenda, seen=seen)
    assert agenda.agenda_versions.count() == 1
    announcing.publish(agenda, seen=announcing.fingerprint(publishing.preview(agenda)))
    assert agenda.agenda_versions.count() == 2


def test_taking_back_tells_that_it_is_as_before(agenda, work):
    bookmark(make_user("reader@people.example", language="en"))
    move("CIV001")
    announcing.publish(agenda, tell=False)
    announcing.take_back(agenda)
    work()
    message = letters()["reader@people.example"]
    assert "Version 2 was taken back" in message.text
    [event] = calendar(message).walk("VEVENT")
    assert event["DTSTART"].dt == at(15, 10)
    assert event["SEQUENCE"] == 2


def test_taking_a_new_session_back_takes_it_out_of_calendars(agenda, work):
    make_session(agenda, "NEW001", published_at=None, starts_at=at(16, 9))
    announcing.publish(agenda, tell=False)
    bookmark(make_user("reader@people.example"), "NEW001")
    announcing.take_back(agenda)
    work()
    [event] = calendar(letters()["reader@people.example"]).walk("VEVENT")
    assert (event["STATUS"], event["DTSTART"].dt, event["SEQUENCE"]) == ("CANCELLED", at(16, 9), 1)


# By itself at a moment


def planned(agenda, organiser_of, minutes=30, **values):
    return announcing.schedule(agenda, timezone.now() + timedelta(minutes=minutes), by=organiser_of, **values)


@pytest.fixture
def owner(agenda):
    return make_user("owner@team.example", summit=agenda, role="owner")


def come(plan):
    """Its moment has come."""
    past = timezone.now() - timedelta(seconds=5)
    PlannedPublication.objects.filter(pk=plan.pk).update(at=past)
    DBTaskResult.objects.filter(status="READY").update(run_after=past)


def test_a_planned_publication_happens_by_itself(agenda, owner, work):
    bookmark(make_user("reader@people.example"))
    move("CIV001")
    plan = planned(agenda, owner, note={"ko": "예약", "en": "Planned"})
    work()
    assert agenda.agenda_versions.count() == 1
    come(plan)
    work()
    version = agenda.agenda_versions.first()
    assert (version.number, version.by, version.note["en"], version.told) == (2, owner, "Planned", 1)
    plan.refresh_from_db()
    assert (plan.waits, plan.failure) == (False, "")
    assert set(letters()) == {"reader@people.example"}
    assert session().starts_at == at(15, 14)


@pytest.mark.parametrize("minutes", [-1, 0, 3 * 366 * 24 * 60])
def test_it_must_lie_in_a_future_somebody_can_oversee(agenda, owner, minutes):
    with pytest.raises(announcing.InThePast):
        planned(agenda, owner, minutes)
    assert not PlannedPublication.objects.exists()


def test_one_waits_at_a_time(agenda, owner):
    first = planned(agenda, owner)
    with pytest.raises(announcing.OneWaits):
        planned(agenda, owner, 60)
    announcing.unschedule(first, by=owner)
    planned(agenda, owner, 60)
    with pytest.raises(announcing.NoLongerWaits):
        announcing.unschedule(first, by=owner)
    assert list(HistoryEntry.objects.filter(action__contains="schedule").values_list("action", flat=True)) == [
        "agenda.schedule",
        "agenda.unschedule",
        "agenda.schedule",
    ]


def test_a_cancelled_one_does_nothing(agenda, owner, work):
    move("CIV001")
    plan = planned(agenda, owner)
    announcing.unschedule(plan, by=owner)
    come(plan)
    work()
    assert agenda.agenda_versions.count() == 1


def test_one_that_was_moved_waits_for_its_new_moment(agenda, owner, work):
    move("CIV001")
    planned(agenda, owner)
    DBTaskResult.objects.update(run_after=timezone.now() - timedelta(seconds=1))
    work()
    assert agenda.agenda_versions.count() == 1
    assert PlannedPublication.objects.get().waits


def test_why_it_did_not_happen_is_kept(agenda, owner, work):
    plan = planned(agenda, owner)
    come(plan)
    work()
    plan.refresh_from_db()
    assert (plan.failure, plan.waits) == ("nothing_new", False)
    Session.objects.all().delete()
    plan = planned(agenda, owner)
    come(plan)
    work()
    plan.refresh_from_db()
    assert (plan.failure, plan.waits) == ("nothing_to_publish", False)
    assert set(announcing.FAILURES) == {"nothing_new", "nothing_to_publish"}


@pytest.mark.parametrize("command", ["recover", "tidy"])
def test_one_whose_worker_was_down_is_caught_up(agenda, owner, work, command, capsys):
    move("CIV001")
    plan = planned(agenda, owner)
    DBTaskResult.objects.all().delete()
    PlannedPublication.objects.filter(pk=plan.pk).update(at=timezone.now() - timedelta(hours=1))
    call_command(command)
    call_command(command)
    assert "publications" in capsys.readouterr().out
    assert DBTaskResult.objects.filter(task_path="registration.mailing.announcing.publish_planned").count() == 1
    work()
    assert agenda.agenda_versions.count() == 2


def test_what_is_told_of_a_closed_summit_leads_to_no_public_page(agenda, work):
    person = make_registration(agenda, email="comes@people.example")
    bookmark(person.user)
    Summit.objects.update(is_public=False)
    agenda.refresh_from_db()
    work()
    mail.outbox.clear()
    move("CIV001")
    announcing.publish(agenda)
    work()
    [sent] = mail.outbox
    found = set(re.findall(r"https?://[^\s\"<]+", sent.body + sent.alternatives[0].content))
    assert found and all("/registrations/" in link for link in found), found
