"""The bundle of a version: described, checked, and the same bytes for the same data."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from sessions.exports import bundle
from sessions.models import AgendaVersion
from sessions.planning import publishing
from summit.lib import romanising
from summit.models import Summit

PATH = re.compile(r"(?!\.|/|~)[^\\]*")


@pytest.fixture
def versions(open_agenda, time_machine):
    """Version 1, then version 2 in which the first session begins an hour later."""
    time_machine.move_to(datetime(2021, 11, 3, 9, tzinfo=UTC), tick=False)
    first = publishing.publish(open_agenda)
    time_machine.move_to(datetime(2021, 11, 4, 9, 0, 7, tzinfo=UTC), tick=False)
    session = open_agenda.sessions.get(code="CIV001")
    session.starts_at, session.ends_at = session.starts_at + timedelta(hours=1), session.ends_at + timedelta(hours=1)
    session.save(update_fields=["starts_at", "ends_at"])
    return first, publishing.publish(open_agenda)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def opened(summit, version, *, newest):
    files = unpacked(bundle.bundle(summit, version, newest=newest))
    return files, json.loads(files["datapackage.json"])


def test_the_newest_bundle_holds_every_format_in_every_language(open_agenda, versions):
    files, _package = opened(open_agenda, versions[1], newest=True)
    expected = {"SHA256SUMS", "datapackage.json", "changes.json", "schedule2.json", "sessions.xlsx"}
    expected |= {f"{name}.csv" for name in ("sessions", "speakers", "appearances", "organisations", "rooms", "tracks")}
    for language in ("ko", "en"):
        expected |= {f"schedule.{language}.{ending}" for ending in ("ics", "xml", "json", "jsonld")}
        expected |= {f"people.{language}.json", f"organisations.{language}.json", f"media.{language}.json"}
    assert set(files) == expected
    assert list(files) == sorted(files)


def test_no_file_and_no_answer_gives_our_romanisation_away_as_somebodys_name(open_agenda, versions):
    """Pages show how 박수정 can be read; the name in Latin letters is the person's own or none."""
    cache.clear()
    files = unpacked(bundle.bundle(open_agenda, versions[1], newest=True))
    speakers = open_agenda.speakers.get(code="P001")
    address = f"/api/v1/summits/{open_agenda.code}"
    answers = [f"{address}/speakers/", f"{address}/speakers/P001/", f"{address}/sessions/CIV001/",
               f"/{open_agenda.code}/schedule.xcal", f"/{open_agenda.code}/schedule.ics?lang=en&speaker=P001",
               "/en/ogp2021/schedule/widget/v2.json"]  # fmt: skip
    found = {path: Client().get(path) for path in answers}
    assert {response.status_code for response in found.values()} == {200}
    said = {**files, **{path: response.content for path, response in found.items()}}
    assert romanising.reading(speakers.name, speakers.name_romanised, "en") == "Park Su-jeong"
    assert [name for name, content in said.items() if b"Su-jeong" in content] == []
    with zipfile.ZipFile(io.BytesIO(files["sessions.xlsx"])) as workbook:
        assert not any(b"Su-jeong" in workbook.read(name) for name in workbook.namelist())
    assert found[f"{address}/speakers/P001/"].json()["name_romanised"] is None


@pytest.mark.parametrize("newest", [True, False])
def test_sizes_and_checksums_are_those_of_the_files(open_agenda, versions, newest):
    files, package = opened(open_agenda, versions[1 if newest else 0], newest=newest)
    for resource in package["resources"]:
        content = files[resource["path"]]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    lines = files["SHA256SUMS"].decode().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sums == {n: hashlib.sha256(c).hexdigest() for n, c in files.items() if n != "SHA256SUMS"}


