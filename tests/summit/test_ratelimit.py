import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from summit.ratelimit import TooMany, client_address, limited, take


@pytest.fixture
def limits(settings):
    settings.RATE_LIMITS = True
    return settings


def uses(name, key, times, **kwargs):
    for _time in range(times):
        take(name, key, **kwargs)


def test_the_limit_may_be_used_up_and_no_more(limits):
    uses("search", "a", 3, limit=3, seconds=60)
    with pytest.raises(TooMany) as refusal:
        take("search", "a", limit=3, seconds=60)
    assert refusal.value.status == 429
    assert refusal.value.code == "too_many_requests"
    assert refusal.value.details == {"retry_after": 60}


def test_things_and_clients_are_counted_apart(limits):
    uses("search", "a", 3, limit=3, seconds=60)
    take("search", "b", limit=3, seconds=60)
    take("resend", "a", limit=3, seconds=60)


def test_limits_can_be_switched_off(settings):
    settings.RATE_LIMITS = False
    uses("search", "a", 50, limit=1, seconds=60)


def test_only_posts_count(limits):
    view = limited("form", limit=1, seconds=60)(lambda request: HttpResponse("ok"))
    make = RequestFactory()
    for _time in range(5):
        assert view(make.get("/")).content == b"ok"
    assert view(make.post("/")).content == b"ok"
    with pytest.raises(TooMany):
        view(make.post("/"))
    assert view(make.post("/", REMOTE_ADDR="10.0.0.2")).content == b"ok"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "", "10.0.0.1"),
        (0, "1.2.3.4", "10.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, " , ,", "10.0.0.1"),
    ],
)
def test_only_as_many_proxies_as_trusted_are_believed(settings, trusted, forwarded, address):
    settings.TRUSTED_PROXIES = trusted
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == address
