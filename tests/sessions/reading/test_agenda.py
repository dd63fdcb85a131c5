"""The read side: days, hours, cards."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from sessions.models import Appearance, Session
from sessions.reading import agenda
from tests.factories import at, make_organisation, make_room, make_session, make_speaker, make_track

SEOUL, TALLINN, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Tallinn"), ZoneInfo("America/New_York")


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def cards(summit):
    return agenda.cards(summit, Session.objects.filter(summit=summit))


def test_only_what_is_published_is_a_card(summit):
    make_session(summit)
    make_session(summit, "HID001", published_at=None)
    assert [card.code for card in cards(summit)] == ["CIV001"]


def test_cards_stand_in_the_order_of_the_day(summit):
    late, early = make_room(summit, "room-b", order=2), make_room(summit, "room-a", order=1)
    make_session(summit, "TBA001", starts_at=None, number=1)
    make_session(summit, "THU001", starts_at=at(16, 9))
    make_session(summit, "WED002", starts_at=at(15, 10), room=late)
    make_session(summit, "WED001", starts_at=at(15, 10), room=early)
    assert [card.code for card in cards(summit)] == ["WED001", "WED002", "THU001", "TBA001"]


def test_sessions_after_midnight_belong_to_the_day_before(summit):
    make_session(summit, "EVE001", starts_at=at(15, 21))
    make_session(summit, "NIG001", starts_at=at(16, 1))
    make_session(summit, "MOR001", starts_at=at(16, 9))
    days = agenda.days(summit, cards(summit))
    assert [(day.label, [card.code for hour in day.hours for card in hour.cards]) for day in days] == [
        ("Wednesday, 15 December 2021", ["EVE001", "NIG001"]),
        ("Thursday, 16 December 2021", ["MOR001"]),
    ]
    assert days[0].anchor == "day-2021-12-15"


def test_sessions_of_the_same_hours_share_one_heading(summit):
    rooms = [make_room(summit, f"room-{letter}", order=n) for n, letter in enumerate("abc")]
    make_session(summit, "LONG01", room=rooms[0])
    make_session(summit, "SHORT1", room=rooms[1], ends_at=at(15, 11))
    make_session(summit, "LONG02", room=rooms[2])
    [day] = agenda.days(summit, cards(summit))
    assert [(hour.label, hour.zone, [card.code for card in hour.cards]) for hour in day.hours] == [
        ("10:00–11:00", "KST", ["SHORT1"]),
        ("10:00–11:30", "KST", ["LONG01", "LONG02"]),
    ]


@pytest.mark.parametrize(
    ("reader", "label"),
    [
        (None, ""),
        (SEOUL, ""),
        (ZoneInfo("Asia/Tokyo"), ""),
        (TALLINN, "03:00–04:30 EET"),
        (NEW_YORK, "Tue, 14 Dec 20:00–21:30 EST"),
        (ZoneInfo("Asia/Kathmandu"), "06:45–08:15 UTC+5:45"),
    ],
)
def test_the_readers_hours_stand_beside_where_they_differ(summit, reader, label):
    make_session(summit)
    [day] = agenda.days(summit, cards(summit), reader=reader)
    assert day.hours[0].reader == label


def test_what_has_no_time_yet_is_kept_apart(summit):
    make_session(summit, starts_at=None)
    found = cards(summit)
    assert agenda.days(summit, found) == []
    assert [card.code for card in agenda.unscheduled(found)] == ["CIV001"]
    assert found[0].when == ""


def test_a_card_says_day_hours_and_zone_where_there_is_no_time_line(summit):
    make_session(summit, starts_at=at(16, 1))
    assert cards(summit)[0].when == "Wed, 15 Dec 01:00–02:30 KST"


def test_a_title_in_another_language_is_marked(summit):
    make_session(summit, title={"ko": "한국어만"})
    make_session(summit, "CIV002")
    first, second = cards(summit)
    assert (first.title, first.shape.title_language) == ("한국어만", "ko")
    assert (second.title, second.shape.title_language) == ("Open government session CIV002", "")


def test_of_many_people_three_are_named(summit):
    people = [make_speaker(summit, f"사람{n}", name_romanised=f"Person {n}") for n in range(1, 15)]
    make_session(summit, people=people)
    make_session(summit, "CIV002", people=people[:3], starts_at=at(16, 10))
    assert [card.people for card in cards(summit)] == [
        "Person 1, Person 2, Person 3 and 11 more",
        "Person 1, Person 2, Person 3",
    ]
    with translation.override("ko"):
        assert cards(summit)[1].people == "사람1, 사람2, 사람3"


def test_people_keep_the_order_of_the_bill_and_decliners_are_not_on_it(summit):
    session = make_session(summit, people=[make_speaker(summit, name) for name in ("가", "나", "다")])
    Appearance.objects.filter(speaker__name="가").update(order=9)
    Appearance.objects.filter(speaker__name="나").update(state="declined")
    assert cards(summit)[0].people == "다 (≈ Da), 가 (≈ Ga)"
    with translation.override("ko"):
        assert cards(summit)[0].people == "다, 가"
    assert session.appearances.count() == 3


def test_hosts_stand_in_their_order(summit):
    make_session(
        summit,
        hosts=[
            make_organisation(summit, "zz", name={"en": "First"}),
            make_organisation(summit, "aa", name={"en": "Second"}),
        ],
    )
    assert cards(summit)[0].hosts == "First · Second"


def test_a_cancelled_session_is_marked(summit):
    make_session(summit, cancelled_at=at(14, 9))
    [card] = cards(summit)
    assert card.shape.cancelled
    assert "Cancelled" in card.draw(3)


def test_the_facts_name_room_mode_interpretation_and_recording(summit):
    make_session(summit, room=make_room(summit), language="ko", interpretation=["en"])
    recorded = make_session(summit, "ONL001", mode="online", starts_at=at(16, 9), interpretation=["ko"])
    recorded.materials.create(kind="slides", url="https://ogp.example/a.pdf")
    first, second = (card.draw(3) for card in cards(summit))
    for words in ("Grand Ballroom 101", "In person and online", "Korean–English interpretation"):
        assert words in first
    assert "Recorded" not in first + second
    assert "Online" in second and "interpretation" not in second
    recording = recorded.materials.create(kind="recording", url="https://youtu.be/dQw4w9WgXcQ")
    # Until somebody has confirmed the link, it may lead to a search.
    assert "Recorded" not in "".join(card.draw(3) for card in cards(summit))
    recording.confirmed = True
    recording.save()
    first, second = (card.draw(3) for card in cards(summit))
    assert "Recorded" not in first
    assert "Recorded" in second


def test_what_must_not_be_recorded_says_so_and_shows_no_recording(summit, client):
    session = make_session(summit, do_not_record=True)
    session.materials.create(kind="recording", url="https://youtu.be/dQw4w9WgXcQ", confirmed=True)
    [card] = [card.draw(3) for card in cards(summit)]
    assert "Not recorded" in card and "Recorded" not in card
    page = client.get(f"/en/ogp2021/sessions/{session.code}/").content.decode()
    assert "It is not recorded, and nobody may record it." in page
    assert "youtu.be" not in page


def test_a_link_nobody_has_confirmed_is_no_recording_on_its_page(summit, client):
    session = make_session(summit)
    session.materials.create(kind="recording", url="https://www.youtube.com/results?search_query=forum")
    page = client.get(f"/en/ogp2021/sessions/{session.code}/").content.decode()
    assert "Link not confirmed" in page and 'id="recording"' not in page
    assert "VideoObject" not in page


def test_cards_of_one_shape_are_drawn_apart_and_say_the_hours_where_asked(summit):
    rooms = [make_room(summit, code, name={"en": code.title()}) for code in ("red", "blue")]
    for number, room in enumerate(rooms, 1):
        make_session(summit, f"CIV00{number}", room=room, title={"en": f"Title {number}"})
    for number, (card, room) in enumerate(zip(cards(summit), rooms, strict=True), 1):
        drawn = card.draw(4)
        assert drawn.count(f"Title {number}") == 2  # the heading, and what the link to mark it says
        assert f"CIV00{number}" in drawn and str(room.name) in drawn and "<h4>" in drawn
        assert "datetime" not in drawn
        assert f'datetime="{at(15, 10).isoformat()}"' in card.draw(3, when=True)
        assert card.when in card.draw(3, when=True)


def test_names_from_the_database_cannot_leave_their_place(summit):
    nasty = "<b>\"'&"
    make_session(
        summit,
        title={"en": nasty},
        track=make_track(summit, name={"en": nasty}),
        room=make_room(summit, name={"en": nasty}),
    )
    [card] = cards(summit)
    assert "<b>" not in card.draw(3)
    assert card.draw(3).count("&lt;b&gt;&quot;&#x27;&amp;") == 4  # track, title twice, room


@pytest.mark.parametrize("many", [1, 3, 30])
def test_cards_cost_seven_queries_however_many(summit, django_assert_num_queries, many):
    track, room = make_track(summit), make_room(summit)
    for number in range(many):
        session = make_session(summit, f"SES{number:03}", track=track, room=room, hosts=[make_organisation(summit, f"host-{number}")],
                               people=[make_speaker(summit), make_speaker(summit)])  # fmt: skip
        session.materials.create(kind="recording", url=f"https://ogp.example/{number}.mp4")
    with django_assert_num_queries(7):
        found = cards(summit)
    with django_assert_num_queries(0):
        agenda.days(summit, found, reader=TALLINN)
    assert len(found) == many


@pytest.mark.parametrize("many", [0, 100])
def test_cards_of_some_sessions_show_nothing_of_the_others(summit, monkeypatch, many):
    monkeypatch.setattr(agenda, "MANY", many)
    track = make_track(summit, "one")
    shown = [
        make_session(summit, f"ONE00{n}", track=track, people=[make_speaker(summit, f"사람{n}")],
                     hosts=[make_organisation(summit, f"host-{n}", name={"en": f"Host {n}"})])
        for n in (1, 2)
    ]  # fmt: skip
    other = make_session(summit, "TWO001", track=make_track(summit, "two"), people=[make_speaker(summit, "Another")])
    other.materials.create(kind="recording", url="https://youtu.be/dQw4w9WgXcQ")
    found = agenda.cards(summit, Session.objects.filter(track=track))
    assert [card.code for card in found] == [session.code for session in shown]
    assert [(card.people, card.hosts) for card in found] == [("사람1", "Host 1"), ("사람2", "Host 2")]
    assert not any(card.shape.recording for card in found)
