"""What becomes of what is there already: found again, changed, gone, refused whole."""

import io
import json
from io import StringIO
from uuid import UUID, uuid5

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from sessions.editing import merging
from sessions.imports.schedules import import_schedule, open_schedule
from sessions.models import Appearance, Placement, Session
from summit.imports.table_format import Refused
from summit.models import HistoryEntry, Room
from tests import factories as make

GUID = UUID("aaaaaaaa-0000-4000-8000-000000000001")
EVENT = {"id": 1, "guid": str(GUID), "code": "CIV001", "date": "2021-12-15T10:00:00+09:00", "duration": "01:30", "title": "Open data",
         "track": None, "type": "Breakout session", "language": "en", "abstract": "All of it."}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def schedule(*events, room="Grand Ballroom 101", **conference):
    days = [{"index": 1, "date": "2021-12-15", "rooms": {room: list(events)}}]
    return json.dumps({"schedule": {"conference": {"title": "Data", "days": days, **conference}}}).encode()


def take_in(summit, *events, room="Grand Ballroom 101", **options):
    return import_schedule(summit, open_schedule("schedule.json", schedule(*events, room=room)), **options)


@pytest.fixture
def session(summit):
    return make.make_session(summit, "CIV001", guid=GUID, title={"ko": "열린 데이터", "en": "Open data"}, room=make.make_room(summit),
                             abstract={"ko": "모두입니다.", "en": "**All** of it."}, language="en")  # fmt: skip


def test_what_reads_the_same_is_the_same(session):
    report = take_in(session.summit, EVENT)
    assert (report.refused, report.writes) == ([], 0)
    session.refresh_from_db()
    assert session.abstract["en"] == "**All** of it."


def test_another_text_replaces_its_language_and_the_translation_is_outdated(session):
    report = take_in(session.summit, {**EVENT, "title": "Open data for all", "language": "en"})
    assert report.changed_sessions == [("CIV001", "Open data for all", ["title"])]
    session.refresh_from_db()
    assert session.title == {"ko": "열린 데이터", "en": "Open data for all"}
    assert session.sequence == 0
    assert session.updated_at.year > 2021


def test_a_korean_title_goes_into_the_korean_text_whatever_language_is_spoken(session):
    take_in(session.summit, {**EVENT, "title": "열린 데이터와 시민", "abstract": ""})
    session.refresh_from_db()
    assert session.title == {"ko": "열린 데이터와 시민", "en": "Open data"}


def test_another_time_raises_the_sequence_and_the_revision_once(session):
    revision = session.summit.agenda_revision
    report = take_in(session.summit, {**EVENT, "date": "2021-12-15T11:00:00+09:00"})
    assert report.changed_sessions[0][2] == ["starts_at", "ends_at"]
    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (make.at(15, 11), 1)
    session.summit.refresh_from_db()
    assert session.summit.agenda_revision == revision + 1
    assert HistoryEntry.objects.get().action == "agenda.import"


def test_a_session_is_found_by_its_code_where_the_guid_is_another(session):
    other = "bbbbbbbb-0000-4000-8000-000000000001"
    assert take_in(session.summit, {**EVENT, "guid": other}).new_sessions == []
    session.refresh_from_db()
    assert session.guid == GUID


def test_a_guid_beats_a_code(session):
    """The file has given the code to another session: each stays what its guid says."""
    other = {**EVENT, "guid": "bbbbbbbb-0000-4000-8000-000000000001", "id": 2, "title": "Another"}
    report = take_in(session.summit, other, {**EVENT, "code": "NEW001"})
    assert report.refused == []
    session.refresh_from_db()
    assert (session.code, str(session.title)) == ("CIV001", "Open data")
    made = session.summit.sessions.get(guid=other["guid"])
    assert made.code not in ("CIV001", "NEW001")
    assert take_in(session.summit, other, {**EVENT, "code": "NEW001"}).writes == 0


def test_what_the_file_does_not_have_is_told_and_left_alone(session):
    gone = make.make_session(session.summit, "OLD001")
    make.make_session(session.summit, "DRAFT1", starts_at=None)
    report = take_in(session.summit, EVENT)
    assert report.gone == [("OLD001", "Open government session OLD001")]
    gone.refresh_from_db()
    assert not gone.is_cancelled


def test_what_is_gone_is_cancelled_on_request_and_only_once(session):
    gone = make.make_session(session.summit, "OLD001")
    assert take_in(session.summit, EVENT, cancel_gone=True).cancelled == 1
    gone.refresh_from_db()
    assert (gone.is_cancelled, gone.sequence) == (True, 1)
    assert take_in(session.summit, EVENT, cancel_gone=True).cancelled == 0


