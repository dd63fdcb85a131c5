"""Files are read first and written at once: what others do meanwhile, and what only the database refuses."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from registration.models import Quota, Registration
from sessions.imports.tables.importing import import_table
from sessions.imports.tables.sheet import Sheet
from sessions.models import Session, SessionHost, Track
from summit.imports import staging
from summit.imports.staging import Staging, import_rows
from summit.imports.table_format import Report
from summit.lib.translated import Text
from summit.models import HistoryEntry, Message, User
from tests.factories import make_category, make_organisation, make_places, make_session, make_track

COLUMNS = ["code", "title.en"]


def rows(*cells):
    return Sheet(COLUMNS, [(f"line {n}", list(each)) for n, each in enumerate(cells, 2)])


def brought(summit, *cells, meanwhile=lambda: None, **options):
    """Import sessions; ``meanwhile`` happens once, after the last row was read and before the first is written."""
    waits = [meanwhile]

    def progress(done, total):
        if done == total and waits:
            waits.pop()()

    return import_table(
        summit, "sessions", rows(*cells), COLUMNS, **{"dry_run": False, "progress": progress, **options}
    )


def writes(queries):
    return [q["sql"] for q in queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE", "BEGIN", "SAVEPOINT"}]


def test_looking_at_a_file_writes_nothing_and_begins_no_transaction(summit):
    make_session(summit)
    with CaptureQueriesContext(connection) as captured:
        report = brought(summit, ("CIV001", "Renamed"), ("CIV002", "New"), dry_run=True)
    assert (report.new, report.changed) == ({"sessions": 1}, {"sessions": 1})
    assert writes(captured) == []


@pytest.mark.parametrize("count", [3, 30])
def test_a_file_is_written_in_as_many_queries_whatever_its_length(summit, count):
    """Three changed ones and the rest new: the number of queries does not follow the number of rows."""
    for n in range(3):
        make_session(summit, f"CIV00{n}")
    cells = [(f"CIV{n:03}", f"Renamed {n}") for n in range(count + 3)]
    with CaptureQueriesContext(connection) as captured:
        report = brought(summit, *cells)
    assert (report.new, report.changed) == ({"sessions": count}, {"sessions": 3})
    assert len(captured) < 25


def test_what_others_change_meanwhile_stays_and_the_file_comes_in_upon_it(summit):
    session = make_session(summit)

    def meanwhile():
        Session.objects.filter(pk=session.pk).update(title={"ko": "고친 제목", "en": "Old"}, version=F("version") + 1)

    report = brought(summit, ("CIV001", "Renamed"), meanwhile=meanwhile)
    held = Session.objects.get()
    assert report.changed == {"sessions": 1}
    assert (held.title.public(), held.version) == ({"ko": "고친 제목", "en": "Renamed"}, session.version + 2)


def test_what_others_add_meanwhile_is_found(summit):
    report = brought(summit, ("CIV001", "Renamed"), meanwhile=lambda: make_session(summit))
    assert (report.new, report.changed, report.refused) == ({}, {"sessions": 1}, [])
    assert Session.objects.get().title["en"] == "Renamed"


def test_a_row_deleted_meanwhile_is_new(summit):
    session = make_session(summit)
    report = brought(summit, ("CIV001", "Renamed"), meanwhile=session.delete)
    assert (report.new, report.refused) == ({"sessions": 1}, [])
    assert Session.objects.get().title.public() == {"en": "Renamed"}


def test_a_file_that_others_overtake_again_and_again_is_refused(summit, monkeypatch):
    session = make_session(summit)

    def progress(_done, _total):
        Session.objects.filter(pk=session.pk).update(version=F("version") + 1)

    report = brought(summit, ("CIV001", "Renamed"), progress=progress)
    assert [place for place, _why in report.refused] != []
    assert Session.objects.get().title["en"] != "Renamed"
    assert Session.objects.get().version == session.version + staging.ATTEMPTS


def test_a_refused_row_leaves_nothing_behind_where_the_good_ones_come_in(summit):
    session, host = make_session(summit), make_organisation(summit)
    columns = ["code", "title.en", "hosts", "people"]
    lines = [("line 2", ["CIV001", "Renamed", "moi", "nobody"]), ("line 3", ["CIV002", "New", "moi", ""])]
    report = import_table(summit, "sessions", Sheet(columns, lines), columns, dry_run=False, partial=True)
    assert [(row["place"], row["cells"]) for row in report.rows] == lines[:1]
    session.refresh_from_db()
    assert session.title["en"] != "Renamed"
    assert [(one.session.code, one.organisation) for one in SessionHost.objects.all()] == [("CIV002", host)]


def test_what_only_the_database_refuses_is_told_with_its_row(summit):
    def prepare():
        report = Report()
        for number, slug in enumerate(["one", "two", "one"], 1):
            with report.staging.row(f"line {number}"):
                report.staging.make(Track(summit=summit, slug=slug, name=Text({"en": slug}), colour="#0b5cad"))
        return report

    report = import_rows(prepare, lambda _report: None, summit=summit)
    assert [place for place, _why in report.refused] == ["line 3"]
    assert not Track.objects.exists()
    import_rows(prepare, lambda _report: None, summit=summit, partial=True)
    assert sorted(Track.objects.values_list("slug", flat=True)) == ["one", "two"]


def test_rows_of_earlier_lines_are_found_and_refused_ones_are_not(summit):
    there, staged = make_track(summit), Staging()
    key = {"summit": summit, "slug": "new-one"}

    def line_1():
        with staged.row("line 1"):
            staged.make(Track(**key))
            staged.change(there, {"order": 9})
            assert staged.find(Track.objects, key) is not None
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        line_1()
    assert staged.find(Track.objects, key) is None
    assert there.order != 9
    with staged.row("line 2"):
        staged.make(Track(**key))
    assert staged.find(Track.objects, key).slug == "new-one"
    assert staged.find(Track.objects, {"summit": summit, "slug": there.slug}) == there


HEAD = ["email", "name", "country", "category", "attendance", "language"]


def people(summit, organiser, count, progress=lambda _done, _total: None, **options):
    lines = [
        (f"line {n}", [f"p{n}@people.example", f"사람 {n}", "KR", "delegate", "in_person", "ko"]) for n in range(count)
    ]
    return import_table(
        summit,
        "registrations",
        Sheet(HEAD, lines),
        HEAD,
        by=organiser,
        progress=progress,
        **{"dry_run": False, **options},
    )


def test_a_place_taken_meanwhile_is_not_given_twice(summit, organiser):
    make_category(summit, "delegate")
    make_places(summit, 2)

    def progress(done, total):
        if done == total:
            Quota.objects.filter(attendance="in_person").update(taken=1)

    report = people(summit, organiser, 2, progress)
    assert len(report.refused) == 1
    assert (Registration.objects.count(), Quota.objects.get(attendance="in_person").taken) == (0, 1)


def test_many_people_are_entered_in_few_queries_with_accounts_history_and_mails(summit, organiser, work):
    make_category(summit, "delegate")
    known = User.objects.create_user("P3@people.example", name="먼저")
    with CaptureQueriesContext(connection) as captured:
        people(summit, organiser, 120)
    assert len(captured) < 40
    made = Registration.objects.select_related("user").get(email="p3@people.example")
    assert (made.user, made.found_as, made.state) == (known, made.found_as or None, "confirmed")
    assert Registration.objects.search("p77@people").get().email == "p77@people.example"
    assert not User.objects.get(email="p4@people.example").has_usable_password()
    assert User.objects.get(email="p4@people.example").emailaddress_set.get().primary
    assert HistoryEntry.objects.filter(action="registration.enter", by=organiser).count() == 120
    work()
    assert Message.objects.filter(kind="confirmed", state="sent").count() == 120
