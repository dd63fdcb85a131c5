"""Organisers plan a day: with the mouse, with the keyboard, two at once, and some only looking on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from sessions.models import Placement, Session
from sessions.planning import scheduling
from summit.models import Membership, Summit, User
from tests.databases import PASSWORD
from tests.factories import at, make_user
from tests.journeys.checks import Findings, sound
from tests.journeys.helpers import Words, until

Place = tuple[datetime, datetime, str]
DAY = "?day=2021-12-16&zoom=60"
LATEST = 5_000  # ms until another's move is seen, by the page's own clock


@pytest.fixture
def colleague(ogp2021: Summit) -> User:
    return make_user("kim@ogp2021.example", summit=ogp2021, role="organiser", name="Kim", password=PASSWORD)


def planned(code: str) -> Place:
    placement = Placement.objects.select_related("room").get(session__code=code)
    return placement.starts_at, placement.ends_at, placement.room.code if placement.room else ""


def opened(page: Any, language: str = "en", query: str = DAY) -> Any:
    page.goto(f"/{language}/ogp2021/organiser/agenda/{query}")
    expect(page.locator("[data-board].live")).to_be_visible()
    return page.locator("[data-says]")


def on_the_day(summit: Summit) -> list[Session]:
    return list(summit.sessions.filter(starts_at__range=(at(16, 4), at(17, 4))).select_related("room").in_order())


def drag(page: Any, code: str, *, minutes: int = 0, room: str = "", edge: bool = False) -> None:
    """With the mouse, from where the card is: so many minutes down, to a room's column."""
    card = page.locator(f'[data-card="{code}"]')
    card.scroll_into_view_if_needed()
    page.locator("[data-frame]").evaluate("frame => frame.scrollIntoView({ behavior: 'instant' })")
    box = card.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + (box["height"] - 3 if edge else 8)
    goal = page.locator(f'[data-slots="{room}"]').bounding_box() if room else None
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 6)
    # 48 px are a row of an hour.
    page.mouse.move(goal["x"] + goal["width"] / 2 if goal else x, y + minutes * 48 / 60, steps=6)
    page.mouse.up()


def saved(page: Any) -> None:
    """A move is marked from the moment it is made until its answer is there."""
    until(page, "() => document.querySelectorAll('.pending').length === 0")


