"""The page on which the agenda is published, told of, planned and taken back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from registration.mailing import announcing
from sessions.models import Bookmark, PlannedPublication, Session
from sessions.planning import publishing, scheduling
from summit.models import Membership, Message
from tests.factories import at, make_session, make_summit, make_user

PAGE = "/en/ogp2021/organiser/publication/"


@pytest.fixture
def client(organiser, as_user):
    return as_user(organiser)


@pytest.fixture
def agenda(summit):
    for code in ("CIV001", "CIV002"):
        make_session(summit, code, published_at=None)
    publishing.publish(summit)
    return summit


def move(summit, code="CIV001", hour=14):
    scheduling.place(
        Session.objects.get(summit=summit, code=code), starts_at=at(15, hour), ends_at=at(15, hour + 1), room=None
    )


def later(**delta):
    return (timezone.now() + timedelta(**delta)).astimezone(at(15, 1).tzinfo).strftime("%Y-%m-%dT%H:%M")


def content(response, status=200):
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def seen(page):
    return page.split('name="seen" value="')[1].split('"')[0]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_shows_what_would_change_and_for_whom(agenda, client, language):
    Bookmark.objects.create(user=make_user(), session=Session.objects.get(code="CIV001"))
    move(agenda)
    Session.objects.filter(code="CIV002").update(title={"en": "Another title"})
    page = content(client.get(f"/{language}/ogp2021/organiser/publication/"))
    assert f'<html lang="{language}">' in page and "Another title" in page
    if language == "en":
        assert "A new version would tell of 2 changes:" in page
        assert "Moved</span> <strong" in page and "Renamed</span> <strong" in page
        assert "With bookmarks" in page


def ticked(page):
    return "checked" in re.search(r'<input type="checkbox" name="tell"[^>]*id="id_tell"[^>]*>', page)[0]


def test_telling_is_on_except_for_the_first_version(agenda, client, organiser):
    move(agenda)
    assert ticked(content(client.get(PAGE)))
    fresh = make_summit("ogp2023", agenda_published_at=None)
    make_session(fresh, "NEW001", published_at=None)
    Membership.objects.create(summit=fresh, user=organiser, role="owner")
    assert not ticked(content(client.get("/en/ogp2023/organiser/publication/")))


def test_publishing_tells_and_says_how_many_were_told(agenda, client, work):
    Bookmark.objects.create(user=make_user(), session=Session.objects.get(code="CIV001"))
    move(agenda)
    form = {
        "action": "publish",
        "confirmed": "1",
        "tell": "on",
        "note_ko": "바뀜",
        "note_en": "Moved",
        "seen": seen(content(client.get(PAGE))),
    }
    page = content(client.post(PAGE, form, follow=True))
    assert "Version 2 is public." in page
    work()
    assert Message.objects.filter(kind="agenda_changed").count() == 1
    version = agenda.agenda_versions.first()
    assert (version.note.public(), version.told) == ({"ko": "바뀜", "en": "Moved"}, 1)
    assert ">1</td>" in content(client.get(PAGE))


def test_publishing_asks_first_with_the_number_of_people_who_get_a_mail(agenda, client):
    Bookmark.objects.create(user=make_user(), session=Session.objects.get(code="CIV001"))
    move(agenda)
    form = {"action": "publish", "note_en": "Moved", "seen": seen(content(client.get(PAGE)))}
    asked = content(client.post(PAGE, {**form, "tell": "on"}))
    assert "Publish version 2 now?" in asked and "Publish, and mail 1 person" in asked
    assert agenda.agenda_versions.count() == 1
    # Without the tick it says that somebody is affected and hears nothing.
    assert "1 person is affected and is not told." in content(client.post(PAGE, form))
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', asked))
    done = content(client.post(PAGE, {**carried, "action": "publish"}, follow=True))
    assert "Version 2 is public." in done
    assert agenda.agenda_versions.first().note["en"] == "Moved"


def test_what_is_impossible_is_said_before_it_is_public(agenda, client):
    move(agenda)
    assert "Impossible" not in content(client.post(PAGE, {"action": "publish"}))
    late = at(15, 14) + timedelta(days=40)
    scheduling.place(Session.objects.get(code="CIV002"), starts_at=late, ends_at=late + timedelta(hours=1), room=None)
    page = content(client.post(PAGE, {"action": "publish"}))
    assert "Impossible as it is planned" in page and "1 session planned outside the days of the summit" in page
    assert agenda.agenda_versions.count() == 1


def test_a_question_about_a_plan_that_moved_is_not_asked(agenda, client):
    move(agenda)
    form = {"action": "publish", "seen": seen(content(client.get(PAGE)))}
    move(agenda, "CIV002", 17)
    assert "The plan has changed since you looked at it." in content(client.post(PAGE, form), 409)


def test_without_the_tick_nobody_is_told(agenda, client, work):
    Bookmark.objects.create(user=make_user(), session=Session.objects.get(code="CIV001"))
    move(agenda)
    client.post(PAGE, {"action": "publish", "confirmed": "1"})
    work()
    assert agenda.agenda_versions.count() == 2
    assert not Message.objects.filter(kind="agenda_changed").exists()


def test_what_was_not_seen_is_not_published_and_the_note_stays(agenda, client):
    move(agenda)
    form = {
        "action": "publish",
        "confirmed": "1",
        "note_en": "My careful words",
        "seen": seen(content(client.get(PAGE))),
    }
    move(agenda, "CIV002", 17)
    page = content(client.post(PAGE, form), 409)
    assert "The plan has changed since you looked at it." in page
    assert "My careful words" in page
    assert agenda.agenda_versions.count() == 1
    # The page now shows, and the form now carries, what it is.
    assert content(client.post(PAGE, {**form, "seen": seen(page)}, follow=True)).count("Version 2 is public.") == 1


def test_a_note_that_is_too_long_is_said_and_kept(agenda, client):
    move(agenda)
    page = content(client.post(PAGE, {"action": "publish", "note_en": "x" * 1001}), 422)
    assert "x" * 1001 in page and "1000" in page
    assert agenda.agenda_versions.count() == 1


def test_a_publication_is_planned_and_cancelled(agenda, client, organiser):
    move(agenda)
    form = {"action": "schedule", "at": later(hours=3), "tell": "on", "note_ko": "", "note_en": "At noon"}
    page = content(client.post(PAGE, form, follow=True))
    assert "The agenda will be published by itself:" in page
    planned = PlannedPublication.objects.get()
    assert abs(planned.at - timezone.now() - timedelta(hours=3)) < timedelta(minutes=1)
    assert (planned.tell, planned.by, planned.note["en"]) == (True, organiser, "At noon")
    assert "Cancel the planned publication" in page and "Schedule the publication" not in page
    again = client.post(PAGE, {**form, "at": later(hours=4)})
    assert "planned already" in content(again, 409)
    gone = content(client.post(PAGE, {"action": "unschedule", "planned": planned.pk}, follow=True))
    assert "The planned publication was cancelled." in gone
    assert "cancelled already" in content(client.post(PAGE, {"action": "unschedule", "planned": planned.pk}), 409)


def test_a_publication_can_be_planned_before_there_is_anything_new(agenda, client):
    page = content(client.get(PAGE))
    assert "Schedule the publication" in page and "Publish a new version" not in page
    client.post(PAGE, {"action": "schedule", "at": later(hours=3)})
    assert PlannedPublication.objects.get().waits
    assert "Publish a new version" not in content(client.get(PAGE))


@pytest.mark.parametrize(
    ("at_", "status", "said"),
    [
        ("", 422, "Say when."),
        ("noon", 422, "valid date"),
        ("2021-12-15T10:00", 409, "in the future"),
        ("9999-12-31T23:59", 409, "within two years"),
        ("0001-01-01T00:00", None, ""),
    ],
)
def test_a_moment_that_cannot_be_is_said(agenda, client, at_, status, said):
    move(agenda)
    response = client.post(PAGE, {"action": "schedule", "at": at_, "note_en": "Kept words"})
    assert response.status_code in ({status} if status else {409, 422})
    page = response.content.decode()
    assert said in page and "Kept words" in page
    assert not PlannedPublication.objects.exists()


def test_why_a_planned_publication_did_not_happen_is_shown(agenda, client, organiser, work):
    planned = announcing.schedule(agenda, timezone.now() + timedelta(hours=1), by=organiser)
    PlannedPublication.objects.filter(pk=planned.pk).update(at=timezone.now() - timedelta(seconds=1))
    planned.refresh_from_db()
    announcing.run_planned(planned)
    assert "Everything was public already as it was planned." in content(client.get(PAGE))
    move(agenda)
    publishing.publish(agenda)
    assert "Everything was public already" not in content(client.get(PAGE))


def test_the_newest_version_is_taken_back(agenda, client, work):
    move(agenda)
    assert "Take version" not in content(client.get(PAGE))
    publishing.publish(agenda)
    assert "Take version 2 back" in content(client.get(PAGE))
    page = content(client.post(PAGE, {"action": "take-back", "number": "2"}, follow=True))
    assert "Taken back: version 3 is public." in page
    assert Session.objects.get(code="CIV001").starts_at == at(15, 10)
    # What was undone is planned as before.
    assert "A new version would tell of 1 change:" in page


def test_an_earlier_version_can_be_chosen_to_go_back_to(agenda, client, work):
    move(agenda)
    publishing.publish(agenda)
    publishing.take_back(agenda)
    assert re.findall(r'<option value="(\d)">Version \d, ', content(client.get(PAGE))) == ["2", "1"]
    content(client.post(PAGE, {"action": "take-back", "number": "3", "to": "1"}, follow=True))
    assert agenda.agenda_versions.get(number=4).snapshot == agenda.agenda_versions.get(number=1).snapshot
    page = content(client.post(PAGE, {"action": "take-back", "number": "4", "to": "77"}), 409)
    assert "There is no earlier version to go back to." in page


@pytest.mark.parametrize("number", ["1", "", "x", "-1", "9" * 30])
def test_another_version_than_the_newest_is_not_taken_back(agenda, client, number):
    move(agenda)
    publishing.publish(agenda)
    page = content(client.post(PAGE, {"action": "take-back", "number": number}), 409)
    assert "Another version has become public since." in page
    assert agenda.agenda_versions.count() == 2


@pytest.mark.parametrize("number", ["0", "", "x", "9" * 30, "²"])
def test_nothing_that_is_not_there_is_cancelled(agenda, client, number):
    assert client.post(PAGE, {"action": "unschedule", "planned": number}).status_code == 404


def test_a_plan_of_another_summit_is_not_there(agenda, client, organiser):
    other = make_summit("ogp2023")
    theirs = announcing.schedule(other, timezone.now() + timedelta(hours=1), by=organiser)
    assert client.post(PAGE, {"action": "unschedule", "planned": theirs.pk}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.waits


@pytest.mark.parametrize("role", ["track_lead", "translator", "viewer", "moderator", "registrations", "desk_lead"])
def test_only_who_may_publish_does(agenda, as_user, role):
    client = as_user(make_user("other@team.example", summit=agenda, role=role))
    move(agenda)
    for data in ({"action": "publish"}, {"action": "take-back", "number": "1"}, {"action": "withdraw"}):
        assert client.post(PAGE, data).status_code == 404
    assert client.get(PAGE).status_code == 404
    assert agenda.agenda_versions.count() == 1


def test_the_page_asks_the_same_questions_for_more_of_everything(agenda, client, django_assert_num_queries):
    def more(number):
        make_session(agenda, f"NEW00{number}", published_at=None)
        publishing.publish(agenda)
        move(agenda, f"NEW00{number}", 15 + number)
        Bookmark.objects.create(
            user=make_user(f"p{number}@people.example"), session=Session.objects.get(code=f"NEW00{number}")
        )

    client.get(PAGE)
    for number in range(3):
        more(number)
        with django_assert_num_queries(33):
            client.get(PAGE)


def test_hundreds_of_changes_are_counted_whole_and_shown_in_pages(summit, client):
    for number in range(60):
        make_session(summit, f"NEW{number:03}", published_at=None, starts_at=at(15, 9) + timedelta(minutes=number))
    told = lambda page: re.findall(r'href="/en/ogp2021/sessions/NEW0(\d\d)/"', page)  # noqa: E731
    first, second = (content(client.get(PAGE, {"page": number})) for number in (1, 2))
    assert "A new version would tell of 60 changes:" in first
    assert told(first) == [f"{number:02}" for number in range(50)]
    assert told(second) == [f"{number:02}" for number in range(50, 60)]
    # What is seen is all of it, on every page.
    assert seen(first) == seen(second)
