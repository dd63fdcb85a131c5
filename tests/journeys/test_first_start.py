"""From an empty installation to its first summit, without admin and without a shell.

Each function below is one step that hands on what the next one needs: a step that comes later (rooms, sessions, opening,
registration) is one more function.
"""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Page, expect

from summit.models import HistoryEntry, Message, Role, Summit, User
from tests.journeys.helpers import Words, looked_again, read_mail, submit

PASSWORD = "correct horse battery staple"
OPERATOR, OWNER = "operator@first.example", "owner@first.example"


@pytest.fixture
def empty(site: Any) -> Any:
    """The running site with nothing in it: what was seeded is taken out of this test's copy of the database."""
    call_command("flush", interactive=False, verbosity=0)
    return site


def the_key() -> str:
    """What `start --empty` prints."""
    out = StringIO()
    call_command("installation_key", stdout=out)
    [key] = re.findall(r"(?:\w{4}-){4}\w{4}", out.getvalue())
    return key


def newest_mail(to: str) -> Message:
    """From the outbox, as the worker would send it."""
    found = Message.objects.filter(to=to).order_by("-created_at", "-pk").first()
    assert found is not None, f"no mail to {to}"
    return found


def type_the_key(page: Page, say: Words) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/ko/set-up/$"))
    page.fill("#id_key", "AAAA-AAAA-AAAA-AAAA-AAAA")
    submit(page, "main form")
    expect(page.locator("#errors")).to_be_visible()
    page.fill("#id_key", the_key().lower())
    submit(page, "main form")


def become_operator(page: Page, say: Words) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(say("The operator"))
    page.fill("#id_name", "김운영")
    page.fill("#id_email", OPERATOR)
    page.fill("#id_password", PASSWORD)
    page.fill("#id_again", PASSWORD)
    submit(page, "main form")


def logo() -> bytes:
    out = BytesIO()
    Image.new("RGBA", (320, 80), "#ffffff").save(out, "PNG")
    return out.getvalue()


def make_the_summit(page: Page, say: Words) -> Summit:
    expect(page.get_by_role("heading", level=1)).to_have_text(say("New summit"))
    page.fill("#id_name_0", "2027 지방정부 포럼")
    page.fill("#id_name_1", "Local Government Forum 2027")
    page.fill("#id_starts_on", "2027-05-11")
    page.fill("#id_ends_on", "2027-05-12")
    expect(page.locator("#id_time_zone")).to_have_value("Asia/Seoul")
    page.fill("#id_venue_name_0", "코엑스")
    page.fill("#id_brand_colour", "#0b6b62")
    page.get_by_role("button", name=say("See the colours first")).click()
    expect(page.locator("#colours")).to_contain_text("6.4")
    # The address is left empty, and made from the name and the year.
    page.set_input_files("#id_logo_file", {"name": "logo.png", "mimeType": "image/png", "buffer": logo()})
    submit(page, "form[data-guard]")
    summit = Summit.objects.get()
    assert (summit.code, summit.starts_on, summit.is_public) == ("lgf2027", date(2027, 5, 11), False)
    assert (summit.brand_colour, bool(summit.logo)) == ("#0b6b62", True)
    return summit


def invite_the_owner(page: Page, say: Words) -> str:
    """Returns the path of the link in the mail."""
    expect(page.get_by_role("heading", level=1)).to_have_text(say("The owner"))
    page.fill("#id_email", OWNER)
    page.fill("#id_name", "이주인")
    submit(page, "main form")
    expect(page.get_by_role("status")).to_contain_text(OWNER)
    [link] = re.findall(r"https?://\S+/team-invitations/\S+", newest_mail(OWNER).text)
    return urlsplit(link).path


def accept(page: Page, say: Words, link: str, outbox: Callable[[], Any]) -> None:
    """By one mailed code, from the mail to the invitation."""
    page.goto(link)
    page.get_by_role("link", name=say("Send me a sign-in code")).click()
    page.fill("input[type=email]", OWNER)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    mail = read_mail(outbox())
    assert "지방정부 포럼" in mail.subject and "<img" in mail.html
    [code] = re.findall(r"^[A-Z0-9]{3,}-?[A-Z0-9]{3,}$", mail.text, re.MULTILINE)
    page.fill("input[name=code]", code)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile(re.escape(link)))
    submit(page, "main form")
    assert Message.objects.filter(to=OWNER).count() == 2


