"""Importing an agenda by the page: checked first, written when confirmed."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions.imports import jobs
from sessions.models import ImportJob, Session
from tests.factories import make_session, make_summit
from tests.html import flat

BASE = "/en/ogp2021/organiser/imports/"
EVENT = {
    "id": 1, "guid": "6f1cb4a5-5f0e-4d6f-9b42-3f8f43c5b0a1", "code": "ABC001", "title": "Opening", "date": "2021-12-15T10:00:00+09:00",
    "duration": "1:00", "room": "Hall", "language": "en", "persons": [],
}  # fmt: skip


def document(*events):
    days = [{"index": 1, "date": "2021-12-15", "rooms": {"Hall": list(events)}}]
    conference = {"acronym": "ogp2021", "title": "OGP", "days": days, "time_zone_name": "Asia/Seoul"}
    return json.dumps({"schedule": {"version": "1", "conference": conference}}).encode()


@pytest.fixture
def office(as_user, organiser, monkeypatch, tmp_path, settings):
    settings.PRIVATE_ROOT = tmp_path
    organiser.language = "en"  # the worker speaks the language of who asked
    organiser.save()
    return as_user(organiser)


def upload(office, content, name="schedule.json", **more):
    return office.post(f"{BASE}agenda/", {"file": SimpleUploadedFile(name, content), "language": "", **more})


def test_a_file_is_checked_then_imported_once(office, work, summit):
    sent = upload(office, document(EVENT))
    page = sent["Location"]
    waiting = office.get(page)
    assert waiting["Refresh"] == "1" and "<progress" in waiting.content.decode()
    work()
    checked = office.get(page).content.decode()
    assert "The file was checked" in checked and "New: ABC001 Opening" in checked
    assert not Session.objects.exists()
    imported = office.post(page)["Location"]
    work()
    assert "Imported" in office.get(imported).content.decode()
    session = Session.objects.get()
    assert (session.code, session.is_published) == ("ABC001", False)
    again = office.post(page, follow=True).content.decode()
    assert "Upload it again." in again
    assert ImportJob.objects.count() == 2


def test_a_refused_file_writes_nothing_and_names_each_place(office, work, summit):
    page = upload(office, document(EVENT, {**EVENT, "id": 2, "guid": "", "code": "", "title": ""}))["Location"]
    work()
    shown = office.get(page).content.decode()
    assert "Nothing was written" in shown
    assert "schedule.json, day 1, room “Hall”, session 2" in shown
    assert ">Import</button>" not in shown
    assert "Upload it again." in office.post(page, follow=True).content.decode()


@pytest.mark.parametrize("content", [b"<!DOCTYPE a><schedule/>", b"\xff\xfe\x00", b"{", b"nonsense", b"x,y\n1,2"])
def test_what_is_no_agenda_is_refused_in_words(office, work, summit, content):
    page = upload(office, content, name="schedule.xml")["Location"]
    work()
    assert ImportJob.objects.get().state == "refused"
    assert "Nothing was written" in office.get(page).content.decode()


@pytest.mark.parametrize("sent", [{}, {"file": ""}, {"language": "xx"}])
def test_a_form_without_a_file_is_refused(office, summit, sent):
    assert office.post(f"{BASE}agenda/", sent).status_code == 422


def test_an_empty_file_is_refused_at_once(office, summit):
    assert upload(office, b"").status_code == 422
    assert not ImportJob.objects.exists()


def test_what_the_file_does_not_have_is_cancelled_only_where_asked(office, work, summit):
    make_session(summit, "OLD001")
    for cancel in ("", "on"):
        page = upload(office, document(EVENT), cancel_gone=cancel)["Location"]
        work()
        office.post(page)
        work()
        assert Session.objects.get(code="OLD001").is_cancelled is bool(cancel)


def test_the_progress_is_told_by_the_database_from_whatever_machine(office, work, summit, monkeypatch):
    monkeypatch.setattr(jobs, "TELL_EVERY", 0)
    page = upload(office, document(EVENT, {**EVENT, "id": 2, "guid": "", "code": "ABC002", "title": "Two"}))["Location"]
    seen, telling = [], jobs._progress

    def looked_at(job):
        tell = telling(job)

        def look(done, total):
            tell(done, total)
            seen.append(flat(office.get(page).content.decode()))

        return look

    monkeypatch.setattr(jobs, "_progress", looked_at)
    work()
    assert ["1 / 2" in seen[0], "2 / 2" in seen[1]] == [True, True]
    job = ImportJob.objects.get()
    assert (job.done, job.total) == (0, 0)


def test_progress_is_no_reason_to_write_at_every_row(office, work, summit):
    upload(office, document(*({**EVENT, "id": n, "guid": "", "code": f"ABC{n:03}"} for n in range(40))))
    with CaptureQueriesContext(connection) as seen:
        work()
    told = [query for query in seen.captured_queries if query["sql"].startswith('UPDATE "agenda_importjob" SET "done"')]
    assert len(told) < 20


def test_the_template_is_read_back_without_a_complaint_about_columns(office, summit):
    content = office.get(f"{BASE}template.csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"title" in content


def test_another_summits_import_is_not_there(office, summit, organiser):
    job = jobs.start(make_summit("ogp2023"), "a.json", document(EVENT), by=organiser)
    assert office.get(f"{BASE}{job.guid}/").status_code == 404
    assert office.post(f"{BASE}{job.guid}/").status_code == 404


@pytest.mark.parametrize("path", ["", "agenda/", "template.csv"])
def test_only_organisers_import(summit, as_user, desk_staff, client, path):
    assert client.get(BASE + path).status_code == 302
    assert as_user(desk_staff).get(BASE + path).status_code == 404


def test_a_worker_that_fails_leaves_word_and_nothing_else(office, work, summit, monkeypatch):
    page = upload(office, document(EVENT))["Location"]
    ImportJob.objects.get().file.storage.delete(ImportJob.objects.get().file.name)
    work()
    assert ImportJob.objects.get().state == "failed"
    assert "The operator finds the reason in the log." in office.get(page).content.decode()


def test_an_import_whose_worker_is_gone_is_taken_up_again(office, work, summit):
    upload(office, document(EVENT))
    work()
    ImportJob.objects.update(state="running", created_at=timezone.now() - timedelta(minutes=11))
    call_command("recover", verbosity=0)
    work()
    assert ImportJob.objects.get().state == "done"


def test_uploaded_files_are_deleted_after_a_day(office, work, summit, tmp_path):
    upload(office, document(EVENT))
    work()
    assert len(list((tmp_path / "imports").iterdir())) == 1
    ImportJob.objects.update(created_at=timezone.now() - timedelta(hours=25))
    call_command("tidy", verbosity=0)
    assert list((tmp_path / "imports").iterdir()) == []
    assert ImportJob.objects.get().file == ""


LIST = "/en/ogp2021/organiser/lists/imports.csv"


def test_files_are_listed_with_what_came_of_them(office, work, summit, organiser):
    page = upload(office, document(EVENT))["Location"]
    work()
    upload(office, b"nonsense", name="broken.xml")
    work()
    shown = office.get(BASE).content.decode()
    assert "2 files" in shown and "Checked, not imported" in shown and "Refused" in shown
    assert "Sessions: 1 new, 0 changed, 0 unchanged" in shown and str(organiser) in shown
    office.post(page)
    work()
    told = lambda query: office.get(f"{LIST}?{query}").content.decode()  # noqa: E731
    assert "schedule.json" in told("step=import&state=done") and "broken.xml" not in told("step=import&state=done")
    assert "broken.xml" in told("state=refused") and "schedule.json" not in told("q=broken")
    assert told("table=people").count("\n") == 1 and "schedule.json" in told("table=agenda")


def test_an_empty_list_says_what_can_be_brought_in(office, summit):
    shown = office.get(BASE).content.decode()
    assert "Nothing has been imported yet." in shown and f'href="{BASE}agenda/"' in shown
    assert f'href="{BASE}tables/"' in shown


def test_what_came_in_leads_to_its_page_and_what_only_would_does_not(office, work, summit):
    make_session(summit, "OLD001")
    page = upload(office, document(EVENT))["Location"]
    work()
    checked = office.get(page).content.decode()
    counts, hand, rows = (checked.index(word) for word in ("In numbers", "Needs a hand", "What would come in"))
    assert counts < checked.index("Sessions: 1 new") < hand < checked.index("Gone from the file: OLD001") < rows
    link = '<a href="/en/ogp2021/organiser/sessions/ABC001/">New: ABC001 Opening</a>'
    assert link not in flat(checked)
    imported = office.post(page)["Location"]
    work()
    shown = flat(office.get(imported).content.decode())
    assert link in shown and "Open the list “Sessions”" in shown


def test_a_report_of_an_earlier_release_is_told_as_it_was(office, summit, organiser):
    job = ImportJob.objects.create(summit=summit, name="old.json", by=organiser, dry_run=False, state="done",
                                   report=["sessions: 1 new, 0 changed, 0 unchanged"])  # fmt: skip
    for page in (BASE, f"{BASE}{job.guid}/"):
        assert "sessions: 1 new, 0 changed, 0 unchanged" in office.get(page).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_three_files_take_as_many_queries_as_one(office, summit, organiser, number, django_assert_num_queries):
    for n in range(number):
        ImportJob.objects.create(
            summit=summit, name=f"{n}.json", by=organiser, report=[{"part": "count", "words": "x"}]
        )
    office.get(BASE)
    with django_assert_num_queries(9):
        office.get(BASE)


def test_a_summit_keeps_so_many_uploads_at_once(office, work, summit, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_KEPT", 1)
    assert upload(office, document(EVENT)).status_code == 302
    table = office.post(
        f"{BASE}tables/", {"table": "sessions", "file": SimpleUploadedFile("sessions.csv", b"title\nOne\n")}
    )
    for answer in (upload(office, document(EVENT)), table):
        assert answer.status_code == 422
        assert "uploaded files of this summit are kept already" in answer.content.decode()
    jobs.forget_files(older_than=timezone.now() + timedelta(minutes=1))
    assert upload(office, document(EVENT)).status_code == 302
