"""The cache with Redis, and with Redis stopped, hanging and slow."""

import inspect
import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from redis import Redis

from summit import cache as product
from summit.cache import ForgivingRedisCache
from summit.lib import circuit_breaker
from summit.lib.circuit_breaker import SLOW_ANSWERS, CircuitBreaker
from tests import node, redis_server
from tests.factories import make_user
from tests.summit.lib.test_signed_pickles import Runs

# A port where nothing listens: each command is refused at once, as when Redis has stopped.
NOWHERE = "redis://127.0.0.1:1/0"


def at(url, patience=0.3):
    return {
        "default": {
            "BACKEND": "summit.cache.ForgivingRedisCache",
            "LOCATION": url,
            "OPTIONS": {"patience": patience},
        }
    }


@pytest.fixture(autouse=True)
def _nothing_known_of_any_server(monkeypatch):
    monkeypatch.setattr(product, "_breakers", {})


@pytest.fixture(scope="module")
def _server():
    with redis_server.running() as server:
        yield server


@pytest.fixture
def server(_server):
    """One Redis for the tests of this file, running at the beginning of each."""
    if _server.process is None:
        _server.start()
    yield _server
    if _server.process is not None:
        _server.go_on()


@pytest.fixture
def away(settings):
    settings.CACHES = at(NOWHERE)
    yield caches["default"]
    caches["default"].clear()


@pytest.fixture
def there(settings, server):
    """Patient: a busy machine is no fault of the server's."""
    settings.CACHES = at(server.url, patience=20)
    caches["default"].clear()
    return caches["default"]


def test_every_call_takes_what_djangos_caches_take():
    for name, method in inspect.getmembers(BaseCache, inspect.isfunction):
        if not name.startswith("_"):
            ours = inspect.signature(getattr(ForgivingRedisCache, name))
            assert list(ours.parameters) == list(inspect.signature(method).parameters), name
            defaults = [parameter.default for parameter in inspect.signature(method).parameters.values()]
            assert [parameter.default for parameter in ours.parameters.values()] == defaults, name


def every_call(cache: BaseCache) -> list:
    """What each call answers, with each of its arguments."""
    cache.clear()

    def no(call, *args, **kwargs):
        with pytest.raises(ValueError):
            call(*args, **kwargs)

    told = [
        cache.get("a"),
        cache.get("a", "default"),
        cache.get("a", default=[]),
        cache.add("a", 1, 60),
        cache.add("a", 2),
        cache.add("a", 3, timeout=60, version=2),
        cache.get("a"),
        cache.get("a", version=2),
        cache.get("a", None, 3),
        cache.incr("a"),
        cache.incr("a", 5),
        cache.incr("a", delta=2, version=2),
        cache.decr("a", 3),
        cache.decr("a", delta=1, version=2),
        no(cache.incr, "missing"),
        no(cache.decr, "missing"),
        cache.set("b", {"x": [1, "둘"]}, 60),
        cache.get("b"),
        cache.set("gone", 1, 0),
        cache.get("gone", "never there"),
        cache.set("forever", 1, timeout=None),
        cache.touch("b", 120),
        cache.touch("b", timeout=None, version=1),
        cache.touch("missing", 5),
        cache.has_key("b"),
        cache.has_key("b", version=2),
        "b" in cache,
        "missing" in cache,
        cache.get_or_set("c", lambda: "made", 60),
        cache.get_or_set("c", "not made again"),
        cache.get_or_set("c", default="of two", timeout=60, version=2),
        cache.set_many({"d": 1, "e": "two"}, 60),
        cache.set_many({"d": 3}, timeout=60, version=2),
        cache.set_many({}),
        cache.get_many(["d", "e", "missing"]),
        cache.get_many(("d", "e"), version=2),
        cache.get_many(key for key in ("d",)),
        cache.get_many([]),
        cache.incr_version("d"),
        cache.get("d", version=2),
        cache.decr_version("d", version=2),
        cache.delete("d"),
        cache.delete("d"),
        cache.delete("missing", version=4),
        cache.delete_many(["e", "missing"]),
        cache.delete_many(key for key in ("b",)),
        cache.delete_many([]),
        cache.get_many(["b", "e"]),
    ]
    cache.clear()
    told.append(cache.get("c", "cleared"))
    cache.close()
    return told


def test_every_call_is_answered_as_by_redis_while_it_is_away(there, away):
    expected = every_call(LocMemCache("compared", {}))
    assert every_call(there) == expected
    assert every_call(away) == expected


def written(server):
    """Redis as somebody else sees it who may write there."""
    return Redis.from_url(server.url)


