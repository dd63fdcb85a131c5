"""The agenda editor: who sees and moves what, what a move answers, what others hear of it."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions.editing import session_edits
from sessions.models import Placement, Session
from sessions.planning import scheduling
from summit.models import HistoryEntry, Membership
from tests.factories import at, make_room, make_session, make_speaker, make_summit, make_track, make_user

BASE = "/en/ogp2021/organiser/agenda"


@pytest.fixture
def client(organiser, as_user):
    return as_user(organiser)


@pytest.fixture
def room(summit):
    return make_room(summit)


@pytest.fixture
def session(summit, room):
    return make_session(summit, room=room, track=make_track(summit))


@pytest.fixture
def lead(summit):
    """Leads the track of ``session``."""
    user = make_user("lead@team.example", summit=summit, role="track_lead", name="Lead")
    for track in summit.tracks.all():
        track.leads.add(Membership.objects.get(user=user))
    return user


def values(session, **changed):
    return {
        "code": session.code,
        "version": session.plan_version,
        "starts_at": at(15, 14).isoformat(),
        "ends_at": at(15, 15, 30).isoformat(),
        "room": "grand-101",
        **changed,
    }


def placed(code="CIV001"):
    return Placement.objects.filter(session__code=code).values_list("starts_at", "ends_at", "room__code").first()


# The page


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("page", ["", "?day=2021-12-16&zoom=60", "?day=soon&zoom=1", "add/", "conflicts/"])
def test_every_page_opens_in_both_languages(summit, client, session, language, page):
    make_session(summit, "CIV002", room=session.room)
    response = client.get(f"/{language}/ogp2021/organiser/agenda/{page}")
    assert response.status_code == 200
    content = response.content.decode()
    assert f'<html lang="{language}">' in content
    assert '<meta name="robots" content="noindex">' in content
    assert "no-store" in response["Cache-Control"]


def test_the_plan_of_a_day_shows_its_sessions_and_those_without_a_time(summit, client, session):
    make_session(summit, "LATER1", starts_at=at(16, 10))
    make_session(summit, "NOTIME", starts_at=None)
    make_session(summit, "BREAK1", kind="break", starts_at=at(15, 12))
    scheduling.place(session, starts_at=at(15, 6), ends_at=at(15, 7), room=session.room)
    board = client.get(f"{BASE}/").context["board"]
    assert [(lane.code, [card.code for card in lane.cards]) for lane in board.lanes] == [
        ("grand-101", ["CIV001"]),
        ("", []),
    ]
    assert [card.code for card in board.everywhere] == ["BREAK1"]
    assert [card.code for card in board.unscheduled] == ["NOTIME"]
    [card] = board.lanes[0].cards
    assert (card.waits, card.version, card.hours) == (True, 2, "06:00–07:00")
    assert (board.opens, board.closes) == (at(15, 6), at(15, 22))
    assert [(day.date.day, day.number) for day in board.days] == [(15, 2), (16, 1), (17, 0)]
    assert [card.code for card in client.get(f"{BASE}/?day=2021-12-16").context["board"].lanes[-1].cards] == ["LATER1"]


def test_a_day_outside_the_summit_is_shown_where_something_is_planned_on_it(summit, client, session):
    scheduling.place(session, starts_at=at(20, 10), ends_at=at(20, 11), room=session.room)
    board = client.get(f"{BASE}/?day=2021-12-20").context["board"]
    assert [day.date.day for day in board.days] == [15, 16, 17, 20]
    assert board.day.number == 1
    # A day on which there is nothing is none.
    assert client.get(f"{BASE}/?day=2021-12-19").context["board"].day.date.day == 15


def test_conflicts_are_listed_and_counted_on_the_cards(summit, client, session, organiser):
    for code in ("CIV002", "CIV003"):
        make_session(summit, code, room=session.room)
    board = client.get(f"{BASE}/").context["board"]
    assert (len(board.conflicts), board.total) == (3, 3)
    assert {(card.clashes, card.impossible) for card in board.lanes[0].cards} == {(2, True)}
    scheduling.accept_conflict(summit, "room_taken:grand-101:CIV001:CIV002", "Same people", by=organiser)
    assert len(client.get(f"{BASE}/").context["board"].conflicts) == 2


@pytest.mark.parametrize("role", ["viewer", "moderator", "translator"])
def test_who_may_not_change_the_plan_sees_it_read_only(summit, session, as_user, role):
    reader = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
    content = reader.get(f"{BASE}/").content.decode()
    assert 'data-card="CIV001"' in content and "You cannot change it." in content
    assert "data-editable" not in content and "Add a session" not in content
    assert reader.post(f"{BASE}/moves/", values(session)).status_code == 404
    assert reader.get(f"{BASE}/add/").status_code == 404
    assert reader.get(f"{BASE}/changes/", {"since": timezone.now().isoformat()}).status_code == 200


@pytest.mark.parametrize("role", ["desk", "registrations", "desk_lead"])
def test_whoever_has_no_business_with_the_programme_sees_nothing(summit, session, as_user, role):
    stranger = as_user(make_user(summit=summit, role=role))
    for page in ("", "changes/?since=2021-01-01T00:00:00Z", "conflicts/", "add/"):
        assert stranger.get(f"{BASE}/{page}").status_code == 404
    assert stranger.post(f"{BASE}/moves/", values(session)).status_code == 404
    assert Client().get(f"{BASE}/").status_code == 302


def test_the_number_of_queries_does_not_grow_with_the_sessions(summit, client, session):
    numbers = []
    client.get(f"{BASE}/")  # the numbers of the navigation are counted once in a while
    for count in (1, 3):
        for number in range(count):
            people = [make_speaker(summit, f"{count}{number}")]
            extra = make_session(
                summit, f"Q{count}{number:04}", people=people, room=make_room(summit, f"r{count}{number}")
            )
            make_session(summit, f"N{count}{number:04}", starts_at=None)
            scheduling.place(extra, starts_at=at(15, 10), ends_at=at(15, 11), room=session.room)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{BASE}/").status_code == 200
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


# A move


def test_a_move_plans_the_session_and_answers_how_it_stands(summit, client, session, organiser):
    make_session(summit, "CIV002", room=session.room, starts_at=at(15, 15))
    response = client.post(f"{BASE}/moves/", values(session))
    assert response.status_code == 200
    assert placed() == (at(15, 14), at(15, 15, 30), "grand-101")
    answer = response.json()
    [moved], [conflict] = answer["sessions"], answer["conflicts"]
    assert (moved["code"], moved["version"], moved["room"]) == ("CIV001", 2, "grand-101")
    assert (moved["starts_at"], moved["ends_at"]) == ("2021-12-15T14:00:00+09:00", "2021-12-15T15:30:00+09:00")
    assert 'data-card="CIV001"' in moved["html"] and "data-editable" in moved["html"]
    assert conflict["key"] == "room_taken:grand-101:CIV001:CIV002"
    assert conflict["impossible"] and not conflict["accepted"]
    assert "Grand Ballroom 101 is taken twice" in conflict["html"]
    assert HistoryEntry.objects.get(action="session.place").by == organiser


def test_a_session_may_lose_its_time_its_room_or_both(client, session):
    client.post(f"{BASE}/moves/", values(session, room=""))
    assert placed() == (at(15, 14), at(15, 15, 30), None)
    answer = client.post(f"{BASE}/moves/", {"code": "CIV001", "version": 2, "unscheduled": "1"}).json()
    assert placed() == (None, None, None)
    assert (answer["sessions"][0]["starts_at"], answer["conflicts"]) == (None, [])


def test_a_cancelled_session_stays_cancelled_where_it_is_moved(client, session):
    scheduling.place(session, starts_at=session.starts_at, ends_at=session.ends_at, room=session.room, cancelled=True)
    assert client.post(f"{BASE}/moves/", values(session)).status_code == 200
    assert Placement.objects.get().cancelled


def test_a_move_made_on_an_older_plan_changes_nothing_and_says_who_was_first(summit, client, session):
    other = make_user("other@team.example", summit=summit, role="organiser", name="Kim")
    scheduling.place(session, starts_at=at(16, 9), ends_at=at(16, 10), room=session.room, by=other)
    response = client.post(f"{BASE}/moves/", values(session, version=1))
    assert response.status_code == 409
    answer = response.json()
    assert answer["error"]["code"] == "overtaken"
    assert answer["error"]["message"] == "Kim has moved this session meanwhile: Thu, 16 Dec 09:00, Grand Ballroom 101."
    assert (answer["sessions"][0]["version"], answer["sessions"][0]["starts_at"]) == (2, "2021-12-16T09:00:00+09:00")
    assert placed() == (at(16, 9), at(16, 10), "grand-101")
    # Made on the plan as it is now, it is done.
    assert client.post(f"{BASE}/moves/", values(session, version=2)).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ends_at": at(15, 14).isoformat()}, "ends before it begins"),
        ({"ends_at": at(17, 14).isoformat()}, "at most 24 hours"),
        ({"ends_at": ""}, "both a beginning and an end"),
        ({"starts_at": ""}, "no time"),
        ({"starts_at": "soon"}, "valid date"),
        ({"starts_at": "0001-01-01T00:00:00+14:00", "ends_at": "0001-01-01T01:00:00+14:00"}, "year away"),
        ({"starts_at": "9999-12-31T22:00:00-12:00", "ends_at": "9999-12-31T23:00:00-12:00"}, "year away"),
        ({"room": "nowhere"}, "valid choice"),
        ({"room": "else-1"}, "valid choice"),
        ({"version": ""}, "required"),
        ({"version": "-1"}, "greater"),
        ({"version": "9" * 400}, ""),
        ({"code": ""}, "required"),
        ({"code": "CIV001\r\nX" * 900}, "6 characters"),
    ],
)
def test_what_no_session_could_do_is_refused_with_a_sentence(client, session, wrong, message):
    make_room(make_summit("ogp2023"), "else-1")
    response = client.post(f"{BASE}/moves/", values(session, **wrong))
    assert response.status_code in ({422, 409} if not message else {422})
    assert message in response.json()["error"]["message"]
    assert placed() is None


def test_sessions_that_are_not_ones_own_are_not_there(summit, client, session, lead, as_user):
    make_session(make_summit("ogp2023"), "ELSE01")
    assert client.post(f"{BASE}/moves/", values(session, code="ELSE01")).status_code == 404
    make_session(summit, "CIV002", track=make_track(summit, "other"))
    mine = as_user(lead)
    assert mine.post(f"{BASE}/moves/", values(session, code="CIV002")).status_code == 404
    assert mine.post(f"{BASE}/moves/", values(session)).status_code == 200
    assert mine.get(f"{BASE}/").content.decode().count("data-editable") == 1
    assert mine.get(f"{BASE}/moves/").status_code == 405


# What others do


def asked(client, since, **more):
    return client.get(f"{BASE}/changes/", {"since": since.isoformat(), **more})


def test_others_hear_what_was_moved_by_whom(summit, client, session, lead, as_user):
    before = timezone.now()
    assert asked(client, before).json()["sessions"] == []
    as_user(lead).post(f"{BASE}/moves/", values(session))
    answer = asked(client, before).json()
    [moved] = answer["sessions"]
    assert (moved["code"], moved["by"], moved["starts_at"]) == ("CIV001", "Lead", "2021-12-15T14:00:00+09:00")
    # The next question begins a little earlier than now: what is committed late is heard, too.
    assert before - timedelta(seconds=10) < timezone.datetime.fromisoformat(answer["stamp"]) < timezone.now()
    # How many sessions each day has now is told as soon as something was moved.
    assert answer["days"] == {"2021-12-15": 1} and "days" not in asked(client, timezone.now()).json()
    client.post(
        f"{BASE}/moves/", values(session, version=2, starts_at=at(17, 9).isoformat(), ends_at=at(17, 10).isoformat())
    )
    assert asked(client, before).json()["days"] == {"2021-12-17": 1}
    assert asked(client, timezone.now()).json()["sessions"] == []


def test_hours_in_which_a_room_is_closed_are_shown(summit, client, session, room):
    def closed():
        page = client.get(f"{BASE}/?day=2021-12-15").content.decode()
        return re.findall(r'data-from="([^"]+)" data-until="([^"]+)">([^<]+)<', page)

    assert closed() == []
    for starts, ends in (
        (at(14, 9), at(14, 18)),
        (at(15, 9), at(15, 12)),
        (at(15, 13), at(15, 20)),
        (at(16, 9), at(16, 18)),
    ):
        room.hours.create(starts_at=starts, ends_at=ends)
    assert closed() == [
        ("2021-12-15T07:00:00+09:00", "2021-12-15T09:00:00+09:00", "Closed 07:00–09:00"),
        ("2021-12-15T12:00:00+09:00", "2021-12-15T13:00:00+09:00", "Closed 12:00–13:00"),
        ("2021-12-15T20:00:00+09:00", "2021-12-15T22:00:00+09:00", "Closed 20:00–22:00"),
    ]
    room.hours.filter(starts_at__day=15).delete()
    assert [words for _from, _until, words in closed()] == ["Closed 07:00–22:00"]


def test_a_mark_tells_of_everything_that_is_not_a_move(summit, client, session, organiser):
    def mark():
        return asked(client, timezone.now()).json()["mark"]

    marks = [mark()]
    client.post(f"{BASE}/moves/", values(session))
    assert mark() == marks[0]
    session_edits.edit(session, {"title": {"ko": "새", "en": "New"}}, version=1, by=organiser)
    marks.append(mark())
    added = session_edits.create(summit, {"title": {"en": "One more"}}, by=organiser)
    marks.append(mark())
    session_edits.delete(added, by=organiser)
    marks.append(mark())
    scheduling.accept_conflict(summit, "x", "y", by=organiser)
    marks.append(mark())
    scheduling.accept_conflict(summit, "x", "z", by=organiser)
    marks.append(mark())
    assert len(set(marks)) >= 5 and all(one != two for one, two in pairwise(marks))


def test_to_ask_costs_three_queries_while_nothing_happens(summit, client, session):
    sent = timezone.now()
    with CaptureQueriesContext(connection) as for_nothing:
        client.get(f"{BASE}/changes/")  # refused: who asks, and which summit
    with CaptureQueriesContext(connection) as queries:
        asked(client, sent)
    assert len(queries) - len(for_nothing) == 3
    numbers = []
    for count in (1, 3):
        for number in range(count):
            extra = make_session(summit, f"Q{count}{number:04}")
            scheduling.place(extra, starts_at=at(15, 10), ends_at=at(15, 11), room=session.room)
        with CaptureQueriesContext(connection) as queries:
            assert len(asked(client, sent).json()["sessions"]) == (1 if count == 1 else 4)
        numbers.append(len(queries))
    # With three more sessions there are conflicts, and those are told with six queries.
    assert numbers[1] - numbers[0] in {0, 6}


@pytest.mark.parametrize("since", ["", "yesterday", "\x00", "9" * 5000])
def test_a_question_without_a_moment_is_refused(client, session, since):
    assert client.get(f"{BASE}/changes/", {"since": since}).status_code in {400, 422}


# Adding


def added(**changed):
    return {
        "kind": "break", "title_ko": "점심", "title_en": "Lunch", "title_0": "점심", "title_1": "Lunch", "track": "",
        "starts_at": "2021-12-15T12:00", "ends_at": "2021-12-15T13:00", "room": "", **changed,
    }  # fmt: skip


def test_a_break_in_all_rooms_is_added_at_once(summit, client, session, organiser):
    response = client.post(f"{BASE}/add/", added(), follow=True)
    assert response.redirect_chain == [(f"{BASE}/?day=2021-12-15", 302)]
    assert "“Lunch” was added to the plan." in response.content.decode()
    lunch = Session.objects.get(kind="break")
    assert (lunch.title["ko"], lunch.is_published) == ("점심", False)
    assert placed(lunch.code) == (at(15, 12), at(15, 13), None)
    [card] = response.context["board"].everywhere
    assert card.everywhere and card.clashes == 0
    client.post(f"{BASE}/moves/", values(session, starts_at=at(15, 12).isoformat()))
    assert client.get(f"{BASE}/").context["board"].everywhere[0].clashes == 1
    assert [e.action for e in HistoryEntry.objects.order_by("pk")][:2] == ["session.create", "session.place"]


def test_a_session_is_added_where_somebody_points(summit, client, room):
    form = client.get(f"{BASE}/add/?room=grand-101&starts_at=2021-12-16T10:05&kind=workshop&evil=1").content.decode()
    assert 'value="2021-12-16T10:05"' in form and '<option value="grand-101" selected>' in form
    assert client.post(f"{BASE}/add/", added(kind="workshop", room="grand-101")).status_code == 302
    assert placed(Session.objects.get().code) == (at(15, 12), at(15, 13), "grand-101")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title_ko": "", "title_en": " "}, "at least one language"),
        ({"title_en": "x" * 301}, "300"),
        ({"ends_at": "2021-12-15T12:00"}, "ends before it begins"),
        ({"ends_at": ""}, "both a beginning and an end"),
        ({"starts_at": "", "ends_at": ""}, "Say when the break begins"),
        ({"starts_at": "0001-01-01T00:00", "ends_at": "0001-01-01T01:00"}, "year away"),
        ({"kind": "party"}, "valid choice"),
        ({"room": "nowhere"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(summit, client, session, wrong, message):
    response = client.post(f"{BASE}/add/", added(**wrong))
    assert response.status_code == 422
    content = response.content.decode()
    assert (message in content and 'value="점심"' in content) or "title_ko" in wrong
    assert Session.objects.count() == 1 and not Placement.objects.exists()


def test_what_is_typed_is_cleaned_to_one_line(summit, client):
    client.post(f"{BASE}/add/", added(title_en="  Lunch\r\n\u200btime \u202e "))
    assert Session.objects.get().title["en"] == "Lunch time"


def test_track_leads_add_to_their_own_tracks_only(summit, session, lead, as_user):
    make_track(summit, "other")
    mine = as_user(lead)
    for track, status in [("", 422), ("other", 422), ("civic-space", 302)]:
        assert mine.post(f"{BASE}/add/", added(kind="workshop", track=track)).status_code == status
    assert Session.objects.get(kind="workshop").track.slug == "civic-space"


def test_cards_of_one_shape_differ_in_all_their_words(summit, client, room):
    other = make_room(summit, "hall-b", name={"ko": "나홀", "en": "Hall B"})
    make_session(summit, "ONE001", room=room, title={"en": "Trust & <b>data</b>"}, starts_at=at(15, 9))
    make_session(summit, "TWO002", room=other, title={"ko": "한국어뿐"}, starts_at=at(15, 13))
    make_session(summit, "SIX006", room=other, title={"en": "Cancelled"}, starts_at=at(15, 16), cancelled_at=at(14, 9))
    page = client.get("/en/ogp2021/organiser/agenda/?day=2021-12-15").content.decode()
    cards = {
        code: page.split(f'data-card="{code}"')[1].split("</article>")[0] for code in ("ONE001", "TWO002", "SIX006")
    }
    assert 'data-title="Trust &amp; &lt;b&gt;data&lt;/b&gt;"' in cards["ONE001"]
    assert "<b>" not in cards["ONE001"]
    assert 'data-room="hall-b"' in cards["TWO002"] and "13:00–14:30" in cards["TWO002"]
    # A title that stands in for a missing one says which language it is in.
    assert re.search(r'lang="ko"[^>]*>한국어뿐', cards["TWO002"]) and 'lang="' not in cards["ONE001"]
    assert "Cancelled" in cards["SIX006"] and "·" not in cards["ONE001"]
    assert cards["ONE001"].count("hidden") > cards["ONE001"].count("visually-hidden")  # no conflict, no number
