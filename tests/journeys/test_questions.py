"""A question is asked on a phone, let through by keyboard, read and supported without loading anew; a poll is answered and shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sessions.live import cockpit, polls, questions
from sessions.live.participants import Participant, of_browser
from sessions.models import AudienceQuestion, PollBallot, Session
from summit.models import Summit, User
from tests.journeys.conftest import PHONE
from tests.journeys.helpers import LOCALES, Words
from tests.journeys.test_pages import BOTH, Tour

CODE = "ANT010"


@pytest.fixture
def session(ogp2021: Summit) -> Session:
    """A session of the seeded summit that is on now, in its room and online."""
    now = timezone.now()
    Session.objects.filter(summit=ogp2021, code=CODE).update(
        starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=50), mode="hybrid"
    )
    return Session.objects.select_related("summit", "room").get(summit=ogp2021, code=CODE)


def choices() -> list[dict[str, str]]:
    return [{"ko": "예", "en": "Yes"}, {"ko": "아니요", "en": "No"}]


@BOTH
def test_from_a_phone_in_the_hall_to_an_answer(
    new_page: Callable[..., Any], session: Session, sign_in: Callable[..., None], watch: Any, language: str
) -> None:
    say, address = Words(language), f"/{language}/ogp2021/sessions/{CODE}"
    asks, reads = new_page(**PHONE, locale=LOCALES[language]), new_page(locale=LOCALES[language])
    asks.goto(f"{address}/questions/")
    reads.goto(f"{address}/questions/")
    asks.get_by_role("textbox", name=say("Your question"), exact=True).fill("Who decides?")
    asks.get_by_role("button", name=say("Send the question")).click()
    expect(asks.locator("[data-own]")).to_contain_text("Who decides?")
    expect(asks.locator("#ask-text")).to_have_value("")

    moderates = new_page(locale=LOCALES[language])
    sign_in(moderates, "organiser@ogp2021.example", language=language)
    moderates.goto(f"{address}/cockpit/")
    expect(moderates.locator(".queue-column.new")).to_contain_text("Who decides?")
    moderates.keyboard.press("j")
    expect(moderates.locator("[data-question]").first).to_be_focused()
    moderates.keyboard.press("s")
    expect(moderates.locator(".queue-column.shown")).to_contain_text("Who decides?")

    reads.get_by_role("textbox", name=say("Your question"), exact=True).fill("Half a thought")
    expect(reads.locator("[data-live=questions]")).to_contain_text("Who decides?")
    expect(reads.locator("#ask-text")).to_have_value("Half a thought")
    button = reads.locator("[name=support]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("1")
    assert AudienceQuestion.objects.get().votes == 1

    poll = polls.draft(session, "one", {"ko": "동의합니까?", "en": "Agreed?"}, choices(), by=None)
    moderates.goto(f"{address}/cockpit/#polls")
    moderates.get_by_role("button", name=say("Open it"), exact=True).click()
    field = reads.locator(f"[data-poll='{poll.guid}']")
    field.get_by_label({"ko": "예", "en": "Yes"}[language]).check()
    field.get_by_role("button", name=say("Vote")).click()
    expect(field.locator(".done")).to_be_visible()
    expect(field).to_have_attribute("disabled", "")
    assert PollBallot.objects.count() == 1
    moderates.get_by_role("button", name=say("Show the results"), exact=True).click()
    expect(asks.locator("[data-live=results]")).to_contain_text("100%")
    expect(reads.locator("#ask-text")).to_have_value("Half a thought")
    watch.nothing()


@BOTH
def test_the_pages_of_questions_and_polls_are_sound(
    new_page: Callable[..., Any], session: Session, sign_in: Callable[..., None], watch: Any, language: str
) -> None:
    tour = Tour(new_page(reduced_motion="reduce", locale=LOCALES[language]), watch, session.summit, language)
    tour.visit("registration:taking-part", CODE)
    for number, state in enumerate(("new", "shown", "in_answer", "answered", "put_aside")):
        made = questions.ask(session, Participant(of_browser(str(number)), name="김하나"), f"{state}?", named=True, language="en")  # fmt: skip
        AudienceQuestion.objects.filter(pk=made.pk).update(state=state, answer={"ko": "예.", "en": "Yes."})
    for kind in polls.Kind.values:
        poll = polls.open_(
            polls.draft(session, kind, {"ko": "동의합니까?", "en": "Agreed?"}, choices(), by=None), by=None
        )
        chosen = [choice.pk for choice in poll.choices.all()[:1]]
        polls.vote(poll, Participant(of_browser("7")), chosen, ["trust"])
        polls.show_results(poll, by=None)
    polls.draft(session, "one", {"ko": "초안?", "en": "A draft?"}, choices(), by=None)
    Session.objects.filter(pk=session.pk).update(keeps_answers=True)
    session.summit.raise_revision()
    organiser = User.objects.get(email="organiser@ogp2021.example")
    cockpit.write_note(session, "Late", by=organiser)
    cockpit.signal(session, "stop", by=organiser)
    tour.visit("registration:taking-part", CODE)
    tour.visit("sessions:session", CODE)
    sign_in(tour.page, organiser.email, language=language)
    tour.visit("registration:cockpit", CODE)
    opened = AudienceQuestion.objects.get(state="shown")
    tour.go(f"{tour.address('registration:cockpit', CODE)}?question={opened.guid}", "a question that is looked after")
    tour.visit("registration:on-stage", CODE)
    tour.done()
