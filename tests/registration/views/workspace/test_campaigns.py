"""Messages to many: chosen on the list, written in each language, sent once, told how far they are."""

import pytest
from django.core import mail

from registration.mailing import campaigns
from registration.models import Campaign, Registration
from registration.registering import erasing, lifecycle
from summit.models import HistoryEntry, Message
from tests.factories import make_registration, make_summit, make_user
from tests.registration.reading import form_values, read

LIST = "/en/ogp2021/organiser/registrations/"
ACT = "/en/ogp2021/organiser/lists/registrations/act/"
TEXT = {
    "subject_ko": "{summit} 안내",
    "subject_en": "About {summit}",
    "text_ko": "{name} 님, {reference} {link}",
    "text_en": "Dear {name}, yours is {reference}. <b>{link}</b>\n\nSee https://example.org/a",
}


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def people(summit):
    return [
        make_registration(summit, name=f"Person {n}", name_romanised=f"Person {n}", language="en" if n else "ko")
        for n in range(3)
    ]


def begun(office, people) -> str:
    """The page of a new message to these."""
    sent = {"action": "write", "chosen": [str(one.guid) for one in people], "scope": "chosen"}
    assert "Write to 3 registrations" in read(office.post(ACT, sent))
    done = office.post(ACT, {**sent, "confirmed": "1", "number": str(len(people))})
    return done.headers["Location"]


def write(office, page: str, **other):
    values = {name: value for name, value in form_values(office.get(page)).items() if name == "form_versions"}
    return office.post(page, {**values, **TEXT, **other})


def sending(office, page: str) -> dict[str, str]:
    found = office.get(page).context
    return {"number": str(found["number"]), "seen": found["seen"]}


def mails() -> list:
    return sorted(
        (letter for letter in mail.outbox if "About" in letter.subject or "안내" in letter.subject), key=lambda m: m.to
    )


def test_what_is_written_goes_to_each_in_their_language_and_stands_in_the_history(summit, office, people, work):
    page = begun(office, people)
    assert write(office, page).status_code == 302
    shown = read(office.get(page))
    assert "3 people get it." in shown
    assert f"Dear Person 1, yours is {people[1].reference}. <b>https://…</b>" in shown
    assert people[1].token not in office.get(page).content.decode()
    work()
    mail.outbox.clear()
    office.post(f"{page}sending/", sending(office, page))
    work()
    letters = {letter.to[0]: letter for letter in mails()}
    assert letters.keys() == {one.email for one in people}
    assert letters[people[0].email].subject.endswith("안내")
    english = letters[people[1].email]
    assert f"yours is {people[1].reference}" in english.body
    assert people[1].token in english.body
    html = english.alternatives[0][0]
    assert "&lt;b&gt;" in html and 'href="https://example.org/a"' in html
    assert "Recipients 3 Sent 3 Waiting 0 Failed 0" in read(office.get(page))
    lines = HistoryEntry.objects.filter(action="registration.campaign")
    assert {line.subject_key for line in lines} == {str(one.pk) for one in people}
    assert lines[0].by.email == "organiser@team.example"
    assert HistoryEntry.objects.get(action="campaign.send").changes["people"] == [0, 3]
    assert set(Message.objects.filter(kind="campaign").values_list("text", flat=True)) == {""}  # it holds a link


def test_it_is_sent_once_however_often_the_button_is_pressed(summit, office, people, work):
    page = begun(office, people)
    write(office, page)
    sent = sending(office, page)
    assert office.post(f"{page}sending/", sent).status_code == 302
    answer = office.post(f"{page}sending/", sent)
    assert answer.status_code == 409
    assert "sent already" in read(answer)
    work()
    campaigns.draw_mails.func(Campaign.objects.get().pk)
    work()
    assert Message.objects.filter(kind="campaign").count() == 3
    # Nor is it written anew, or taken away.
    assert write(office, page, subject_en="Other").status_code == 409
    office.post(f"{page}deletion/")
    assert str(Campaign.objects.get().subject) != "Other"


def test_what_was_changed_since_it_was_looked_at_is_not_sent(summit, office, people):
    page = begun(office, people)
    write(office, page)
    seen = sending(office, page)
    write(office, page, text_en="Something else")
    assert office.post(f"{page}sending/", seen).status_code == 409
    seen = sending(office, page)
    lifecycle.cancel(people[0])
    assert office.post(f"{page}sending/", seen).status_code == 409
    assert office.post(f"{page}sending/", {"number": "x"}).status_code == 409
    assert Campaign.objects.get().sent_at is None


