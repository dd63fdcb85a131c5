"""One rule for lists of people in a cell, whichever importer reads it."""

import pytest
from django.utils import translation

from sessions.imports.schedules import import_schedule, open_schedule
from sessions.imports.schedules.names import people_in
from sessions.imports.tables.importing import import_table
from sessions.imports.tables.sheet import open_sheet
from tests import factories as make
from tests.sessions.imports.spreadsheets import as_csv


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def names(cell, **options):
    return [one.name for one in people_in(cell, **options).named]


TWO = ["Anna Kim", "Bernd Lee"]


@pytest.mark.parametrize(
    "sign", [";", "; ", "\n", "\r\n", " & ", "&", " / ", "/", " | ", " and ", " und ", " 및 ", ", ", "， "]
)
def test_signs_between_whole_names_part_them(sign):
    people = people_in(sign.join(TWO).replace("\r\n", "\n"))
    assert [one.name for one in people.named] == TWO
    assert people.doubt == ""


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("김민서, 이하나", ["김민서", "이하나"]),
        ("박수정 교수, 김하나 박사", ["박수정 교수", "김하나 박사"]),
        ("Ludwig van Beethoven and Clara Schumann", ["Ludwig van Beethoven", "Clara Schumann"]),
        ("Anna Kim (MIT, Boston), Bernd Lee (X)", ["Anna Kim (MIT, Boston)", "Bernd Lee (X)"]),
        ("Kim, Min-seo; Lee, Bo-ra", ["Kim, Min-seo", "Lee, Bo-ra"]),
        ("Ada Example, PhD", ["Ada Example, PhD"]),
        ("Sammy Davis, Jr.", ["Sammy Davis, Jr."]),
        ("", []),
    ],
)  # fmt: skip
def test_names_stay_whole(cell, found):
    people = people_in(cell)
    assert [one.name for one in people.named] == found
    assert people.doubt == ""


@pytest.mark.parametrize(
    ("cell", "found", "doubt"),
    [
        ("Kim, Min-seo", ["Kim, Min-seo"], "“Kim, Min-seo” was read as one person."),
        ("Anna Kim, Bernd", ["Anna Kim, Bernd"], "was read as one person."),
        ("Anna & Bernd Kim", ["Anna", "Bernd Kim"], "was read as 2 people: “Anna”, “Bernd Kim”."),
        ("박수정 · 행정안전부", ["박수정", "행정안전부"], "was read as 2 people"),
    ],
)
def test_what_may_be_one_or_several_is_asked_about(cell, found, doubt):
    people = people_in(cell)
    assert [one.name for one in people.named] == found
    assert doubt in people.doubt
    assert "Part people by semicolons" in people.doubt or "part them by semicolons" in people.doubt


def test_whoever_is_known_settles_a_doubt():
    assert people_in("Kim, Min-seo", known={"Kim, Min-seo"}.__contains__).doubt == ""
    assert names("Anna & Bernd", known={"Anna & Bernd"}.__contains__) == ["Anna & Bernd"]
    assert names("Kim, Lee", known={"Kim", "Lee"}.__contains__) == ["Kim", "Lee"]


def test_a_role_stands_behind_a_dot():
    assert [(one.name, one.role) for one in people_in("박수정 · moderator").named] == [
        (
            "박수정",
            "moderator",
        )
    ]
    with translation.override("ko"):
        assert people_in("Anna Kim · Panellist").named[0].role == "panellist"


CELL = "Anna Kim, Bernd Lee"


def test_both_importers_make_the_same_of_a_cell(summit):
    content = as_csv(["title", "speakers"], ["A", CELL], ["B", "Anna Kim · moderator\nCy Doe"], ["C", "Kim, Min-seo"])
    report = import_schedule(summit, open_schedule("a.csv", content))
    assert report.refused == []
    stage = {str(s.title): sorted((a.speaker.name, a.role) for a in s.appearances.all()) for s in summit.sessions.all()}
    assert stage == {
        "A": [("Anna Kim", "speaker"), ("Bernd Lee", "speaker")],
        "B": [("Anna Kim", "moderator"), ("Cy Doe", "speaker")],
        "C": [("Kim, Min-seo", "speaker")],
    }
    assert [place for place, words in report.notes if "read as one person" in words] == ["a.csv, line 5"]
    assert [words for place, words in report.notes if "Commas part people in some cells (1)" in words]
    other = make.make_summit("ogp2023")
    for name in ("Anna Kim", "Bernd Lee", "Cy Doe", "Kim, Min-seo"):
        make.make_speaker(other, name)
    told = import_table(other, "sessions", open_sheet("a.csv", content), ["title.en", "people"], dry_run=False)
    assert (told.refused, told.notes) == ([], [])
    assert {
        str(s.title): sorted((a.speaker.name, a.role) for a in s.appearances.all()) for s in other.sessions.all()
    } == stage


def test_hosts_and_links_part_at_semicolons_and_line_breaks_alone(summit):
    content = as_csv(
        ["title", "hosts", "links"],
        ["A", "Trade & Industry, Ministry of\nOpen/Data; X", "https://a.example/1\nhttps://a.example/2"],
    )
    report = import_schedule(summit, open_schedule("a.csv", content))
    assert report.refused == []
    assert sorted(str(o.name) for o in summit.organisations.all()) == [
        "Open/Data",
        "Trade & Industry, Ministry of",
        "X",
    ]
    assert summit.sessions.get().materials.count() == 2
