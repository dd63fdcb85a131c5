"""Announcements: made, changed and withdrawn, shown to whom they concern and until they end."""

from datetime import timedelta

import pytest

from sessions.live import announcements
from sessions.models import Announcement
from summit.models import HistoryEntry, LiveRevision, Summit
from tests.factories import at, make_session

NOW = at(15, 10)
WORDS = {"ko": "점심은 3층에서 드립니다.", "en": "Lunch is served on level 3."}


def announce(summit, text=None, **values):
    return announcements.announce(summit, text or WORDS, **{"ends_at": at(15, 11), "by": None, "now": NOW, **values})


def shown(summit, moment=NOW, **values):
    return [str(each.text["en"]) for each in announcements.standing(summit, moment, **values)]


def test_one_is_shown_from_now_until_its_end(summit):
    announce(summit)
    assert shown(summit, at(15, 10)) == [WORDS["en"]] == shown(summit, at(15, 10, 59))
    assert shown(summit, at(15, 11)) == [] == shown(summit, at(15, 9, 59))


def test_one_that_begins_later_waits_until_then(summit):
    announce(summit, starts_at=at(15, 10, 30))
    assert shown(summit, at(15, 10, 29)) == [] and shown(summit, at(15, 10, 30)) == [WORDS["en"]]


def test_one_that_should_have_begun_begins_now(summit):
    assert announce(summit, starts_at=at(15, 8)).starts_at == NOW


def test_the_gravest_stands_first_and_of_these_the_newest(summit):
    for number, severity in enumerate(("info", "urgent", "warning", "urgent")):
        announce(summit, {"en": str(number)}, severity=severity, now=NOW + timedelta(minutes=number))
    assert shown(summit, at(15, 10, 30)) == ["3", "1", "2", "0"]


@pytest.mark.parametrize(("attendance", "there"), [("", ["online", "venue", "all"]), ("in_person", ["venue", "all"]),
                                                  ("online", ["online", "all"])])  # fmt: skip
def test_whoever_is_known_sees_only_what_concerns_them(summit, attendance, there):
    for words, audience in (("all", "everybody"), ("venue", "in_person"), ("online", "online")):
        announce(summit, {"en": words}, audience=audience)
    assert shown(summit, attendance=attendance) == there


def test_that_of_a_session_is_shown_where_the_session_is(summit):
    session, other = make_session(summit), make_session(summit, "OTHER1")
    announce(summit, session=session)
    assert shown(summit) == [] == shown(summit, sessions=[other.pk])
    assert shown(summit, sessions=[session.pk]) == [WORDS["en"]]


def test_it_is_withdrawn_at_once_and_once(summit, organiser):
    made = announce(summit, by=organiser)
    announcements.withdraw(made, by=organiser, now=at(15, 10, 5))
    announcements.withdraw(made, by=organiser, now=at(15, 10, 6))
    assert shown(summit, at(15, 10, 7)) == []
    made.refresh_from_db()
    assert made.withdrawn_at == at(15, 10, 5)
    lines = HistoryEntry.objects.filter(action__startswith="announcement.").order_by("pk")
    assert [(line.action, line.by) for line in lines] == [
        ("announcement.announce", organiser),
        ("announcement.withdraw", organiser),
    ]
    assert lines[0].changes["text"] == ["", WORDS]


def test_its_end_is_changed_while_it_stands(summit):
    made = announce(summit)
    announcements.change_end(made, at(15, 10, 30), by=None, now=at(15, 10, 10))
    assert shown(summit, at(15, 10, 30)) == []
    with pytest.raises(announcements.Ended):
        announcements.change_end(made, at(15, 12), by=None, now=at(15, 10, 30))


@pytest.mark.parametrize("ends", [at(15, 10), at(15, 9), at(22, 10, 1)])
def test_an_end_that_is_past_or_too_far_is_refused(summit, ends):
    with pytest.raises(announcements.EndsWrongly):
        announce(summit, ends_at=ends)
    made = announce(summit)
    with pytest.raises(announcements.EndsWrongly):
        announcements.change_end(made, ends, by=None, now=NOW)


def test_seven_days_are_the_longest(summit):
    assert announce(summit, ends_at=at(22, 10)).ends_at == at(22, 10)
    with pytest.raises(announcements.BeginsTooLate):
        announce(summit, starts_at=at(22, 10, 1), ends_at=at(22, 11))


@pytest.mark.parametrize("text", [{}, {"ko": " ", "en": ""}, {"fr": "Bonjour"}])
def test_what_says_nothing_in_a_language_of_the_summit_is_refused(summit, text):
    with pytest.raises(announcements.SaysNothing):
        announcements.announce(summit, text, ends_at=at(15, 11), by=None, now=NOW)
    assert not Announcement.objects.exists() and not HistoryEntry.objects.exists()


def test_one_that_is_too_long_is_refused(summit):
    assert announce(summit, {"en": "x" * 300})
    with pytest.raises(announcements.TooLong):
        announce(summit, {"en": "x" * 301})


def test_the_same_sent_twice_is_announced_once(summit):
    assert announce(summit) == announce(summit)
    assert announce(summit, severity="urgent") != announce(summit)
    assert Announcement.objects.count() == 2


def test_there_is_an_end_to_them(summit, monkeypatch):
    monkeypatch.setattr(announcements, "MOST", 2)
    announce(summit, {"en": "1"})
    second = announce(summit, {"en": "2"})
    with pytest.raises(announcements.TooMany):
        announce(summit, {"en": "3"})
    announcements.withdraw(second, by=None, now=NOW)
    announce(summit, {"en": "3"})


def test_pages_and_what_is_live_are_drawn_anew(summit):
    before = Summit.objects.get().agenda_revision
    made = announce(summit)
    announcements.change_end(made, at(15, 12), by=None, now=NOW)
    announcements.withdraw(made, by=None, now=NOW)
    assert Summit.objects.get().agenda_revision == before + 3
    assert LiveRevision.objects.get(pk=summit.pk).number >= 3


def test_what_is_shown_costs_one_query_however_much_there_is(summit, django_assert_num_queries):
    session = make_session(summit)
    for number in range(8):
        announce(summit, {"en": str(number)}, session=session if number % 2 else None)
    with django_assert_num_queries(1):
        found = announcements.standing(summit, NOW, sessions=[session.pk])
        assert {each.session.code for each in found if each.session_id} == {session.code}
    assert len(found) == 8
