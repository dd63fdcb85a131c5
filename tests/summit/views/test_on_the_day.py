"""The opening page before, on and after the days of a summit."""

from datetime import timedelta

import pytest
import time_machine
from lxml import html as lxml_html

from sessions.models import AudienceQuestion, Material, Outcome
from summit.middleware import shelf
from tests.factories import at, make_room, make_session


def read(client, path="", language="en"):
    shelf.clear()
    answer = client.get(f"/{language}/ogp2021/{path}")
    assert answer.status_code == 200
    return lxml_html.fromstring(answer.content)


def headings(page):
    return [" ".join(heading.text_content().split()) for heading in page.xpath("//main//h2")]


def buttons(page):
    return [" ".join(each.text_content().split()) for each in page.xpath("//a[contains(@class, 'button big')]")]


@pytest.fixture
def agenda(summit):
    room = make_room(summit)
    make_session(summit, "NOW001", room=room, title={"en": "The present one", "ko": "지금"})
    make_session(summit, "NEXT01", room=room, starts_at=at(15, 13), title={"en": "The next one", "ko": "다음"})
    make_session(summit, "LATER1", room=room, starts_at=at(16, 9), title={"en": "Another day", "ko": "나중"})
    return summit


@pytest.mark.parametrize(
    ("moment", "phase"),
    [(at(15, 3, 59), "before"), (at(15, 4), "during"), (at(18, 3, 59), "during"), (at(18, 4), "after")],
)
def test_a_summit_is_before_during_or_after_its_days(summit, moment, phase):
    assert summit.phase(moment) == phase


def test_before_its_days_one_registers_and_sees_how_it_begins(client, agenda):
    with time_machine.travel(at(1, 9), tick=False):
        page = read(client)
    assert buttons(page) == ["Register", "See the agenda"]
    assert "How it begins" in headings(page) and "Now" not in headings(page)


def test_on_its_days_now_comes_first_with_the_ways_to_all_of_it(client, agenda):
    with time_machine.travel(at(15, 10, 15), tick=False):
        page = read(client)
    assert headings(page)[:2] == ["Now", "Next"]
    assert buttons(page) == ["What is on now", "My day", "At the venue", "See the agenda"]
    cards = [" ".join(each.text_content().split()) for each in page.xpath("//main//li[contains(@class, 'card')]//h3")]
    assert cards == ["The present one", "The next one"]
    assert page.xpath("//a[contains(@href, '/register/')]")


def test_between_two_days_the_next_morning_comes_next(client, agenda):
    with time_machine.travel(at(15, 20), tick=False):
        page = read(client)
    assert "No session at the moment" in page.text_content()
    cards = [" ".join(each.text_content().split()) for each in page.xpath("//main//li[contains(@class, 'card')]//h3")]
    assert cards == ["Another day"]


def test_what_is_on_can_be_joined_from_the_opening_page(client, agenda):
    from sessions.live import streams

    session = agenda.sessions.get(code="NOW001")
    streams.add(session, {"kind": "meeting", "address": "https://meet.example.org/secret"}, by=None)
    with time_machine.travel(at(15, 10, 15), tick=False):
        page = read(client)
    assert page.xpath("//a[@href='/en/ogp2021/sessions/NOW001/join/']")
    assert "meet.example.org" not in lxml_html.tostring(page, encoding="unicode")


def test_afterwards_it_looks_back_and_calls_nobody_to_register(client, agenda):
    session = agenda.sessions.get(code="NOW001")
    agenda.sessions.update(keeps_answers=True)
    Material.objects.create(session=session, kind="recording", url="https://video.example/1", confirmed=True)
    Material.objects.create(session=session, kind="slides", url="https://slides.example/1", confirmed=True)
    AudienceQuestion.objects.create(session=session, text="Why?", state="answered", answer={"en": "So."}, place="hall",
                                    updated_at=at(15, 11))  # fmt: skip
    Outcome.objects.create(session=session, kind="decision", text={"en": "It was decided."}, is_published=True)
    with time_machine.travel(at(18, 9), tick=False):
        page, korean = read(client), read(client, language="ko")
    assert headings(page)[:2] == ["Look back", "What came of the sessions"]
    assert buttons(page) == ["Look back", "See the agenda"]
    text = " ".join(page.xpath("//section[@id='back']")[0].text_content().split())
    for words in (
        "1 outcome: notes, decisions and commitments",
        "1 session to watch again",
        "Slides of 1 session",
        "1 question of the audience, answered in writing",
    ):
        assert words in text
    assert "You can still register." not in page.text_content()
    assert headings(korean)[:2] == ["돌아보기", "세션의 결과"]


def test_an_opening_page_costs_as_much_for_three_sessions_as_for_thirty(client, summit, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    room, counted = make_room(summit), {}
    for moment in (at(15, 10, 15), at(18, 9)):
        for many in (3, 30):
            for number in range(summit.sessions.count(), many):
                session = make_session(
                    summit, f"S{number:05}", room=room, starts_at=at(15, 10) + timedelta(hours=number)
                )
                Material.objects.create(session=session, kind="slides", url="https://slides.example/1", confirmed=True)
            with time_machine.travel(moment, tick=False):
                read(client)
                shelf.clear()
                with CaptureQueriesContext(connection) as seen:
                    client.get("/en/ogp2021/")
            counted.setdefault(moment, set()).add(len(seen))
    assert [len(each) for each in counted.values()] == [1, 1]
