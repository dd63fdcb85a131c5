"""The form is drawn once in a moment for all who open it, and is each reader's own all the same."""

import re
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registration.models import Quota, Registration
from registration.registering import openings
from registration.views import blank_pages, read_forms, register
from tests.factories import make_category, make_places, make_question, make_user
from tests.registration.reading import form_values

PAGE = "/en/ogp2021/register/"
MARK = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture
def draws(summit, monkeypatch):
    """How often the page was drawn; a moment lasts as long as a test."""
    make_category(summit)
    drawn: list[int] = []
    keep = blank_pages.keep_form
    monkeypatch.setattr(blank_pages, "keep_form", lambda *args, **more: drawn.append(1) or keep(*args, **more))
    monkeypatch.setattr(blank_pages, "FRESH", 60)
    return drawn


def test_each_reader_has_a_form_and_a_mark_of_their_own(draws, summit):
    readers = [Client(enforce_csrf_checks=True) for _reader in range(3)]
    pages = [reader.get(PAGE) for reader in readers]
    marks = [MARK.search(page.content.decode())[1] for page in pages]
    forms = [{**form_values(page), "csrfmiddlewaretoken": mark} for page, mark in zip(pages, marks, strict=True)]
    assert len(draws) == 1
    assert len({form["nonce"] for form in forms}) == len({form["csrfmiddlewaretoken"] for form in forms}) == 3
    for number, (reader, form) in enumerate(zip(readers, forms, strict=True)):
        sent = {**form, "name": "홍길동", "name_romanised": "Hong Gildong", "email": f"hong{number}@people.example", "country": "KR",
                "category": summit.categories.get().pk, "attendance": "in_person", "language": "en", "privacy": "on"}  # fmt: skip
        assert reader.post(PAGE, sent).status_code == 302
    assert Registration.objects.count() == 3
    assert readers[0].post(PAGE, forms[1]).status_code == 403


def test_it_says_the_same_of_itself_as_when_it_is_drawn(draws):
    drawn, given = Client().get(PAGE), Client().get(PAGE)
    own = re.compile(r"(?<=value=\")\w{32,64}(?=\")")
    assert len(draws) == 1
    assert own.sub("", drawn.content.decode()) == own.sub("", given.content.decode())
    dated = {"Expires"}
    assert {name: value for name, value in drawn.items() if name not in dated} == {
        name: value for name, value in given.items() if name not in dated
    }
    assert "no-store" in given["Cache-Control"] and given["Vary"] == "Cookie"
    assert given.cookies["csrftoken"].value


def test_whoever_is_signed_in_is_told_something_or_asks_for_more_has_it_drawn(draws, summit, as_user):
    Client().get(PAGE)
    as_user(make_user("hong@people.example")).get(PAGE)
    told = Client()
    told.cookies["messages"] = "something"
    told.get(PAGE)
    Client().get(f"{PAGE}?code=FRIENDS")
    Client().get(PAGE.replace("/en/", "/ko/"))
    assert len(draws) == 5
    edited = Client()
    edited.cookies["edited"] = f"{summit.code}.{summit.agenda_revision}"
    edited.get(PAGE)
    assert len(draws) == 6


def test_a_change_of_the_summit_shows_at_once_and_a_full_quota_within_a_moment(draws, summit, monkeypatch):
    make_places(summit, 1)
    assert "All places are taken" not in Client().get(PAGE).content.decode()
    summit.raise_revision()
    Quota.objects.update(taken=1)
    assert "All places are taken" in Client().get(PAGE).content.decode()
    Quota.objects.update(taken=0)
    assert "All places are taken" in Client().get(PAGE).content.decode()
    monkeypatch.setattr(blank_pages, "FRESH", 0)
    assert "All places are taken" not in Client().get(PAGE).content.decode()


def test_while_one_reader_has_it_drawn_anew_the_others_are_given_the_one_before(draws, monkeypatch):
    Client().get(PAGE)
    began, clock = time.monotonic(), time.monotonic
    monkeypatch.setattr(blank_pages.time, "monotonic", lambda: clock() - began + began + 61)
    keep, others = blank_pages.keep_form, []

    def meanwhile(*args, **more):
        others.append(Client().get(PAGE).status_code)
        return keep(*args, **more)

    monkeypatch.setattr(blank_pages, "keep_form", meanwhile)
    Client().get(PAGE)
    assert others == [200] and len(draws) == 2


