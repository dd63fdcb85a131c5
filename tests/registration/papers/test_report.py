"""The report: numbers of each session, of small groups none, as a page, a sheet and a PDF."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registration.models import Booking, Feedback, OpenVisit, Presence
from registration.papers import report
from summit.models import Role
from tests.factories import make_registration, make_session, make_user

PAGE = "/en/ogp2021/organiser/report/"


@pytest.fixture
def counted(summit):
    """Six online for ten minutes each and three seats in the first; four online in the second."""
    first, second = make_session(summit), make_session(summit, "DIG001")
    for n in range(6):
        guest = make_registration(summit, attendance="online")
        Presence.objects.create(registration=guest, session=first, minutes=10)
        if n < 4:
            Presence.objects.create(registration=guest, session=second, minutes=7)
        if n < 3:
            Booking.objects.create(registration=guest, session=first, state=Booking.State.BOOKED)
        Feedback.objects.create(summit=summit, session=first, author=f"{n}", rating=4 + n % 2)
    OpenVisit.objects.create(session=second, joined=12)
    make_session(summit, "BREAK1", kind="break")
    make_session(summit, "SECRET", published_at=None)
    return summit


def test_each_session_is_counted_and_small_groups_are_not_told(counted):
    found = report.read(counted)
    rows = {row.session.code: row for row in found.rows}
    assert set(rows) == {"CIV001", "DIG001"}
    first, second = rows["CIV001"], rows["DIG001"]
    assert (first.booked, first.online, first.minutes, first.visits, first.mean) == ("<5", "6", "60", "0", "4.5")
    assert (second.booked, second.online, second.minutes, second.visits, second.mean) == ("0", "<5", "–", "12", "–")


def test_a_column_that_says_nothing_is_left_out(counted, summit):
    names = [name for name, _label in report.headings(report.read(counted))]
    assert names == ["booked", "online", "minutes", "visits", "answers", "mean"]
    Presence.objects.all().delete()
    assert "online" not in report.read(counted).has


def test_it_takes_as_many_queries_for_many_sessions_as_for_few(counted):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            report.table(report.read(counted))
        return len(seen)

    few = queries()
    for n in range(5):
        make_session(counted, f"MORE0{n}")
    assert queries() == few <= 9


def test_whoever_reads_numbers_reads_it_in_either_language_and_takes_it_along(counted, as_user):
    client = as_user(make_user("viewer@x.example", summit=counted, role=Role.VIEWER))
    shown = client.get(PAGE).content.decode()
    assert "Joined online" in shown and "&lt;5" in shown and "Fewer than five people" in shown
    assert "온라인 참여" in client.get(PAGE.replace("/en/", "/ko/")).content.decode()
    table = client.get("/en/ogp2021/organiser/report.csv")
    lines = table.content.decode("utf-8-sig").splitlines()
    assert (
        lines[0]
        == "code,Session,Seats booked,Joined online,Minutes online,Visits without a registration,Feedback,Mean of 5"
    )
    assert lines[1].endswith(",<5,6,60,0,6,4.5")
    pdf = client.get("/en/ogp2021/organiser/report.pdf")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")


def test_words_about_the_summit_are_for_those_who_run_the_programme(counted, as_user, organiser):
    for n in range(5):
        Feedback.objects.create(summit=counted, author=f"s{n}", rating=5, better=f"More time {n}")
    assert "More time 3" in as_user(organiser).get(PAGE).content.decode()
    viewer = as_user(make_user("viewer@x.example", summit=counted, role=Role.VIEWER)).get(PAGE).content.decode()
    assert "More time 3" not in viewer and "5.0" in viewer


def test_nobody_else_reads_it(counted, as_user, client):
    desk = as_user(make_user("desk@x.example", summit=counted, role=Role.DESK))
    for page in (PAGE, "/en/ogp2021/organiser/report.csv", "/en/ogp2021/organiser/report.pdf"):
        assert desk.get(page).status_code == 404
        assert client.get(page).status_code in {302, 404}
