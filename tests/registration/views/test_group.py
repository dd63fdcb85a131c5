import json

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from registration.models import Registration
from registration.registering import groups
from registration.registering.groups import Contact, NotAll
from summit.models import HistoryEntry
from tests.factories import make_category, make_places, make_registration, person
from tests.registration.reading import everything, field_errors, form_values, taken, words

PAGE, SHEET = "/en/ogp2021/register/group/", "/en/ogp2021/register/group/sheet/"
BY = Contact("Liis Kask", "liis@ministry.example")


@pytest.fixture(autouse=True)
def on(summit):
    summit.registers_groups = True
    summit.save()


@pytest.fixture
def category(summit):
    return make_category(summit)


@pytest.fixture
def contact(category):
    return {"contact_name": "Liis Kask", "contact_email": "liis@ministry.example", "organisation": "Ministry",
            "category": str(category.pk), "attendance": "in_person", "country": "EE", "language": "en", "told": "on"}  # fmt: skip


@pytest.fixture
def filled(client, contact):
    """The form as shown, with these people typed into it: (name, address)."""

    def fill(*people, **changes):
        sent = {**form_values(client.get(PAGE)), **contact}
        for number, (name, email) in enumerate(people):
            sent |= {f"form-{number}-name": name, f"form-{number}-email": email}
        return {**sent, **changes}

    return fill


def test_a_group_is_registered_and_each_is_mailed_and_asked(client, summit, filled, work):
    make_places(summit, 5)
    answer = client.post(PAGE, filled(("Marie Tamm", "marie@people.example"), ("Juhan Kuusk", "juhan@people.example")), follow=True)  # fmt: skip
    assert "2 people get a mail" in words(answer)
    made = Registration.objects.get(email="marie@people.example")
    assert (made.registered_by, made.organisation, made.country, made.language) == (str(BY), "Ministry", "EE", "en")
    assert made.awaits_person and made.is_confirmed and not made.consents.exists()
    assert taken(summit) == {"in_person": 2}
    entry = HistoryEntry.objects.filter(action="registration.of_group").first()
    assert entry.changes["registered_by"] == ["", str(BY)]
    work()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["juhan@people.example", "marie@people.example"]
    [told] = [letter for letter in mail.outbox if letter.to == ["marie@people.example"]]
    assert str(BY) in told.body and made.token in told.body
    own = f"/en/ogp2021/registrations/{made.token}/"
    assert f"You were registered by: {BY}" in words(client.get(own))
    said = {"attendance": "online", "country": "EE", "language": "en", "privacy": "on"}
    assert client.post(f"{own}coming/", said).status_code == 302
    made.refresh_from_db()
    assert (made.awaits_person, made.attendance) == (False, "online")


def test_who_must_be_approved_waits_for_it(client, summit, filled):
    press = make_category(summit, "press", admission="approval")
    client.post(PAGE, filled(("Marie Tamm", "marie@people.example"), **{"form-0-category": press.code}))
    assert Registration.objects.get().state == "pending"


def test_nobody_learns_who_is_registered_already(client, summit, filled, work):
    there = make_registration(summit, email="marie@people.example", language="en")
    work()
    mail.outbox.clear()
    answer = client.post(PAGE, filled(("X", "MARIE@people.example"), ("Juhan", "juhan@people.example")), follow=True)
    assert "2 people get a mail" in words(answer)
    work()
    assert {letter.to[0] for letter in mail.outbox} == {"marie@people.example", "juhan@people.example"}
    there.refresh_from_db()
    assert (there.name, there.registered_by) == ("홍길동", "")


@pytest.mark.parametrize("known", [True, False])
def test_a_full_summit_answers_the_same_for_whoever_is_known(client, summit, filled, known):
    if known:
        make_registration(summit, email="marie@people.example", attendance="online")
    make_places(summit, 0)
    answer = client.post(PAGE, filled(("Marie Tamm", "marie@people.example")))
    assert answer.status_code == 409
    assert "Nobody was registered yet" in words(answer)
    assert not Registration.objects.filter(registered_by__gt="").exists()


def test_all_or_nobody_is_registered(client, summit, filled):
    make_places(summit, 1)
    before = everything()
    answer = client.post(PAGE, filled(("Marie Tamm", "marie@people.example"), ("Juhan", "juhan@people.example")))
    assert answer.status_code == 409
    assert form_values(answer)["form-1-name"] == "Juhan"
    assert everything() == before


