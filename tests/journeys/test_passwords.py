"""Choosing a password: it can be looked at, and how strong it is stands beside it while it is typed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from summit.accounts.password_strength import surprises
from tests.databases import PASSWORD
from tests.journeys.checks import Findings, accessible
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.helpers import LOCALES, Words, submit
from tests.summit.accounts.test_password_strength import COUNTED

ORGANISER = "organiser@ogp2021.example"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_new_password_is_seen_and_weighed_while_it_is_typed(
    new_page: Callable[..., Any], sign_in: Callable[..., None], language: str, size: dict[str, Any]
) -> None:
    say, page = Words(language), new_page(locale=LOCALES[language], **size)
    sign_in(page, ORGANISER, language=language)
    page.goto(f"/{language}/account/password/change/")
    new, said, meter = page.locator("#id_password1"), page.locator(".strength p"), page.locator(".strength meter")
    expect(said).to_be_hidden()
    for typed, words in (
        ("plum", say("Still too short.")),
        ("abcabcabcabc", say("Easy to guess: it repeats itself or follows the keyboard.")),
        ("plum river 61", say("Good enough. One more word makes it stronger.")),
        ("plum river under the bridge", say("Hard to guess.")),
    ):
        new.fill(typed)
        expect(said).to_have_text(words)
    assert meter.evaluate("meter => meter.value") == 16
    findings = Findings()
    accessible(page, "password", language, findings)
    findings.none()

    show = page.get_by_role("button", name=say("Show password")).nth(1)
    show.press("Enter")
    expect(new).to_have_attribute("type", "text")
    expect(page.locator("button[data-show-password=id_password1]")).to_have_text(say("Hide password"))
    expect(page.locator("#id_oldpassword")).to_have_attribute("type", "password")
    page.fill("#id_oldpassword", PASSWORD)
    page.fill("#id_password2", "plum river under the bridge")
    submit(page, "main form", "button[type=submit]")
    expect(page.locator(".messages").first).to_contain_text(say("Hard to guess."))


def test_browser_and_server_count_alike(new_page: Callable[..., Any]) -> None:
    page = new_page()
    page.goto("/ko/account/login/")
    asked = [
        *COUNTED,
        "🦊🐻🐼🐨🐯",
        "  two  spaces  stay  ",
        "ÀÉÎõü ñandú",
        "qwe123asd456zxc",
        "가나다라마바사",
        "m" * 128,
    ]
    script = page.locator("script[src*='password']").first.get_attribute("src")
    counted = page.evaluate(
        "async ([script, asked]) => { const { surprises } = await import(script); return asked.map(surprises); }",
        [script, asked],
    )
    assert counted == [surprises(password) for password in asked]


def test_without_scripts_there_is_no_button(new_page: Callable[..., Any]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/en/account/login/")
    expect(page.locator("#id_password")).to_be_visible()
    expect(page.locator("[data-show-password]")).to_be_hidden()
