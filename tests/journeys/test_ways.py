"""The same pages for those without a mouse, without JavaScript, and on paper."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from registration.models import CheckIn, Registration
from sessions.models import Track
from summit.models import Summit
from tests.journeys.helpers import Words, become_a_stranger, fetch_pdf, read_mail, submit

# Where the focus is and whether one sees it: an outline of at least two pixels around something within the window.
FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
  return {name: `${e.tagName} ${e.id} ${(e.textContent || "").trim().slice(0, 40)}`, outline: s.outlineStyle,
    wide: parseFloat(s.outlineWidth), seen: b.width > 0 && b.height > 0 && b.bottom > 0 && b.top < innerHeight};
}"""


class Keyboard:
    """Walks a page with Tab; the focus is seen at every step."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def tab(self) -> None:
        self.press("Tab")
        focus = self.page.evaluate(FOCUS)
        assert focus["outline"] == "solid" and focus["wide"] >= 2, f"the focus is not seen: {focus}"
        assert focus["seen"], f"the focus is outside the window: {focus}"

    def to(self, target: Any, *, at_most: int = 60) -> None:
        for _step in range(at_most):
            self.tab()
            if target.evaluate("e => e === document.activeElement"):
                return
        pytest.fail(f"{target} was not reached in {at_most} steps")

    def follow(self, target: Any, **options: Any) -> None:
        self.to(target, **options)
        with self.page.expect_navigation():
            self.press("Enter")


def test_everything_can_be_reached_and_sent_by_keyboard(new_page: Callable[..., Any], watch: Any) -> None:
    say, page = Words("en"), new_page(locale="en-GB", reduced_motion="reduce")
    keys, main = Keyboard(page), page.get_by_role("main")
    page.goto("/en/ogp2021/")

    # The first step offers to skip what every page begins with.
    skip = page.get_by_role("link", name=say("Skip to content"))
    keys.to(skip, at_most=1)
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.goto("/en/ogp2021/")
    keys.follow(page.locator(".hero").get_by_role("link", name=say("See the agenda")))
    keys.to(skip, at_most=1)
    keys.press("Enter")
    keys.follow(page.locator(".card a").first)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    keys.follow(page.get_by_role("navigation", name=say("Main")).get_by_role("link", name=say("Register")))

    # Sent empty: the summary of errors is where one is taken, and its links lead to the fields.
    send = main.get_by_role("button", name=say("Register"), exact=True)
    watch.expected = {422}
    keys.follow(send)
    expect(page.locator("#errors")).to_be_focused()
    links = page.locator("#errors a")
    expect(links).to_have_count(6)
    for link in links.all():
        keys.to(link, at_most=2)
        target = page.locator(link.get_attribute("href"))
        expect(target).to_have_count(1)
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(page.locator("#id_email")).to_be_focused()

    # Filled in from there and back, without a mouse.
    page.goto("/en/ogp2021/register/")
    keys.to(page.locator("#id_attendance_0"))
    keys.press("ArrowDown")
    expect(page.get_by_role("radio", name="Online")).to_be_checked()
    keys.to(page.locator("#id_category_0"), at_most=2)
    keys.press("Space")
    keys.to(page.locator("#id_name"), at_most=2)
    page.keyboard.type("Ada Key")
    keys.to(page.locator("#id_email"), at_most=6)
    page.keyboard.type("ada@people.example")
    keys.to(page.locator("#id_country"), at_most=5)
    page.keyboard.type("Estonia")
    expect(page.locator("#id_country")).to_have_value("EE")
    keys.to(page.locator("#id_privacy"), at_most=6)
    keys.press("Space")
    watch.expected = set()
    keys.follow(send, at_most=4)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("You are registered"))
    person = Registration.objects.get(email="ada@people.example")
    assert (person.name, person.country, person.attendance) == ("Ada Key", "EE", "online")
    watch.nothing()


def test_nothing_of_the_path_needs_javascript(
    new_page: Callable[..., Any],
    ogp2021: Summit,
    outbox: Callable[[], Any],
    work: Callable[[], int],
    sign_in: Callable[..., None],
    watch: Any,
) -> None:
    say, page = Words("ko"), new_page(java_script_enabled=False)
    main, heading = page.get_by_role("main"), page.get_by_role("heading", level=1)

    page.goto("/ko/ogp2021/")
    page.locator(".hero").get_by_role("link", name=say("Register")).click()
    page.get_by_role("radio", name=say("In person")).check()
    page.locator("[name=category]").first.check()
    page.fill("#id_name", "이도")
    page.fill("#id_name_romanised", "Yi Do")
    page.fill("#id_email", "ido@people.example")
    page.select_option("#id_country", "KR")
    page.check("#id_privacy")
    submit(page, "main form")
    expect(heading).to_have_text(say("You are registered"))

    page.goto(read_mail(outbox()).links[0])
    page.get_by_role("link", name=say("Take part online instead")).click()
    page.get_by_role("button", name=say("Yes, take part online")).click()
    expect(main).to_contain_text(say("You take part online."))
    page.get_by_role("link", name=say("Come in person instead")).click()
    page.get_by_role("button", name=say("Yes, come in person")).click()
    expect(main).to_contain_text(say("You come in person."))

    sign_in(page, "desk@ogp2021.example")
    page.goto("/ko/ogp2021/desk/main-entrance/")
    page.fill("#id_shown", Registration.objects.get(email="ido@people.example").reference)
    submit(page, "#look-up")
    expect(heading).to_be_visible()
    page.get_by_role("button", name=say("Check in"), exact=True).click()
    expect(main).to_contain_text(say("Checked in"))
    assert CheckIn.objects.standing().filter(registration__email="ido@people.example").exists()

    become_a_stranger(page)
    sign_in(page, "organiser@ogp2021.example")
    page.goto("/ko/ogp2021/organiser/tracks/")
    track = Track.objects.filter(summit=ogp2021).first()
    page.get_by_role("rowheader").get_by_role("link", name=track.name.in_language("ko"), exact=True).click()
    page.fill("#id_name_0", "시민의 자리")
    submit(page, "main form")
    expect(main).to_contain_text("시민의 자리")

    page.goto("/ko/ogp2021/organiser/badges/new/")
    with page.expect_response(
        lambda answer: "/organiser/badges/" in answer.url and answer.request.method == "GET"
    ) as got:
        page.get_by_role("button", name=say("Draw all badges")).click()
    assert got.value.headers["refresh"] == "2"
    expect(page.locator("progress")).to_be_visible()
    work()
    # The page follows by itself.
    address = page.get_by_role("link", name=say("Open the PDF")).get_attribute("href")
    assert (
        fetch_pdf(page, address).pages
        == ogp2021.registrations.filter(state="confirmed", attendance="in_person").count()
    )
    watch.nothing()


def test_agenda_session_and_ticket_are_fit_to_be_printed(desktop: Any, ogp2021: Summit, watch: Any) -> None:
    page = desktop
    page.emulate_media(media="print")
    page.goto("/ko/ogp2021/agenda/")
    for hidden in (".bar", ".tabs", ".aside", ".foot nav", ".skip", ".agenda-filter"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".card")).to_have_count(17)
    for card in page.locator(".card").all():
        expect(card.locator("h4")).to_be_visible()
    black_on_white = page.locator(".card h4").first.evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert black_on_white == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]

    # A session keeps its time and room.
    page.goto("/ko/ogp2021/sessions/ANT010/")
    for text in ("15:00–16:30", "정의연대"):
        expect(page.locator(".session > .aside")).to_contain_text(text)
    expect(page.locator(".session > .aside dl")).to_be_visible()

    person = Registration.objects.get(email="gildong@people.example")
    page.goto(person.get_absolute_url())
    for text in ("홍길동", "Hong Gildong", "한빛시민연대", person.reference):
        expect(page.locator(".ticket")).to_contain_text(text)
    expect(page.locator(".ticket svg")).to_be_visible()
    for hidden in (".bar", ".foot nav", "main .button"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
    watch.nothing()
