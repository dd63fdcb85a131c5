import io
import json
import re
import tempfile
import zipfile
from io import BytesIO

import pytest
from django.utils import translation

from registration.accrediting import photos, vetting, zones
from registration.delegating import itineraries
from registration.door import checkin
from registration.models import Look, Presence, PushSubscription, Registration
from registration.papers import taken_along, ticket_sheet
from registration.papers.everything import PERSON, everything, for_machines
from registration.places import bookings
from registration.registering import consents, decisions, delegated, lifecycle, looks, sealing, uploads
from sessions.models import Bookmark
from summit.models import HistoryEntry
from tests.factories import (
    make_delegation,
    make_desk,
    make_invitation,
    make_picture,
    make_question,
    make_registration,
    make_session,
    make_user,
    make_zone,
)
from tests.registration.badges.reading import decoded, pictures, texts
from tests.registration.reading import words

# Keys that open something, and what says nothing about the person.
LEFT_OUT = {"id", "guid", "token", "calendar_token", "calendar_alarm", "form_nonce", "user", "summit", "found_as", "sequence",
            "keeps_place", "replaces", "erased_at", "substitute_for"}  # fmt: skip
# Other rows that hang on a registration: the section they stand in.
HANGING = {"answers": "answers", "consents": "consents", "bookings": "seats", "check_ins": "check_ins", "badge_prints": "badges",
           "notes": "notes", "invitation": "invitation", "companions": "companions", "former_keys": "", "second_opinion": "", "substitutes": "", "told_from": "",
           "told_apart": "", "merged_from": "", "itinerary": "itinerary", "replacements": "", "campaigns": "", "photo": "photo",
           "vetting_steps": "vetting", "zone_exceptions": "zones", "sealed": "", "looks": "looks", "presences": "presences",
           "push_subscriptions": "notifications"}  # fmt: skip


@pytest.fixture
def full(summit, organiser, work, own_photos):
    invitation = make_invitation(summit, name="Gildong", prefill={"organisation": "Hanbit"})
    question = make_question(summit, kind="several", choices=["Seoul", "Busan"])
    made = make_registration(
        summit, language="en", access_needs="Step-free <seat>", consents={"privacy": "2021-11-01"}, category=invitation.category,
        invitation=invitation,
        answers={question.pk: [str(question.choices.all()[1].pk)]},
    )  # fmt: skip
    work()
    bookings.book(made, make_session(summit, seats=5, title={"en": "Open data", "ko": "열린 데이터"}))
    Bookmark.objects.create(user=made.user, session=make_session(summit, "DIG001"))
    checkin.check_in(
        made, desk=make_desk(summit), by=make_user("d@team.example", summit=summit, role="desk"), nonce="everything-1"
    )
    decisions.note(made, "Asked for a seat near the door.", by=organiser)
    looks.note_sensitive(summit, [made.pk], Look.What.NEEDS, by=organiser)
    lifecycle.correct(made, {"organisation": "Hanbit"}, by=organiser, as_organiser=True)
    delegated.set_delegation(made, make_delegation(summit, places=1), by=organiser)
    itineraries.put(made, {"arrives_on": "KE 123"}, as_organiser=True)
    made.category.photo = "looked_at"
    made.category.save()
    photos.put(made, make_picture(), by=organiser, as_team=True)
    vetting.move(made, "review", by=organiser)
    vetting.move(made, "clear", by=organiser)
    zones.give(made, [make_zone(summit)], reason="Sits in the hall.", by=organiser)
    Presence.objects.create(registration=made, session=summit.sessions.get(code="CIV001"))
    PushSubscription.objects.create(
        summit=summit, registration=made, endpoint="https://push.example/1", key="k", secret="s", language="en"
    )
    return made


def test_each_field_is_told_or_known_to_say_nothing():
    fields = {field.name for field in Registration._meta.concrete_fields}
    assert fields - LEFT_OUT == set(PERSON)
    assert {relation.get_accessor_name() for relation in Registration._meta.related_objects} == set(HANGING)