def open_the_workspace(page: Page, summit: Summit) -> None:
    """Whoever has accepted is there already."""
    expect(page).to_have_url(re.compile(rf"/{summit.code}/organiser/$"))
    expect(page.locator(".workbar")).to_contain_text("지방정부 포럼")


def take_step(page: Page, say: Words, label: str) -> None:
    """From the overview to the page of one of its first steps."""
    page.goto(page.url.partition("/organiser/")[0] + "/organiser/")
    page.locator(".to-begin").get_by_role("link", name=say(label), exact=True).click()


def save(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form[data-guard] > .row:last-child button:not([value=preview])").first.click()


def fill_the_programme(page: Page, say: Words) -> None:
    """Contact, room, track, one session with its time."""
    take_step(page, say, "Name and dates")
    page.fill("#id_contact_email", "contact@first.example")
    save(page)
    take_step(page, say, "Rooms")
    page.fill("#id_name_0", "대회의실")
    page.fill("#id_name_1", "Main hall")
    page.fill("#id_capacity", "120")
    save(page)
    take_step(page, say, "Tracks")
    page.fill("#id_name_0", "예산")
    page.fill("#id_name_1", "Budgets")
    page.fill("#id_slug", "budgets")
    save(page)
    take_step(page, say, "First session")
    page.fill("#id_title_0", "주민참여예산")
    page.fill("#id_title_1", "Participatory budgets")
    page.fill("#id_abstract_0", "주민이 예산을 정합니다.")
    page.fill("#id_abstract_1", "Residents decide on budgets.")
    save(page)
    page.get_by_role("link", name=say("Plan time and room")).click()
    page.fill("#id_starts_at", "2027-05-11T10:00")
    page.fill("#id_ends_at", "2027-05-11T11:30")
    page.select_option("#id_room", index=1)
    with page.expect_navigation():
        page.locator("main form[data-guard] button:not([value=check])").first.click()


def open_registration(page: Page, say: Words) -> None:
    take_step(page, say, "Registration")
    page.fill("#id_registration_opens_at", "2026-01-01T09:00")
    save(page)


def open_to_everybody(page: Page, say: Words, summit: Summit) -> None:
    """Opened, then published, each by its own page."""
    page.goto(f"/ko/{summit.code}/organiser/settings/public/")
    submit(page, "main form", "button[value=open]")
    take_step(page, say, "Publish")
    expect(page.locator("main")).to_contain_text(
        say("Every session that would be public has its time, its room and its texts, and nothing clashes.")
    )
    submit(page, "main form[data-guard]", "button[value=publish]")
    submit(page, "main form", "button[value=publish]")


def test_from_an_empty_installation_to_a_published_summit_with_open_registration(
    new_page: Callable[..., Any], empty: Any, outbox: Callable[[], Any], watch: Any
) -> None:
    say, operator, owner, reader = Words("ko"), new_page(), new_page(), new_page(locale="en-GB")
    watch.expected.update({404, 422})
    type_the_key(operator, say)
    become_operator(operator, say)
    summit = make_the_summit(operator, say)
    link = invite_the_owner(operator, say)
    accept(owner, say, link, outbox)
    open_the_workspace(owner, summit)

    member = summit.memberships.get()
    assert (member.user.email, member.role, member.is_accepted) == (OWNER, Role.OWNER, True)
    assert User.objects.get(email=OPERATOR).is_superuser
    told = HistoryEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(told) == [
        "user.operator", "summit.create", "membership.invite", "user.sign_in", "membership.accept",
    ]  # fmt: skip
    # Nothing is public yet, and the first start is over.
    reader.goto("/")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Nothing is public here yet")
    assert reader.goto("/en/set-up/").status == 404

    # What the owner does from here needs neither admin nor shell, and ends with a summit people can register for.
    fill_the_programme(owner, say)
    open_registration(owner, say)
    open_to_everybody(owner, say, summit)
    owner.goto(f"/ko/{summit.code}/organiser/")
    done = owner.locator(".to-begin .done")
    expect(done).to_have_count(6)  # all but a team of more than one
    looked_again(reader)
    reader.goto("/")
    expect(reader).to_have_url(re.compile(rf"/en/{summit.code}/$"))
    reader.goto(f"/en/{summit.code}/agenda/")
    expect(reader.get_by_role("link", name="Participatory budgets", exact=True)).to_be_visible()
    reader.goto(f"/en/{summit.code}/register/")
    expect(reader.locator("form[data-guard]")).to_be_visible()
    expect(reader.get_by_text("Participant", exact=True)).to_be_visible()
    watch.nothing()
