"""The page to read about the API."""

import re
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from api.browsing import described
from api.schema import document


def page(client: Client, **headers: str) -> str:
    response = client.get("/api/v1/", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_shows_every_address_parameter_and_field(client: Client, full: SimpleNamespace) -> None:
    html = page(client, **{"accept-language": "en"})
    made = document("en")
    for path, methods in made["paths"].items():
        assert f"GET {path}" in html
        for one in methods["get"]["parameters"]:
            assert escape(one["description"]) in html
    for name, schema in made["components"]["schemas"].items():
        assert f'<h3 id="{name}">{name}</h3>' in html
        for key, inner in schema.get("properties", {}).items():
            assert f"<code>{key}</code>" in html
            assert escape(inner.get("description", "")) in html


def test_every_example_leads_to_data(client: Client, full: SimpleNamespace) -> None:
    links = re.findall(r'Example: <a href="([^"]+)"', page(client, **{"accept-language": "en"}))
    assert len(links) == len(document("en")["paths"])
    assert {client.get(link).status_code for link in links} == {200}


def test_without_a_summit_the_page_is_still_there(client: Client, db: None) -> None:
    assert "Example:" not in page(client, **{"accept-language": "en"})


def test_without_rows_there_is_no_example_of_one(client: Client, rows: Any) -> None:
    links = re.findall(r'Example: <a href="([^"]+)"', page(client, **{"accept-language": "en"}))
    assert len(links) == 9


@pytest.mark.parametrize(
    ("asked", "header", "shown"), [("ko", "en", "ko"), ("en", "ko", "en"), ("", "en", "en"), ("xx", "ko", "ko")]
)
def test_the_page_is_in_the_language_of_the_reader(
    client: Client, full: SimpleNamespace, asked: str, header: str, shown: str
) -> None:
    response = client.get(f"/api/v1/?lang={asked}", headers={"accept-language": header})
    assert f'<html lang="{shown}">' in response.content.decode()
    assert response["Content-Language"] == shown
    assert "Accept-Language" in response["Vary"]


def test_inner_links_lead_to_a_place_on_the_page_and_no_id_is_there_twice(
    client: Client, full: SimpleNamespace
) -> None:
    html = page(client)
    places = re.findall(r' id="([^"]+)"', html)
    assert len(places) == len(set(places))
    assert set(re.findall(r'href="#([^"]*)"', html)) <= set(places)


def test_the_page_needs_no_script_of_its_own_and_has_one_heading(client: Client, full: SimpleNamespace) -> None:
    html = page(client)
    assert html.count("<h1") == 1
    assert "<script>" not in html
    assert " style=" not in html
    levels = [int(level) for level in re.findall(r"<h([1-6])", html.split("<footer")[0])]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_can_be_reached_and_has_headings(client: Client, full: SimpleNamespace) -> None:
    html = page(client)
    assert html.count("<table>") == len(
        re.findall(r'<div class="table" tabindex="0" role="region" aria-label="[^"]+"><table>', html)
    )
    assert "<th>" not in html


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": ["string", "null"], "format": "date-time"}, ("date and time or null", "")),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Room"}}, ("list of Room", "Room")),
        ({"oneOf": [{"$ref": "#/components/schemas/Room"}, {"type": "null"}]}, ("Room or null", "Room")),
        ({"allOf": [{"$ref": "#/components/schemas/Mode"}]}, ("Mode", "Mode")),
        ({"type": "string", "enum": ["ko", "en"]}, ("one of: ko, en", "")),
        ({}, ("object", "")),
    ],
)
def test_a_schema_is_put_into_words(schema: dict[str, Any], words: tuple[str, str], settings: Any) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert described(schema) == words
