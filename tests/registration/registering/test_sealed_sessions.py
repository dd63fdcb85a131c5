"""Sessions at risk: whoever is in one is sealed, whoever comes new is sealed or refused, and nobody is unsealed by its end."""

import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from registration.delegating import attending
from registration.models import Booking, Registration, SealKeeper
from registration.places import bookings
from registration.registering import (
    decisions,
    delegated,
    refusals,
    sealed_seats,
    sealed_sessions,
    sealed_speakers,
    sealing,
)
from sessions.editing import session_edits
from sessions.imports.loaders import loaders_for
from sessions.imports.schedules import import_schedule, open_schedule
from sessions.imports.tables.importing import import_table
from sessions.models import Appearance, Session
from speakers.models import Speaker
from summit.imports.table_format import Refused, Report, Row
from summit.models import HistoryEntry, SealedAddress
from tests.factories import make_delegation, make_registration, make_session, make_speaker, make_track, person
from tests.registration.delegating.test_nominating import nominating
from tests.sessions.imports.schedules.test_importing import schedule
from tests.sessions.imports.tables.test_importing import sheet

NAME, LATIN, ADDRESS = "나영희", "Na Yeonghui", "yeonghui@people.example"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def keeper(summit, organiser):
    SealKeeper.objects.create(summit=summit, membership=summit.memberships.get(user=organiser))
    return organiser


@pytest.fixture
def session(summit):
    return make_session(summit, track=make_track(summit), seats=2)


@pytest.fixture
def protected(session, keeper, work):
    sealed_sessions.protect(session, True, by=keeper)
    work()
    return Session.objects.get(pk=session.pk)


def again(row):
    return type(row)._default_manager.get(pk=row.pk)


def put(session, *speakers, by, role="speaker"):
    rows = [{"speaker": each, "role": role, "affiliation": {}, "job_title": {}} for each in speakers]
    return session_edits.set_people(session, rows, version=None, by=by)


class TestProtecting:
    def test_who_is_on_stage_has_a_seat_or_waits_for_one_is_sealed_and_told(self, summit, session, keeper, work):
        speaker = make_speaker(summit, NAME, name_romanised=LATIN, email=ADDRESS)
        Appearance.objects.create(session=session, speaker=speaker)
        of_speaker = make_registration(summit, name=NAME, email=ADDRESS, language="en")
        seated, offered, waiting, elsewhere = (make_registration(summit) for _ in range(4))
        for one in (seated, offered, waiting):
            bookings.book(one, session)
        work()
        mail.outbox.clear()
        revision = again(summit).agenda_revision
        sealed_sessions.protect(session, True, by=keeper)
        assert again(speaker).at_risk and again(of_speaker).at_risk, "before the worker comes"
        assert not again(seated).at_risk
        work()
        assert all(again(one).at_risk for one in (seated, offered, waiting)) and not again(elsewhere).at_risk
        assert again(of_speaker).name == again(speaker).name_romanised
        assert again(session).at_risk and again(summit).agenda_revision > revision
        assert again(session).version == session.version + 1
        line = HistoryEntry.objects.get(action="session.protect")
        assert (line.by, line.changes) == (keeper, {"at_risk": [False, True]})
        assert sum("protected" in message.subject.lower() for message in mail.outbox) >= 1
        assert sealed_sessions.seal_some.func(session.pk) == 0

    def test_twice_is_once_and_only_the_circle(self, summit, session, keeper, desk_staff, work):
        for _ in range(2):
            sealed_sessions.protect(session, True, by=keeper)
            work()
        assert HistoryEntry.objects.filter(action="session.protect").count() == 1
        with pytest.raises(refusals.NotInCircle):
            sealed_sessions.protect(session, False, by=desk_staff)
        assert again(session).at_risk

    def test_many_are_sealed_some_at_a_time(self, summit, session, keeper, work, monkeypatch):
        monkeypatch.setattr(sealed_sessions, "AT_ONCE", 2)
        people = [make_registration(summit) for _ in range(5)]
        for one in people:
            bookings.book(one, session)
        sealed_sessions.protect(session, True, by=keeper)
        work()
        assert Registration.objects.filter(at_risk=True).count() == 5

    def test_its_end_protects_nobody_new_and_unseals_nobody(self, summit, session, keeper, work):
        speaker, guest, later = make_speaker(summit), make_registration(summit), make_registration(summit)
        Appearance.objects.create(session=session, speaker=speaker)
        bookings.book(guest, session)
        sealed_sessions.protect(session, True, by=keeper)
        work()
        sealed_sessions.protect(session, False, by=keeper)
        work()
        assert again(speaker).at_risk and again(guest).at_risk and not again(session).at_risk
        sealed_sessions.take_seat(later, session, agreed=False)
        put(session, make_speaker(summit, "이민호"), by=keeper)
        assert not again(later).at_risk
        sealing.unseal(again(guest), by=keeper)
        sealed_speakers.end(again(speaker), by=keeper)

    def test_a_sealed_speaker_s_later_registration_is_sealed_with_the_session(self, summit, session, keeper):
        speaker = make_speaker(summit, NAME, email=ADDRESS)
        sealed_speakers.protect(speaker, by=keeper)
        later = make_registration(summit, name=NAME, email=ADDRESS, language="ko")
        put(session, again(speaker), by=keeper)
        sealed_sessions.protect(session, True, by=keeper)
        assert again(later).at_risk and again(later).name == again(speaker).name
        assert SealedAddress.objects.count() == 1

    def test_what_was_overlooked_is_found_by_the_daily_housekeeping(self, summit, protected):
        speaker = make_speaker(summit, NAME)
        Appearance.objects.create(session=protected, speaker=speaker)
        out = io.StringIO()
        call_command("tidy", stdout=out)
        assert again(speaker).at_risk and "people overlooked in protected sessions: 1" in out.getvalue()


