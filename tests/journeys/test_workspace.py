"""The workspace's pages of one thing each, the team, and what hosts and speakers look after: sound in both languages."""

import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import expect

from sessions.models import Session
from speakers.editing.invitations import invite_host
from speakers.models import Speaker
from summit.accounts.sign_in import account_for
from summit.models import Summit, User
from tests.journeys.helpers import LOCALES, Words, become_a_stranger, looked_again, read_mail, submit
from tests.journeys.test_pages import BOTH, Tour, gildong, tour  # noqa: F401  fixtures

OWNER = "organiser@ogp2021.example"


@BOTH
def test_the_pages_of_one_thing_each_are_sound(tour: Tour, ogp2021: Summit, sign_in: Callable[..., None]) -> None:  # noqa: F811
    page = tour.page
    sign_in(page, OWNER, language=tour.language)
    tour.visit("registration:dashboard")
    tour.visit("sessions:organiser-session", "CIV004")
    tour.watch.expected = {422}
    page.fill("#id_title_0", "")
    page.fill("#id_title_1", "")
    submit(page, "#session", "button[value=save]")
    tour.look("a session with an error")
    tour.visit("sessions:organiser-session-people", "CIV004")
    tour.visit("sessions:organiser-session-materials", "CIV004")
    tour.visit("sessions:organiser-new-session")
    speaker = Speaker.objects.get(summit=ogp2021, user__email="speaker@ogp2021.example")
    tour.visit("speakers:organiser-person", speaker.code)
    tour.visit("sessions:organiser-merge", speaker.code)
    tour.visit("speakers:organiser-portrait", speaker.code)
    tour.visit("speakers:organiser-organisation", ogp2021.organisations.filter(hostings__isnull=False).first().code)
    tour.visit("summit:organiser-room", ogp2021.rooms.first().code)
    tour.visit("sessions:organiser-track", ogp2021.tracks.first().slug)


@BOTH
def test_the_pages_that_arrange_the_work_are_sound(tour: Tour, ogp2021: Summit, sign_in: Callable[..., None]) -> None:  # noqa: F811
    page = tour.page
    sign_in(page, OWNER, language=tour.language)
    tour.visit("summit:team")
    tour.visit("summit:team-invite")
    tour.visit("summit:team-member", ogp2021.memberships.first().pk)
    for section in (
        "summit:settings",
        "summit:settings-general",
        "sessions:dates",
        "summit:settings-languages",
        "summit:settings-look",
        "summit:settings-menu",
        "summit:settings-domain",
        "summit:venues",
        "summit:venue-new",
        "registration:settings-registration",
        "registration:categories",
        "registration:desks-kept",
        "registration:category-new",
    ):
        tour.visit(section)
    tour.visit("sessions:settings")
    tour.visit("sessions:opening")
    tour.visit("sessions:organiser-imports")
    tour.visit("sessions:organiser-import-agenda")
    tour.visit("sessions:organiser-import-table")
    page.set_input_files(
        "#id_file", {"name": "people.csv", "mimeType": "text/csv", "buffer": "이름,국가\n이도,KR\n".encode()}
    )
    page.check("#id_table_1")
    submit(page, "main form[enctype]")
    tour.look("the columns of a table")


@BOTH
def test_the_pages_of_hosts_and_speakers_are_sound(tour: Tour, ogp2021: Summit, sign_in: Callable[..., None]) -> None:  # noqa: F811
    sign_in(tour.page, "host@ogp2021.example", language=tour.language)
    tour.visit("sessions:hosting")
    code = Session.objects.filter(hostings__organisation__members__user__email="host@ogp2021.example").first().code
    tour.visit("sessions:hosting-session", code)
    tour.visit("sessions:hosting-people", code)
    tour.visit("sessions:hosting-links", code)
    become_a_stranger(tour.page)
    sign_in(tour.page, "speaker@ogp2021.example", language=tour.language)
    speaker = Speaker.objects.get(summit=ogp2021, user__email="speaker@ogp2021.example")
    tour.visit("speakers:my-profile", speaker.code)
    tour.visit("speakers:my-portrait", speaker.code)
    tour.visit("sessions:my-session-files", speaker.sessions.first().code)


