"""The lists of the workspace in a browser: looked at, a cell edited in place, many rows changed, undone and exported."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import expect

from sessions.models import Session
from summit.models import Summit
from tests.journeys.checks import Findings, sound
from tests.journeys.helpers import Words, settled, submit, until

LISTS = (
    "sessions:organiser-sessions",
    "speakers:organiser-people",
    "speakers:organiser-organisations",
    "summit:organiser-rooms",
    "summit:organiser-pages",
    "sessions:organiser-tracks",
    "registration:registrations",
)
ORGANISER = "organiser@ogp2021.example"


def address(name: str, summit: Summit, language: str, *args: Any) -> str:
    with override(language):
        return reverse(name, args=[summit.code, *args])


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_list_is_sound(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any, language: str
) -> None:
    page, findings = new_page(reduced_motion="reduce"), Findings()
    sign_in(page, ORGANISER, language=language)
    for name in LISTS:
        page.goto(address(name, ogp2021, language))
        sound(page, name, language, findings)
        # With all there is to choose open, and a cell being edited.
        page.set_viewport_size({"width": 1280, "height": 844})
        for fold in page.locator(".list-menu").all():
            fold.evaluate("fold => { fold.open = true; }")
            sound(page, f"{name}, a menu", language, findings)
            fold.evaluate("fold => { fold.open = false; }")
        page.set_viewport_size({"width": 1280, "height": 844})
        page.locator("a.cell-edit").first.click()
        page.locator("form.cell-form").wait_for()
        settled(page)
        sound(page, f"{name}, edited", language, findings)
    page.set_viewport_size({"width": 1280, "height": 844})
    page.goto(address("sessions:organiser-sessions-cell", ogp2021, language, "CIV004", "title"))
    sound(page, "a cell's own page", language, findings)
    page.goto(address("sessions:organiser-sessions", ogp2021, language) + "?q=nothing-like-this")
    sound(page, "nothing found", language, findings)
    page.goto(address("speakers:organiser-people", ogp2021, language))
    page.get_by_role("checkbox").nth(1).check()
    page.select_option("#act-action", "delete")
    watch.expected = {409}
    submit(page, "#act")
    sound(page, "asked first", language, findings)
    findings.none()


# Where the first row of a list begins, how high its rows are, and what sticks out of its frame, in pixels.
MEASURED = """() => {
  const frame = document.querySelector(".table.list"), rows = [...frame.querySelectorAll("tbody tr")];
  return {
    first: rows[0].getBoundingClientRect().top,
    highest: Math.max(...rows.map((row) => row.getBoundingClientRect().height)),
    over: frame.scrollWidth - frame.clientWidth,
  };
}"""


def test_every_list_begins_high_fits_its_frame_and_keeps_its_rows_low(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None]
) -> None:
    page, findings = new_page(reduced_motion="reduce"), Findings()
    sign_in(page, ORGANISER, language="en")
    for language in ("en", "ko"):
        for name in LISTS:
            where = f"{name}, {language}"
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(address(name, ogp2021, language))
            found = page.evaluate(MEASURED)
            findings.expect(found["first"] < 300, where, f"the first row begins at {found['first']}")
            findings.expect(found["highest"] <= 64, where, f"a row is {found['highest']} high")
            findings.expect(found["over"] <= 0, where, f"the usual columns are {found['over']} wider than the list")
            # The heads stay where the rows scroll.
            head = page.locator(".table.list thead th").last.bounding_box()
            page.locator(".table.list").evaluate("frame => { frame.scrollTop = 200; }")
            findings.expect(
                page.locator(".table.list thead th").last.bounding_box() == head, where, "the heads scroll away"
            )
            page.set_viewport_size({"width": 390, "height": 844})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            findings.expect(wide == 0, where, f"{wide} stick out of a phone")
            cell = page.locator(".table.list tbody td[data-label]").first
            said = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
            findings.expect(cell.get_attribute("data-label") in said, where, "a card does not name its values")
    findings.none()


def test_an_organiser_edits_a_cell_changes_two_sessions_undoes_it_and_takes_the_list_along(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    say, page = Words("en"), new_page(locale="en-GB")
    sign_in(page, ORGANISER, language="en")
    page.goto(address("sessions:organiser-sessions", ogp2021, "en"))
    session = Session.objects.get(summit=ogp2021, code="CIV004")
    title = session.title["en"]

    # In place: the focus goes into the form, and back; Escape leaves it as it was.
    edit = page.get_by_role("link", name=say("Edit %(column)s: %(name)s", column=say("Session"), name=title))
    edit.click()
    english = page.locator("form.cell-form input[lang=en]")
    expect(page.locator("form.cell-form input[lang=ko]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("form.cell-form")).to_have_count(0)
    expect(edit).to_be_focused()
    edit.click()
    expect(page.locator("form.cell-form input[lang=ko]")).to_be_focused()
    english.fill("")
    page.locator("form.cell-form input[lang=ko]").fill("")
    watch.expected = {422}
    english.press("Enter")
    expect(page.locator("form.cell-form .error")).to_be_visible()
    expect(page.locator("form.cell-form [aria-invalid=true]").first).to_be_focused()
    english.fill("A title edited in place")
    # Meanwhile somebody else edits it.
    Session.objects.filter(pk=session.pk).update(version=session.version + 1)
    watch.expected = {409}
    english.press("Enter")
    expect(page.locator("form.cell-form .notice.warn")).to_contain_text(title)
    expect(english).to_have_value("A title edited in place")
    settled(page)
    english.press("Enter")
    expect(page.get_by_role("rowheader", name="A title edited in place")).to_be_visible()
    settled(page)
    session.refresh_from_db()
    assert session.title["en"] == "A title edited in place"

    # Two rows, one action, and back.
    boxes = page.locator("tbody input[name=chosen]")
    chosen = [boxes.nth(n).get_attribute("value") for n in (0, 1)]
    before = dict(Session.objects.filter(code__in=chosen).values_list("code", "mode"))
    for n in (0, 1):
        boxes.nth(n).check()
    page.select_option("#act-action", "mode")
    submit(page, "#act")
    expect(page.get_by_role("heading", name="Set the mode of 2 sessions")).to_be_visible()
    page.select_option("main select[name=value]", "online")
    submit(page, "main form.panel")
    assert set(Session.objects.filter(code__in=chosen).values_list("mode", flat=True)) == {"online"}
    expect(page.locator(".notice.undo")).to_contain_text("2 were changed.")
    submit(page, ".notice.undo")
    assert dict(Session.objects.filter(code__in=chosen).values_list("code", "mode")) == before

    # What is found, sorted by another column, is what is in the file.
    page.get_by_role("searchbox").fill("edited in place")
    submit(page, "form[role=search]")
    page.get_by_role("link", name="State", exact=True).click()
    until(page, "() => location.search.includes('sort=state')")
    page.locator(".list-menu summary", has_text="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    text = waiting.value.path().read_bytes().decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text, newline=""))
    assert head[:2] == ["Session", "State"] and row[0] == "A title edited in place"
    watch.nothing()


def test_without_javascript_a_cell_has_a_page_of_its_own(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    page = new_page(locale="en-GB", java_script_enabled=False)
    sign_in(page, ORGANISER, language="en")
    page.goto(address("summit:organiser-rooms", ogp2021, "en") + "?sort=-capacity")
    page.get_by_role("link", name="Edit Capacity").first.click()
    page.fill("main input[name=value]", "321")
    submit(page, "main form")
    assert page.url.endswith("?sort=-capacity")
    expect(page.locator("tbody tr").first).to_contain_text("321")
    watch.nothing()
