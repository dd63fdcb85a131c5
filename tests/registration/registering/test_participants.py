"""The list of participants: everybody decides, nobody's address is shown, and it ends on a day."""

from datetime import date

import pytest
from django.core import mail

from registration.models import Registration
from registration.registering import lifecycle, participants, refusals, sealing
from summit.models import HistoryEntry
from tests.factories import at, make_category, make_registration, make_summit
from tests.registration.reading import words


@pytest.fixture
def summit(db):
    return make_summit(participants_until=date(2099, 12, 31))


@pytest.fixture
def reader(summit):
    return make_registration(summit, name="Reader", name_romanised="", language="en")


def listed(summit, name: str, how: str = "body", *, contactable: bool = False, **values) -> Registration:
    made = make_registration(
        summit, name=name, language="en", **{"name_romanised": "", "organisation": "Hanbit", **values}
    )
    return participants.choose(made, how, contactable=contactable)


def own(registration, part: str = "participants/", language: str = "en") -> str:
    return f"/{language}/{registration.summit.code}/registrations/{registration.token}/{part}"


def test_nobody_is_in_it_unasked(client, reader):
    make_registration(reader.summit, name="Quiet")
    shown = words(client.get(own(reader)))
    assert "Quiet" not in shown and "Nobody is found." in shown


def test_each_shows_what_they_want(client, reader):
    (
        listed(reader.summit, "Anna", "name", organisation="Secret office"),
        listed(reader.summit, "Boris", "body", organisation="Hanbit"),
    )
    shown = words(client.get(own(reader)))
    assert "Anna" in shown and "Boris" in shown and "Hanbit" in shown
    assert "Secret office" not in shown and "@" not in shown.split("<main")[1].split("</main")[0]


def test_a_choice_is_changed_on_ones_own_page_and_stands_at_once(client, reader):
    for sent, expected in (({"listed": "name"}, ("name", False)), ({"listed": "body", "contactable": "on"}, ("body", True)),
                           ({"listed": "", "contactable": "on"}, ("", False))):  # fmt: skip
        assert client.post(own(reader, "participants/choice/"), sent).status_code == 302
        reader.refresh_from_db()
        assert (reader.listed, reader.contactable) == expected
    assert client.post(own(reader, "participants/choice/"), {"listed": "all"}).status_code == 302
    reader.refresh_from_db()
    assert reader.listed == "" and HistoryEntry.objects.filter(action="registration.participants").count() == 3


def test_found_is_what_is_shown_and_nothing_else(reader):
    anna = listed(reader.summit, "Anna", "name", organisation="Secret office", email="hidden@people.example")
    listed(reader.summit, "Boris")
    found = lambda said: participants.found(reader, said)  # noqa: E731
    assert found("ann") == [anna.pk] and len(found("")) == 2
    assert found("secret") == found("hidden") == found(anna.reference) == found("!!") == []
    assert len(found("hanbit")) == 1


@pytest.mark.parametrize("state", ["pending", "waitlisted", "cancelled", "rejected"])
def test_only_who_is_confirmed_reads_it_or_is_in_it(client, reader, state):
    other = listed(reader.summit, "Anna")
    Registration.objects.filter(pk=other.pk).update(state=state)
    assert participants.found(reader, "") == []
    Registration.objects.filter(pk=reader.pk).update(state=state)
    assert client.get(own(reader)).status_code == 404
    assert client.post(own(reader, "participants/choice/"), {"listed": "name"}).status_code == 404


def test_it_ends_with_its_day_in_the_zone_of_the_summit(client, reader):
    summit = reader.summit
    summit.participants_until = date(2021, 12, 17)
    assert summit.lists_participants(at(17, 23, 59)) and not summit.lists_participants(at(18, 0))
    for until in (date(2021, 12, 17), None):
        summit.participants_until = until
        summit.save()
        assert client.get(own(reader)).status_code == 404
        assert "List of participants" not in words(client.get(own(reader, "")))
        with pytest.raises(refusals.NoList):
            participants.choose(reader, "name", contactable=False)


def test_whoever_is_at_risk_leaves_the_list_and_never_comes_back(reader):
    anna = listed(reader.summit, "Anna", contactable=True)
    sealing.seal(anna)
    assert participants.found(reader, "") == [] and not anna.listed and not anna.contactable
    participants.choose(anna, "body", contactable=True)
    assert participants.found(reader, "") == []
    Registration.objects.filter(pk=anna.pk).update(listed="body", contactable=True)
    assert participants.found(reader, "") == []
    with pytest.raises(refusals.NotListed):
        participants.write_to(reader, anna, "Hello", with_address=False)


def test_people_of_other_summits_are_not_there(client, reader):
    far = listed(make_summit("ogp2023", participants_until=date(2099, 12, 31)), "Faraway", contactable=True)
    assert "Faraway" not in words(client.get(own(reader)))
    assert client.get(own(reader, f"participants/{far.guid}/")).status_code == 404


@pytest.mark.parametrize("with_address", [True, False])
def test_a_message_arrives_without_any_address_but_the_one_that_is_shown(client, reader, work, with_address):
    anna = listed(reader.summit, "Anna", contactable=True)
    page = own(reader, f"participants/{anna.guid}/")
    assert anna.email not in words(client.get(page))
    work(), mail.outbox.clear()
    sent = {"text": "Shall we meet?\n<b>At ten?</b>", **({"with_address": "on"} if with_address else {})}
    assert client.post(page, sent).status_code == 302
    work()
    [message] = mail.outbox
    html = message.alternatives[0][0]
    assert message.to == [anna.email] and "Shall we meet?" in message.body and "&lt;b&gt;At ten?" in html
    assert (reader.email in message.message().as_string()) is with_address
    assert message.reply_to == ["contact@ogp2021.example"] and own(anna, "").removeprefix("/en") in message.body
    [line] = HistoryEntry.objects.filter(action="registration.write_to")
    assert line.changes == {"person": ["", anna.reference]} and "meet" not in str(line.changes)