@pytest.mark.parametrize("newest", [True, False])
def test_the_descriptor_keeps_the_musts_of_a_data_package(open_agenda, versions, newest):
    _files, package = opened(open_agenda, versions[1 if newest else 0], newest=newest)
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+(\+[0-9A-Za-z.-]+)?", package["version"])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert datetime.fromisoformat(package["created"]).tzinfo is not None
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names) > 0
    for resource in package["resources"]:
        assert PATH.fullmatch(resource["path"])
        assert "/" in resource["mediatype"]
        assert ("schema" in resource) == (resource.get("type") == "table")


def test_every_column_is_described_and_keys_and_references_hold(open_agenda, versions):
    files, package = opened(open_agenda, versions[1], newest=True)
    tables, rows = {}, {}
    for resource in package["resources"]:
        if resource.get("type") == "table":
            reader = csv.DictReader(io.StringIO(files[resource["path"]].decode("utf-8-sig"), newline=""))
            rows[resource["name"]] = list(reader)
            tables[resource["name"]] = resource["schema"]
            assert [field["name"] for field in resource["schema"]["fields"]] == reader.fieldnames
    for name, schema in tables.items():
        keys = [tuple(row[column] for column in schema["primaryKey"]) for row in rows[name]]
        assert len(set(keys)) == len(keys)
        for foreign in schema.get("foreignKeys", []):
            [column], [key] = foreign["fields"], foreign["reference"]["fields"]
            known = {row[key] for row in rows[foreign["reference"]["resource"]]} | {""}
            assert {row[column] for row in rows[name]} <= known


def test_an_older_bundle_holds_the_sessions_as_they_were_and_says_that_it_is_no_more(open_agenda, versions):
    files, package = opened(open_agenda, versions[0], newest=False)
    assert set(files) == {"SHA256SUMS", "changes.json", "datapackage.json", "sessions.csv"}
    assert package["basis"] == "snapshot"
    assert "kept when this version was published" in package["description"]
    rows = list(csv.DictReader(io.StringIO(files["sessions.csv"].decode("utf-8-sig"), newline="")))
    assert next(row["starts_at"] for row in rows if row["code"] == "CIV001") == "2021-12-15T10:00:00+09:00"
    assert [row["code"] for row in rows][-1] == "NOTIME"


def test_the_newest_bundle_says_that_it_is_live(open_agenda, versions):
    files, package = opened(open_agenda, versions[1], newest=True)
    assert package["basis"] == "live"
    assert json.loads(files["changes.json"])["changes"][0]["kind"] == "moved"


def test_the_same_data_are_the_same_bytes_on_another_day(open_agenda, versions, time_machine):
    before = [bundle.bundle(open_agenda, version, newest=version is versions[1]) for version in versions]
    cache.clear()
    time_machine.move_to(datetime(2031, 5, 6, tzinfo=UTC))
    again = Summit.objects.get(pk=open_agenda.pk)
    numbers = AgendaVersion.objects.filter(summit=again).order_by("number")
    assert before == [bundle.bundle(again, version, newest=version.number == 2) for version in numbers]


def test_every_clock_in_the_archive_is_the_moment_of_publication(open_agenda, versions):
    content = bundle.bundle(open_agenda, versions[1], newest=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # The format keeps even seconds only.
        assert {entry.date_time for entry in archive.infolist()} == {(2021, 11, 4, 9, 0, 6)}


def test_a_corrected_text_makes_another_bundle_of_the_same_version(open_agenda, versions):
    before = bundle.bundle(open_agenda, versions[1], newest=True)
    open_agenda.raise_revision()
    _files, package = opened(open_agenda, versions[1], newest=True)
    assert before != bundle.bundle(open_agenda, versions[1], newest=True)
    assert package["version"].startswith("2.0.0+revision.")


def test_a_kept_bundle_costs_no_query(open_agenda, versions, django_assert_num_queries):
    bundle.bundle(open_agenda, versions[1], newest=True)
    with django_assert_num_queries(0):
        bundle.bundle(open_agenda, versions[1], newest=True)
