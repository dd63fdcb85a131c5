"""Two people on their way: from the opening page to the door, and to the calendar."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from registration.door import tickets
from registration.models import BadgePrint, CheckIn, Quota, Registration
from summit.models import Summit
from tests.journeys import camera
from tests.journeys.helpers import Words, answered, fetch, fetch_calendar, fetch_pdf, read_mail, settled, submit


def test_registers_in_korean_on_a_phone_and_is_let_in_by_the_badge(
    phone: Any,
    desktop: Any,
    ogp2021: Summit,
    outbox: Callable[[], Any],
    sign_in: Callable[..., None],
    shown_to_camera: Path,
    watch: Any,
) -> None:
    say = Words("ko")

    # The opening page leads to the form.
    phone.goto("/")
    assert phone.url.endswith("/ko/ogp2021/")
    phone.locator(".hero").get_by_role("link", name=say("Register")).tap()
    phone.get_by_role("radio", name=say("In person")).tap()
    phone.get_by_role("radio", name="시민사회").tap()
    for field, value in {
        "name": "김하늘", "name_romanised": "Kim Haneul", "email": "haneul@people.example", "organisation": "열린마을연구소",
        "job_title": "연구원", "access_needs": "휠체어석이 필요합니다.", "dietary_needs": "채식",
    }.items():  # fmt: skip
        phone.fill(f"#id_{field}", value)
    phone.select_option("#id_country", "KR")
    phone.locator("label[for=id_sensitive]").tap()
    phone.locator("label[for=id_privacy]").tap()
    phone.get_by_role("main").get_by_role("button", name=say("Register"), exact=True).tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(say("You are registered"))
    expect(phone.get_by_role("main")).to_contain_text("haneul@people.example")

    # The mail, once the worker has been.
    registration = Registration.objects.get(email="haneul@people.example")
    letter = read_mail(outbox())
    assert letter.to == "haneul@people.example"
    assert letter.subject == say("You are registered: %(summit)s", summit=ogp2021.short_name.in_language("ko"))
    (link,) = letter.links
    assert registration.reference in letter.text
    assert link in letter.html
    assert 'lang="ko"' in letter.html
    assert "김하늘" in letter.html
    assert letter.method == "PUBLISH"
    assert letter.entry["SUMMARY"] == ogp2021.name.in_language("ko")
    assert ogp2021.venues.get().name.in_language("ko") in letter.entry["LOCATION"]

    # The own page is a ticket.
    phone.goto(link)
    ticket = phone.get_by_role("region", name=say("Ticket"), exact=True)
    for shown in ("김하늘", "Kim Haneul", "열린마을연구소", "시민사회", say("In person"), registration.reference):
        expect(ticket).to_contain_text(shown)
    expect(ticket.get_by_role("img")).to_be_visible()

    papers = {}
    for name in ("Ticket (PDF)", "Badge (PDF)"):
        paper = fetch_pdf(phone, phone.get_by_role("link", name=say(name)).get_attribute("href"))
        assert paper.pages == 1
        for printed in ("김하늘", "Kim Haneul", "열린마을연구소", "시민사회", registration.reference):
            assert printed in paper.text, (name, printed)
        (papers[name],) = paper.codes
    code = papers["Badge (PDF)"]
    claims = tickets.read(code)
    assert (claims.guid, claims.in_person) == (registration.guid, True)
    assert papers["Ticket (PDF)"] == code

    # The desk finds, lets in, sees that somebody is inside, takes it back.
    sign_in(desktop, "desk@ogp2021.example")
    desktop.goto("/ko/ogp2021/desk/")
    desktop.get_by_role("link", name="정문 안내 데스크").click()
    result = desktop.locator("#result")

    def look_up() -> None:
        desktop.fill("#id_shown", registration.reference.lower())
        answered(desktop, "/desk/main-entrance/", lambda: desktop.press("#id_shown", "Enter"))

    def by_keyboard() -> None:
        """The button has the focus: Enter lets in."""
        expect(let_in).to_be_focused()
        settled(desktop)
        desktop.keyboard.press("Enter")
        expect(result).to_contain_text(say("Checked in"))
        settled(desktop)

    look_up()
    expect(result.get_by_role("heading", name="김하늘")).to_be_visible()
    for shown in ("열린마을연구소", "시민사회", "휠체어석이 필요합니다."):
        expect(result).to_contain_text(shown)
    let_in = result.get_by_role("button", name=say("Check in"), exact=True)
    by_keyboard()
    look_up()
    expect(result).to_contain_text(say("Already inside"))
    expect(let_in).to_have_count(0)
    result.get_by_role("button", name=say("Undo the check-in")).click()
    expect(result).to_contain_text(say("Check-in undone"))
    assert not CheckIn.objects.standing().filter(registration=registration).exists()

    # Again, now by the badge before the camera.
    camera.show(shown_to_camera, code)
    desktop.reload()
    desktop.get_by_role("button", name=say("Start the camera")).click()
    expect(result.get_by_role("heading", name="김하늘")).to_be_visible()
    by_keyboard()
    assert CheckIn.objects.standing().get(registration=registration).desk.code == "main-entrance"
    with desktop.context.expect_event("response", lambda answer: answer.url.endswith(".pdf")) as got:
        result.get_by_role("button", name=say("Print the badge")).click()
    assert got.value.status == 200
    assert got.value.headers["content-type"] == "application/pdf"
    assert BadgePrint.objects.get(registration=registration).desk.code == "main-entrance"

    # The agenda in the calendar of the phone.
    phone.get_by_role("button", name=say("Make the address")).tap()
    feed = phone.get_by_role("textbox", name=say("Address of the calendar")).input_value()
    subscribe = phone.get_by_role("link", name=say("Subscribe"), exact=True)
    assert subscribe.get_attribute("href") == feed.replace("http:", "webcal:")
    events = fetch_calendar(phone, feed)
    assert len(events) == 17
    rooms = {room.name.in_language("ko") for room in ogp2021.rooms.all()}
    assert all(any(room in event["LOCATION"] for room in rooms) for event in events)
    assert {event["DTSTART"].dt.tzinfo.key for event in events} == {"Asia/Seoul"}
    watch.nothing()


def test_registers_online_in_english_changes_twice_and_cancels(
    new_page: Callable[..., Any], ogp2021: Summit, site: Any, outbox: Callable[[], Any], watch: Any
) -> None:
    say, page = Words("en"), new_page(locale="en-GB", timezone_id="Europe/Tallinn")

    def taken() -> int:
        return Quota.objects.get(summit=ogp2021, attendance="in_person").taken

    before = taken()
    page.goto("/")
    assert page.url.endswith("/en/ogp2021/")
    page.locator(".hero").get_by_role("link", name="Register").click()
    page.get_by_role("radio", name="Online").check()
    page.get_by_role("radio", name="Academia and public").check()
    page.fill("#id_name", "Liis Põld-Õunapuu")
    page.fill("#id_email", "liis@people.example")
    page.fill("#id_organisation", "University of Tartu")
    page.select_option("#id_country", "EE")
    page.get_by_role("checkbox", name=say("I have read the privacy notice and agree to it.")).check()
    page.get_by_role("main").get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("You are registered"))

    letter = read_mail(outbox())
    assert letter.subject == "You are registered: " + ogp2021.short_name.in_language("en")
    assert 'lang="en"' in letter.html
    assert letter.entry["LOCATION"] == "Online" and letter.entry["URL"].startswith(site.url)
    link, agenda = letter.links
    assert agenda == site + "/en/ogp2021/my-agenda/"
    page.goto(link)
    main = page.get_by_role("main")
    expect(main).to_contain_text("Liis Põld-Õunapuu")
    expect(main).to_contain_text(say("You take part online."))
    expect(page.get_by_role("link", name=say("Badge (PDF)"))).to_have_count(0)
    expect(page.get_by_role("link", name=say("Ticket (PDF)"))).to_have_count(0)
    paper = fetch_pdf(page, page.get_by_role("link", name=say("Confirmation (PDF)")).get_attribute("href"))
    assert "Liis Põld-Õunapuu" in paper.text

    submit(page, "section[aria-labelledby=calendar] form")
    feed = page.get_by_role("textbox", name=say("Address of the calendar")).input_value()
    events = fetch_calendar(page, feed)
    assert len(events) == 17
    assert {event["LOCATION"] for event in events} == {"Online"}
    assert fetch(page, events[0]["URL"])

    # Coming after all, and not: the place is counted both times.
    page.get_by_role("link", name=say("Come in person instead")).click()
    page.get_by_role("button", name=say("Yes, come in person")).click()
    expect(main).to_contain_text(say("You come in person."))
    assert taken() == before + 1
    letter = read_mail(outbox())
    assert ogp2021.venues.get().name.in_language("en") in letter.entry["LOCATION"]
    assert not any(event["LOCATION"].startswith("http") for event in fetch_calendar(page, feed))
    page.get_by_role("link", name=say("Take part online instead")).click()
    page.get_by_role("button", name=say("Yes, take part online")).click()
    expect(main).to_contain_text(say("You take part online."))
    assert taken() == before

    page.get_by_role("link", name=say("Cancel my registration")).click()
    page.get_by_role("button", name=say("Yes, cancel it")).click()
    expect(main).to_contain_text(say("This registration has been cancelled"))
    letter = read_mail(outbox())
    assert letter.subject == say("Your registration was cancelled: %(summit)s", summit=ogp2021.short_name["en"])
    assert letter.entry["STATUS"] == "CANCELLED"
    # Of a calendar that has ended its subscribers hear so.
    fetch(page, feed, status=410)
    watch.nothing()
