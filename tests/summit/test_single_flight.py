"""One draws, the others get the answer of before for a moment, or wait; in one process and in several."""

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotFound
from django.test import Client, RequestFactory

from sessions.models import Session
from summit import kept_answers, middleware, single_flight
from summit.middleware import PublicPageCache, shelf
from summit.models import Summit
from summit.public_pages import Revisions, build, public_page
from tests import redis_server
from tests.factories import make_session, make_track

PATH = "/ko/ogp2021/speakers/"
ADDRESS = ("http", PATH, "", "")


class Numbers(Revisions):
    """Revisions as the database would tell them."""

    def __init__(self):
        super().__init__()
        self.rows = {"ogp2021": 1}
        self.public = True

    def _look(self, _after=None):
        now = time.monotonic()
        for code, number in self.rows.items():
            self._seen.setdefault(code, {})[number] = now
        self._numbers = dict(self.rows)
        self._public = frozenset(self.rows if self.public else ())


@public_page
def view(request, summit):
    raise NotImplementedError


@pytest.fixture
def numbers(monkeypatch):
    known = Numbers()
    for module in (middleware, kept_answers):
        monkeypatch.setattr(module, "revisions", known)
    return known


class Site:
    """A chain of middleware whose view takes a while; ``drawn`` counts how often it was called."""

    def __init__(self, numbers, takes=0.2):
        self.numbers, self.takes, self.drawn, self.answer = numbers, takes, 0, None
        self.cache = PublicPageCache(self.chain)

    def chain(self, request):
        if taken := self.cache.process_view(request, view, (), {}):
            return taken
        revision = self.numbers.rows["ogp2021"]
        self.drawn += 1
        time.sleep(self.takes)
        if self.answer is not None:
            return self.answer
        response = HttpResponse(f"revision {revision}")
        response.public_of = ("ogp2021", revision)
        return response

    def get(self, _number=0, **extra):
        return self.cache(RequestFactory().get(PATH, **extra)).content.decode()

    def readers(self, number=16):
        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(self.get, range(number)))


def test_of_many_readers_of_a_page_nobody_has_drawn_one_draws(numbers):
    site = Site(numbers)
    assert set(site.readers()) == {"revision 1"}
    assert site.drawn == 1


def test_after_a_change_one_draws_and_the_others_get_what_was_there_before(numbers):
    site = Site(numbers)
    site.get()
    numbers.rows["ogp2021"] = 2
    got = site.readers()
    assert site.drawn == 2
    assert sorted(set(got)) == ["revision 1", "revision 2"]
    assert got.count("revision 2") == 1
    assert site.get() == "revision 2"
    assert site.drawn == 2


def test_what_was_there_before_is_given_for_a_moment_only(numbers):
    site = Site(numbers)
    site.get()
    site.get()
    # Nobody has looked for longer than that: what was kept may be behind by any time.
    numbers._seen["ogp2021"][1] -= 3.1
    shelf._kept[ADDRESS].drawn_at -= 3.1
    numbers.rows["ogp2021"] = 2
    assert set(site.readers()) == {"revision 2"}
    assert site.drawn == 2


def test_an_answer_that_hangs_on_an_old_clock_is_not_given(numbers):
    site = Site(numbers)
    site.get()
    shelf._kept[ADDRESS].drawn_at -= 61
    numbers.rows["ogp2021"] = 2
    assert set(site.readers()) == {"revision 2"}


def test_a_closed_summit_gives_nothing_of_before(numbers):
    site = Site(numbers)
    site.get()
    numbers.rows["ogp2021"], numbers.public = 2, False
    site.answer = HttpResponseNotFound("gone")
    assert set(site.readers(4)) == {"gone"}
    assert ADDRESS not in shelf._kept


def test_what_was_withdrawn_leaves_the_shelf_with_the_first_answer(numbers):
    site = Site(numbers)
    site.get()
    numbers.rows["ogp2021"] = 2
    site.answer = HttpResponseNotFound("gone")
    assert site.get() == "gone"
    assert shelf.before(ADDRESS) is None


def test_who_has_edited_waits_for_the_new_page(numbers):
    site = Site(numbers)
    site.get()
    numbers.rows["ogp2021"] = 2
    with ThreadPoolExecutor(3) as pool:
        drawing = pool.submit(site.get)
        time.sleep(0.05)
        editor = pool.submit(site.get, HTTP_COOKIE="a=b; edited=ogp2021.2")
        reader = pool.submit(site.get)
        assert (reader.result(), editor.result(), drawing.result()) == ("revision 1", "revision 2", "revision 2")
    assert site.drawn == 2


def test_pages_that_are_not_public_are_never_waited_for(numbers):
    def private(request):
        return None

    site = Site(numbers)
    request = RequestFactory().get("/me.json")
    request.wanted = kept_answers.Wanted(ADDRESS, patient=False)
    assert site.cache.process_view(request, private, (), {}) is None
    assert not request.wanted.is_mine


def test_an_error_sets_everybody_free(numbers):
    site = Site(numbers)
    site.answer = HttpResponse("broken", status=500)
    assert set(site.readers(4)) == {"broken"}
    site.answer = None
    assert site.get() == "revision 1"


# Several processes: what lies between them is a cache that all have; here the memory of one stands for it.


@pytest.fixture
def between(settings, monkeypatch):
    settings.REDIS_URL = "redis://between"
    cache.clear()
    return (ADDRESS, build())


