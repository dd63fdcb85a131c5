import pytest

from registration.models import Registration
from registration.registering import from_programme
from registration.registering.from_programme import Part
from sessions.models import Appearance
from tests.factories import make_category, make_question, make_registration, make_session, make_speaker, make_user
from tests.registration.reading import field_errors, words

PAGE = "/en/ogp2021/organiser/registrations/programme/"


@pytest.fixture
def category(summit):
    return make_category(summit, "speaker", name={"ko": "연사", "en": "Speaker"})


@pytest.fixture
def made(summit, organiser, category):
    make_session(summit, people=[make_speaker(summit, email="park@people.example")])
    from_programme.register(summit, {Part.SPEAKER: category}, by=organiser)
    return Registration.objects.get()


@pytest.mark.parametrize(("language", "said"), [("ko", "연사"), ("en", "Will be registered")])
def test_the_numbers_stand_there_before_anything_is_done(summit, category, organiser, as_user, language, said):
    make_session(summit, people=[make_speaker(summit, email="")])
    page = as_user(organiser).get(PAGE.replace("/en/", f"/{language}/"))
    assert page.status_code == 200
    assert said in words(page)
    assert page.context["parts"][0][-1].unreachable[0].name in words(page)
    assert not Registration.objects.exists()


def test_those_chosen_are_registered(summit, category, organiser, as_user):
    make_session(summit, people=[make_speaker(summit, email="park@people.example")])
    answer = as_user(organiser).post(PAGE, {"speaker": "on", "speaker_category": category.pk}, follow=True)
    assert "1 person was registered and is told by mail." in words(answer)
    assert Registration.objects.get().email == "park@people.example"
    assert "1 has not confirmed yet" in words(answer)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Choose whom to register."),
        ({"team": "on"}, "Choose the category of their badges."),
        ({"team": "on", "team_category": "999999"}, "Select a valid choice. That choice is not one of the available choices."),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(summit, category, organiser, as_user, sent, told):
    answer = as_user(organiser).post(PAGE, sent)
    assert answer.status_code == 422
    assert told in words(answer)
    assert not Registration.objects.exists()


def test_who_has_no_part_any_more_stands_on_the_overview_and_is_kept_or_cancelled(summit, organiser, as_user, made):
    client = as_user(organiser)
    Appearance.objects.all().delete()
    assert "has no part in it any more: keep or cancel?" in words(client.get("/en/ogp2021/organiser/"))
    assert made.name in words(client.get(PAGE))
    act = f"/en/ogp2021/organiser/registrations/{made.guid}/without-part/"
    assert "The registration is kept." in words(client.post(act, {"action": "keep"}, follow=True))
    assert "To ask about" not in words(client.get(PAGE))
    client.post(act, {"action": "cancel"})
    made.refresh_from_db()
    assert made.state == "cancelled"
    assert "has been cancelled" in words(client.post(act, {"action": "keep"}, follow=True))


def test_the_list_says_who_has_not_confirmed(summit, organiser, as_user, made):
    make_registration(summit, name="Marie Tamm")
    page = words(as_user(organiser).get("/en/ogp2021/organiser/registrations/?said_to_come=no"))
    assert made.name in page and "Marie Tamm" not in page
    assert "Not yet" in words(as_user(organiser).get(f"/en/ogp2021/organiser/registrations/{made.guid}/"))


@pytest.mark.parametrize("page", [PAGE, "/en/ogp2021/organiser/registrations/{guid}/without-part/"])
def test_others_of_the_team_find_nothing(summit, as_user, made, page):
    desk = make_user("desk@team.example", summit=summit, role="desk")
    assert as_user(desk).post(page.format(guid=made.guid)).status_code == 404


# the person's own page


def own(made, page=""):
    return f"/en/ogp2021/registrations/{made.token}/{page}"


def sent(**changes):
    return {
        "attendance": "online",
        "country": "EE",
        "language": "en",
        "access_needs": "",
        "dietary_needs": "vegan",
        "sensitive": "on",
        "privacy": "on",
        **changes,
    }


def test_the_own_page_asks_whether_somebody_comes_and_takes_the_answer(client, summit, made):
    assert "Do you come?" in words(client.get(own(made)))
    assert client.get(own(made, "coming/")).status_code == 200
    assert client.post(own(made, "coming/"), sent(sensitive="")).status_code == 422
    answer = client.post(own(made, "coming/"), sent(), follow=True)
    assert "the organisers know that you come" in words(answer)
    assert "Do you come?" not in words(answer)
    made.refresh_from_db()
    assert (made.attendance, made.country, made.dietary_needs, made.language) == ("online", "EE", "vegan", "en")
    assert [consent.kind for consent in made.consents.all()] == ["privacy", "sensitive"]
    assert client.get(own(made, "coming/")).status_code == 302


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"privacy": ""}, "Without your agreement we may not keep your registration."),
        ({"country": ""}, "Choose an answer for “Country”."),
        ({"attendance": "both"}, "Select a valid choice. both is not one of the available choices."),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_written(client, made, changes, told):
    answer = client.post(own(made, "coming/"), sent(**changes))
    assert answer.status_code == 422
    assert told in field_errors(answer)
    made.refresh_from_db()
    assert made.awaits_person


def test_required_questions_are_asked_with_it(client, summit, made):
    question = make_question(summit, required=True)
    assert client.post(own(made, "coming/"), sent()).status_code == 422
    assert client.post(own(made, "coming/"), sent(**{f"question_{question.pk}": "Tallinn"})).status_code == 302
    assert made.answers.get().words == "Tallinn"


def test_who_registered_themselves_is_not_asked(client, summit, category):
    made = make_registration(summit, category=category, language="en")
    assert "Do you come?" not in words(client.get(own(made)))
    assert client.post(own(made, "coming/"), sent()).status_code == 302
    made.refresh_from_db()
    assert made.country == "KR"
