"""Nothing by which somebody could be known stays anywhere, and every count does."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.files.storage import FileSystemStorage, storages
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registration.badges import printing
from registration.delegating import itineraries
from registration.door import checkin
from registration.models import BadgeJob, DelegationPlaces, Registration
from registration.places import bookings
from registration.registering import (
    addresses,
    calendar_links,
    decisions,
    delegated,
    erasing,
    inviting,
    lifecycle,
    purging,
    refusals,
    reissuing,
    sealing,
)
from sessions.imports import jobs
from sessions.models import Bookmark, ImportJob
from summit import history
from summit.lists import exporting
from summit.models import ExportJob, HistoryEntry, Message, MessageFile, SavedView, User
from tests.factories import (
    make_category,
    make_delegation,
    make_desk,
    make_head,
    make_invitation,
    make_places,
    make_question,
    make_registration,
    make_session,
    make_speaker,
    make_summit,
    make_user,
)
from tests.registration.reading import field_errors, taken, words

NAME, LATIN, MAIL, FORMER, PHONE = (
    "황보필요바늘", "Hwangbo Needle", "needle.hwangbo@people.example", "neelde@people.example", "+82-10-5550-1234",
)  # fmt: skip
NEEDLES = (NAME, LATIN, MAIL, FORMER, PHONE, "Needleworks", "Needlemaker", "Needle-free seat")
LINK = re.compile(r"http://testserver(/\S+/key/\S+)")


@pytest.fixture
def files(tmp_path, monkeypatch):
    """All private files of the installation, in a folder of the test's own."""
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setitem(storages._storages, "private", storage)
    for model in (BadgeJob, ExportJob, ImportJob):
        monkeypatch.setattr(model._meta.get_field("file"), "storage", storage)
    return tmp_path


def where(needles=NEEDLES) -> set[str]:
    """Every column of every table in which one of them stands, in whatever the database writes it."""
    spelled = {each for needle in needles for each in (needle, json.dumps(needle)[1:-1], quote(needle))}
    found = set()
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(columns, row, strict=True):
                    text = (
                        bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
                    )
                    if any(each.lower() in text.lower() for each in spelled):
                        found.add(f"{table}.{name}")
    return found