def test_a_dry_run_tells_everything_and_writes_nothing(session):
    report = take_in(
        session.summit,
        {**EVENT, "title": "New"},
        {**EVENT, "guid": "x", "code": "", "id": 2},
        dry_run=True,
        cancel_gone=True,
    )
    assert (len(report.new_sessions), len(report.changed_sessions)) == (1, 1)
    session.refresh_from_db()
    assert str(session.title) == "Open data"
    assert Session.objects.count() == 1
    assert not HistoryEntry.objects.exists()


def test_one_refused_session_keeps_everything_out(summit):
    report = take_in(summit, EVENT, {**EVENT, "guid": "x", "id": 2, "title": " "}, room="Aula")
    assert report.refused == [
        ("schedule.json, day 1, room “Aula”, session 2 (id 2)", "It has no title. Give it one in the file.")
    ]
    assert not Session.objects.exists()
    assert not Room.objects.exists()


def test_an_hour_the_clocks_skip_is_refused_with_its_place(summit):
    content = schedule({**EVENT, "date": "2021-03-28T02:30:00"}, time_zone_name="Europe/Berlin")
    [(place, reason)] = import_schedule(summit, open_schedule("s.json", content)).refused
    assert "session 1" in place
    assert "Europe/Berlin" in reason


def test_years_out_of_range_are_refused(summit):
    report = take_in(summit, {**EVENT, "date": "0001-01-01T00:00:00+09:00"}, {**EVENT, "id": 2, "guid": "x", "date": "9999-12-31T23:59:00"})  # fmt: skip
    assert len(report.refused) == 2


def test_roles_and_billing_stay_and_who_left_the_file_leaves_the_stage(session):
    stays, goes, declined = (
        make.make_speaker(session.summit, name) for name in ("Ada Example", "Bob Example", "Cy Example")
    )
    Appearance.objects.create(session=session, speaker=stays, role="moderator", order=1, job_title={"en": "Chair"})
    Appearance.objects.create(session=session, speaker=goes, order=2)
    Appearance.objects.create(session=session, speaker=declined, order=3, state="declined")
    report = take_in(session.summit, {**EVENT, "persons": [{"name": "Ada  Example"}, {"name": "Dee Example"}]})
    assert report.changed_sessions[0][2] == ["people, hosts or links"]
    rows = Appearance.objects.values_list("speaker__name", "role", "job_title__en", "state")
    assert list(rows.order_by("speaker__name")) == [
        ("Ada Example", "moderator", "Chair", "confirmed"),
        ("Cy Example", "speaker", None, "declined"),
        ("Dee Example", "speaker", None, "confirmed"),
    ]


def test_a_name_two_speakers_have_needs_a_code(summit):
    first, second = (make.make_speaker(summit, "김민수", code=code) for code in ("KIM001", "KIM002"))
    report = take_in(summit, {**EVENT, "persons": [{"name": "김민수"}]})
    assert report.new["speakers"] == 1
    assert Appearance.objects.get().speaker.guid == uuid5(summit.guid, "person:name:김민수")
    report = take_in(summit, {**EVENT, "persons": [{"name": "김민수", "code": "KIM002"}]})
    assert "speakers" not in report.new
    assert Appearance.objects.get().speaker == second
    assert first.appearances.count() == 0


def test_a_code_of_a_profile_that_was_merged_means_the_one_that_took_over_and_is_given_to_nobody(summit):
    keep, namesake = (make.make_speaker(summit, "Ada Example", code=code) for code in ("KEEP01", "ADAX02"))
    keep.former_codes.create(summit=summit, code="GONE01")
    take_in(summit, {**EVENT, "persons": [{"public_name": "Ada Example", "code": "GONE01"}]})
    assert Appearance.objects.get().speaker == keep
    # Both of a file from before the merge are the one there is now, once.
    namesake.delete()
    both = [{"public_name": "Ada Example", "code": code, "id": n} for n, code in enumerate(("KEEP01", "GONE01"))]
    assert "speakers" not in take_in(summit, {**EVENT, "persons": both}).new
    assert Appearance.objects.get().speaker == keep
    take_in(summit, {**EVENT, "persons": [{"public_name": "Somebody new", "code": "GONE01"}]})
    assert Appearance.objects.get().speaker.name == "Somebody new"
    assert Appearance.objects.get().speaker.code not in {"KEEP01", "GONE01"}


