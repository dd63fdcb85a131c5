"""The cache with Redis, and with Redis away."""

import pytest
from django.core.cache import caches

AWAY = {"default": {"BACKEND": "summit.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.fixture
def away(settings):
    # A port where nothing listens: each command is refused at once, as when Redis has stopped.
    settings.CACHES = AWAY
    return caches["default"]


def test_everything_is_a_miss_while_redis_is_away(away, caplog):
    assert away.get("a") is None
    assert away.get("a", default="b") == "b"
    assert away.get_many(["a"]) == {}
    assert "a" not in away
    assert away.add("a", 1)
    assert away.incr("a") == 1
    assert not away.delete("a")
    assert away.set_many({"a": 1}) == []
    away.set("a", 1)
    away.clear()
    assert "The cache does not answer" in caplog.text


def test_pages_and_limits_work_while_redis_is_away(away, client, summit, settings):
    settings.RATE_LIMITS = True
    assert client.get("/ko/ogp2021/agenda/").status_code == 200
    assert client.post("/ko/ogp2021/register/lost-link/", {"email": "hong@people.example"}).status_code == 302