def test_whoever_does_not_want_messages_gets_none(client, reader, work):
    anna = listed(reader.summit, "Anna")
    page = own(reader, f"participants/{anna.guid}/")
    assert client.post(page, {"text": "Hello"}).status_code == 404
    anna = participants.choose(anna, "name", contactable=True)
    assert client.get(page).status_code == 200
    lifecycle.cancel(anna)
    with pytest.raises(refusals.NotListed):
        participants.write_to(reader, anna, "Hello", with_address=False)


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "\u200b"])
def test_a_message_has_words_and_not_too_many(client, reader, text):
    anna = listed(reader.summit, "Anna", contactable=True)
    before = HistoryEntry.objects.count()
    assert client.post(own(reader, f"participants/{anna.guid}/"), {"text": text}).status_code == 422
    assert HistoryEntry.objects.count() == before


def test_somebody_at_risk_writes_under_the_alias_and_without_an_address(client, reader, work):
    anna = listed(reader.summit, "Anna", contactable=True)
    address = reader.email
    sealing.seal(reader)
    work(), mail.outbox.clear()
    client.post(own(reader, f"participants/{anna.guid}/"), {"text": "Hello", "with_address": "on"})
    work()
    [message] = mail.outbox
    said = message.message().as_string()
    assert reader.name in message.body and "sealed.invalid" not in said and address not in said


def test_nobody_writes_without_end(client, reader, settings):
    settings.RATE_LIMITS = True
    anna = listed(reader.summit, "Anna", contactable=True)
    page = own(reader, f"participants/{anna.guid}/")
    got = [client.post(page, {"text": f"Hello {number}"}).status_code for number in range(4)]
    assert got == [302, 302, 302, 429]
    assert HistoryEntry.objects.filter(action="registration.write_to").count() == 3


def test_many_people_are_read_page_by_page_in_as_many_queries(client, reader, django_assert_max_num_queries):
    category = reader.category
    Registration.objects.bulk_create(
        Registration(summit=reader.summit, category=category, attendance="online", name=f"Person {n:04}", email=f"p{n}@people.example",
                     country="KR", state="confirmed", listed="name") for n in range(120)
    )  # fmt: skip
    with django_assert_max_num_queries(12):
        shown = words(client.get(own(reader) + "?page=3"))
    assert "Person 0119" in shown and "Person 0001" not in shown
    assert client.get(own(reader) + "?page=99999999999&q=" + "x" * 5000).status_code == 200


def test_the_settings_say_until_when(as_user, organiser, summit):
    page = "/en/ogp2021/organiser/settings/registration/"
    assert 'name="participants_until"' in words(as_user(organiser).get(page))


@pytest.fixture
def category(summit):
    return make_category(summit)


def typed(category, email: str = "new@people.example", **more: str) -> dict[str, str]:
    """What a browser sends of somebody who registers."""
    return {"nonce": email, "attendance": "in_person", "category": str(category.pk), "name": "Anna Kim", "badge_script": "native",
            "email": email, "organisation": "Hanbit", "country": "KR", "language": "en", "privacy": "on", **more}  # fmt: skip


def test_who_registers_says_at_once_whether_they_are_in_the_list(summit, category, client):
    page = client.get("/en/ogp2021/register/").content.decode()
    assert 'name="listed"' in page and 'name="contactable"' in page
    sent = typed(category, listed="body", contactable="on")
    assert client.post("/en/ogp2021/register/", sent).status_code == 302
    made = summit.registrations.get(email="new@people.example")
    assert (made.listed, made.contactable) == ("body", True)
    assert (
        client.post("/en/ogp2021/register/", typed(category, "b@people.example", contactable="on")).status_code == 302
    )
    made = summit.registrations.get(email="b@people.example")
    assert (made.listed, made.contactable) == ("", False)
    wrong = client.post("/en/ogp2021/register/", typed(category, "c@people.example", listed="everything"))
    assert wrong.status_code == 422 and not summit.registrations.filter(email="c@people.example").exists()


def test_where_there_is_no_list_nothing_is_asked_and_nothing_taken(summit, category, client):
    summit.participants_until = None
    summit.save(update_fields=["participants_until"])
    assert 'name="listed"' not in client.get("/en/ogp2021/register/").content.decode()
    assert client.post("/en/ogp2021/register/", typed(category, listed="body")).status_code == 302
    assert summit.registrations.get().listed == ""


def test_who_is_entered_by_the_team_is_in_no_list(summit, organiser, as_user):
    page = as_user(organiser).get("/en/ogp2021/organiser/registrations/new/").content.decode()
    assert 'name="email"' in page and 'name="listed"' not in page


def test_the_short_address_leads_whoever_has_signed_in_to_the_list(summit, client, as_user):
    door = "/en/ogp2021/participants/"
    shown = client.get(door)
    assert shown.status_code == 200 and "/en/ogp2021/register/lost-link/" in shown.content.decode()
    made = make_registration(summit)
    assert as_user(made.user).get(door)["Location"] == f"/en/ogp2021/registrations/{made.token}/participants/"
    lifecycle.cancel(made, as_organiser=True)
    shown = as_user(made.user).get(door)
    assert shown.status_code == 200 and "no confirmed registration" in shown.content.decode()
    summit.participants_until = summit.starts_on.replace(year=2001)
    summit.save(update_fields=["participants_until"])
    assert client.get(door).status_code == 404
