"""Filters, pages, errors, caching, CORS and limits: how the API behaves over HTTP."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils.functional import lazy
from django.utils.translation import get_language
from rest_framework.exceptions import NotAcceptable, NotAuthenticated
from rest_framework.test import APIRequestFactory

from api import errors, reading
from api.throttling import PublicThrottle
from summit.errors import Refusal
from summit.models import Summit
from tests.api.addresses import every_documented

NUMBER = "is a number"


def codes(client: Client, address: str) -> list[str]:
    return [one["code"] for one in client.get(address).json()["results"]]


def refused(client: Client, address: str, status: int, code: str, **headers: str) -> str:
    """The message of an error that has our shape and nothing else."""
    response = client.get(address, headers={"accept-language": "en", **headers})
    body = response.json()
    assert (response.status_code, body["error"]["code"]) == (status, code), address
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"
    return str(body["error"]["message"])


# Filters


@pytest.fixture
def two(rows: Any) -> SimpleNamespace:
    """Two sessions that differ in everything one can ask for."""
    first = rows.session()
    second = rows.session(mode="online", kind="plenary", starts_at="2021-12-16T16:00Z", ends_at="2021-12-16T17:00Z")
    return SimpleNamespace(first=first, second=second, rows=rows)


def test_each_parameter_finds_the_sessions_that_fit(client: Client, two: SimpleNamespace, base: str) -> None:
    one = two.second
    asked = {
        "track": one.track.slug, "room": one.room.code, "speaker": one.speakers.get().code, "host": one.hosts.get().code,
        "mode": "online", "kind": "plenary",
    }  # fmt: skip
    for parameter, value in asked.items():
        assert codes(client, f"{base}sessions/?{parameter}={value}") == [one.code], parameter


def test_a_session_after_midnight_belongs_to_the_day_before(client: Client, two: SimpleNamespace, base: str) -> None:
    assert codes(client, f"{base}sessions/?day=2021-12-15") == [two.first.code]
    assert codes(client, f"{base}sessions/?day=2021-12-16") == [two.second.code]
    assert codes(client, f"{base}sessions/?day=2021-12-17") == []


def test_parameters_must_all_fit(client: Client, two: SimpleNamespace, base: str) -> None:
    assert codes(client, f"{base}sessions/?mode=online&track={two.first.track.slug}") == []
    assert codes(client, f"{base}sessions/?mode=online&kind=plenary") == [two.second.code]


def test_a_speaker_twice_on_one_bill_finds_the_session_once(client: Client, two: SimpleNamespace, base: str) -> None:
    person = two.first.speakers.get()
    two.rows.bill(two.first, person, role="moderator")
    assert codes(client, f"{base}sessions/?speaker={person.code}") == [two.first.code]


def test_the_code_of_a_merged_profile_leads_to_who_took_over(client: Client, two: SimpleNamespace, base: str) -> None:
    person = two.first.speakers.get()
    person.former_codes.create(summit=two.rows.summit, code="GONE01")
    assert codes(client, f"{base}sessions/?speaker=GONE01") == [two.first.code]
    moved = client.get(f"{base}speakers/GONE01/", headers={"accept-language": "en"})
    assert (moved.status_code, moved["Location"]) == (301, f"https://summit.example{base}speakers/{person.code}/")
    assert moved["Access-Control-Allow-Origin"] == "*"
    two.first.appearances.update(state="declined")
    refused(client, f"{base}speakers/GONE01/", 404, "not_found")


@pytest.mark.parametrize("parameter", ["track", "room", "speaker", "host", "day", "mode", "kind"])
@pytest.mark.parametrize(
    "value", ["nothing", "%F0%9F%91%BB", "1%27%20OR%201=1", "9" * 400, "%EF%BF%BE", "-1", "\ud55c"]
)
def test_an_unknown_value_is_refused_by_the_name_of_its_parameter(
    client: Client, two: SimpleNamespace, base: str, parameter: str, value: str
) -> None:
    message = refused(client, f"{base}sessions/?{parameter}={value}", 400, "unknown_value")
    assert f"“{parameter}”" in message
    assert len(message) < 300


@pytest.mark.parametrize(
    "day",
    ["2021-13-01", "2021-02-30", "20211215", "2021-W50-3", "15.12.2021", "0001-01-01", "9999-12-31", "２０２１-12-15"],
)
def test_a_day_is_a_date_near_the_summit(client: Client, two: SimpleNamespace, base: str, day: str) -> None:
    assert "YYYY-MM-DD" in refused(client, f"{base}sessions/?day={day}", 400, "unknown_value")


@pytest.mark.parametrize("path", ["", "sessions/", "rooms/", "civic/"])
@pytest.mark.parametrize("asked", ["xx", "", "ko-KR", "%00"])
def test_a_language_that_does_not_exist_is_refused_at_every_address(
    client: Client, full: SimpleNamespace, base: str, path: str, asked: str
) -> None:
    if asked == "%00":
        assert client.get(f"{base}{path}?lang={asked}").status_code == 400
    else:
        assert "ko, en" in refused(client, f"{base}{path}?lang={asked}", 400, "unknown_value")
    assert client.get(f"{base}{path}?lang=en").status_code == 200


def test_a_choice_that_does_not_exist_lists_those_that_do(client: Client, two: SimpleNamespace, base: str) -> None:
    assert "in_person, online, hybrid" in refused(client, f"{base}sessions/?mode=virtual", 400, "unknown_value")


def test_what_is_hidden_is_an_unknown_value_too(client: Client, full: SimpleNamespace, base: str) -> None:
    refused(client, f"{base}sessions/?speaker={full.hidden.speakers.get().code}", 400, "unknown_value")
    refused(client, f"{base}sessions/?host={full.hidden.hosts.get().code}", 400, "unknown_value")


def test_unknown_and_empty_parameters_are_ignored(client: Client, two: SimpleNamespace, base: str) -> None:
    assert len(codes(client, f"{base}sessions/?colour=red&format=xml&track=&page=&_=1")) == 2


# Pages


def test_pages_lead_from_one_to_the_next(client: Client, rows: Any, base: str) -> None:
    for _number in range(5):
        rows.page()
    address, seen, turns = f"{base}pages/?page_size=2", [], 0
    while address:
        response = client.get(address.removeprefix("https://summit.example"))
        body = response.json()
        seen += [one["slug"] for one in body["results"]]
        assert body["count"] == 5
        assert ('rel="next"' in response.get("Link", "")) == (body["next"] is not None)
        assert ('rel="prev"' in response.get("Link", "")) == (body["previous"] is not None)
        address, turns = body["next"], turns + 1
    assert (seen, turns) == ([f"page-{n}" for n in range(1, 6)], 3)


def test_the_link_header_keeps_the_other_parameters(client: Client, two: SimpleNamespace, base: str) -> None:
    response = client.get(f"{base}sessions/?page_size=1&kind=&x=a%22%3E,b")
    assert (
        response["Link"]
        == f'<https://summit.example{base}sessions/?page_size=1&kind=&x=a%22%3E%2Cb&page=2>; rel="next"'
    )
    assert "Link" not in client.get(f"{base}sessions/")


def test_a_page_holds_fifty_and_at_most_two_hundred(client: Client, rows: Any, base: str) -> None:
    for _number in range(51):
        rows.page()
    assert len(client.get(f"{base}pages/").json()["results"]) == 50
    assert len(client.get(f"{base}pages/?page_size=200").json()["results"]) == 51
    assert NUMBER in refused(client, f"{base}pages/?page_size=201", 400, "unknown_value")


@pytest.mark.parametrize("value", ["0", "-1", "one", "1.5", "1e3", "٣", "%20", "0x1", "1" * 30 + "x"])
@pytest.mark.parametrize("parameter", ["page", "page_size"])
def test_what_is_no_positive_number_is_refused(
    client: Client, rows: Any, base: str, parameter: str, value: str
) -> None:
    assert f"“{parameter}”" in refused(client, f"{base}pages/?{parameter}={value}", 400, "unknown_value")


@pytest.mark.parametrize("page", ["2", "99999999999", "9" * 30, "9" * 6000])
def test_a_page_past_the_last_is_not_there(client: Client, rows: Any, base: str, page: str) -> None:
    refused(client, f"{base}pages/?page={page}", 404, "no_such_page")


def test_an_empty_list_has_one_empty_page(client: Client, rows: Any, base: str) -> None:
    found = client.get(f"{base}pages/?page=1").json()
    assert found == {"count": 0, "next": None, "previous": None, "results": []}


# Errors


def test_an_address_that_does_not_exist_is_our_404(client: Client, rows: Any, base: str) -> None:
    for address in (
        "/api/v1/nothing/",
        f"{base}nothing/",
        "/api/v1/summits/nowhere/",
        f"{base}sessions/XXXXXX/",
        f"{base}tracks/x/",
    ):
        refused(client, address, 404, "not_found")


def test_an_address_without_its_slash_is_led_to_the_right_one(client: Client, rows: Any, base: str) -> None:
    response = client.get(f"{base}sessions")
    assert (response.status_code, response["Location"]) == (301, f"{base}sessions/")


@pytest.mark.parametrize("address", ["/api/v1/summits/%00/", "/api/v1/summits/?page=%00", "/api/v1/summits/?%00=1"])
def test_nul_is_refused_and_never_a_fault(client: Client, rows: Any, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert set(response.json()["error"]) == {"code", "message"}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_error_speaks_the_language_asked_for(
    client: Client, rows: Any, base: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(summit: Summit) -> None:
        raise Refusal(lazy(lambda: f"in {get_language()}", str)())

    other = {"ko": "en", "en": "ko"}[language]
    monkeypatch.setitem(reading.COLLECTIONS, "rooms", refuse)
    assert (
        refused(client, f"{base}rooms/?lang={language}", 409, "refused", **{"accept-language": other})
        == f"in {language}"
    )
    assert refused(client, f"{base}rooms/", 409, "refused", **{"accept-language": language}) == f"in {language}"
    assert refused(client, f"{base}rooms/", 409, "refused", **{"accept-language": language}) == f"in {language}"
    response = client.get(f"{base}rooms/", headers={"accept-language": language})
    assert (response["Content-Language"], "Accept-Language" in response["Vary"]) == (language, True)


def test_a_refusal_keeps_its_code_status_and_time_to_wait(
    client: Client, rows: Any, base: str, monkeypatch: Any
) -> None:
    class Later(Refusal):
        code, message, status = "later", "Come later.", 503

    def refuse(summit: Summit) -> None:
        raise Later(retry_after=7)

    monkeypatch.setitem(reading.COLLECTIONS, "rooms", refuse)
    assert refused(client, f"{base}rooms/", 503, "later") == "Come later."
    assert client.get(f"{base}rooms/")["Retry-After"] == "7"


def test_a_fault_of_ours_is_not_dressed_up(client: Client, rows: Any, base: str, monkeypatch: Any) -> None:
    def fail(summit: Summit) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(reading.COLLECTIONS, "rooms", fail)
    client.raise_request_exception = False
    response = client.get(f"{base}rooms/")
    assert response.status_code == 500
    assert set(response.json()["error"]) == {"code", "message"}


def test_what_the_framework_refuses_has_our_words() -> None:
    context = {"request": APIRequestFactory().get("/")}
    found = errors.answer(NotAcceptable(), context)
    assert found is not None
    assert (found.status_code, found.data["error"]["code"]) == (406, "not_acceptable")
    assert errors.answer(NotAuthenticated(), context) is None


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_only_reading_is_allowed(client: Client, rows: Any, base: str, method: str) -> None:
    for address in ("/api/v1/", "/api/v1/openapi.json", "/api/v1/summits/", f"{base}sessions/"):
        response = getattr(client, method)(address)
        assert (response.status_code, response.json()["error"]["code"]) == (405, "method_not_allowed")
        assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_an_accept_header_never_changes_the_answer(client: Client, full: SimpleNamespace, base: str) -> None:
    plain = client.get(f"{base}sessions/").content
    for accepted in ("text/html", "application/json; indent=8", "image/png"):
        response = client.get(f"{base}sessions/?_={len(accepted)}", headers={"accept": accepted})
        assert (response.status_code, response.content) == (200, plain)


# Caching


def test_an_answer_is_the_same_bytes_for_everybody(client: Client, full: SimpleNamespace) -> None:
    for address in every_documented(full).values():
        korean = client.get(
            address,
            headers={
                "accept-language": "ko",
                "cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345; django_language=ko",
            },
        )
        english = client.get(f"{address}?_=1", headers={"accept-language": "en"})
        assert korean.content.replace(b"&_=1", b"") == english.content
        assert korean["Content-Language"] == english["Content-Language"] == "ko, en"
        vary = {part.strip().lower() for part in korean.get("Vary", "").split(",")}
        assert not vary & {"cookie", "accept-language"}, address
        assert not korean.cookies


def test_an_unchanged_answer_is_a_304(client: Client, full: SimpleNamespace) -> None:
    for address in [*every_documented(full).values(), "/api/v1/openapi.json", "/api/v1/openapi.yaml"]:
        first = client.get(address)
        assert first["ETag"], address
        assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
        second = client.get(address, headers={"if-none-match": first["ETag"]})
        assert (second.status_code, second.content) == (304, b""), address
        assert second["Access-Control-Allow-Origin"] == "*"


def test_a_kept_answer_costs_no_query_until_the_revision_rises(
    client: Client, full: SimpleNamespace, base: str, django_assert_num_queries: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("summit.public_pages.LOOK_AGAIN_AFTER", -1)
    first = client.get(f"{base}sessions/")
    with django_assert_num_queries(1):  # the revisions
        assert client.get(f"{base}sessions/")["ETag"] == first["ETag"]
    full.session.title = {"ko": "새 제목", "en": "A new title"}
    full.session.save(update_fields=["title"])
    full.summit.raise_revision()
    assert "A new title" in client.get(f"{base}sessions/", headers={"if-none-match": first["ETag"]}).content.decode()


def test_a_list_of_summits_is_new_as_soon_as_one_changes(client: Client, new_summit: Callable[..., Summit]) -> None:
    first = client.get("/api/v1/summits/")
    new_summit(code="newer")
    assert client.get("/api/v1/summits/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_head_is_get_without_a_body(client: Client, full: SimpleNamespace, base: str) -> None:
    for address in (f"{base}sessions/", "/api/v1/summits/", "/api/v1/openapi.json", "/api/v1/"):
        head, got = client.head(address), client.get(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head["Content-Type"] == got["Content-Type"]


# Other websites


def test_any_website_may_ask(client: Client, full: SimpleNamespace) -> None:
    for address in [*every_documented(full).values(), "/api/v1/", "/api/v1/openapi.yaml", "/api/v1/nothing/"]:
        response = client.get(address, headers={"origin": "https://other.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Link" in response["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in response


def test_a_browser_that_asks_first_is_told_what_is_allowed(client: Client, full: SimpleNamespace, base: str) -> None:
    for address in (f"{base}sessions/", "/api/v1/summits/", "/api/v1/openapi.json", "/api/v1/"):
        response = client.options(
            address, headers={"origin": "https://other.example", "access-control-request-method": "GET"}
        )
        assert (response.status_code, response.content) == (204, b"")
        assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert "If-None-Match" in response["Access-Control-Allow-Headers"]


# Limits


@pytest.fixture
def three_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_LIMITS = True
    monkeypatch.setitem(PublicThrottle.THROTTLE_RATES, "public", "3/min")


def test_an_address_that_asks_too_often_has_to_wait(client: Client, rows: Any, base: str, three_a_minute: None) -> None:
    for number in range(3):
        assert client.get(f"{base}pages/?_={number}").status_code == 200
    refused(client, f"{base}pages/?_=4", 429, "too_many_requests")
    assert client.get(f"{base}pages/?_=5")["Retry-After"] == "60"
    assert client.get(f"{base}pages/?_=6", REMOTE_ADDR="192.0.2.9").status_code == 200


def test_no_limit_where_the_settings_switch_it_off(
    client: Client, rows: Any, base: str, three_a_minute: None, settings: Any
) -> None:
    settings.RATE_LIMITS = False
    assert {client.get(f"{base}pages/?_={number}").status_code for number in range(6)} == {200}


def test_six_hundred_a_minute_are_allowed() -> None:
    throttle = PublicThrottle()
    assert (throttle.num_requests, throttle.duration) == (600, 60)


def test_every_collection_has_its_address(rows: Any) -> None:
    assert set(reading.COLLECTIONS) == {"tracks", "sessions", "speakers", "organisations", "rooms", "pages"}
