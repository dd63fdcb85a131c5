"""Long lists become files in the background."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.module_loading import import_string

from registration.lists import registrations
from registration.lists.access_codes import ACCESS_CODES
from registration.lists.badge_jobs import BADGE_JOBS
from registration.lists.delegations import DELEGATIONS
from registration.lists.invitations import INVITATIONS
from registration.lists.questions import QUESTIONS
from registration.lists.registrations import REGISTRATIONS
from registration.models import Audience
from registration.registering import people_sheet
from sessions.lists.imports import IMPORTS
from sessions.lists.sessions import SESSIONS
from sessions.lists.tracks import TRACKS
from speakers.lists import ORGANISATIONS, PEOPLE
from summit.lists import exporting
from summit.lists.audit import HISTORY
from summit.lists.pages import PAGES
from summit.lists.rooms import ROOMS
from summit.lists.team import TEAM
from summit.models import ExportJob, HistoryEntry
from tests.factories import make_registration, make_room, make_user

EXPORTS = "/en/ogp2021/organiser/lists/registrations/exports/"
LIST = "/en/ogp2021/organiser/registrations/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture(autouse=True)
def short(monkeypatch, own_media):
    monkeypatch.setattr(exporting, "IMMEDIATE", 2)


@pytest.fixture
def three(summit):
    return [make_registration(summit, name=f"사람 {letter}") for letter in "가나다"]


def test_the_worker_finds_every_list():
    kinds = (
        SESSIONS,
        TRACKS,
        PEOPLE,
        ORGANISATIONS,
        ROOMS,
        PAGES,
        TEAM,
        HISTORY,
        QUESTIONS,
        IMPORTS,
        BADGE_JOBS,
        REGISTRATIONS,
        INVITATIONS,
        DELEGATIONS,
        ACCESS_CODES,
    )
    assert {kind.name: import_string(exporting.KINDS[kind.name]) for kind in kinds} == {
        each.name: each for each in kinds
    }
    assert len(exporting.KINDS) == len(kinds)


def test_a_short_list_is_handed_out_at_once_and_a_long_one_is_asked_for(office, summit, three):
    long = office.get(LIST).content.decode()
    assert f'action="{EXPORTS}"' in long
    make_room(summit)
    assert "organiser/lists/rooms.csv" in office.get("/en/ogp2021/organiser/rooms/").content.decode()


@pytest.mark.parametrize("form", exporting.FORMATS)
def test_a_file_is_made_and_fetched_by_its_maker_alone(office, as_user, organiser, summit, three, work, form):
    page = office.post(f"{EXPORTS}?q=나", {"format": form})["Location"]
    waiting = office.get(page)
    assert waiting["Refresh"] == "2"
    assert office.get(f"{page}file/").status_code == 404
    work()
    job = ExportJob.objects.get()
    assert (job.state, job.done, job.total, job.by) == ("done", 1, 1, organiser)
    assert "Refresh" not in office.get(page)
    answer = office.get(f"{page}file/")
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"PK" if form == "xlsx" else "\ufeff".encode())
    if form == "csv":
        assert "사람 나" in content.decode()
        assert "사람 가" not in content.decode()
    entry = HistoryEntry.objects.get(action="registration.export")
    assert (entry.by, entry.changes) == (organiser, {"people": [0, 1]})
    other = as_user(make_user("other@team.example", summit=summit, role="organiser"))
    assert [other.get(page).status_code, other.get(f"{page}file/").status_code] == [404, 404]


def test_whoever_lost_the_right_meanwhile_gets_nothing(office, organiser, three, work):
    office.post(EXPORTS, {"format": "csv"})
    organiser.memberships.update(role="desk")
    work()
    job = ExportJob.objects.get()
    assert (job.state, bool(job.file)) == ("failed", False)


def test_a_format_there_is_not_makes_no_job(office, three):
    assert office.post(EXPORTS, {"format": "exe"}).status_code == 302
    assert ExportJob.objects.count() == 0


def test_a_job_runs_once(office, three, work):
    office.post(EXPORTS, {"format": "csv"})
    work()
    exporting.run(ExportJob.objects.get())
    assert HistoryEntry.objects.filter(action="registration.export").count() == 1


def test_a_file_lasts_a_day(office, three, work):
    page = office.post(EXPORTS, {"format": "csv"})["Location"]
    work()
    job = ExportJob.objects.get()
    path, storage = job.file.name, job.file.storage
    ExportJob.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    call_command("tidy")
    assert not storage.exists(path)
    assert office.get(page).status_code == 404


def test_a_long_list_is_never_made_while_somebody_waits(office, three):
    answer = office.get("/en/ogp2021/organiser/lists/registrations.csv?sort=name", follow=True)
    assert answer.redirect_chain == [(f"{LIST}?sort=name", 302)]
    assert "made in the background" in answer.content.decode()
    short = office.get("/en/ogp2021/organiser/lists/registrations.csv?q=나")
    assert short["Content-Type"].startswith("text/csv")


def test_rows_are_read_when_they_are_written_and_those_gone_meanwhile_are_left_out(summit, three):
    table = people_sheet.table(summit, registrations.rows(summit).order_by("name"), Audience.values)
    assert len(table.rows) == 3
    three[1].delete()
    assert [row[1] for row in table.rows] == ["사람 가", "사람 다"]


def test_a_table_asks_for_a_thousand_people_at_a_time(summit, three, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(people_sheet, "AT_ONCE", 2)
    with django_assert_num_queries(
        8
    ):  # questions, what is accredited, keys, categories of both, two people, their tags
        rows = iter(people_sheet.table(summit, registrations.rows(summit).order_by("name"), Audience.values).rows)
        next(rows)
    with django_assert_num_queries(0):
        next(rows)
    with django_assert_num_queries(2):
        next(rows)