def handed_over(revision):
    return kept_answers.Drawn("ogp2021", revision, time.time(), gzip.compress(b"from another"), {"A": "b"})


def test_what_another_process_has_drawn_is_taken(numbers, between):
    site = Site(numbers)
    single_flight.hand_over(between, handed_over(1), 30)
    assert site.get() == "from another"
    assert site.get() == "from another"
    assert site.drawn == 0


def test_an_answer_of_an_earlier_revision_is_not_taken(numbers, between):
    site = Site(numbers)
    numbers.rows["ogp2021"] = 2
    single_flight.hand_over(between, handed_over(1), 30)
    assert site.get() == "revision 2"


def test_what_is_drawn_is_handed_over_and_the_claim_given_back(numbers, between):
    Site(numbers).get()
    assert single_flight.handed_over(between).revision == 1
    assert single_flight.claim(between)


def test_while_another_process_draws_readers_get_what_was_there_before(numbers, between):
    site = Site(numbers)
    site.get()
    numbers.rows["ogp2021"] = 2
    assert single_flight.claim(between)
    assert set(site.readers(4)) == {"revision 1"}
    assert site.drawn == 1


def test_who_has_edited_waits_for_the_other_process(numbers, between):
    site = Site(numbers)
    site.get()
    numbers.rows["ogp2021"] = 2
    assert single_flight.claim(between)
    threading.Timer(0.2, single_flight.hand_over, (between, handed_over(2), 30)).start()
    assert site.get(HTTP_COOKIE="edited=ogp2021.2") == "from another"
    assert site.drawn == 1


def test_a_process_that_dies_while_drawing_holds_nobody_up_for_long(numbers, between, monkeypatch):
    site = Site(numbers)
    monkeypatch.setattr(single_flight, "CLAIMED_FOR", 1)
    assert single_flight.claim(between)
    monkeypatch.setattr(single_flight, "CLAIMED_FOR", 15)
    started = time.monotonic()
    assert site.get() == "revision 1"
    assert 0.5 < time.monotonic() - started < 5


def test_a_claim_that_could_not_be_given_back_holds_nobody_up_for_as_long_as_it_lasts(numbers, between, monkeypatch):
    site = Site(numbers)
    assert single_flight.WAIT_FOR_PROCESSES < single_flight.CLAIMED_FOR / 2
    monkeypatch.setattr(single_flight, "WAIT_FOR_PROCESSES", 0.5)
    assert single_flight.claim(between)
    started = time.monotonic()
    assert site.get() == "revision 1"
    assert 0.4 < time.monotonic() - started < single_flight.CLAIMED_FOR / 2
    # Still another's.
    assert not single_flight.claim(between)


def test_a_hanging_redis_holds_no_reader_up(numbers, settings):
    site = Site(numbers)
    with redis_server.running() as server:
        settings.REDIS_URL = server.url
        settings.CACHES = {"default": {"BACKEND": "summit.cache.ForgivingRedisCache", "LOCATION": server.url}}
        site.get()
        server.hang()
        numbers.rows["ogp2021"] = 2
        shelf.clear()
        started = time.monotonic()
        assert set(site.readers()) == {"revision 2"}
        assert time.monotonic() - started < single_flight.CLAIMED_FOR / 2
        assert site.drawn == 2
        assert not single_flight.shared()


# The whole way.


def form(**names):
    return {
        "theme_ko": "",
        "theme_en": "",
        "summary_ko": "",
        "summary_en": "",
        "colour": "#12705b",
        "slug": "",
        **names,
    }


def test_a_change_tells_its_maker_which_revision_to_see(summit, organiser, as_user):
    make_track(summit)
    client, path = as_user(organiser), "/en/ogp2021/organiser/tracks/civic-space/"
    sent = form(name_ko="시민 공간", name_en="Room for citizens")
    refused = client.post(path, {**sent, "name_ko": "", "name_en": ""})
    assert "edited" not in refused.cookies
    guest = Client()
    assert b"Civic space" in guest.get("/en/ogp2021/agenda/").content
    changed = client.post(path, sent)
    summit.refresh_from_db()
    told = changed.cookies["edited"]
    assert (told.value, told["max-age"], told["httponly"]) == (f"ogp2021.{summit.agenda_revision}", 30, True)
    # Without waiting for the process to look.
    assert b"Room for citizens" in client.get("/en/ogp2021/agenda/").content


def test_an_edit_shows_at_once_to_who_made_it(summit, organiser, as_user):
    make_session(summit)
    client, path = as_user(organiser), "/en/ogp2021/sessions/CIV001/"
    for _look in range(2):
        assert b"Open government" in client.get(path).content
    Session.objects.update(title={"ko": "새 제목", "en": "A new title"})
    # Raised by another process: this one, which has not looked since, still gives the page of before to others.
    Summit.objects.update(agenda_revision=summit.agenda_revision + 1)
    assert b"Open government" in Client().get(path).content
    client.cookies["edited"] = f"ogp2021.{summit.agenda_revision + 1}"
    assert b"A new title" in client.get(path).content


@pytest.mark.parametrize("said", ["", "edited=", "edited=ogp2021", "edited=ogp2021.9999999999999", "edited=../x.1"])
def test_a_cookie_somebody_made_up_is_no_error(summit, said):
    assert Client(headers={"cookie": said}).get("/ko/ogp2021/").status_code == 200
