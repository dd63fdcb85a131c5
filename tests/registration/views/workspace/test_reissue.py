"""An organiser replaces somebody's ticket and private link."""

import pytest

from registration.badges import printing
from registration.models import Registration
from registration.registering import calendar_links, lifecycle, reissuing
from summit.models import HistoryEntry, Message
from tests.factories import make_desk, make_registration
from tests.registration.reading import everything, form_values, words


@pytest.fixture
def registration(summit):
    return make_registration(summit, email="hong@people.example")


def page(registration, part: str = "", language: str = "en") -> str:
    return f"/{language}/ogp2021/organiser/registrations/{registration.guid}/{part}"


@pytest.mark.parametrize(("language", "button"), [("en", "Replace ticket and link"), ("ko", "입장권과 링크 새로 발급")])
def test_the_page_of_a_registration_leads_to_the_question(as_user, organiser, registration, language, button):
    client = as_user(organiser)
    text = words(client.get(page(registration, language=language)))
    assert page(registration, "reissue/", language) in text
    assert button in text


def test_the_question_tells_of_printed_badges_and_the_calendar(as_user, organiser, summit, registration):
    client = as_user(organiser)
    assert "calendar gets a new address" not in words(client.get(page(registration, "reissue/")))
    calendar_links.share_calendar(registration)
    printing.print_at_desk(registration, desk=make_desk(summit), by=organiser)
    before = everything()
    asked = client.get(page(registration, "reissue/"))
    assert (asked.status_code, everything(), form_values(asked)["issue"]) == (200, before, "1")
    assert "1 badge has been printed with the old ticket" in words(asked)
    assert "calendar gets a new address" in words(asked)
    assert "hong@people.example" in words(asked)
    assert registration.token not in words(asked)
    reissuing.reissue(registration, issue=1)
    assert "has been printed" not in words(client.get(page(registration, "reissue/")))


def test_it_is_replaced_once_and_shown_in_the_history(as_user, organiser, registration):
    client = as_user(organiser)
    answers = [client.post(page(registration, "reissue/"), {"issue": "1"}, follow=True) for _ in range(2)]
    assert "The ticket and the link were replaced and the person told." in words(answers[0])
    assert "Nothing was done a second time." in words(answers[1])
    assert "Ticket and private link replaced" in words(answers[1])
    assert "issue of the ticket" in words(answers[1])
    assert Registration.objects.get().ticket_issue == 2
    assert Message.objects.get(kind="replaced").to == "hong@people.example"
    assert HistoryEntry.objects.get(action="registration.reissue").by == organiser
    assert Registration.objects.get().token not in words(answers[0])


def test_a_cancelled_registration_has_nothing_to_replace(as_user, organiser, registration):
    client = as_user(organiser)
    lifecycle.cancel(registration)
    assert "reissue/" not in words(client.get(page(registration)))
    assert "This registration has been cancelled" in words(client.get(page(registration, "reissue/")))
    client.post(page(registration, "reissue/"), {"issue": "1"})
    assert Registration.objects.get().ticket_issue == 1
