"""Registrations from anybody's sheet, through the jobs that check a table before it is written."""

import pytest
from django.utils import translation

from registration.models import Quota, Registration
from registration.registering import tagging
from sessions.imports.tables.column_mapping import fields, guess
from sessions.imports.tables.importing import import_table
from sessions.imports.tables.sheet import open_sheet
from summit.models import HistoryEntry, Message
from tests.factories import make_category, make_places, make_registration
from tests.sessions.imports.spreadsheets import as_ods

HEAD = "이메일,성명,소속,국가,참가 구분,참석 방식"
ROWS = "a@people.example,성춘향,행정안전부,대한민국,언론,온라인\nb@people.example,Marie Tamm,Riigikantselei,EE,press,in_person"


def brought(summit, by, rows, *, dry_run=False, partial=False, head=HEAD):
    sheet = open_sheet("people.csv", f"{head}\n{rows}\n".encode())
    columns = guess(sheet.headings, fields("registrations", summit.languages))
    return import_table(summit, "registrations", sheet, columns, dry_run=dry_run, partial=partial, by=by)


@pytest.fixture
def press(summit):
    return make_category(summit, "press", name={"ko": "언론", "en": "Press"})


def test_people_are_entered_by_the_words_of_a_sheet(summit, organiser, press, work):
    report = brought(summit, organiser, ROWS)
    assert (report.refused, dict(report.new)) == ([], {"registrations": 2})
    made = {row.email: row for row in Registration.objects.all()}
    first = made["a@people.example"]
    assert (first.name, first.organisation, first.country, first.category, first.attendance) == (
        "성춘향", "행정안전부", "KR", press, "online"
    )  # fmt: skip
    assert made["b@people.example"].attendance == "in_person"
    work()
    assert {message.to for message in Message.objects.filter(kind="confirmed", state="sent")} == set(made)
    assert HistoryEntry.objects.filter(action="registration.enter", by=organiser).count() == 2


def test_looking_first_writes_and_mails_nothing(summit, organiser, press):
    make_places(summit, 5)
    report = brought(summit, organiser, ROWS, dry_run=True)
    assert dict(report.new) == {"registrations": 2}
    assert (Registration.objects.count(), Message.objects.count()) == (0, 0)
    assert Quota.objects.get(attendance="in_person").taken == 0


def test_tags_come_along_by_the_names_of_the_team(summit, organiser, press):
    rows = "\n".join([
        'c@people.example,심청,,KR,press,online,"VIP, 만찬"',
        "d@people.example,홍길동,,KR,press,online,vip",
        f"e@people.example,이도,,KR,press,online,{'x' * 41}",
    ])  # fmt: skip
    report = brought(summit, organiser, rows, head=f"{HEAD},태그", partial=True)
    assert [place for place, _why in report.refused] == ["4행"]
    assert "태그" in report.refused[0][1]
    assert {made.email: made.tagged for made in Registration.objects.all()} == {
        "c@people.example": ["VIP", "만찬"], "d@people.example": ["VIP"],
    }  # fmt: skip


def test_a_file_makes_no_more_tags_than_a_summit_keeps(summit, organiser, press, monkeypatch):
    monkeypatch.setattr(tagging, "MOST_KEPT", 1)
    rows = "c@people.example,심청,,KR,press,online,VIP\nd@people.example,홍길동,,KR,press,online,Dinner"
    report = brought(summit, organiser, rows, head=f"{HEAD},tags", partial=True)
    assert report.refused == [("3행", str(tagging.TooManyTags.message))]
    assert [tag.name for tag in summit.tags.all()] == ["VIP"]


def test_whoever_is_registered_stays_as_they_are(summit, organiser, press):
    there = make_registration(summit, email="a@people.example", name="먼저")
    report = brought(summit, organiser, ROWS)
    assert (dict(report.new), dict(report.same)) == ({"registrations": 1}, {"registrations": 1})
    there.refresh_from_db()
    assert there.name == "먼저"


@pytest.mark.parametrize(
    "row",
    ["x,성춘향,,KR,press,online", "a@people.example,,,KR,press,online", "a@people.example,성춘향,,Atlantis,press,online",
     "a@people.example,성춘향,,KR,nobody,online", "a@people.example,성춘향,,KR,press,both"],
)  # fmt: skip
def test_a_row_that_makes_no_sense_is_refused_with_its_place(summit, organiser, press, row):
    report = brought(summit, organiser, row)
    assert [place for place, _reason in report.refused] != []
    assert Registration.objects.count() == 0


def test_more_people_than_places_are_refused_and_the_good_rows_may_come_in(summit, organiser, press):
    make_places(summit, 1)
    rows = "\n".join(f"p{n}@people.example,사람,,KR,press,in_person" for n in range(2))
    assert len(brought(summit, organiser, rows).refused) == 1
    assert Registration.objects.count() == 0
    brought(summit, organiser, rows, partial=True)
    assert Quota.objects.get(attendance="in_person").taken == Registration.objects.count() == 1


def test_one_address_for_two_people_is_asked_about(summit, organiser, press):
    rows = "a@people.example,성춘향,,KR,press,online\na@people.example,이몽룡,,KR,press,online\nA@people.example,성 춘향,,KR,press,online"
    with translation.override("en"):
        report = brought(summit, organiser, rows)
    assert [(place, words.split(",")[0]) for place, words in report.notes] == [
        ("line 3", "Its address is that of “성춘향”"),
        ("line 3", "It is about the same as line 2 (성춘향) and changed nothing."),
        ("line 4", "It is about the same as line 3 (성춘향) and changed nothing."),
    ]


def test_a_fault_is_told_by_the_heading_of_the_sheet(summit, organiser, press):
    with translation.override("en"):
        report = brought(
            summit, organiser, f"x,성춘향,,KR,press,online\nb@people.example,{'가' * 300},,KR,press,online"
        )
    reasons = [reason for _place, reason in report.refused]
    assert [reason.split(":")[0] for reason in reasons] == ["이메일", "성명"]


def test_a_workbook_of_libreoffice_in_which_a_formula_failed(summit, organiser, press):
    content = as_ods(
        HEAD.split(","),
        ROWS.split("\n", maxsplit=1)[0].split(","),
        ["b@people.example", "#REF!", "", "EE", "press", "online"],
    )
    sheet = open_sheet("people.ods", content)
    columns = guess(sheet.headings, fields("registrations", summit.languages))
    with translation.override("en"):
        report = import_table(summit, "registrations", sheet, columns, dry_run=False, partial=True, by=organiser)
    assert dict(report.new) == {"registrations": 1}
    assert report.refused[0][1].startswith("“성명” holds #REF!")