def test_a_guid_of_a_profile_that_was_merged_means_the_one_that_took_over(summit, organiser):
    keep, gone = (
        make.make_speaker(summit, name, code=code) for name, code in (("Ada Kim", "KEEP01"), ("김아다", "GONE01"))
    )
    person = {"public_name": "A. Kim", "guid": str(gone.guid)}
    merging.merge(keep, gone, {}, by=organiser)
    for _twice in range(2):
        assert "speakers" not in take_in(summit, {**EVENT, "persons": [person]}).new
        assert Appearance.objects.get().speaker == keep
    # Both of a file from before the merge are that one, once.
    both = [person, {"public_name": "Ada Kim", "guid": str(keep.guid)}]
    assert "speakers" not in take_in(summit, {**EVENT, "persons": both}).new
    assert Appearance.objects.get().speaker == keep


def test_a_plan_is_overtaken_by_another_time_and_by_nothing_else(session):
    plan = Placement.objects.create(
        session=session, starts_at=make.at(16, 9), ends_at=make.at(16, 10), room=session.room
    )
    take_in(session.summit, {**EVENT, "title": "Another title"})
    assert Placement.objects.get() == plan
    take_in(session.summit, {**EVENT, "date": "2021-12-15T11:00:00+09:00"})
    assert not Placement.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_an_unchanged_session_costs_no_query(session, django_assert_num_queries, count):
    events = [{**EVENT, "id": n, "guid": str(UUID(int=n)), "code": f"ABC00{n}"} for n in range(1, count + 1)]
    take_in(session.summit, *events)
    with django_assert_num_queries(13):
        take_in(session.summit, *events)


@pytest.mark.parametrize(
    ("event", "what"),
    [("x", "must be an object"), (None, "must be an object"), ([], "must be an object")],
)
def test_a_session_that_is_no_object_is_refused(summit, event, what):
    [(_place, reason)] = take_in(summit, EVENT, event).refused
    assert what in reason


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xml", b"<iCalendar/>", "begins with “iCalendar”"),
        ("a.xml", b"<schedule><event>", "Line 1: this is not XML"),
        ("a.xml", b"<schedule/>", "no session in the file"),
        ("a.json", b"{}", "schedule.conference.days"),
        ("a.json", b"[1, 2", "not valid JSON"),
        ("a.csv", b"when,where\r\n1,2\r\n", "no column is called “title”"),
        ("a.csv", b"title,Title\r\n1,2\r\n", "stands there twice"),
        ("a.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "no session in the file"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "Save it as .xlsx"),
        ("a.bin", b"MZ", "no format read here"),
        ("a.json", b"  \r\n", "is empty"),
    ],
)
def test_what_is_no_schedule_is_refused_in_words(name, content, words):
    with pytest.raises(Refused, match="^" + name) as refusal:
        open_schedule(name, content)
    assert words in str(refusal.value)


class Terminal(StringIO):
    def isatty(self):
        return True


def test_the_command_reports_and_draws_a_bar_only_on_a_terminal(summit, tmp_path):
    path = tmp_path / "schedule.json"
    path.write_bytes(schedule(EVENT, room="Aula"))
    out, terminal = StringIO(), Terminal()
    call_command("import_schedule", path, summit="ogp2021", dry_run=True, stdout=out)
    assert "New: CIV001 Open data" in out.getvalue()
    assert "Dry run: nothing was written." in out.getvalue()
    assert "\r" not in out.getvalue()
    call_command("import_schedule", path, summit="ogp2021", stdout=terminal)
    assert "1/1" in terminal.getvalue()
    assert Session.objects.get().code == "CIV001"


def test_the_command_fails_where_a_row_or_the_file_is_refused(summit, tmp_path):
    path = tmp_path / "schedule.json"
    path.write_bytes(schedule({**EVENT, "title": ""}))
    with pytest.raises(CommandError, match="1 rows were refused"):
        call_command("import_schedule", path, summit="ogp2021", stdout=io.StringIO())
    path.write_bytes(b"[")
    with pytest.raises(CommandError, match="not valid JSON"):
        call_command("import_schedule", path, summit="ogp2021", stdout=io.StringIO())
    with pytest.raises(CommandError, match="no summit"):
        call_command("import_schedule", path, summit="nowhere", stdout=io.StringIO())
    with pytest.raises(CommandError, match="ko, en"):
        call_command("import_schedule", path, summit="ogp2021", language="de", stdout=io.StringIO())