class TestTheStage:
    def test_nobody_in_the_open_comes_to_it_and_whoever_is_sealed_does(self, summit, protected, keeper):
        speaker = make_speaker(summit, NAME)
        with pytest.raises(session_edits.InTheOpen) as refused:
            put(protected, speaker, by=keeper)
        page = reverse("registration:speaker-protection", args=[summit.code, speaker.code])
        assert str(refused.value).endswith(summit.address(page))
        assert not Appearance.objects.exists() and HistoryEntry.objects.filter(action="session.edit").count() == 0
        sealed_speakers.protect(speaker, by=keeper)
        put(protected, again(speaker), by=keeper)
        # Whoever is there may be given another role, and others be taken out.
        put(protected, again(speaker), by=keeper, role="moderator")
        assert Appearance.objects.get().role == "moderator"

    def test_a_stale_object_does_not_hide_that_somebody_stands_in_the_open(self, summit, session, protected, keeper):
        assert not session.at_risk
        with pytest.raises(session_edits.InTheOpen):
            put(session, make_speaker(summit), by=keeper)

    def test_a_new_name_typed_in_the_form_is_refused_and_makes_no_profile(self, summit, protected, keeper, as_user):
        client, page = as_user(keeper), f"/en/ogp2021/organiser/sessions/{protected.code}/people/"
        form = {"people-TOTAL_FORMS": "1", "people-INITIAL_FORMS": "0", "people-0-person": NAME, "people-0-role": "speaker",
                "version": str(protected.version)}  # fmt: skip
        answer = client.post(page, form)
        assert answer.status_code == 409 and "has no profile yet" in answer.content.decode()
        assert not Speaker.objects.exists() and NAME in answer.content.decode()
        make_speaker(summit, NAME, code="OPEN01")
        answer = client.post(page, form)
        assert answer.status_code == 409 and "/people/OPEN01/protection/" in answer.content.decode()
        assert not Appearance.objects.exists()

    def test_the_admin_refuses_it_as_well(self, summit, protected):
        made = Appearance(session=protected, speaker=make_speaker(summit), role="speaker")
        with pytest.raises(ValidationError, match="stands in the open"):
            made.full_clean()
        Appearance().clean()

    def test_our_own_file_is_refused_with_its_line(self, summit, protected):
        speaker = make_speaker(summit, NAME, code="OPEN01")
        row = {
            "code": protected.code,
            "title": {"en": "Title"},
            "track": "civic-space",
            "people": [{"speaker": speaker.code}],
        }
        with pytest.raises(Refused, match="stands in the open"):
            loaders_for(summit)["sessions"](Report(), Row("line 2", row))

    def test_a_sheet_is_refused_with_its_line_whether_the_person_is_known_or_new(self, summit, protected):
        make_speaker(summit, "박수정")
        for name, words in (("박수정", "stands in the open"), (NAME, "has no profile yet")):
            report = import_table(
                summit, "sessions", sheet(["Code", "People"], [protected.code, name]), ["code", "people"], dry_run=False, make_missing=True
            )  # fmt: skip
            [(place, why)] = report.refused
            assert "2" in place and words in why
        assert not Appearance.objects.exists() and not Speaker.objects.filter(name=NAME).exists()

    def test_a_schedule_of_other_software_is_refused_at_the_session(self, summit, protected):
        event = {"id": 1, "guid": str(protected.guid), "code": protected.code, "date": "2021-12-15T10:00:00+09:00", "duration": "01:30",
                 "title": "Open data", "track": None, "persons": [{"id": 7, "public_name": NAME}]}  # fmt: skip
        report = import_schedule(summit, open_schedule("schedule.json", schedule(event)), dry_run=False)
        assert any("has no profile yet" in why for _place, why in report.refused)
        assert not Speaker.objects.exists() and not Appearance.objects.exists()

    def test_a_protection_does_not_end_while_its_profile_is_on_the_stage(self, summit, protected, keeper):
        speaker = sealed_speakers.protect(make_speaker(summit, NAME, email=ADDRESS), by=keeper)
        made = make_registration(summit, email="other@people.example")
        Registration.objects.filter(pk=made.pk).update(user=again(speaker).user)
        sealing.seal(again(made))
        put(protected, again(speaker), by=keeper)
        with pytest.raises(sealed_seats.InProtectedSession):
            sealed_speakers.end(again(speaker), by=keeper)
        with pytest.raises(sealed_seats.InProtectedSession):
            sealing.unseal(again(made), by=keeper)
        put(protected, by=keeper)
        sealed_speakers.end(again(speaker), by=keeper)
        assert again(speaker).name == NAME

    def test_the_stand_in_of_a_speaker_outlives_the_end_of_the_registration_s_protection(self, summit, keeper):
        speaker = make_speaker(summit, NAME, email=ADDRESS)
        made = make_registration(summit, name=NAME, email=ADDRESS)
        sealed_speakers.protect(speaker, by=keeper)
        sealing.unseal(again(made), by=keeper)
        assert SealedAddress.objects.real(again(speaker).email) == ADDRESS


