"""An organiser publishes with notices, in either language; people read their mail and their calendars follow."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import icalendar
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from registration.mailing import announcing
from registration.models import Registration
from sessions.models import Bookmark, PlannedPublication, Session
from sessions.planning import publishing, scheduling
from summit.models import Message, Summit, User
from tests.journeys.checks import Findings, sound
from tests.journeys.helpers import LOCALES, Words, submit

NEXT = "section[aria-labelledby=next] form"


@pytest.fixture
def reader(ogp2021: Summit) -> Registration:
    """Somebody who comes in person, reads Korean and has marked CIV004."""
    person = ogp2021.registrations.get(name="홍길동")
    Registration.objects.filter(pk=person.pk).update(language="ko", attendance="in_person")
    Bookmark.objects.get_or_create(user=person.user, session=Session.objects.get(summit=ogp2021, code="CIV004"))
    return person


def plan_later(summit: Summit, code: str = "CIV004") -> Session:
    found = Session.objects.select_related("summit", "room").get(summit=summit, code=code)
    hour = timedelta(hours=1)
    scheduling.place(found, starts_at=found.starts_at + hour, ends_at=found.ends_at + hour, room=found.room)
    return found


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_organiser_publishes_and_those_concerned_are_told(
    new_page: Callable[..., Any],
    ogp2021: Summit,
    reader: Registration,
    sign_in: Callable[..., None],
    work: Callable[[], int],
    mailoutbox: list[Any],
    watch: Any,
    language: str,
) -> None:
    say, page, findings = Words(language), new_page(locale=LOCALES[language]), Findings()
    before = plan_later(ogp2021)
    sign_in(page, "organiser@ogp2021.example", language=language)
    page.goto(f"/{language}/ogp2021/organiser/publication/")
    sound(page, "publication with changes", language, findings)
    expect(page.locator("section[aria-labelledby=next] .changes li")).to_have_count(1)
    expect(page.get_by_role("checkbox", name=say("Tell those affected"))).to_be_checked()
    page.fill("#id_note_0", "시간이 한 시간 늦춰졌습니다.")
    page.fill("#id_note_1", "One hour later.")
    work()
    mailoutbox.clear()
    submit(page, NEXT)
    expect(page.locator("main dl")).to_contain_text(say("People who get a mail"))
    submit(page, "main form")
    expect(page.get_by_text(say("Version %(number)d is public.", number=2))).to_be_visible()
    work()
    page.reload()
    expect(page.locator("tbody tr").first.locator("td").nth(3)).to_have_text("1")

    # The mail is in the reader's language and leads back to the site; the calendar has the new time.
    [mail] = [mail for mail in mailoutbox if mail.to == [reader.email]]
    assert "시간이 한 시간 늦춰졌습니다." in mail.body and before.title["ko"] in mail.body
    [file] = mail.attachments
    calendar = icalendar.Calendar.from_ical(file.content)
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH" and event["STATUS"] == "CONFIRMED"
    assert event["DTSTART"].dt == before.starts_at + timedelta(hours=1)
    assert event["SEQUENCE"] == before.sequence + 1
    changes = next(line for line in mail.body.splitlines() if "agenda/changes/" in line)
    page.goto(changes)
    expect(page.locator("#version-2")).to_contain_text("시간이 한 시간 늦춰졌습니다.")
    assert Message.objects.filter(kind="agenda_changed").count() == 1
    watch.nothing()
    findings.none()


def test_an_organiser_plans_a_publication_and_takes_a_version_back(
    new_page: Callable[..., Any],
    ogp2021: Summit,
    reader: Registration,
    sign_in: Callable[..., None],
    work: Callable[[], int],
    mailoutbox: list[Any],
    watch: Any,
) -> None:
    say, page, findings = Words("en"), new_page(locale="en-GB"), Findings()
    before = plan_later(ogp2021)
    sign_in(page, "organiser@ogp2021.example", language="en")
    page.goto("/en/ogp2021/organiser/publication/")

    # Planned, cancelled, planned again; then its moment comes.
    def plan() -> None:
        page.locator(f"{NEXT} details summary").click()
        page.fill("#id_at", f"{timezone.localtime(timezone.now() + timedelta(hours=2), ogp2021.tz):%Y-%m-%dT%H:%M}")
        with page.expect_navigation():
            page.get_by_role("button", name=say("Schedule the publication")).click()

    plan()
    sound(page, "publication planned", "en", findings)
    with page.expect_navigation():
        page.get_by_role("button", name=say("Cancel the planned publication")).click()
    plan()
    planned = PlannedPublication.objects.get(cancelled_at=None)
    PlannedPublication.objects.filter(pk=planned.pk).update(at=timezone.now() - timedelta(seconds=1))
    planned.refresh_from_db()
    work()
    mailoutbox.clear()
    assert announcing.run_planned(planned)
    work()
    assert [mail.to for mail in mailoutbox] == [[reader.email]]

    # Taken back: the time is as before, and those who were told are told of that, too.
    page.reload()
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        page.get_by_role("button", name=say("Take the version back")).click()
    expect(page.get_by_text(say("Taken back: version %(number)d is public.", number=3))).to_be_visible()
    sound(page, "publication taken back", "en", findings)
    mailoutbox.clear()
    work()
    [mail] = mailoutbox
    [event] = icalendar.Calendar.from_ical(mail.attachments[0].content).walk("VEVENT")
    assert event["DTSTART"].dt == before.starts_at
    assert event["SEQUENCE"] == before.sequence + 2
    watch.nothing()
    findings.none()


def test_the_record_is_searched_and_downloaded_and_a_summit_copied(
    desktop: Any, ogp2021: Summit, sign_in: Callable[..., None], watch: Any
) -> None:
    say, page, findings = Words("ko"), desktop, Findings()
    plan_later(ogp2021)
    publishing.publish(ogp2021, by=User.objects.get(email="organiser@ogp2021.example"))
    sign_in(page, "organiser@ogp2021.example")
    page.goto("/ko/ogp2021/organiser/history/")
    sound(page, "history", "ko", findings)
    page.locator("main summary", has_text=say("Filters")).click()
    page.select_option("#list_action", "agenda.publish")
    with page.expect_navigation():
        page.get_by_role("search").get_by_role("button", name=say("Show")).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.locator("main summary", has_text=say("Export")).click()
        page.get_by_role("link", name="CSV").click()
    table = download.value.path().read_text("utf-8-sig")
    assert table.count("agenda.publish") == 2 and "registration.register" not in table

    page.goto("/ko/ogp2021/organiser/copy/")
    sound(page, "copy", "ko", findings)
    page.fill("#id_code", "ogp2023")
    page.fill("#id_name_0", "2023 서밋")
    page.fill("#id_starts_on", "2023-09-06")
    page.locator("input[name=sessions][value=times]").check()
    submit(page, "main form")
    assert page.url.endswith("/ko/ogp2023/organiser/")
    made = Summit.objects.get(code="ogp2023")
    assert made.sessions.filter(published_at=None).count() == ogp2021.sessions.count()
    watch.nothing()
    findings.none()