def test_what_is_kept_stands_in_it(full):
    told = for_machines(everything(full))
    assert {section for section in HANGING.values() if section not in {"", "badges", "companions"}} < set(told)
    [person] = told["registration"]
    assert (person["email"], person["access_needs"], person["organisation"]) == (
        full.email,
        "Step-free <seat>",
        "Hanbit",
    )
    assert (told["invitation"][0]["name"], told["invitation"][0]["organisation"]) == ("Gildong", "Hanbit")
    assert full.invitation.token not in json.dumps(told, default=str)
    assert [[said["en"] for said in row["answer"]] for row in told["answers"]] == [["Busan"]]
    assert [row["version"] for row in told["consents"]] == ["2021-11-01"]
    assert told["seats"][0]["session"].startswith("CIV001") and told["bookmarks"][0]["session"].startswith("DIG001")
    assert person["delegation"] == full.delegation.code and told["itinerary"][0]["arrives_on"] == "KE 123"
    assert (told["zones"][0]["reason"], len(told["vetting"]), len(told["photo"])) == ("Sits in the hall.", 2, 1)
    assert told["notes"][0]["text"] == "Asked for a seat near the door."
    # When, in which role and at what; never who.
    assert [set(row) for row in told["looks"]] == [{"at", "role", "what"}]
    assert len(told["mails"]) == 2 and len(told["check_ins"]) == 1
    assert "organiser@team.example" not in json.dumps(told, default=str)
    assert full.token not in json.dumps(told, default=str)


def test_the_file_for_machines_is_the_same_in_each_language(full, summit):
    question = make_question(summit, kind="yes", words={"en": "Vegetarian?"})
    lifecycle.correct(full, {}, answers={question.pk: "yes"})
    with translation.override("ko"):
        korean = for_machines(everything(full))
    with translation.override("en"):
        assert for_machines(everything(full)) == korean
    [person] = korean["registration"]
    assert (person["state"], person["country"], person["language"], person["at_risk"]) == (
        "confirmed",
        "KR",
        "en",
        False,
    )
    assert (person["category"], person["vetting"]) == (full.category.code, "cleared")
    assert True in [row["answer"] for row in korean["answers"]]
    assert {row["kind"] for row in korean["consents"]} == {"privacy"} and korean["looks"][0]["what"] == "needs"
    assert korean["history"][0]["by"] in {"you", "team"} and "." in korean["history"][0]["what"]


def test_all_of_it_reads_in_korean(full):
    consents.give(full, "sensitive")
    with translation.override("ko"):
        facts = [fact for section in everything(full) for row in section.rows for fact in row]
    assert [fact.label for fact in facts if not re.search("[가-힣]", fact.label)] == []
    said = " ".join(str(fact.shown) for fact in facts if fact.key == "changes")
    assert not re.search("sensitive|privacy|photography", said)


def test_of_whoever_is_protected_nothing_stands_that_is_nobodys(full, summit, client):
    sealing.seal(full, alias="Guest")
    full.refresh_from_db()
    page = client.get(f"/en/ogp2021/registrations/{full.token}/everything/")
    assert "sealed.invalid" not in page.content.decode() and "sealed" in words(page)
    assert "sealed.invalid" not in json.dumps(for_machines(everything(full)), default=str)