class TestSeats:
    def test_who_takes_a_seat_is_asked_first_and_sealed_with_it(self, summit, protected, work):
        guest = make_registration(summit, name=NAME)
        with pytest.raises(sealed_sessions.ProtectionFirst):
            sealed_sessions.take_seat(guest, protected, agreed=False)
        assert not Booking.objects.exists() and not again(guest).at_risk
        made = sealed_sessions.take_seat(guest, protected, agreed=True)
        assert made.state == "booked" and again(guest).at_risk and made.registration.name == again(guest).name != NAME
        assert sealed_sessions.take_seat(again(guest), protected, agreed=False) == made

    def test_a_seat_that_is_refused_seals_nobody(self, summit, protected):
        online = make_registration(summit, attendance="online")
        with pytest.raises(bookings.NoSeatNeeded):
            sealed_sessions.take_seat(online, protected, agreed=True)
        assert not again(online).at_risk

    def test_nobody_is_unsealed_while_they_have_a_seat_or_wait_for_one(self, summit, protected, keeper):
        people = [make_registration(summit) for _ in range(3)]
        made = [sealed_sessions.take_seat(one, protected, agreed=True) for one in people]
        assert made[-1].state == "waitlisted"
        for one, booking in zip(people, made, strict=True):
            with pytest.raises(sealed_seats.InProtectedSession, match=protected.title["en"]):
                sealing.unseal(again(one), by=keeper)
            bookings.release(again(booking))
        # The last one was offered a seat meanwhile, and gives that back, too.
        for one in people:
            sealing.unseal(again(one), by=keeper)
        assert not Registration.objects.filter(at_risk=True).exists()

    def test_nobody_takes_a_seat_past_the_question(self):
        """``bookings.book`` is called by what asks, and by nothing else."""
        apps = ("summit", "sessions", "speakers", "registration", "api")
        files = [path for app in apps for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
        found = [path.name for path in files if re.search(r"\bbookings\.book\(", path.read_text(encoding="utf-8"))]
        assert found == ["sealed_sessions.py"]

    def test_the_page_says_so_before_and_the_button_is_the_answer(self, as_user, summit, protected):
        guest = make_registration(summit, name=NAME)
        client = as_user(guest.user)
        page = reverse("registration:my-session", args=[summit.code, protected.code])
        shown = client.get(page).content.decode()
        assert "Who takes part in this session is protected" in shown and 'name="protected"' in shown
        assert client.post(page, {"action": "book"}).status_code == 409 and not Booking.objects.exists()
        assert client.post(page, {"action": "book", "protected": "yes"}).status_code == 302
        assert again(guest).at_risk and Booking.objects.get().state == "booked"
        bookings.release(Booking.objects.get())
        assert "Who takes part in this session" not in client.get(page).content.decode(), "they are protected already"

    def test_who_a_delegation_sends_is_sealed_and_the_head_is_told_before(self, client, summit, protected):
        delegation = make_delegation(summit, places=2)
        head = delegation.heads.first() or delegation.heads.create(name="Head", email="head@people.example")
        guest = make_registration(summit, name=NAME)
        delegated.set_delegation(guest, delegation, by=None)
        with pytest.raises(sealed_sessions.ProtectionFirst):
            attending.choose(delegation, protected, [guest.pk])
        shown = client.get(head.get_absolute_url() + "sessions/").content.decode()
        assert "Who takes part in this session is protected" in shown
        ticked = {"attends": [f"{protected.pk}-{guest.pk}"]}
        client.post(head.get_absolute_url() + "sessions/", ticked)
        assert not Booking.objects.exists(), "a page drawn before the session was protected"
        client.post(head.get_absolute_url() + "sessions/", {**ticked, "protected": [protected.pk]})
        assert again(guest).at_risk and Booking.objects.get().state == "booked"
        outcome = attending.choose(delegation, protected, [guest.pk])
        assert (outcome.booked, outcome.refused) == (0, [])

    def test_whoever_comes_instead_of_somebody_takes_the_seat_and_is_sealed(self, summit, protected):
        delegation = make_delegation(summit, places=1)
        before = make_registration(summit)
        delegated.set_delegation(before, delegation, by=None)
        sealed_sessions.take_seat(before, protected, agreed=True)
        after = nominating.replace(again(before), person(summit, name=NAME, email=ADDRESS, category=before.category))
        if after.is_replacing and not after.is_confirmed:
            after = decisions.take_over(again(after), by=None)
        assert again(after).at_risk and after.name == again(after).name != NAME
        assert Booking.objects.get(registration=after).state == "booked"


class TestThePage:
    def test_the_circle_protects_and_ends_and_it_says_what_stays(self, summit, session, keeper, as_user, work):
        client, page = as_user(keeper), f"/en/ogp2021/organiser/sessions/{session.code}/protection/"
        assert page in client.get(f"/en/ogp2021/organiser/sessions/{session.code}/").content.decode()
        assert "It is not undone for all at once" in client.get(page).content.decode()
        assert client.post(page, {"action": ""}).status_code == 422
        assert client.post(page, {"action": "protect"}).status_code == 302 and again(session).at_risk
        shown = client.get(page).content.decode()
        assert "one by one" in shown and "in the open and" not in shown
        guest = make_registration(summit)
        bookings.book(guest, session)
        assert "still stands in the open" in client.get(page).content.decode()
        assert client.post(page, {"action": "end"}).status_code == 302 and not again(session).at_risk

    def test_others_of_the_team_read_who_does_it(self, session, organiser, as_user):
        client, page = as_user(organiser), f"/en/ogp2021/organiser/sessions/{session.code}/protection/"
        assert "Only the circle does this" in client.get(page).content.decode()
        assert client.post(page, {"action": "protect"}).status_code == 403 and not again(session).at_risk


class TestOneself:
    def test_the_own_profile_in_the_programme_is_sealed_under_the_same_alias(self, client, summit, keeper, work):
        speaker = make_speaker(summit, NAME, name_romanised=LATIN, email=ADDRESS)
        mine = make_registration(summit, name=NAME, email=ADDRESS, language="en")
        page = mine.get_absolute_url().replace("/ko/", "/en/") + "protection/"
        assert "Your profile there will show the alias" in client.get(page).content.decode()
        assert client.post(page, {"alias": LATIN}).status_code == 422
        assert not again(speaker).at_risk and not again(mine).at_risk
        assert client.post(page, {"alias": ""}).status_code == 302
        now, profile = again(mine), again(speaker)
        assert now.at_risk and profile.at_risk and now.name == profile.name_romanised and now.email == profile.email
        assert now.sealed.by_person and HistoryEntry.objects.get(action="speaker.seal").by is None

    def test_a_profile_that_was_made_later_follows_on_request(self, client, summit):
        mine = make_registration(summit, name=NAME, email=ADDRESS, language="en")
        sealing.seal(mine, alias="Miru")
        speaker = make_speaker(summit, NAME, email=ADDRESS)
        page = again(mine).get_absolute_url() + "protection/"
        assert "Protect my profile" in client.get(page.replace("/ko/", "/en/")).content.decode()
        assert client.post(page, {"alias": ""}).status_code == 302
        assert again(speaker).name == "Miru"

    def test_nobody_seals_the_profile_of_somebody_else(self, summit):
        other = make_speaker(summit, NAME, email="another@people.example", code="OTHER1")
        claimed = make_speaker(summit, "이민호", email=ADDRESS, user=make_registration(summit).user, code="OTHER2")
        mine = make_registration(summit, name=NAME, email=ADDRESS)
        sealed_speakers.protect_oneself(mine, alias="Miru")
        assert again(mine).name == "Miru" and not again(other).at_risk and not again(claimed).at_risk

    def test_who_comes_along_under_the_same_address_seals_no_profile(self, summit):
        bringer = make_registration(summit, name=NAME, email=ADDRESS)
        make_speaker(summit, NAME, email=ADDRESS)
        companion = make_registration(summit, name="나철수", email="x@people.example")
        Registration.objects.filter(pk=companion.pk).update(companion_of=bringer, email=ADDRESS)
        assert sealed_speakers.own_profiles(again(companion)) == []
        assert len(sealed_speakers.own_profiles(again(bringer))) == 1


def test_a_text_that_was_hidden_does_not_come_back_by_restoring_an_earlier_state(summit, session, keeper):
    speaker = make_speaker(summit, NAME, name_romanised=LATIN)
    session_edits.edit(
        session, {"title": {"ko": f"{NAME}과 함께", "en": f"With {LATIN}"}, "kind": "plenary"}, version=None, by=keeper
    )
    session_edits.edit(session, {"title": {"ko": "제목", "en": "Title"}}, version=None, by=keeper)
    sealed_speakers.protect(speaker, by=keeper)
    lines = list(HistoryEntry.objects.filter(action="session.edit").order_by("pk"))
    assert [session_edits.restorable(line) for line in lines] == [{"kind"}, set()]
    with pytest.raises(session_edits.NothingToRestore):
        session_edits.restore(session, lines[1], version=None, by=keeper)
    restored = session_edits.restore(session, lines[0], version=None, by=keeper)
    assert (restored.title["en"], restored.kind) == ("Title", "breakout")


def test_nor_what_a_line_that_was_masked_for_one_person_says_of_another(summit, session, keeper):
    first, second = make_speaker(summit, NAME), make_speaker(summit, "이민호", code="SECOND")
    edited = {"title": {"en": f"With {NAME}"}, "notes": "이민호 comes late"}
    session_edits.edit(session, edited, version=None, by=keeper)
    session_edits.edit(session, {"title": {"en": "Title"}, "notes": ""}, version=None, by=keeper)
    sealed_speakers.protect(first, by=keeper)
    assert "이민호" not in json.dumps(
        list(HistoryEntry.objects.filter(action="session.edit").values_list("changes", flat=True)), ensure_ascii=False
    )
    # Of a line that was masked before and names somebody all the same nothing is left.
    HistoryEntry.objects.create(action="session.edit", summit=summit, subject_kind="agenda.session", subject_key=str(session.pk),
                                subject_name="Title", changes={"notes": ["이민호", ""]}, masked_at=again(session).updated_at)  # fmt: skip
    sealed_speakers.protect(second, by=keeper)
    assert HistoryEntry.objects.filter(action="session.edit").order_by("-pk").first().changes == {}
