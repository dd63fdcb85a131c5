"""Who comes is decided: by keyboard at the desk of the organisers, and read by the person in their language."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from registration.models import ReasonTemplate, Registration
from registration.registering import lifecycle
from summit.models import Summit
from tests.factories import person
from tests.journeys.helpers import Words, read_mail


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_three_who_wait_are_decided_by_keyboard(
    new_page: Callable[..., Any],
    ogp2021: Summit,
    outbox: Callable[[], Any],
    work: Callable[[], int],
    sign_in: Callable[..., None],
    watch: Any,
    language: str,
    width: int,
) -> None:
    say, page = Words(language), new_page(viewport={"width": width, "height": 900})
    press = ogp2021.categories.get(code="press")
    press.admission = "approval"
    press.save()
    ReasonTemplate.objects.create(summit=ogp2021, text={"ko": "기자증이 없습니다.", "en": "There is no press card."})
    people = [
        lifecycle.register(ogp2021, person(ogp2021, category=press, language=language, name=f"Press {n}"))
        for n in range(3)
    ]
    sign_in(page, "registrations@ogp2021.example", language=language)
    page.goto(f"/{language}/ogp2021/organiser/approval/")
    main = page.get_by_role("main")

    def key(name: str) -> None:
        # Keys are heard once the page is whole.
        page.wait_for_load_state("load")
        page.keyboard.press(name)

    # Looked at, left for later, come back to.
    expect(main.locator("article h2").first).to_have_text("Press 0")
    key("j")
    expect(main.locator("article h2").first).to_have_text("Press 1")
    key("k")
    expect(main.locator("article h2").first).to_have_text("Press 0")
    key("?")
    expect(page.locator("dialog[data-keys]")).to_contain_text(say("Approve"))
    key("Escape")
    expect(page.locator("dialog[data-keys]")).to_be_hidden()

    key("a")
    expect(main.locator("article h2").first).to_have_text("Press 1")
    key("r")
    expect(page.locator("#id_reason_0")).to_be_focused()
    page.select_option("#id_reason_0", index=1)
    page.get_by_role("button", name=say("Reject"), exact=True).click()
    expect(main.locator("article h2").first).to_have_text("Press 2")
    states = list(
        Registration.objects.filter(pk__in=[one.pk for one in people]).order_by("pk").values_list("state", flat=True)
    )
    assert states == ["confirmed", "rejected", "pending"]

    letter = read_mail(outbox())
    assert {"ko": "기자증이 없습니다.", "en": "There is no press card."}[language] in letter.text
    page.goto(f"/{language}/ogp2021/registrations/{people[1].token}/")
    expect(main).to_contain_text(say("This registration was not accepted"))
    page.goto(f"/{language}/ogp2021/registrations/{people[2].token}/")
    expect(main).to_contain_text(say("Your registration has come in"))
    watch.nothing()


def test_two_hundred_who_wait_are_gone_through_without_a_mouse(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    """Every tenth is left for a second look, nobody is decided twice, and the last key leads to an empty queue."""
    page, press = new_page(), ogp2021.categories.get(code="press")
    press.admission = "approval"
    press.save()
    ogp2021.quotas.update(has_waitlist=True)
    people = [
        lifecycle.register(ogp2021, person(ogp2021, category=press, name=f"Press {n:03}"), told=True)
        for n in range(200)
    ]
    sign_in(page, "registrations@ogp2021.example")
    page.goto("/ko/ogp2021/organiser/approval/")
    name = page.locator("main article h2").first
    for number in range(200):
        expect(name).to_have_text(f"Press {number:03}")
        page.wait_for_load_state("load")
        page.keyboard.press("w" if number % 10 == 9 else "a")
    expect(page.locator("main article h2")).to_have_count(0)
    states = (
        Registration.objects.filter(pk__in=[one.pk for one in people]).order_by("pk").values_list("state", flat=True)
    )
    assert list(states) == ["waitlisted" if n % 10 == 9 else "confirmed" for n in range(200)]
    watch.nothing()