def test_who_has_left_or_was_erased_or_shares_an_address_gets_none(summit, office, people, work):
    page = begun(office, people)
    write(office, page)
    lifecycle.cancel(people[0])
    Registration.objects.filter(pk=people[2].pk).update(companion_of=people[1], email=people[1].email)
    assert "1 person gets it." in read(office.get(page))
    office.post(f"{page}sending/", sending(office, page))
    work()
    assert list(Message.objects.filter(kind="campaign").values_list("to", flat=True)) == [people[1].email]
    erasing.erase(people[1])
    assert Campaign.objects.get().total == 1


def test_where_all_have_left_nothing_is_sent(summit, office, people):
    page = begun(office, people)
    write(office, page)
    for one in people:
        lifecycle.cancel(one)
    answer = office.post(f"{page}sending/", sending(office, page))
    assert answer.status_code == 409
    assert "Nobody of those chosen" in read(answer)


@pytest.mark.parametrize("other", [
    {"text_en": "Dear {nmae}"}, {"subject_ko": "{Link}"}, {"subject_en": "", "subject_ko": ""}, {"text_en": "", "text_ko": ""},
])  # fmt: skip
def test_what_cannot_be_filled_in_is_said_while_writing(summit, office, people, other):
    page = begun(office, people)
    answer = write(office, page, **other)
    assert answer.status_code == 422
    assert not Campaign.objects.get().subject
    assert office.post(f"{page}sending/", sending(office, page)).status_code == 422


def test_a_value_with_braces_is_not_filled_in_again(summit, organiser, people):
    people[1].name_romanised = "{link}"
    made = campaigns.begin(summit, people, by=organiser)
    made.subject, made.text = {"en": "x"}, {"en": "{name}"}
    made.save()
    made.refresh_from_db()
    assert campaigns.drawn(made, people[1], link="L").text.endswith("{link}")


def test_a_test_goes_to_the_team_in_each_language_without_anybodys_link(summit, office, people, work):
    page = begun(office, people)
    write(office, page)
    work()
    mail.outbox.clear()
    office.post(f"{page}test/")
    work()
    assert [letter.to for letter in mails()] == [["organiser@team.example"]] * 2
    assert not any(one.token in letter.body + letter.alternatives[0][0] for one in people for letter in mails())


def test_more_than_a_task_draws_are_drawn_one_after_the_other(summit, organiser, people, work, monkeypatch):
    monkeypatch.setattr(campaigns, "BATCH", 2)
    made = campaigns.begin(summit, people, by=organiser)
    made.subject, made.text = {"en": "About it"}, {"en": "x"}
    made.save()
    made.refresh_from_db()
    made = campaigns.send(made, seen=campaigns.version(made), number=3, by=organiser)
    assert campaigns.progress(made)["waiting"] == 3
    work()
    assert campaigns.progress(made) == {"sent": 3, "failed": 0, "discarded": 0, "waiting": 0}


def test_what_a_lost_task_left_is_taken_up_again(summit, organiser, people):
    made = campaigns.begin(summit, people, by=organiser)
    Campaign.objects.update(subject={"en": "x"}, text={"en": "x"}, sent_at=made.created_at, total=3)
    assert campaigns.requeue(older_than=made.created_at) == 1


def test_a_draft_is_taken_away(summit, office, people):
    page = begun(office, people)
    assert "Not sent" in read(office.get("/en/ogp2021/organiser/campaigns/"))
    office.post(f"{page}deletion/")
    assert not Campaign.objects.exists()
    assert office.get(page).status_code == 404


def test_who_looks_after_registrations_alone_writes_to_nobody(summit, as_user, organiser, people):
    clerk = as_user(make_user("clerk@team.example", summit=summit, role="registrations"))
    page = f"/en/ogp2021/organiser/campaigns/{campaigns.begin(summit, people, by=organiser).guid}/"
    assert clerk.get(page).status_code == 404
    assert clerk.post(f"{page}sending/").status_code == 404
    assert "Write to them" not in read(clerk.get(LIST))
    sent = {"action": "write", "chosen": [str(people[0].guid)], "confirmed": "1", "number": "1"}
    assert clerk.post(ACT, sent).status_code == 302
    assert Campaign.objects.count() == 1


def test_a_message_of_another_summit_is_not_there(office, organiser):
    other = make_summit("other2022")
    made = campaigns.begin(other, [make_registration(other)], by=organiser)
    assert office.get(f"/en/ogp2021/organiser/campaigns/{made.guid}/").status_code == 404