def test_it_is_a_page_and_a_file_for_whoever_has_the_link_and_nobody_else(client, full):
    page = f"/en/ogp2021/registrations/{full.token}/everything/"
    shown = words(client.get(page))
    assert "Step-free <seat>" in shown and "Asked for a seat near the door." in shown and "Busan" in shown
    assert "<seat>" not in client.get(page).content.decode()
    answer = client.get(page.replace("everything/", "everything.json"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ogp2021-{full.reference}.json"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.json()["registration"][0]["reference"] == full.reference
    assert HistoryEntry.objects.filter(action="registration.take_along").count() == 1
    assert client.get(page.replace(full.token, "x" * 32)).status_code == 404


def test_more_rows_take_no_more_queries(full, organiser, django_assert_num_queries, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        everything(full)
    for number in range(5):
        decisions.note(full, f"Note {number}", by=organiser)
        lifecycle.resend(full)
    with django_assert_num_queries(len(few)):
        everything(full)


def test_it_is_taken_along_with_its_files(client, full):
    answer = client.get(f"/en/ogp2021/registrations/{full.token}/everything.zip")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ogp2021-{full.reference}.zip"'
    assert "no-store" in answer.headers["Cache-Control"] and answer.streaming
    with zipfile.ZipFile(BytesIO(answer.getvalue())) as packed:
        assert packed.testzip() is None
        assert set(packed.namelist()) == {
            "everything.html", "everything.json", "confirmation.pdf", "ticket.pdf", "badge.pdf", "summit.ics", "photo.jpg",
        }  # fmt: skip
        page = packed.read("everything.html").decode()
        assert "Step-free &lt;seat&gt;" in page and "Asked for a seat near the door." in page
        assert json.loads(packed.read("everything.json"))["registration"][0]["reference"] == full.reference
    assert HistoryEntry.objects.filter(action="registration.take_along").count() == 1


def test_of_who_has_no_ticket_there_is_none(client, summit):
    made = make_registration(summit)
    lifecycle.cancel(made)
    answer = client.get(f"/en/ogp2021/registrations/{made.token}/everything.zip")
    with zipfile.ZipFile(BytesIO(answer.getvalue())) as packed:
        assert set(packed.namelist()) == {"everything.html", "everything.json"}
    assert client.get(f"/en/ogp2021/registrations/{made.token}/confirmation.pdf").status_code == 302


@pytest.mark.parametrize(("language", "title"), [("en", "Confirmation of registration"), ("ko", "홍길동")])
def test_a_confirmation_says_who_is_registered_and_how_it_stands_and_opens_nothing(client, summit, language, title):
    made = make_registration(summit, language=language)
    answer = client.get(f"/en/ogp2021/registrations/{made.token}/confirmation.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    [page] = texts(answer.content)
    assert title in page and made.name in page and decoded(*pictures(answer.content)) == []
    # However long names are, it is one page.
    made.name = made.organisation = made.job_title = "Wolfeschlegelsteinhausenbergerdorff " * 3
    assert len(texts(ticket_sheet.confirmation(made))) == 1


def test_files_that_were_sent_go_along_and_one_that_is_lost_keeps_nothing_back(summit):
    letter, lost = (make_question(summit, kind="file", words={"en": name}) for name in ("Letter", "Lost"))
    sent = {
        question.pk: uploads.receive(question, f"{question}.pdf", io.BytesIO(b"%PDF-1.7"), 8).given
        for question in (letter, lost)
    }
    made = make_registration(summit, language="en", answers=sent)
    answer = made.answers.get(question=lost)
    answer.file.storage.delete(answer.file.name)
    with taken_along.archive(made) as file, zipfile.ZipFile(file) as archive:
        assert archive.read(f"answers/{letter.pk}-Letter.pdf") == b"%PDF-1.7"
        assert f"answers/{lost.pk}-Lost.pdf" not in archive.namelist()
        assert b"Lost.pdf" in archive.read("everything.json")


def test_an_archive_that_fails_leaves_no_file_open(summit, monkeypatch):
    made, opened = make_registration(summit), []

    class Watched(tempfile.SpooledTemporaryFile):
        def __init__(self, *args):
            super().__init__(*args)
            opened.append(self)

    def fail(_registration):
        raise OSError("the storage is away")

    monkeypatch.setattr(taken_along.tempfile, "SpooledTemporaryFile", Watched)
    monkeypatch.setattr(taken_along, "_files", fail)
    with pytest.raises(OSError, match="away"):
        taken_along.archive(made)
    assert [file.closed for file in opened] == [True]
