"""The guide *From one machine to many* says what is sent, and its sizing follows from its figures."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.bench.estimates import SIZES, Cost, Figures
from tests.factories import make_category, make_places, make_summit

GUIDE = (Path(settings.BASE_DIR) / "docs" / "scaling.md").read_text(encoding="utf-8")


def part(name: str) -> str:
    [found] = re.findall(rf"<!-- {name}:.*?-->\n(.*?)<!-- /{name} -->", GUIDE, re.DOTALL)
    return str(found)


def rows(table: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def headers() -> list[tuple[str, str, str, bool]]:
    """(path, Cache-Control, Vary, whether there is an ETag) of each address that the guide names."""
    return [
        (path, kept.strip("`"), vary.strip("`"), etag == "yes")
        for named, kept, vary, etag in rows(part("headers"))
        for path in re.findall(r"`(/[^`]*)`", named)
    ]


@pytest.mark.parametrize(("path", "kept", "vary", "etag"), headers())
def test_the_headers_that_a_cdn_goes_by_are_those_in_the_guide(db, path, kept, vary, etag):
    summit = make_summit("forum")
    make_places(summit, 5)
    make_category(summit)
    client = Client()
    answer = client.get(path)
    assert answer.status_code == 302 if "organiser" in path else 200
    assert (answer["Cache-Control"], answer["Vary"], "ETag" in answer) == (kept, vary, etag)
    if etag:
        # What everybody gets carries nobody's cookie, and is asked for again at no cost.
        assert not answer.cookies
        assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def figures() -> Figures:
    costs, processes, _sizes = re.split(r"\n\n(?=\|)", part("figures").strip())
    memory = {what: float(told.split()[0]) for what, told in rows(processes)}
    return Figures({what: Cost(float(ours), float(data)) for what, ours, data, _rate in rows(costs)}, memory, {})


def test_the_sizing_follows_from_the_figures():
    found = figures()
    assert len(found.costs) == 8
    assert found.sizing_table() == part("figures").strip().split("\n\n")[-1]
    assert found.costs_table() == part("figures").strip().split("\n\n")[0]


def test_ten_times_as_many_need_ten_times_as_much():
    found = Figures(
        {
            "A public page that is kept": Cost(0.2, 0.1),
            "A search, drawn anew": Cost(10, 5),
            "A check-in at a desk": Cost(30, 10),
            "A registration, form and answer": Cost(60, 20),
            "Its mail, drawn and sent": Cost(36, 4),
            "A mail to many, sent": Cost(9, 1),
            "A badge of many": Cost(7.2, 0),
        },
        {},
        {},
    )
    # 5,000 × (12 × 0.2 + 10 + 0.6 × 30) ms in 3,600 s, and likewise of the database.
    assert found.opening(5_000).ours == pytest.approx(5_000 * 30.4 / 3_600_000)
    assert found.opening(5_000).data == pytest.approx(5_000 * 12.2 / 3_600_000)
    # A quarter of 5,000 in 600 s: 2.083 registrations and 12.5 pages each second.
    assert found.registering(5_000).ours == pytest.approx(5_000 / 4 / 600 * 61.2 / 1000)
    assert (
        found.sized(50_000) == "| 50,000 | 0.42 + 0.17 | 1.3 + 0.43 | 0.25 + 0.028 | 0.25 + 0.028 | 0.1 + 0 | 3 | 1 |"
    )
    assert [row[0] for row in rows(found.sizing_table())] == [f"{size:,}" for size in SIZES]
