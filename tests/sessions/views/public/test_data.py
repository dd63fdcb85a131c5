"""Open data: the addresses, their headers, and the page that names them."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from sessions.exports import catalogue
from sessions.planning import publishing
from summit.middleware import shelf
from summit.models import Summit
from tests import factories as make

ADDRESSES = {
    "schedule2.json": "application/json; charset=utf-8",
    "schedule.jsonld": "application/ld+json",
    "sessions.csv": "text/csv; charset=utf-8",
    "sessions.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "people.csv": "text/csv; charset=utf-8",
    "organisations.csv": "text/csv; charset=utf-8",
    "rooms.csv": "text/csv; charset=utf-8",
    "people.json": "application/json; charset=utf-8",
    "organisations.json": "application/json; charset=utf-8",
    "changes.atom": "application/atom+xml; charset=utf-8",
    "dataset.jsonld": "application/ld+json",
    "bundle.zip": "application/zip",
    "bundle-1.zip": "application/zip",
}
LINK = re.compile(r'<([^<>"]+)>; ([^<]+?)(?:, (?=<)|\Z)')


@pytest.fixture
def published(summit):
    session = make.make_session(summit, people=[make.make_speaker(summit)], hosts=[make.make_organisation(summit)],
                                room=make.make_room(summit), track=make.make_track(summit))  # fmt: skip
    publishing.publish(summit)
    return session


@pytest.mark.parametrize(("address", "media_type"), ADDRESSES.items())
def test_any_website_may_read_it_and_it_is_not_sent_twice(published, address, media_type):
    first = Client().get(f"/ogp2021/{address}")
    assert first.status_code == 200
    assert first["Content-Type"] == media_type
    assert first["Access-Control-Allow-Origin"] == "*"
    assert {"ETag", "Link"} <= set(first["Access-Control-Expose-Headers"].split(", "))
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert first["Last-Modified"]
    assert "Cookie" not in first["Vary"]
    again = Client().get(f"/ogp2021/{address}", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_link_header_leads_to_licence_description_and_page(published, address):
    header = Client().get(f"/ogp2021/{address}")["Link"]
    links = [(target, rest) for target, rest in LINK.findall(header)]
    relations = {re.search(r'rel="([^"]+)"', rest)[1] for _target, rest in links}
    assert {"license", "describedby", "help"} <= relations
    for target, _rest in links:
        if target.startswith("http://testserver"):
            assert Client().get(target.removeprefix("http://testserver")).status_code == 200


def test_a_link_header_names_the_same_data_in_other_formats_and_languages(published):
    header = Client().get("/ogp2021/people.json?lang=ko")["Link"]
    assert '<http://testserver/ogp2021/organisations.json?lang=ko>; rel="alternate"; type="application/json"' in header
    assert '<http://testserver/ogp2021/people.json?lang=en>; rel="alternate"; hreflang="en"' in header


def test_a_script_of_another_site_may_ask_with_conditions(published):
    response = Client().options("/ogp2021/people.json", headers={"Access-Control-Request-Method": "GET"})
    assert response.status_code == 204
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]
    assert Client().post("/ogp2021/people.json").status_code == 405


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_change_is_seen_at_once_and_makes_another_etag(published, address, monkeypatch):
    monkeypatch.setattr("summit.public_pages.LOOK_AGAIN_AFTER", -1)
    before = Client().get(f"/ogp2021/{address}")
    published.title = {"ko": "다른 제목", "en": "Another title"}
    published.save(update_fields=["title"])
    published.summit.raise_revision()
    Summit.objects.update(revised_at=published.summit.revised_at + timedelta(minutes=1))
    after = Client().get(f"/ogp2021/{address}", headers={"If-None-Match": before["ETag"]})
    # Nothing was published, and no person, organisation or room has changed.
    if address in {"changes.atom", "people.csv", "organisations.csv", "rooms.csv"}:
        assert after.status_code == 304
    else:
        assert after.status_code == 200
        assert after["ETag"] != before["ETag"]


def test_the_readers_browser_has_no_say_and_an_unknown_language_is_the_first(published):
    for headers, query in (({"Accept-Language": "en"}, ""), ({}, "?lang=xx"), ({}, "?lang=ko")):
        response = Client(headers=headers).get(f"/ogp2021/changes.atom{query}")
        assert response["Content-Language"] == "ko"
        assert "2021 OGP 글로벌서밋" in response.content.decode()


def test_a_table_is_saved_under_the_name_our_import_knows(published):
    assert Client().get("/ogp2021/people.csv")["Content-Disposition"] == 'attachment; filename="speakers.csv"'
    rows = list(csv.DictReader(io.StringIO(Client().get("/ogp2021/people.csv").content.decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["박수정"]


@pytest.mark.parametrize("path", ["/ogp2021/bundle.zip", "/ogp2021/bundle-1.zip"])
def test_there_is_no_bundle_before_the_first_version_nor_after_a_withdrawal(summit, path):
    make.make_session(summit, published_at=None)
    assert Client().get(path).status_code == 404
    publishing.publish(summit)
    assert Client().get(path).status_code == 200
    publishing.withdraw(summit)
    summit.raise_revision()
    shelf.clear()
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/ogp2021/bundle-0.zip", "/ogp2021/bundle-2.zip", "/ogp2021/bundle-99999999999999999999.zip",
                                  "/ogp2021/bundle--1.zip", "/ogp2099/bundle.zip", "/ogp2099/people.json"])  # fmt: skip
def test_what_was_never_published_is_not_there(published, path):
    assert Client().get(path).status_code == 404


def test_a_summit_that_is_not_public_has_no_open_data(published):
    published.summit.is_public = False
    published.summit.save(update_fields=["is_public"])
    for address in ADDRESSES:
        assert Client().get(f"/ogp2021/{address}").status_code == 404
    assert Client().get("/en/ogp2021/data/").status_code == 404


def test_a_withdrawn_agenda_leaves_empty_tables_and_no_name(published):
    publishing.withdraw(published.summit)
    for address in ("sessions.csv", "people.csv", "people.json", "schedule2.json", "schedule.jsonld", "changes.atom"):
        assert "박수정" not in Client().get(f"/ogp2021/{address}").content.decode()


def test_an_older_bundle_leads_to_the_newest(published):
    published.cancelled_at = published.published_at
    published.save(update_fields=["cancelled_at"])
    publishing.publish(published.summit)
    older, newest = (Client().get(f"/ogp2021/bundle-{number}.zip") for number in (1, 2))
    assert '<http://testserver/ogp2021/bundle.zip>; rel="latest-version"' in older["Link"]
    assert newest.content == Client().get("/ogp2021/bundle.zip").content
    with zipfile.ZipFile(io.BytesIO(older.content)) as archive:
        assert json.loads(archive.read("datapackage.json"))["basis"] == "snapshot"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_names_every_format_with_licence_schema_and_last_change(published, language):
    page = Client().get(f"/{language}/ogp2021/data/").content.decode()
    for found in catalogue.offered(published.summit):
        assert f'href="{found.path(published.summit, language)}"' in page
        assert f"<code>{found.plain_type}</code>" in page
        assert not found.schema or f'href="{found.schema}"' in page
    assert page.count('rel="license"') >= len(list(catalogue.offered(published.summit)))
    assert "bundle-1.zip" in page
    assert "/api/v1/openapi.json" in page
    assert 'type="application/ld+json">{"@context"' in page.replace('": "', '":"').replace("\n", "")


def test_the_page_stands_before_anything_is_published(summit):
    page = Client().get("/en/ogp2021/data/")
    assert page.status_code == 200
    assert "bundle" not in page.content.decode()


def test_the_page_is_the_same_for_everybody(published):
    response = Client().get("/en/ogp2021/data/")
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "csrf" not in response.content.decode()


@pytest.mark.parametrize("versions", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_for_three_versions(
    published, versions, django_assert_max_num_queries
):
    for number in range(2, versions + 1):
        published.title = {"ko": f"제목 {number}", "en": f"Title {number}"}
        published.save(update_fields=["title"])
        publishing.publish(published.summit)
    with django_assert_max_num_queries(12):
        Client().get("/en/ogp2021/data/")