def test_mouse_and_keyboard_plan_the_same(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    say, page = Words("en"), new_page(locale="en-GB")
    sign_in(page, "organiser@ogp2021.example", language="en")
    says = opened(page)
    rooms = list(ogp2021.rooms.values_list("code", flat=True))
    session = on_the_day(ogp2021)[0]
    code, card = session.code, page.locator(f'[data-card="{session.code}"]')
    index = rooms.index(session.room.code)
    other = rooms[index + 1] if index + 1 < len(rooms) else rooms[index - 1]
    toward, back = ("ArrowRight", "ArrowLeft") if index + 1 < len(rooms) else ("ArrowLeft", "ArrowRight")

    drag(page, code, minutes=35, room=other)
    saved(page)
    by_mouse = planned(code)
    length = session.ends_at - session.starts_at
    assert by_mouse == (
        session.starts_at + timedelta(minutes=35),
        session.starts_at + timedelta(minutes=35) + length,
        other,
    )
    expect(says).to_contain_text(session.title.in_language("en"))

    # Undone, it is as it is public: nothing waits any more.
    page.get_by_role("button", name=say("Undo")).click()
    saved(page)
    expect(page.get_by_role("button", name=say("Undo"))).to_be_hidden()
    assert not Placement.objects.exists()

    # The same with the keyboard.
    card.focus()
    page.keyboard.press("Enter")
    expect(says).to_contain_text("is picked up")
    for _step in range(7):
        page.keyboard.press("ArrowDown")
    page.keyboard.press(toward)
    expect(card).to_be_focused()
    page.keyboard.press("Enter")
    saved(page)
    assert planned(code) == by_mouse
    expect(card).to_be_focused()

    # Put back with Escape, nothing is sent.
    page.keyboard.press(" ")
    page.keyboard.press(back)
    page.keyboard.press("Escape")
    expect(says).to_contain_text("is where it was")
    assert planned(code) == by_mouse

    # Longer by its lower edge, and as much shorter with Shift: as long as it was.
    drag(page, code, minutes=30, edge=True)
    saved(page)
    assert planned(code)[1] == by_mouse[1] + timedelta(minutes=30)
    card.focus()
    page.keyboard.press("Enter")
    for _step in range(6):
        page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    saved(page)
    assert planned(code) == by_mouse

    # Without a time, and back; then to the next day.
    card.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(page.locator(f'[data-beside] [data-card="{code}"]:not(.pending)')).to_be_visible()
    assert planned(code)[0] is None
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("PageDown")
    expect(says).to_contain_text("is now on")
    assert planned(code)[0] == at(17, 9)

    # On the page of the other day every move is undone, one after the other; what is in the hand is put back first.
    with page.expect_navigation():
        page.locator("[data-first]").nth(2).click()
    expect(page.locator("[data-board].live")).to_be_visible()
    card.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    expect(says).to_contain_text("is where it was")
    for _move in range(5):
        assert Placement.objects.exists()
        with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            page.keyboard.press("Control+z")
        assert answered.value.finished() is None
    assert not Placement.objects.exists()
    expect(page.get_by_role("button", name=say("Undo"))).to_be_hidden()
    watch.nothing()


def test_a_session_is_dragged_out_of_the_plan_into_it_and_to_another_day(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    page = new_page(locale="en-GB", viewport={"width": 1280, "height": 1100})
    sign_in(page, "organiser@ogp2021.example", language="en")
    says = opened(page)
    page.locator("[data-board]").evaluate("board => board.scrollIntoView({ behavior: 'instant' })")
    session = on_the_day(ogp2021)[0]
    card = page.locator(f'[data-card="{session.code}"]')

    def to(goal: Any, down: float = 12) -> None:
        # What was said of the move before may still be pushing the page about: a card is taken where it has come to rest.
        card.hover(position={"x": 40, "y": 8})
        box, aim = card.bounding_box(), goal.bounding_box()
        page.mouse.down()
        page.mouse.move(box["x"] + 40, box["y"] + 16)
        page.mouse.move(aim["x"] + 20, aim["y"] + down, steps=6)
        page.mouse.up()
        saved(page)

    to(page.locator("[data-unscheduled]"))
    assert planned(session.code)[0] is None
    expect(page.locator("[data-beside] [data-card]")).to_have_count(1)
    # 48 px are an hour; the card is held 8 px below its top; it is as long as it was.
    to(page.locator('[data-slots="grand-101"]'), 8 * 48 + 8)
    assert planned(session.code) == (at(16, 15), at(16, 16, 30), "grand-101")
    to(page.locator("[data-first]").nth(2))
    expect(says).to_contain_text("is now on Fri, 17 Dec")
    expect(card).to_have_count(0)
    assert planned(session.code) == (at(17, 15), at(17, 16, 30), "grand-101")
    page.get_by_role("button", name="Undo").click()
    saved(page)
    expect(card).to_contain_text(session.title.in_language("en"))
    assert planned(session.code) == (at(16, 15), at(16, 16, 30), "grand-101")
    watch.nothing()


def test_a_finger_drags_by_the_handle(phone: Any, ogp2021: Summit, sign_in: Callable[..., None], watch: Any) -> None:
    page = phone
    sign_in(page, "organiser@ogp2021.example")
    opened(page, "ko")
    session = on_the_day(ogp2021)[0]
    handle = page.locator(f'[data-card="{session.code}"] [data-grip]')
    handle.evaluate("handle => handle.scrollIntoView({ behavior: 'instant', block: 'center', inline: 'center' })")
    box, touch = handle.bounding_box(), page.context.new_cdp_session(page)
    x, y = box["x"] + 12, box["y"] + 12
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + step * 6}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    saved(page)
    assert planned(session.code)[0] == session.starts_at + timedelta(hours=1)
    watch.nothing()


def test_conflicts_are_seen_while_planning_and_accepted_with_a_reason(
    desktop: Any, ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    say, page = Words("ko"), desktop
    sign_in(page, "organiser@ogp2021.example")
    opened(page, "ko")
    first, *others = on_the_day(ogp2021)
    rival = next(each for each in others if each.starts_at == first.starts_at and each.room != first.room)
    drag(page, rival.code, room=first.room.code)
    saved(page)
    listed = page.locator("[data-clash^=room_taken]")
    expect(listed).to_have_count(1)
    for code in (first.code, rival.code):
        expect(page.locator(f'[data-card="{code}"] [data-badge].bad')).to_be_visible()

    page.goto("/ko/ogp2021/organiser/agenda/conflicts/")
    clash = page.locator("#main .clash", has_text=first.room.name.in_language("ko")).first
    clash.get_by_label(say("Why it may stand")).fill("벽을 열어 함께 씁니다.")
    clash.get_by_role("button").click()
    expect(page.get_by_text("벽을 열어 함께 씁니다.")).to_be_visible()
    opened(page, "ko")
    expect(listed).to_have_count(0)
    watch.nothing()


def test_two_organisers_see_each_others_moves_and_overwrite_nothing(
    new_page: Callable[..., Any], ogp2021: Summit, colleague: User, sign_in: Callable[..., None], watch: Any
) -> None:
    mine, theirs = new_page(locale="en-GB"), new_page(locale="en-GB")
    sign_in(mine, "organiser@ogp2021.example", language="en")
    sign_in(theirs, colleague.email, language="en")
    mine.clock.install()
    heard, says = opened(mine), opened(theirs)
    first, second = on_the_day(ogp2021)[:2]

    drag(theirs, first.code, minutes=60)
    saved(theirs)
    moved = mine.locator(f'[data-card="{first.code}"][data-version="2"]')
    mine.clock.run_for(LATEST)
    expect(moved).to_be_visible()
    expect(heard).to_contain_text("Kim has moved")

    # In my hand while Kim moves it: refused, told, and shown where it is.
    card = mine.locator(f'[data-card="{second.code}"]')
    card.focus()
    mine.keyboard.press("Enter")
    mine.keyboard.press("ArrowDown")
    scheduling.place(second, starts_at=at(16, 19), ends_at=at(16, 20), room=second.room, by=colleague)
    watch.expected = {409}
    mine.keyboard.press("Enter")
    expect(heard).to_contain_text("Kim has moved this session meanwhile: Thu, 16 Dec 19:00")
    expect(mine.locator(f'[data-card="{second.code}"] .when')).to_contain_text("19:00–20:00")
    assert planned(second.code)[0] == at(16, 19)

    # What is not a move comes as well: a session somebody else has added.
    theirs.goto("/en/ogp2021/organiser/agenda/add/?kind=break")
    theirs.fill("#id_title_1", "Coffee for all")
    theirs.fill("#id_starts_at", "2021-12-16T12:00")
    theirs.fill("#id_ends_at", "2021-12-16T12:30")
    theirs.locator("main form button").click()
    expect(theirs.get_by_text("was added to the plan")).to_be_visible()
    expect(mine.locator("[data-all]", has_text="Coffee for all")).to_be_visible()
    expect(says).to_be_attached()
    watch.nothing()


def test_who_may_only_look_sees_the_plan_move_and_moves_nothing(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    viewer = make_user("viewer@ogp2021.example", password=PASSWORD)
    Membership.objects.create(summit=ogp2021, user=viewer, role="viewer")
    page = new_page(locale="en-GB")
    sign_in(page, viewer.email, language="en")
    page.clock.install()
    opened(page)
    session = on_the_day(ogp2021)[0]
    card = page.locator(f'[data-card="{session.code}"]')
    where = card.bounding_box()["y"]
    drag(page, session.code, minutes=60)
    card.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".picked, .pending, .dragged")).to_have_count(0)
    assert where and not Placement.objects.exists()
    scheduling.place(session, starts_at=at(16, 18), ends_at=at(16, 19), room=session.room)
    page.clock.run_for(LATEST)
    expect(card.locator(".when")).to_contain_text("18:00–19:00")
    watch.nothing()


def test_without_scripts_the_plan_is_read_and_each_session_leads_to_its_form(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    page = new_page(locale="en-GB", java_script_enabled=False)
    sign_in(page, "organiser@ogp2021.example", language="en")
    page.goto(f"/en/ogp2021/organiser/agenda/{DAY}")
    session = on_the_day(ogp2021)[0]
    card = page.locator(f'[data-card="{session.code}"]')
    expect(card).to_contain_text("10:00–11:30")
    card.get_by_role("link").click()
    page.fill("#id_starts_at", "2021-12-16T10:30")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    assert planned(session.code)[0] == at(16, 10, 30)
    watch.nothing()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_pages_of_the_plan_are_sound(
    language: str, new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    page, findings = new_page(locale={"ko": "ko-KR", "en": "en-GB"}[language], reduced_motion="reduce"), Findings()
    first, second = on_the_day(ogp2021)[:2]
    scheduling.place(second, starts_at=first.starts_at, ends_at=first.ends_at, room=first.room)
    ogp2021.sessions.create(title={"ko": "시간 없음", "en": "No time yet"}, kind="workshop")
    sign_in(page, "organiser@ogp2021.example", language=language)
    opened(page, language, "?day=2021-12-16&zoom=15")
    page.locator("#board-help summary").click()
    page.locator(".board-break summary").click()
    sound(page, "plan", language, findings)
    for path in ("conflicts/", "add/", f"../sessions/{second.code}/placement/"):
        page.goto(f"/{language}/ogp2021/organiser/agenda/{path}")
        sound(page, path, language, findings)
    findings.none()
    watch.nothing()