def test_every_opening_is_counted(draws, summit):
    for _reader in range(4):
        Client().get(PAGE)
    with openings.tally._lock:
        waiting = sum(openings.tally._seen.values())
    assert waiting + openings.counted(summit)[0] == 4


def test_of_a_summit_that_is_closed_to_the_public_nothing_is_given(draws, summit):
    Client().get(PAGE)
    summit.is_public = False
    summit.save()
    summit.raise_revision()
    assert Client().get(PAGE).status_code == 404


def send(client: Client, summit, number: int, **more: str):
    page = client.get(PAGE)
    return client.post(PAGE, {**form_values(page), "name": "홍길동", "name_romanised": "Hong Gildong", "email": f"o'hong{number}@people.example",
                              "country": "KR", "category": summit.categories.get().pk, "attendance": "in_person", "language": "en",
                              "privacy": "on", **more}, follow=True)  # fmt: skip


def test_the_page_after_it_is_drawn_once_and_says_to_each_what_is_theirs(draws, summit, monkeypatch):
    times, render = [], register.render
    monkeypatch.setattr(register, "render", lambda *args, **more: times.append(args[1]) or render(*args, **more))
    pages = [send(Client(), summit, number).content.decode() for number in range(3)]
    assert times.count("registration/attendee/sent.html") == 1
    for number, (page, row) in enumerate(zip(pages, Registration.objects.order_by("pk"), strict=True)):
        others = {other.reference for other in Registration.objects.all()} - {row.reference}
        assert f"o&#x27;hong{number}@people.example" in page and page.count(row.reference) == 2
        assert not any(other in page for other in others) and "\0" not in page
        assert page.count("<time datetime=") == 1


def test_the_page_after_it_says_what_became_of_each(draws, summit):
    assert "In person" in send(Client(), summit, 1).content.decode()
    online = send(Client(), summit, 2, attendance="online").content.decode()
    assert "Show the ticket" not in online and "announce how to join" in online
    settled = Client()
    page = send(settled, summit, 3).content.decode()
    assert "Is the address wrong?" in page
    Registration.objects.filter(email="o'hong3@people.example").update(opened_at=timezone.now())
    assert "Is the address wrong?" not in settled.get(f"{PAGE}sent/").content.decode()


def test_what_a_form_is_made_of_is_read_once_in_a_moment_and_places_each_time(draws, summit, monkeypatch):
    monkeypatch.setattr(read_forms, "FRESH", 60)
    make_question(summit)
    quota = make_places(summit, 2)
    send(Client(), summit, 1)
    client = Client()
    sent = {**form_values(client.get(PAGE)), "name": "홍길동", "name_romanised": "Hong Gildong", "email": "hong2@people.example",
            "country": "KR", "category": summit.categories.get().pk, "attendance": "in_person", "language": "en", "privacy": "on"}  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        assert client.post(PAGE, sent).status_code == 302
    read = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert not [sql for sql in read if 'FROM "registration_question"' in sql or 'FROM "registration_category"' in sql]
    quota.refresh_from_db()
    assert quota.taken == 2
    full = send(Client(), summit, 3)
    assert full.status_code == 409 and Registration.objects.count() == 2


def test_what_is_asked_or_chosen_no_longer_is_found_out_by_who_has_a_session_and_by_the_rest_in_a_moment(
    draws, summit, monkeypatch, as_user
):
    monkeypatch.setattr(read_forms, "FRESH", 60)
    send(Client(), summit, 1)
    make_question(summit, words={"en": "From where?", "ko": "어디에서?"}, required=True)
    assert send(Client(), summit, 2).status_code == 200 and Registration.objects.count() == 2
    member = as_user(make_user("hong@people.example"))
    assert send(member, summit, 3).status_code == 422
    monkeypatch.setattr(read_forms, "FRESH", 0)
    assert send(Client(), summit, 4).status_code == 422
    assert Registration.objects.count() == 2
