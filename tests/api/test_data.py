"""What the data looks like, who sees it, and how much it costs."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from api.reading import COLLECTIONS
from summit.models import Summit
from tests.api.addresses import every_documented, leaves
from tests.api.conftest import MOMENT, PRIVATE

GOLDEN = Path(__file__).parent / "golden"
FORBIDDEN = ("email", "e_mail", "token", "user", "password", "stream")
# Literal: one for the summit, one to count, and what the rows need.
QUERIES = {"tracks": 3, "sessions": 6, "speakers": 4, "organisations": 4, "rooms": 3, "pages": 3}


def test_a_session_is_these_exact_bytes(client: Client, rows: Any, base: str) -> None:
    session = rows.session(code="GOLDEN", guid=UUID(int=7))
    found = client.get(f"{base}sessions/GOLDEN/")
    assert found["Content-Type"] == "application/json"
    assert json.dumps(found.json(), ensure_ascii=False, indent=2) + "\n" == (GOLDEN / "session.json").read_text("utf-8")
    assert found.content == json.dumps(found.json(), ensure_ascii=False, separators=(",", ":")).encode()
    assert session.code == "GOLDEN"


def test_times_stand_in_the_zone_of_the_summit(client: Client, new_summit: Callable[..., Summit]) -> None:
    new_summit(code="kathmandu", time_zone="Asia/Kathmandu", agenda_published_at=MOMENT)
    found = client.get("/api/v1/summits/kathmandu/").json()
    assert found["agenda_published_at"] == found["updated_at"] == "2021-12-01T06:45:05+05:45"
    assert found["time_zone"] == "Asia/Kathmandu"


def test_links_name_the_page_for_people_and_the_data(client: Client, full: SimpleNamespace, base: str) -> None:
    found = client.get(f"{base}speakers/{full.speaker.code}/", headers={"accept-language": "en"}).json()
    assert found["url"] == f"https://summit.example/ko/demo2021/speakers/{full.speaker.code}/"
    assert found["api_url"] == f"https://summit.example{base}speakers/{full.speaker.code}/"


def test_links_stand_in_the_first_language_of_the_summit(client: Client, new_summit: Callable[..., Summit]) -> None:
    new_summit(code="english", languages=["en", "ko"])
    new_summit(code="nowhere", languages=["xx"])
    assert client.get("/api/v1/summits/english/").json()["url"] == "https://summit.example/en/english/"
    assert client.get("/api/v1/summits/nowhere/").json()["url"] == "https://summit.example/ko/nowhere/"


def test_an_answer_does_not_depend_on_the_host_asked(client: Client, full: SimpleNamespace, base: str) -> None:
    assert b"evil" not in client.get(f"{base}sessions/?page_size=1", headers={"host": "evil.example"}).content


def test_a_cancelled_session_stays_and_says_so(client: Client, rows: Any, base: str) -> None:
    session = rows.session(cancelled_at=MOMENT)
    assert client.get(f"{base}sessions/{session.code}/").json()["cancelled"] is True


def test_the_summits_list_shows_public_ones_latest_first(client: Client, new_summit: Callable[..., Summit]) -> None:
    new_summit(code="older2019", starts_on="2019-01-01", ends_on="2019-01-02")
    new_summit(code="later2023", starts_on="2023-01-01", ends_on="2023-01-02")
    new_summit(code="secret2025", is_public=False)
    found = client.get("/api/v1/summits/").json()
    assert [one["code"] for one in found["results"]] == ["later2023", "older2019"]
    assert found["count"] == 2


def test_nothing_below_a_private_summit_is_there(client: Client, full: SimpleNamespace) -> None:
    Summit.objects.update(is_public=False)
    for path, address in every_documented(full).items():
        if "{summit}" in path:
            assert client.get(address).status_code == 404, address


def test_what_belongs_to_an_unpublished_session_is_not_there(client: Client, full: SimpleNamespace, base: str) -> None:
    hidden = full.hidden
    assert client.get(f"{base}sessions/{hidden.code}/").status_code == 404
    assert client.get(f"{base}speakers/{hidden.speakers.get().code}/").status_code == 404
    assert client.get(f"{base}organisations/{hidden.hosts.get().code}/").status_code == 404
    for word in ("sessions", "speakers", "organisations"):
        assert client.get(f"{base}{word}/").json()["count"] == 1
    assert (
        next(t for t in client.get(f"{base}tracks/").json()["results"] if t["slug"] == hidden.track.slug)[
            "session_count"
        ]
        == 0
    )


def test_a_person_of_both_kinds_of_sessions_shows_only_the_published(
    client: Client, full: SimpleNamespace, base: str
) -> None:
    full.rows.bill(full.hidden, full.speaker)
    found = client.get(f"{base}speakers/{full.speaker.code}/").json()
    assert [one["session"] for one in found["appearances"]] == [full.session.code]


def test_who_declined_is_not_shown_anywhere(client: Client, full: SimpleNamespace, base: str) -> None:
    person = full.rows.speaker()
    full.rows.bill(full.session, person, state="declined")
    assert client.get(f"{base}speakers/{person.code}/").status_code == 404
    assert person.code not in client.get(f"{base}sessions/").content.decode()
    assert client.get(f"{base}sessions/?speaker={person.code}").status_code == 400


def test_no_private_field_and_no_private_value_anywhere(client: Client, full: SimpleNamespace) -> None:
    for address in every_documented(full).values():
        response = client.get(address)
        keys = {key for path, _value in leaves(response.json()) for key in path.split(".")}
        assert not [key for key in keys if any(word in key.lower() for word in FORBIDDEN)], address
        assert not [value for value in PRIVATE if value in response.content.decode()], address


def test_another_summit_s_rows_are_not_found_here(
    client: Client, full: SimpleNamespace, new_summit: Callable[..., Summit]
) -> None:
    new_summit(code="other2022")
    for word, key in (("sessions", full.session.code), ("speakers", full.speaker.code), ("rooms", full.room.code)):
        assert client.get(f"/api/v1/summits/other2022/{word}/{key}/").status_code == 404
        assert client.get(f"/api/v1/summits/other2022/{word}/").json()["count"] == 0


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("word", COLLECTIONS)
def test_a_list_costs_the_same_for_one_and_for_three(
    client: Client, rows: Any, base: str, word: str, size: int, django_assert_num_queries: Any
) -> None:
    for _one in range(size):
        session = rows.session()
        rows.bill(session, rows.speaker())
        rows.page()
    with django_assert_num_queries(QUERIES[word]):
        found = client.get(reverse(f"api:{word}", args=[rows.summit.code])).json()
    assert found["count"] >= size


@pytest.mark.parametrize("size", [1, 3])
def test_the_register_costs_the_same_for_one_and_for_three(
    client: Client, rows: Any, base: str, size: int, django_assert_num_queries: Any
) -> None:
    for number in range(size):
        rows.civic(number + 1)
    with django_assert_num_queries(8):
        found = client.get(f"{base}civic/").json()
    assert [len(found[key]) for key in ("chairs", "committee", "action_plans")] == [size, size, size]


@pytest.mark.parametrize("size", [1, 3])
def test_the_summits_cost_the_same_for_one_and_for_three(
    client: Client, new_summit: Callable[..., Summit], size: int, django_assert_num_queries: Any
) -> None:
    for number in range(size):
        new_summit(code=f"demo{number}")
    with django_assert_num_queries(2):
        assert client.get("/api/v1/summits/").json()["count"] == size


def test_the_register_groups_the_committee_by_term(client: Client, rows: Any, base: str) -> None:
    for number in (2, 1):
        rows.civic(number)
    found = client.get(f"{base}civic/").json()
    assert [term["term"] for term in found["committee"]] == [1, 2]
    assert found["action_plans"][0]["commitments"][0]["ministries"] == [{"ko": "Office (ko)", "en": "Office"}]
    assert found["membership_figures"][0] == {"year": 2021, "national": 77, "local": 76, "note": {}}