@BOTH
def test_a_host_is_invited_by_mail_and_writes_the_session(
    new_page: Callable[..., Any], ogp2021: Summit, outbox: Callable[[], Any], watch: Any, language: str
) -> None:
    say, page = Words(language), new_page(locale=LOCALES[language])
    organisation = ogp2021.organisations.filter(hostings__isnull=False).first()
    account_for("new-host@people.example", language=language)
    invite_host(organisation, "new-host@people.example", "김주관", by=User.objects.get(email=OWNER))
    [link] = [one for one in read_mail(outbox()).links if "host-invitations" in one]
    page.goto(link)
    # Nobody needs a password: the address is proven by a mailed code.
    page.get_by_role("link", name=say("Send me a sign-in code")).click()
    page.fill("#id_email", "new-host@people.example")
    submit(page, "main form")
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", read_mail(outbox()).text, re.MULTILINE)
    page.fill("#id_code", code[1])
    submit(page, "main form")
    page.get_by_role("button", name=say("Accept the invitation")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Sessions we host"))
    session = Session.objects.filter(hostings__organisation=organisation).first()
    assert urlsplit(page.url).path.startswith(f"/{language}/")
    page.goto(f"/{language}/ogp2021/hosting/sessions/{session.code}/")
    words = {"ko": "주관 기관이 직접 쓴 **개요**입니다.", "en": "The hosts' own **abstract**."}
    page.fill(f"#id_abstract_{ogp2021.languages.index(language)}", words[language])
    page.get_by_role("button", name=say("Preview")).click()
    expect(page.locator(f"#preview [lang={language}] strong").first).to_have_text(words[language].split("**")[1])
    submit(page, "#session", "button[value=save]")
    expect(page.get_by_role("main").get_by_text(say("The session was saved."))).to_be_visible()
    session.refresh_from_db()
    assert session.abstract[language] == words[language]
    # What the summit writes first makes its translation outdated; the translation is what it is of.
    assert session.abstract.status("en") == ("outdated" if language == "ko" else "done")
    watch.nothing()


@BOTH
def test_a_speaker_confirms_and_puts_up_a_picture_that_tells_no_place(
    new_page: Callable[..., Any],
    ogp2021: Summit,
    sign_in: Callable[..., None],
    watch: Any,
    settings: Any,
    tmp_path: Any,
    language: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    say, page = Words(language), new_page(locale=LOCALES[language])
    speaker = Speaker.objects.get(summit=ogp2021, user__email="speaker@ogp2021.example")
    speaker.appearances.update(state="invited")
    sign_in(page, "speaker@ogp2021.example", language=language)
    page.goto(f"/{language}/ogp2021/my-sessions/")
    page.locator("form.answer").first.get_by_role("button", name=say("I take part")).click()
    expect(page.locator("article .chip").filter(has_text=say("Confirmed")).first).to_be_visible()
    page.get_by_role("link", name=say("Edit my profile")).click()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (37.0, 30.0, 41.0)
    out = io.BytesIO()
    two = Image.new("RGB", (800, 400), (30, 90, 160))
    two.paste((250, 250, 10), (400, 0, 800, 400))
    two.save(out, "JPEG", exif=exif)
    page.get_by_role("link", name=say("Add a picture")).click()
    page.set_input_files("#id_portrait", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()})
    # Dragged to the left as far as it goes, the right half is what stays; so says the handle.
    shown = page.get_by_role("img", name=say("What will be kept of the picture"))
    box = shown.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 60, steps=4)
    page.mouse.up()
    assert float(page.get_by_label(say("From left to right")).input_value()) > 90
    page.get_by_role("button", name=say("Save")).click()
    expect(page.get_by_role("img", name=say("Your picture as it is shown"))).to_be_visible()
    looked_again(page)
    page.goto(f"/{language}/ogp2021/speakers/{speaker.code}/")
    shown = page.locator("main img.portrait")
    expect(shown).to_be_visible()
    picture = page.context.request.get(shown.get_attribute("src"))
    assert picture.status == 200
    made = Image.open(io.BytesIO(picture.body()))
    assert not made.getexif()
    assert made.convert("RGB").getpixel((made.width // 2, made.height // 2))[0] > 200
    watch.nothing()


@BOTH
def test_a_track_lead_sees_the_plan_and_edits_the_own_track_alone(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any, language: str
) -> None:
    say, page = Words(language), new_page(locale=LOCALES[language])
    track = ogp2021.tracks.filter(leads__user__email="tracklead@ogp2021.example").get()
    mine = ogp2021.sessions.filter(track=track).first()
    other = ogp2021.sessions.exclude(track=track).first()
    sign_in(page, "tracklead@ogp2021.example", language=language)
    page.goto(f"/{language}/ogp2021/organiser/sessions/{mine.code}/")
    page.fill("#id_notes", "Ask about the video")
    submit(page, "#session", "button[value=save]")
    page.goto(f"/{language}/ogp2021/organiser/sessions/{other.code}/")
    expect(page.locator("#session")).to_have_count(0)
    tabs = page.get_by_role("navigation", name=say("Workspace"))
    expect(tabs.get_by_role("link", name=say("Plan"))).to_be_visible()
    expect(tabs.get_by_role("link", name=say("Team"))).to_have_count(0)
    mine.refresh_from_db()
    assert mine.notes == "Ask about the video"
    watch.nothing()


def test_the_search_keeps_no_page_of_a_person_and_nothing_once_somebody_signs_out(
    desktop: Any, ogp2021: Summit, sign_in: Callable[..., None]
) -> None:
    kept = "() => JSON.stringify(localStorage)"
    sign_in(desktop, "organiser@ogp2021.example")
    desktop.evaluate("() => localStorage.setItem('recent_ogp2021', '[{\"label\": \"홍길동\"}]')")
    person = ogp2021.registrations.order_by("pk").first()
    speaker = ogp2021.speakers.order_by("pk").first()
    session = ogp2021.sessions.order_by("code").first()
    for address in (
        f"registrations/{person.guid}/",
        f"people/{speaker.code}/",
        f"sessions/{session.code}/",
    ):
        answer = desktop.goto(f"/ko/ogp2021/organiser/{address}")
        assert answer.status == 200, address
    found = desktop.evaluate(kept)
    assert session.code in found
    assert not any(word in found for word in (person.name, speaker.name, "홍길동", "/registrations/", "/people/"))
    desktop.goto("/ko/account/logout/")
    submit(desktop, "main form")
    assert "recent_" not in desktop.evaluate(kept)