def test_whoever_can_write_to_redis_runs_nothing_here(there, server, tmp_path, caplog):
    there.set("a", ["ours"], 300)
    there.set("b", 1, 300)
    with written(server) as client:
        [name] = [key for key in client.scan_iter() if key.endswith(b":a")]
        client.set(name, pickle.dumps(Runs(tmp_path / "made")))
        assert there.get("a", "a miss") == "a miss"
        assert there.get_many(["a", "b"]) == {"b": 1}
        assert there.get_or_set("c", lambda: {"made": 1}) == {"made": 1}
    assert not (tmp_path / "made").exists()
    assert "not ours" in caplog.text
    # It is written over as if nothing were there, and the server is no worse for it.
    there.set("a", ["ours again"], 300)
    assert there.get("a") == ["ours again"]
    assert not there.is_away


def test_what_others_or_nobody_could_have_written_is_a_miss(there, server):
    there.set("a", {"a": 1.5}, 300)
    there.set("other", "of another name", 300)
    with written(server) as client:
        [name] = [key for key in client.scan_iter() if key.endswith(b":a")]
        [other] = [key for key in client.scan_iter() if key.endswith(b":other")]
        whole = client.get(name)
        for kept in (
            b"",
            b"~",
            whole[:-1],
            whole + b".",
            whole[1:],
            client.get(other),
            b"1.5",
            b"9" * 5000,
            b" 7",
            b"1_0",
        ):
            client.set(name, kept)
            assert there.get("a", "a miss") == "a miss", kept
            assert there.get_many(["a"]) == {}, kept
            with pytest.raises(ValueError):
                there.incr("a")
        client.delete(name)
        client.rpush(name, "a list of Redis's own")
        assert there.get("a", "a miss") == "a miss"
        assert there.get_many(["a", "other"]) == {"other": "of another name"}
        with pytest.raises(ValueError):
            there.incr("a")
    assert not there.is_away


def test_numbers_stand_there_as_redis_counts_them(there, server):
    there.set("a", -7, 300)
    with written(server) as client:
        [name] = client.scan_iter()
        assert client.get(name) == b"-7"
    assert there.incr("a", 10) == 3
    assert there.get("a") == 3
    # What only looks like one is none.
    for value in (True, "12", b"12", 1.0):
        there.set("a", value, 300)
        found = there.get("a")
        assert (type(found), found) == (type(value), value)


def test_a_changed_key_forgets_what_was_kept_unless_the_former_one_is_named(there, settings):
    there.set("a", ["kept"], 300)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the environment"
    assert there.get("a") is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert there.get("a") == ["kept"]


def test_what_the_libraries_keep_there_is_signed_and_sessions_are_not_there(there, server, client, summit):
    """allauth counts in lists; what Redis holds at the end is a number or ours."""
    user = make_user("owner@summit.example", password="correct horse battery")
    sign_in(client, user.email, "wrong horse battery")
    assert sign_in(client, user.email, "correct horse battery").status_code == 302
    with written(server) as redis:
        found = {key: redis.get(key) for key in redis.scan_iter()}
        session = client.session.session_key.encode()
    assert any(b"allauth" in key for key in found), found
    assert [key for key, kept in found.items() if not (kept.isdigit() or kept.startswith(b"~"))] == []
    assert not any(session in key or session in kept for key, kept in found.items())


def test_what_redis_had_is_a_miss_while_it_hangs_and_there_again_afterwards(server, settings, monkeypatch):
    settings.CACHES = at(server.url, patience=3)
    cache = caches["default"]
    monkeypatch.setattr(cache.breaker, "rests_for", 1.0)
    cache.set("before-it-hung", "kept", 300)
    server.hang()
    assert cache.get("before-it-hung", "a miss") == "a miss"
    cache.set("while-it-hung", "of this process", 300)
    assert cache.get("while-it-hung") == "of this process"
    server.go_on()
    until = time.monotonic() + 60
    while cache.get("before-it-hung") != "kept":
        assert time.monotonic() < until
        time.sleep(0.05)
    assert cache.get("while-it-hung") is None


def test_a_hanging_server_is_waited_for_once_and_not_at_every_call(server, settings):
    settings.CACHES = at(server.url)
    cache = caches["default"]
    server.hang()
    began = time.monotonic()
    for number in range(200):
        cache.add(f"a{number}", 0, 60)
        assert cache.incr(f"a{number}") == 1
    # One call waits for 0.3 seconds; four hundred would wait for two minutes.
    assert time.monotonic() - began < 20
    # So does every other thread, which Django gives a cache of its own.
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _n: caches["default"].get("nothing", "miss"), range(200))) == {"miss"}
    assert time.monotonic() - began < 30


def test_a_server_that_was_restarted_is_used_again_at_once_by_every_thread(server, settings):
    settings.CACHES = at(server.url, patience=20)
    gate = threading.Barrier(4)

    def before_and_after(_number):
        cache = caches["default"]
        cache.set("a", 1, 60)
        gate.wait()
        gate.wait()
        return cache.get("a", "gone with it"), cache.is_away

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(before_and_after, number) for number in range(3)]
        gate.wait()
        server.stop()
        server.start()
        gate.wait()
        assert {answer.result() for answer in answers} == {("gone with it", False)}


