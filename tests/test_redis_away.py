"""Every address, for guests and for an owner, while Redis is stopped, hangs and is slow: the same answers as with it."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from registration.models import Registration
from summit.lib.circuit_breaker import CircuitBreaker
from summit.middleware import shelf
from summit.models import Role
from tests import redis_server
from tests.factories import make_page, make_user
from tests.test_matrix import PRIVATE, Objects, address, asked, one_of_each

# What no name and no converter makes.
BY_HAND = {
    "account_reset_password_from_key": "/en/account/password/reset/key/1-set-password/",
    "demonstration-building": "/en/my/summits/demonstration/7b0c8f4e-3f7e-4a8e-9d57-2f8f2b1f3a11/",
}
WALKS = (("guest", "get"), ("owner", "get"), ("owner", "post"))
Told = dict[tuple[str, str, str], tuple[int, float]]


def named(
    resolver: URLResolver, app: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, URLPattern, set[str]]]:
    """(application, pattern, what its address names)."""
    for entry in resolver.url_patterns:
        names = (*above, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from named(entry, entry.namespace or app, names)
        elif entry.name:
            yield app, entry, set(names)


def addressed(app: str, entry: URLPattern, names: set[str], given: dict[str, Any]) -> str:
    if entry.name in BY_HAND:
        return BY_HAND[entry.name]
    given = {**given, "code": "ogp2021"} if entry.name.startswith("summit-") else given
    return reverse(f"{app}:{entry.name}".lstrip(":"), kwargs={each: given[each] for each in names})


def every_address(objects: Objects, given: dict[str, Any]) -> list[str]:
    """One of each that the URL configuration knows."""
    private = {(app, entry.name) for app, entry in PRIVATE}
    with translation.override("en"):
        others = [each for each in named(get_resolver()) if (each[0], each[1].name) not in private]
        found = [addressed(*each, given) for each in others]
    return [*(address(app, entry, objects) for app, entry in PRIVATE), *found]


@pytest.fixture
def addresses(summit):
    objects, registration = one_of_each(summit), Registration.objects.get()
    make_page(summit, "about")
    given = {
        "token": registration.token, "code": "CIV001", "slug": "about", "pk": 1, "number": 1, "day": "2021-12-15", "path": "nothing",
        "room": "grand-101", "summit": "ogp2021", "key": "abc", "question": 1, "stream": 1, "language": "en", "guid": "00000000-0000-0000-0000-000000000000",
    }  # fmt: skip
    return every_address(objects, given)


def walk(addresses: list[str], owner: Any, walks: Sequence[tuple[str, str]]) -> Told:
    """(who, method, address) → (status, seconds). Each address meets the cache anew: no page is kept, no server known."""
    cache, told = caches["default"], {}
    cache.clear()
    for who, method in walks:
        for path in addresses:
            client = Client(raise_request_exception=False)
            if who == "owner":
                client.cookies.load({"sessionid": owner})
            cache.breaker = CircuitBreaker("The cache", cache.breaker.patience)
            shelf.clear()
            began = time.monotonic()
            answer = asked(getattr(client, method), path)
            told[who, method, path] = answer.status_code, time.monotonic() - began
            answer.close()
    return told


def test_every_address_answers_the_same_whatever_becomes_of_redis(summit, addresses, as_user, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    settings.RATE_LIMITS = True
    owner = as_user(make_user("second@matrix.example", summit=summit, role=Role.OWNER)).cookies["sessionid"].value

    def walked(url: str, patience: float, walks: Sequence[tuple[str, str]] = WALKS) -> Told:
        settings.REDIS_URL = url
        backend = "summit.cache.ForgivingRedisCache"
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": url, "OPTIONS": {"patience": patience}}}
        return walk(addresses, owner, walks)

    with redis_server.running() as server, redis_server.slow_way(server.port, 0.04) as slow:
        expected = walked(server.url, 20)
        # What is slow is waited for, as with Redis there: one walk tells it.
        found = {"slow": walked(slow.url, 0.06, [("owner", "get")])}
        server.hang()
        # It answers nobody, however long it is waited for.
        found["hanging"] = walked(server.url, 0.02)
        server.stop()
        found["stopped"] = walked(server.url, 0.1)
    assert len(expected) > 700
    assert {status for status, _seconds in expected.values()} >= {200, 302, 404, 405}
    for state, told in found.items():
        other = {key: (status, expected[key][0]) for key, (status, _s) in told.items() if status != expected[key][0]}
        assert other == {}, state
        # A machine that is busy with other things is slow by itself.
        late = {key: seconds for key, (_status, seconds) in told.items() if seconds > 5 + 5 * expected[key][1]}
        assert late == {}, state
