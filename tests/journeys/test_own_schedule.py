"""A schedule of one's own, in the browser: marks with and without scripts, signing in, a seat that becomes free."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from registration.models import Booking, Registration
from sessions.models import Bookmark, Session
from summit.models import Summit, User
from tests.journeys.helpers import Words, become_a_stranger, fetch_calendar, read_mail, submit

SPEAKER = "speaker@ogp2021.example"


def star(page: Any, code: str) -> Any:
    return page.locator(f"button[data-bookmark={code}]").first


def test_what_a_stranger_marks_comes_along_on_signing_in(
    desktop: Any, new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None]
) -> None:
    desktop.goto("/ko/ogp2021/agenda/")
    for code in ("CIV002", "DIG014"):
        expect(star(desktop, code)).to_have_attribute("aria-pressed", "false")
        star(desktop, code).click()
        expect(star(desktop, code)).to_have_attribute("aria-pressed", "true")
    desktop.reload()
    expect(star(desktop, "DIG014")).to_have_attribute("aria-pressed", "true")
    desktop.goto("/ko/ogp2021/my-agenda/")
    expect(desktop.locator(".plan .card")).to_have_count(2)
    assert not Bookmark.objects.exists()

    sign_in(desktop, SPEAKER)
    desktop.goto("/ko/ogp2021/my-agenda/")
    expect(desktop.locator(".plan .card")).to_have_count(2)
    speaker = User.objects.get(email=SPEAKER)
    assert set(speaker.bookmarks.values_list("session__code", flat=True)) == {"CIV002", "DIG014"}
    assert not [cookie for cookie in desktop.context.cookies() if cookie["name"].startswith("bookmarks")]

    # Another browser of the same person shows them, and takes one away.
    other = new_page()
    sign_in(other, SPEAKER)
    other.goto("/ko/ogp2021/sessions/CIV002/")
    button = star(other, "CIV002")
    expect(button).to_have_text(Words("ko")("Remove from my agenda"))
    with other.expect_response(lambda answer: "/my-agenda/sessions/CIV002/" in answer.url) as got:
        button.press("Enter")
    assert got.value.status == 200
    expect(button).to_have_text(Words("ko")("Add to my agenda"))
    assert list(speaker.bookmarks.values_list("session__code", flat=True)) == ["DIG014"]


def test_marking_works_without_scripts(new_page: Callable[..., Any], ogp2021: Summit) -> None:
    say, page = Words("en"), new_page(java_script_enabled=False, locale="en-GB")
    page.goto("/en/ogp2021/agenda/")
    page.locator("a[data-bookmark=CIV002]").click()
    page.get_by_role("button", name=say("Add to my agenda")).click()
    expect(page.get_by_role("main")).to_contain_text(say("This session is on your agenda."))
    page.goto("/en/ogp2021/my-agenda/")
    expect(page.locator(".plan .card")).to_have_count(1)


def test_a_seat_that_is_given_back_goes_to_who_waits(
    phone: Any, desktop: Any, ogp2021: Summit, outbox: Callable[[], Any], work: Callable[[], int]
) -> None:
    Session.objects.filter(code="CIV004").update(seats=1)
    first, second = Registration.objects.filter(summit=ogp2021, attendance="in_person", language="ko")[:2]
    say = Words("ko")
    for page, person in ((desktop, first), (phone, second)):
        page.goto(f"/ko/ogp2021/registrations/{person.token}/")
        page.goto("/ko/ogp2021/sessions/CIV004/")
    desktop.get_by_role("link", name=say("Book a seat")).click()
    desktop.get_by_role("button", name=say("Book a seat")).click()
    expect(desktop.get_by_role("main")).to_contain_text(say("Your seat is booked."))
    phone.goto("/ko/ogp2021/my-agenda/sessions/CIV004/")
    phone.get_by_role("button", name=say("Join the waitlist")).tap()
    expect(phone.get_by_role("main")).to_contain_text(say("On the waitlist"))
    work()

    submit(desktop, "section[aria-labelledby=seat] form")
    letter = read_mail(outbox())
    title = Session.objects.get(code="CIV004").title.in_language("ko")
    assert letter.to == second.email
    assert letter.subject == say(
        "%(summit)s: a seat is free for you in %(session)s", session=title, summit=ogp2021.brand.in_language("ko")
    )
    way = next(link for link in letter.links if link.endswith("/sessions/CIV004/"))
    # Another browser: the link alone says who it is.
    become_a_stranger(phone)
    phone.goto(way)
    phone.get_by_role("button", name=say("Take the seat")).tap()
    expect(phone.get_by_role("main")).to_contain_text(say("Your seat is booked."))
    assert list(Booking.objects.order_by("pk").values_list("state", flat=True)) == ["released", "booked"]

    # The private calendar knows it.
    phone.goto(f"/ko/ogp2021/registrations/{second.token}/")
    phone.get_by_role("button", name=say("Make the address")).tap()
    feed = phone.get_by_role("textbox", name=say("Address of the calendar")).input_value()
    (event,) = fetch_calendar(phone, feed)
    assert say("Seat booked") in [str(category) for category in event.categories]