def test_a_slow_server_is_as_good_as_none(server, settings, caplog):
    with redis_server.slow_way(server.port, 0.25) as way:
        settings.CACHES = at(way.url)
        cache = caches["default"]
        began = time.monotonic()
        for number in range(200):
            cache.set(f"a{number}", number, 60)
        assert time.monotonic() - began < 20
    assert "The cache does not answer" in caplog.text


class Clock:
    now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr(circuit_breaker, "time", found)
    return found


def test_the_breaker_rests_then_lets_one_call_try(clock):
    breaker = CircuitBreaker("It", patience=1, rests_for=5)
    assert breaker.admits() and not breaker.is_resting
    breaker.failed("refused")
    assert not breaker.admits() and breaker.is_resting
    clock.now += 5.1
    assert not breaker.is_resting
    assert [breaker.admits() for _caller in range(3)] == [True, False, False]
    breaker.failed("refused")
    clock.now += 4
    assert not breaker.admits()
    clock.now += 1.1
    assert breaker.admits()
    breaker.answered(0.01)
    assert breaker.admits() and breaker.admits()


def test_the_breaker_takes_slow_answers_in_a_row_for_a_failure(clock):
    breaker = CircuitBreaker("It", patience=1, rests_for=5)
    for seconds in (0.6, 0.6, 0.1, 0.6, 0.6):
        breaker.answered(seconds)
    assert breaker.admits()
    breaker.answered(0.6)
    assert SLOW_ANSWERS == 3 and not breaker.admits()
    clock.now += 5.1
    assert breaker.admits()
    # Slow as before: the trial does not close it.
    breaker.answered(0.6)
    assert not breaker.admits()


def test_of_many_threads_one_tries(clock):
    breaker = CircuitBreaker("It", patience=1, rests_for=5)
    breaker.failed("refused")
    clock.now += 6
    gate = threading.Barrier(16)

    def ask(_number):
        gate.wait()
        return breaker.admits()

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(ask, range(16))) == 1


def test_the_log_tells_once_that_it_is_away(away, caplog):
    for _call in range(20):
        away.get("a")
    assert caplog.text.count("The cache does not answer") == 1


def test_limits_count_while_redis_is_away(away, client, summit, settings):
    settings.RATE_LIMITS = True
    answers = [
        client.post("/ko/ogp2021/register/lost-link/", {"email": "hong@people.example"}).status_code
        for _time in range(30)
    ]
    assert answers[0] == 302
    assert answers[-1] == 429
    # Once over the limit, over it until it ends.
    assert 302 not in answers[answers.index(429) :]


def sign_in(client, email, password):
    return client.post("/en/account/login/", {"login": email, "password": password})


@pytest.mark.parametrize("state", ["stopped", "hanging", "slow"])
def test_people_sign_in_by_password_whatever_becomes_of_redis(summit, server, settings, state):
    make_user("hong@team.example", summit=summit, password="correct-horse-battery")
    with redis_server.slow_way(server.port, 0.25) as way:
        settings.CACHES = at({"stopped": NOWHERE, "hanging": server.url, "slow": way.url}[state])
        if state == "hanging":
            server.hang()
        client = Client()
        began = time.monotonic()
        wrong = sign_in(client, "hong@team.example", "wrong-horse-battery")
        assert (wrong.status_code, "_auth_user_id" in client.session) == (200, False)
        right = sign_in(client, "hong@team.example", "correct-horse-battery")
        assert (right.status_code, "_auth_user_id" in client.session) == (302, True)
        assert time.monotonic() - began < 30
    caches["default"].clear()


@pytest.mark.django_db
def test_guessing_passwords_is_limited_while_redis_is_away(away):
    make_user("hong@team.example", password="correct-horse-battery")
    client = Client()
    for _guess in range(12):
        sign_in(client, "hong@team.example", "wrong-horse-battery")
    sign_in(client, "hong@team.example", "correct-horse-battery")
    assert "_auth_user_id" not in client.session


def test_installations_that_share_a_redis_do_not_read_each_other(server, settings):
    def of(site):
        options = {**at(server.url, patience=20)["default"], "KEY_PREFIX": site}
        settings.CACHES = {"default": options}
        return caches["default"]

    of("https://a.example").set("bundle", "of a", 60)
    assert of("https://b.example").get("bundle") is None
    assert of("https://a.example").get("bundle") == "of a"
    caches["default"].clear()


def test_the_product_keeps_installations_apart():
    told = [
        node.run("cache", SITE_URL=site, REDIS_URL="redis://127.0.0.1:1/0", VAR_DIR="/nonexistent", SECRET_KEY="k", TICKET_SIGNING_KEY="k")
        for site in ("https://a.example", "https://b.example")
    ]  # fmt: skip
    assert told[0]["key"] != told[1]["key"]
    assert told[0]["patience"] == 0.3
