"""Invitations from anybody's sheet, through the jobs that check a table before it is written."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from registration.models import Invitation
from sessions.imports.tables.column_mapping import fields, guess
from sessions.imports.tables.importing import import_table
from sessions.imports.tables.sheet import open_sheet
from summit.models import HistoryEntry, Message
from tests.factories import make_category, make_invitation, make_registration

HEAD = "이메일,성명,소속,국가,참가 구분,참석 방식,자리 확보,유효 기간"


def brought(summit, by, rows, *, head=HEAD, **how):
    sheet = open_sheet("guests.csv", f"{head}\n{rows}\n".encode())
    columns = guess(sheet.headings, fields("invitations", summit.languages))
    return import_table(summit, "invitations", sheet, columns, **{"dry_run": False, "by": by, **how})


@pytest.fixture
def vip(summit):
    return make_category(summit, "vip", name={"ko": "귀빈", "en": "Guest of honour"}, admission="invitation")


def day(days: int) -> str:
    return f"{timezone.now() + timedelta(days=days):%Y-%m-%d}"


def test_people_are_invited_by_the_words_of_a_sheet_and_nothing_is_sent(summit, organiser, vip, work):
    rows = (
        f"a@people.example,성춘향,행정안전부,대한민국,귀빈,현장,예,{day(9)}\nb@people.example,,,EE,Guest of honour,,no,"
    )
    report = brought(summit, organiser, rows)
    assert (report.refused, dict(report.new)) == ([], {"invitations": 2})
    first, second = Invitation.objects.order_by("email")
    assert (first.name, first.organisation, first.country, first.category, first.attendance, first.reserves) == (
        "성춘향", "행정안전부", "KR", vip, "in_person", True,
    )  # fmt: skip
    assert f"{first.expires_at.astimezone(summit.tz):%Y-%m-%d %H:%M}" == f"{day(9)} 23:59"
    assert (second.attendance, second.reserves, second.state, second.language) == ("", False, "draft", "ko")
    assert first.token != second.token
    assert list(Invitation.objects.filter(found_as__contains="행정")) == [first]
    work()
    assert not Message.objects.exists()
    assert HistoryEntry.objects.filter(action="invitation.create", by=organiser).count() == 2


def test_looking_first_writes_nothing(summit, organiser, vip):
    report = brought(summit, organiser, "a@people.example,,,,귀빈,,,", dry_run=True)
    assert dict(report.new) == {"invitations": 1}
    assert not Invitation.objects.exists()


def test_who_is_registered_or_invited_already_is_left_out_and_told_of(summit, organiser, vip):
    make_registration(summit, email="a@people.example", category=make_category(summit))
    make_invitation(summit, category=vip, email="b@people.example")
    with translation.override("en"):
        report = brought(summit, organiser, "A@people.example,,,,vip,,,\nb@people.example,,,,vip,,,\nc@people.example,,,,vip,,,\nC@people.example,,,,vip,,,")  # fmt: skip
    assert (dict(report.new), dict(report.same)) == ({"invitations": 1}, {"invitations": 3})
    assert Invitation.objects.count() == 2
    words = " ".join(words for _place, words in report.notes)
    assert "Registered already." in words
    assert "Invited already." in words


def test_the_only_category_by_invitation_needs_no_column(summit, organiser, vip):
    make_category(summit)
    brought(summit, organiser, "a@people.example", head="email")
    assert Invitation.objects.get().category == vip


@pytest.mark.parametrize(
    "row",
    ["@,,,,vip,,,", "a@people.example,,,XX,vip,,,", "a@people.example,,,,nobody,,,", "a@people.example,,,,vip,by post,,",
     "a@people.example,,,,vip,,maybe,", "a@people.example,,,,vip,,yes,", "a@people.example,,,,vip,,,2001-02-30",
     "a@people.example,,,,vip,,,2001-01-01", f"a@people.example,{'가' * 300},,,vip,,,"],
)  # fmt: skip
def test_a_row_that_makes_no_sense_is_refused_and_nothing_is_written(summit, organiser, vip, row):
    report = brought(summit, organiser, f"good@people.example,,,,vip,,,\n{row}")
    assert len(report.refused) == 1
    assert report.refused[0][1]
    assert not Invitation.objects.exists()


def test_more_rows_take_no_more_queries(
    summit, organiser, vip, django_assert_num_queries, django_assert_max_num_queries
):
    brought(summit, organiser, "first@people.example,,,,vip,,,")
    with django_assert_max_num_queries(40) as few:
        brought(summit, organiser, "a@people.example,,,,vip,,,")
    with django_assert_num_queries(len(few)):
        brought(summit, organiser, "\n".join(f"p{n}@people.example,,,,vip,,," for n in range(30)))
