"""The press applies: one is approved and has a ticket, one is rejected and reads why."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from registration.models import Registration
from summit.models import Summit
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.helpers import Words, read_mail

REASON = "기자증 사본을 확인하지 못했습니다. / We could not verify the press card."


@pytest.mark.parametrize(("language", "size"), [("ko", PHONE), ("en", DESKTOP)], ids=["ko-phone", "en-desktop"])
def test_one_of_the_press_is_approved_and_one_rejected(
    new_page: Callable[..., Any],
    ogp2021: Summit,
    outbox: Callable[[], Any],
    sign_in: Callable[..., None],
    watch: Any,
    language: str,
    size: dict[str, Any],
) -> None:
    say, page, desk = Words(language), new_page(**size), new_page()
    press = ogp2021.categories.get(code="press")
    press.admission = "approval"
    press.save()

    def apply(name: str, address: str) -> str:
        """The link to the own page of somebody who has filled in the form."""
        page.goto(f"/{language}/ogp2021/register/")
        page.get_by_role("radio", name=say("In person")).check(force=True)
        page.locator(f"input[name=category][value='{press.pk}']").check(force=True)
        for field, value in {"name": name, "name_romanised": name, "email": address, "organisation": "Daily"}.items():
            page.fill(f"#id_{field}", value)
        page.select_option("#id_country", "KR")
        page.check("#id_privacy", force=True)
        page.get_by_role("main").get_by_role("button", name=say("Register"), exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(say("Your registration has come in"))
        letter = read_mail(outbox())
        assert letter.to == address
        assert letter.entry is None, "a place in a calendar was promised"
        return letter.links[0]

    def ticket() -> Any:
        return page.get_by_role("region", name=say("Ticket"), exact=True)

    first, second = apply("Kim Bora", "bora@daily.example"), apply("Lee Jun", "jun@daily.example")
    page.goto(first)
    expect(ticket()).to_have_count(0)

    sign_in(desk, "registrations@ogp2021.example", language=language)
    desk.goto(f"/{language}/ogp2021/organiser/approval/")
    article = desk.locator("main article h2").first
    expect(article).to_contain_text("Kim Bora")
    desk.wait_for_load_state("load")
    desk.keyboard.press("a")
    expect(article).to_contain_text("Lee Jun")
    letter = read_mail(outbox())
    assert (letter.to, letter.entry is not None) == ("bora@daily.example", True)
    page.goto(first)
    expect(ticket().get_by_role("img")).to_be_visible()

    desk.wait_for_load_state("load")
    desk.keyboard.press("r")
    desk.fill("#id_reason", REASON) if desk.locator("#id_reason").count() else desk.fill("#id_reason_1", REASON)
    desk.get_by_role("button", name=say("Reject"), exact=True).click()
    expect(desk.locator("main article h2")).to_have_count(0)
    letter = read_mail(outbox())
    assert letter.to == "jun@daily.example"
    assert REASON in letter.text
    page.goto(second)
    expect(page.get_by_role("main")).to_contain_text(say("This registration was not accepted"))
    expect(page.get_by_role("main")).to_contain_text(REASON)
    expect(ticket()).to_have_count(0)
    states = (
        Registration.objects.filter(email__endswith="@daily.example").order_by("pk").values_list("state", flat=True)
    )
    assert list(states) == ["confirmed", "rejected"]
    watch.nothing()