def in_files(folder) -> set[str]:
    return {str(path) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def someone(summit, organiser, files):
    """Somebody who has left traces wherever one can."""
    make_places(summit, 50)
    question = make_question(summit, kind="line")
    press = make_category(summit, "press", admission="approval")
    guest = {"name": NAME, "category": press, "attendance": "in_person", "prefill": {"organisation": "Needleworks"}}
    invitation = make_invitation(summit, email=FORMER, **guest)
    made = make_registration(
        summit, name=NAME, name_romanised=LATIN, email=FORMER, organisation="Needleworks", job_title="Needlemaker",
        access_needs="Needle-free seat", language="en", answers={question.pk: PHONE},
        category=press, invitation=invitation,
    )  # fmt: skip
    make_invitation(summit, email=MAIL.upper(), reserves=True, **guest)
    inviting.tell_invited.func([str(row.guid) for row in summit.invitations.all()])
    decisions.note(made, f"{NAME} rang from {PHONE}.", by=organiser)
    addresses.change(made, MAIL)
    decisions.approve(made, by=organiser)
    delegation = make_delegation(summit, contact_name=NAME, contact_email=MAIL)
    DelegationPlaces.objects.create(delegation=delegation, category=made.category, places=1)
    delegated.set_delegation(made, delegation, by=organiser)
    make_head(delegation, name=NAME, email=MAIL)
    itineraries.put(made, {"arrives_in": f"Gate 3, ring {PHONE}"}, as_organiser=True)
    bookings.book(made, make_session(summit, seats=5))
    Bookmark.objects.create(user=made.user, session=make_session(summit, "DIG001"))
    calendar_links.share_calendar(made)
    reissuing.reissue(made, issue=made.ticket_issue + 0)
    made.refresh_from_db()
    lifecycle.correct(made, {"organisation": "Needleworks Ltd"}, by=organiser, as_organiser=True)
    lifecycle.resend(made)
    lifecycle.send_link.enqueue(summit.pk, MAIL)
    client = Client()
    client.post("/en/account/login/code/", {"email": MAIL})
    history.record("user.sign_in", made.user, by=made.user, summit=None, changes={"device": (None, "Firefox")})
    kind = ContentType.objects.get_for_model(Registration)
    LogEntry.objects.create(
        user=organiser,
        content_type=kind,
        object_id=made.pk,
        object_repr=NAME,
        action_flag=2,
        change_message=f'"{MAIL}"',
    )
    SavedView.objects.create(
        user=organiser, summit=summit, list_name="registrations", name="one", query=f"q={quote(MAIL)}"
    )
    _files(summit, made, organiser)
    return Registration.objects.get(pk=made.pk)


def _files(summit, made, organiser):
    job = printing.start_job(summit, [made.pk], layout="A6", by=organiser)
    printing.run_job(job)
    export = ExportJob.objects.create(
        summit=summit, by=organiser, list_name="registrations", query="", format="csv", language="en"
    )
    exporting.run(export)
    sheet = io.StringIO()
    csv.writer(sheet).writerows([["name", "email"], [NAME, MAIL]])
    upload = jobs.start_table(summit, "registrations", "people.csv", sheet.getvalue().encode(), by=organiser)
    ImportJob.objects.filter(pk=upload.pk).update(refused=[[2, NAME, MAIL]], state="refused")


def counted(summit) -> list:
    rows = summit.registrations.order_by().values_list("state", "attendance", "category__code", "country")
    return sorted(rows)


def test_the_walk_finds_every_trace(someone, files):
    found = where()
    for column in ("registration_registration.name", "registration_registration.found_as", "registration_answer.words", "registration_note.text",
                   "summit_user.email", "summit_message.to", "summit_historyentry.changes", "summit_historyentry.subject_name",
                   "django_tasks_database_dbtaskresult.args_kwargs", "summit_savedview.query", "django_admin_log.object_repr",
                   "agenda_importjob.refused", "account_emailaddress.email", "registration_itinerary.arrives_in",
                   "registration_delegationhead.email", "registration_delegation.contact_email",
                   "registration_invitation.email", "registration_invitation.prefill", "registration_invitation.found_as"):  # fmt: skip
        assert column in found, column
    assert len(in_files(files)) == 3


def test_nobody_is_found_anywhere_afterwards_and_the_counts_stay(summit, someone, files, organiser):
    before, lines = counted(summit), HistoryEntry.objects.count()
    mails = Message.objects.filter(summit=summit).count()
    account = someone.user_id
    erasing.erase(someone)
    assert where() == set()
    assert in_files(files) == set()
    assert counted(summit) == before == [("confirmed", "in_person", "press", "KR")]
    assert taken(summit) == {"in_person": 1}
    # One line for the person, one for the invitation that is taken back.
    assert HistoryEntry.objects.count() == lines + 2
    assert Message.objects.filter(summit=summit).count() == mails
    assert not Message.objects.filter(state__in=["queued", "sending"]).exists() and not MessageFile.objects.exists()
    assert not User.objects.filter(pk=account).exists()
    # The invitation that was followed still counts; the other one is gone, and its place with it.
    assert [row.state for row in summit.invitations.all()] == ["finished"]
    # What the team did stays theirs.
    assert HistoryEntry.objects.filter(action="registration.approve", by=organiser).exists()


def test_who_would_still_come_gives_place_and_seats_back(summit, someone):
    summit.starts_on = summit.ends_on = timezone.localdate() + timedelta(days=30)
    summit.save()
    someone.refresh_from_db()
    erasing.erase(someone)
    now = Registration.objects.get(pk=someone.pk)
    assert (now.state, taken(summit)) == ("cancelled", {"in_person": 0})
    assert not now.bookings.standing().exists()
    assert where() == set()


def test_who_has_arrived_is_counted_as_arrived(summit, someone):
    summit.starts_on = summit.ends_on = timezone.localdate()
    summit.save()
    someone.refresh_from_db()
    checkin.check_in(
        someone, desk=make_desk(summit), by=make_user("d@team.example", summit=summit, role="desk"), nonce="erasing-1"
    )
    erasing.erase(someone)
    now = Registration.objects.get(pk=someone.pk)
    assert (now.state, now.check_ins.standing().count()) == ("confirmed", 1)
    assert where() == set()


def test_an_account_that_something_needs_stays_and_the_rest_goes(summit, someone):
    other = make_summit("ogp2023")
    make_registration(other, email=MAIL, name="Somebody", organisation="")
    make_speaker(summit, name="Somebody", user=someone.user)
    assert erasing.account_stays(someone)
    erasing.erase(someone)
    assert User.objects.filter(email=MAIL).exists()
    assert other.registrations.get().email == MAIL
    assert not Registration.objects.get(pk=someone.pk).user_id
    assert not HistoryEntry.objects.filter(
        subject_kind="registration.registration", subject_key=str(someone.pk), by__email=MAIL
    ).exists()


def test_all_registrations_under_the_address_go_together(summit):
    first = make_registration(summit, email=MAIL, name=NAME)
    lifecycle.cancel(first)
    second = make_registration(summit, email=MAIL, name=NAME)
    assert erasing.erase(second) == 2
    assert where((NAME, MAIL)) == set()


def test_others_keep_everything(summit, someone, organiser):
    other = make_registration(summit, name="Other Person", email="other@people.example", organisation="Elsewhere")
    decisions.note(other, "Stays.", by=organiser)
    lifecycle.resend(other)
    erasing.erase(someone)
    now = Registration.objects.get(pk=other.pk)
    assert (now.name, now.email, now.user.email) == ("Other Person", "other@people.example", "other@people.example")
    assert now.notes.count() == 1
    assert HistoryEntry.objects.filter(subject_name="Other Person").exists()
    assert Message.objects.filter(to="other@people.example").exclude(text="").exists()


def test_who_is_erased_is_erased_and_nothing_is_done_to_them_any_more(summit, someone, organiser):
    erasing.erase(someone)
    now = Registration.objects.get(pk=someone.pk)
    for verb in (erasing.erase, erasing.ask_for, lambda r: decisions.reinstate(r, by=organiser),
                 lambda r: lifecycle.correct(r, {"name": "X"}, by=organiser, as_organiser=True)):  # fmt: skip
        with pytest.raises(refusals.AlreadyErased):
            verb(now)
    with pytest.raises(refusals.NotActive):
        lifecycle.resend(now)


def test_the_link_alone_erases_nobody_and_the_mail_asks_once_more(client, summit, work):
    made = make_registration(summit, email=MAIL, name=NAME, language="en")
    page = f"/en/ogp2021/registrations/{made.token}/erasure/"
    shown = words(client.get(page))
    assert "It cannot be undone." in shown and "The account, with everything that belongs to it." in shown
    assert client.post(page).status_code == 302
    assert Registration.objects.get().name == NAME
    work()
    [confirm] = [LINK.search(m.body)[1] for m in mail.outbox if LINK.search(m.body)]
    assert "do you want to be erased?" in words(Client().get(confirm))
    assert Registration.objects.get().name == NAME
    done = Client().post(confirm)
    assert (done.status_code, done["Location"]) == (302, "/en/ogp2021/register/erased/")
    assert "You have been erased" in words(client.get(done["Location"]))
    assert where((NAME, MAIL)) == set()
    assert Client().get(confirm).status_code == Client().post(confirm).status_code == 410
    assert client.get(page).status_code == 404


def test_whoever_is_protected_is_told_of_the_mail_without_what_stands_in_for_the_address(client, summit):
    made = make_registration(summit, email=MAIL, name=NAME, language="en")
    sealing.seal(made)
    own = made.get_absolute_url().replace("/ko/", "/en/")
    told = words(client.post(f"{own}erasure/", follow=True))
    assert "A mail is on its way to your address." in told and "sealed.invalid" not in told


@pytest.mark.parametrize("end", ["cancelled", "rejected"])
def test_whoever_has_ended_may_be_erased_as_well(client, summit, end):
    made = make_registration(summit, email=MAIL, name=NAME)
    Registration.objects.update(state=end)
    assert f"{made.get_absolute_url()}erasure/" in words(client.get(made.get_absolute_url()))
    erasing.erase(Registration.objects.get())
    assert where((NAME, MAIL)) == set()
    assert Registration.objects.get().state == end


def test_the_team_erases_with_a_reason_that_names_nobody(summit, someone, as_user, organiser):
    page = f"/en/ogp2021/organiser/registrations/{someone.guid}/erasure/"
    staff = as_user(organiser)
    assert "What goes" in words(staff.get(page))
    assert field_errors(staff.post(page, {"reason": ""})) != []
    assert Registration.objects.get(pk=someone.pk).name == NAME
    assert staff.post(page, {"reason": f"Asked by letter: {NAME}"}).status_code == 302
    line = HistoryEntry.objects.get(action="registration.erase")
    assert (line.by, line.changes) == (organiser, {"reason": ["", "Asked by letter: …"]})
    assert where() == set()
    now = Registration.objects.get(pk=someone.pk)
    shown = words(staff.get(f"/en/ogp2021/organiser/registrations/{now.guid}/"))
    assert "(erased)" in shown and "Person erased" in shown and "Confirm it again" not in shown
    assert "(erased)" in words(staff.get("/en/ogp2021/organiser/registrations/"))
    assert staff.get(page).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"subject_name": "Somebody Else"},
        {"changes": {"name": ["a", "b"]}},
        {"action": "x"},
        {"place": "page 192.0.2.0/24"},
    ],
)
def test_a_line_of_history_is_emptied_and_never_reworded(registration, change):
    line = HistoryEntry.objects.filter(subject_key=str(registration.pk))
    with pytest.raises(IntegrityError), transaction.atomic():
        line.update(**change)
    assert history.erase(line) == 1
    assert (line.get().subject_name, line.get().changes, line.get().place) == ("", {}, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        line.update(**change)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_erased_twice_at_once_is_once(summit, race):
    made = make_registration(summit)
    ends = race([lambda: erasing.erase(Registration.objects.get(pk=made.pk)) for _ in range(2)])
    assert sorted(type(end).__name__ for end in ends) == ["AlreadyErased", "int"]


def test_a_year_after_the_summit_nobody_is_known_any_more(summit, someone, organiser, files):
    other = make_registration(summit, name=f"{NAME} 2", email=f"x{MAIL}", organisation="Needleworks")
    summit.registrations.update(created_at=datetime(2021, 11, 1, tzinfo=UTC))
    states = sorted(summit.registrations.values_list("state", "country"))
    last = datetime.combine(summit.ends_on, datetime.min.time(), tzinfo=UTC)
    with time_machine.travel(last + timedelta(days=365, hours=23), tick=False):
        assert purging.purge(summit) == 0
    with time_machine.travel(last + timedelta(days=366), tick=False):
        assert purging.purge(summit) == 2
        assert purging.purge(summit) == 0
    assert where() == set()
    assert in_files(files) == set()
    assert sorted(summit.registrations.values_list("state", "country")) == states
    assert not User.objects.filter(pk__in=[someone.user_id, other.user_id]).exists()
    line = HistoryEntry.objects.get(action="registration.purge")
    assert line.changes == {"people": [2, 0]}


def test_a_year_after_it_takes_as_many_queries_for_many(summit):
    """With accounts, answers, mails and lines of history of each."""
    question = make_question(summit)
    last = datetime.combine(summit.ends_on, datetime.min.time(), tzinfo=UTC)
    taken = []
    for number in (1, 2, 20):
        for _ in range(number):
            make_registration(summit, answers={question.pk: "x"})
        summit.registrations.update(created_at=datetime(2021, 11, 1, tzinfo=UTC))
        with time_machine.travel(last + timedelta(days=366), tick=False), CaptureQueriesContext(connection) as queries:
            assert purging.purge(summit) == number
        taken.append(len(queries))
    # What is read once in a process is read the first time.
    assert taken[1] == taken[2] <= taken[0]
    assert not User.objects.filter(registrations__summit=summit).exists()
    assert not User.objects.exists()