@pytest.mark.parametrize(
    ("people", "changes", "told"),
    [
        ([], {}, "Fill in at least one row."),
        ([("Marie", "a@people.example"), ("Juhan", "A@people.example")], {}, "Somebody above has this address. Give each person an address of their own."),
        ([("Marie", "marie@")], {}, "Enter a valid email address."),
        ([("123", "a@people.example")], {}, "Write a name with at least one letter."),
        ([("Marie", "a@people.example")], {"told": ""}, "Ask them first: their names and addresses are theirs to give."),
        ([("Marie", "a@people.example")], {"contact_name": "Win at https://evil.example"}, "Write your name with letters alone, without an address."),
        ([("Marie", "a@people.example")], {"category": "0"}, "Select a valid choice. That choice is not one of the available choices."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nobody_registered(client, filled, people, changes, told):
    answer = client.post(PAGE, filled(*people, **changes))
    assert answer.status_code in {409, 422}
    assert told in words(answer)
    assert not Registration.objects.exists()


def test_more_rows_keep_what_was_typed_and_end_at_twenty(client, filled):
    sent = filled(("Marie", "a@people.example"), action="more")
    for _time in range(4):
        page = client.post(PAGE, sent)
        sent = {**form_values(page), "action": "more"}
    assert page.status_code == 200
    assert sent["form-0-name"] == "Marie" and "form-19-name" in sent and "form-20-name" not in sent
    assert client.post(PAGE, {**sent, "form-TOTAL_FORMS": "9" * 30}).status_code == 200


@pytest.mark.parametrize("page", [PAGE, SHEET])
def test_where_it_is_off_or_closed_there_is_no_page(client, summit, category, page):
    summit.registers_groups = False
    summit.save()
    assert client.get(page).status_code == 404
    assert "Register a group" not in words(client.get("/en/ogp2021/register/"))
    summit.registers_groups, summit.registration_opens_at = True, None
    summit.save()
    assert client.get(page).status_code == 404


# by a sheet


def upload(client, text, name="group.csv"):
    return client.post(SHEET, {"file": SimpleUploadedFile(name, text.encode())})


ROWS = "이름,이메일,참석 방식,Country,Note\r\nMarie Tamm,marie@people.example,온라인,Estonia,x\r\nJuhan,juhan@people.example,,,\r\n"


def test_a_sheet_is_looked_at_before_anybody_is_registered(client, contact):
    page = upload(client, ROWS)
    assert page.status_code == 200
    shown = form_values(page)
    assert [shown[f"column-{n}"] for n in range(5)] == ["name", "email", "attendance", "country", ""]
    sent = {**shown, **contact, "country": "FI"}
    looked = client.post(SHEET, {**sent, "action": "check"})
    assert "2 people can be registered. Nobody is yet." in words(looked)
    assert not Registration.objects.exists()
    assert client.post(SHEET, {**sent, "action": "register"}).status_code == 302
    found = {r.email: (r.attendance, r.country) for r in Registration.objects.all()}
    assert found == {"marie@people.example": ("online", "EE"), "juhan@people.example": ("in_person", "FI")}


def test_an_address_that_stands_twice_is_told_with_all_else_that_is_wrong(client, contact):
    page = upload(client, "name,email\nMarie,a@people.example\n123,b@people.example\nJuhan,A@people.example\n")
    answer = client.post(SHEET, {**form_values(page), **contact, "action": "check"})
    assert answer.status_code == 422
    told = ("Write a name with at least one letter.", "Somebody above has this address.")
    assert all(reason in words(answer) for reason in told)


def test_a_row_that_cannot_be_is_named_and_nobody_registered(client, contact):
    sent = {**form_values(upload(client, "name,email\nMarie,marie@\n,b@people.example\n")), **contact}
    for action in ("check", "register"):
        answer = client.post(SHEET, {**sent, "action": action})
        assert answer.status_code == 422
        assert "Enter a valid email address." in words(answer)
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The file is empty."),
        ("name,email\n", "The table needs a first row that names the columns, and at least one more."),
        ("name,email\n" + "a,a@x.example\n" * 201, "A sheet may have 200 people. Split it."),
    ],
)
def test_a_sheet_that_cannot_be_read_is_told(client, category, text, told):
    answer = upload(client, text)
    assert (answer.status_code, told in words(answer)) == (422, True)


def test_no_file_is_told(client, category):
    assert "Choose a file." in words(client.post(SHEET, {}))


@pytest.mark.parametrize(
    "table",
    ["", "{", "[]", '{"headings": [], "rows": []}', '{"headings": ["a"], "rows": [1]}', '{"headings": 5, "rows": {}}'],
)
def test_a_sheet_somebody_made_up_is_lost(client, contact, table):
    answer = client.post(SHEET, {**contact, "table": table, "action": "register"})
    assert answer.status_code == 422
    assert "The sheet has been lost." in words(answer)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["name", ""], "Say which columns have the names and the e-mail addresses."),
        (["name", "email", "email"], "Two columns mean the same. Leave one of them out."),
    ],
)
def test_columns_must_be_told_apart(client, contact, keys, told):
    table = {"headings": ["a", "b", "c"][: len(keys)], "rows": [["Marie", "m@people.example", "x@people.example"]]}
    sent = {**contact, "table": json.dumps(table), **{f"column-{n}": key for n, key in enumerate(keys)}}
    answer = client.post(SHEET, sent)
    assert (answer.status_code, told in words(answer)) == (422, True)
    assert field_errors(answer) == [] or told in words(answer)


def test_many_take_as_many_queries_as_few(summit, category, django_assert_max_num_queries):
    few, many = [[person(summit) for _n in range(number)] for number in (2, 50)]
    with django_assert_max_num_queries(60) as asked:
        groups.register(summit, few, contact=BY)
    with django_assert_max_num_queries(len(asked) + 2):
        groups.register(summit, many, contact=BY)
    assert Registration.objects.count() == 52


def test_a_refusal_says_for_each_why(summit, category):
    one = person(summit)
    with pytest.raises(NotAll) as refused:
        groups.register(summit, [one, one], contact=BY)
    assert list(refused.value.details["rows"]) == [1]
