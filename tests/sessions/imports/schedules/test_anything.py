"""Whatever a file holds, it comes in or is refused in words; nothing else is thrown, and nothing invalid stays."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions.imports.schedules import FORMATS, import_schedule, open_schedule
from sessions.models import Session
from summit.imports.table_format import Refused

CALM = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "-", "\u202e\u200b", "\x00\ud800", "=1+1", "\r\n", "<p>", "&lt;b&gt;", "👩‍💻", "0" * 400, "http://[", "//x", "@", "-1:00",
                     "99:99", "2021-12-15T25:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59", "2021-12-15T10:00:00+09:00", "P999999999D"]),
)  # fmt: skip
VALUE = st.recursive(
    st.one_of(TEXT, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["ko", "en", "name", "url", "guid", "~", ""]), inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip
KEYS = ("id guid code date start duration end room title subtitle track type language abstract description persons links attachments"
        " do_not_record".split())  # fmt: skip
EVENT = st.dictionaries(st.sampled_from(KEYS), VALUE, max_size=12)
START = {"xml": b"<schedule><event>", "json": b'{"schedule":', "csv": b"title,start\n", "xlsx": b"PK\x03\x04", "ods": b"PK\x03\x04", "ical": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n"}  # fmt: skip


def refusal(name, content, **options):
    """Why the file is refused; "" where it is read."""
    try:
        open_schedule(name, content, **options)
    except Refused as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize("format", FORMATS)
@CALM
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(format, content, begun):
    said = refusal("file", (START[format] if begun else b"") + content, format=format)
    assert said == "" or said.startswith("file: ")


@CALM
@given(st.lists(EVENT, max_size=4), VALUE, VALUE)
def test_any_values_come_in_valid_or_are_refused(summit, events, tracks, rooms):
    conference = {
        "days": [{"date": "2021-12-15", "rooms": {"Aula": events}}],
        "tracks": tracks,
        "rooms": rooms,
        "time_zone_name": "Asia/Seoul",
    }
    with transaction.atomic():
        try:
            report = import_schedule(
                summit, open_schedule("a.json", json.dumps({"schedule": {"conference": conference}}).encode())
            )
        except Refused:
            report = None
        if report is None or report.refused:
            assert not Session.objects.exists()
        for session in Session.objects.all():
            session.full_clean()
            for row in (
                *session.materials.all(),
                *session.appearances.all(),
                *summit.speakers.all(),
                *summit.rooms.all(),
            ):
                row.full_clean()
        transaction.set_rollback(True)


@CALM
@given(st.lists(st.lists(TEXT, min_size=4, max_size=4), max_size=4))
def test_any_cells_come_in_valid_or_are_refused(summit, rows):
    lines = [["title", "start", "duration", "people"], *rows]
    content = "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    encoded = content.encode("utf-8", "replace")
    with transaction.atomic():
        if not refusal("a.csv", encoded):
            import_schedule(summit, open_schedule("a.csv", encoded))
        for session in Session.objects.all():
            session.full_clean()
        transaction.set_rollback(True)
