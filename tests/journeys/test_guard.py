"""A page on which something was typed is not left without a question, and nothing is asked once it is saved."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from summit.models import Summit


def test_what_was_typed_is_not_left_without_a_question(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    page, asked = new_page(locale="en-GB"), []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    sign_in(page, "organiser@ogp2021.example", language="en")
    session = ogp2021.sessions.order_by("code").first()
    assert session is not None
    address = f"/en/ogp2021/organiser/sessions/{session.code}/"
    page.goto(address)
    title = page.locator('[name="title_en"]')
    title.click()
    title.press("End")
    title.press_sequentially("!")
    # The question comes after the click is over.
    with page.expect_event("dialog"):
        page.locator("#side").get_by_role("link", name="Rooms").click()
    expect(title).to_have_value(f"{session.title['en']}!")
    assert asked == ["beforeunload"]
    # Saved, and left.
    with page.expect_navigation():
        page.locator("#session").get_by_role("button", name="Save", exact=True).first.click()
    page.locator("#side").get_by_role("link", name="Rooms").click()
    page.wait_for_url("**/organiser/rooms/")
    assert asked == ["beforeunload"]
    session.refresh_from_db()
    assert session.title["en"].endswith("!")
    watch.nothing()
