"""The organiser's, the speaker's and the viewer's first ways."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from registration.models import BadgeJob
from sessions.models import Session, Track
from speakers.models import Speaker
from summit.models import Summit
from tests.journeys.helpers import Words, fetch_calendar, fetch_pdf, looked_again, read_mail, submit, until


def test_an_organiser_keeps_tracks_finds_people_and_draws_badges(
    desktop: Any,
    new_page: Callable[..., Any],
    ogp2021: Summit,
    sign_in: Callable[..., None],
    work: Callable[[], int],
    watch: Any,
) -> None:
    say, page, reader = Words("ko"), desktop, new_page(locale="en-GB")
    main = page.get_by_role("main")
    sign_in(page, "organiser@ogp2021.example")
    page.get_by_role("link", name=say("Organise")).click()
    expect(main.locator(".figure-big").first).to_have_text(str(ogp2021.registrations.count()))

    # A track is made, and every reader sees it within a second.
    public = "/en/ogp2021/agenda/tracks/"
    reader.goto(public)
    tabs = page.get_by_role("navigation", name=say("Workspace"))
    tabs.get_by_role("link", name=say("Tracks")).click()
    page.get_by_role("link", name=say("Add a track")).click()
    page.fill("#id_name_0", "지방정부")
    page.fill("#id_name_1", "Local government")
    page.fill("#id_colour", "#8f3d00")
    submit(page, "main form")
    track = Track.objects.get(summit=ogp2021, slug="local-government")
    assert (track.name["ko"], track.name["en"], track.colour) == ("지방정부", "Local government", "#8f3d00")
    looked_again(reader)
    reader.goto(public)
    expect(reader.get_by_role("heading", name="Local government")).to_be_visible()

    # Renamed in both languages, and put before its neighbour.
    page.get_by_role("rowheader").get_by_role("link", name="지방정부", exact=True).click()
    page.fill("#id_name_0", "지역의 열린정부")
    page.fill("#id_name_1", "Open local government")
    submit(page, "main form")
    page.get_by_role("button", name=say("Move %(track)s up", track="지역의 열린정부")).click()
    expect(page.get_by_role("rowheader").nth(2)).to_have_text("지역의 열린정부")
    looked_again(reader)
    reader.goto(public)
    sections = reader.locator("main section h2")
    expect(sections.nth(2)).to_have_text("Open local government")
    colour = "getComputedStyle(document.querySelector('.track-local-government')).getPropertyValue('--track')"
    assert reader.evaluate(colour).strip()

    # Two people are found and chosen; their badges are drawn.
    tabs.locator("a[href$='/organiser/registrations/']").click()
    search = page.get_by_role("main").get_by_role("search")
    search.get_by_role("searchbox").fill("gildong")
    search.get_by_role("button", name=say("Search")).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("홍길동")
    tabs.locator("a[href$='/organiser/registrations/']").click()
    for name in ("홍길동", "성춘향"):
        page.get_by_role("checkbox", name=say("Choose %(name)s", name=name)).check()
    page.select_option("#act-action", label=say("Draw badges"))
    page.get_by_role("button", name=say("The chosen ones")).click()
    submit(page, "main form")
    job = BadgeJob.objects.get()
    page.goto(f"/ko/ogp2021/organiser/badges/{job.guid}/")
    expect(page.locator("progress")).to_be_visible()
    assert job.total == 2
    work()
    opened = page.get_by_role("link", name=say("Open the PDF"))
    paper = fetch_pdf(page, opened.get_attribute("href"))
    assert paper.pages == len(paper.codes) == 2
    assert "홍길동" in paper.text and "성춘향" in paper.text
    watch.nothing()


def test_a_speaker_signs_in_by_mailed_code_and_has_the_own_sessions(
    new_page: Callable[..., Any], ogp2021: Summit, outbox: Callable[[], Any], watch: Any
) -> None:
    say, page = Words("en"), new_page(locale="en-GB")
    speaker = Speaker.objects.get(summit=ogp2021, user__email="speaker@ogp2021.example")
    page.goto("/en/ogp2021/my-sessions/")
    page.get_by_role("link", name=say("Send me a sign-in code")).click()
    page.fill("#id_email", "speaker@ogp2021.example")
    submit(page, "main form")
    letter = read_mail(outbox())
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", letter.text, re.MULTILINE)
    assert code, letter.text
    page.fill("#id_code", code[1])
    submit(page, "main form")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("My sessions"))
    assert urlsplit(page.url).path == "/en/ogp2021/my-sessions/"

    own = list(Session.objects.filter(summit=ogp2021, appearances__speaker=speaker).distinct())
    assert own
    main = page.get_by_role("main")
    for session in own:
        article = main.locator("article", has_text=session.title.in_language("en"))
        expect(article).to_contain_text(session.room.name.in_language("en"))
        for hosting in session.hostings.all():
            expect(article).to_contain_text(hosting.organisation.name.in_language("en"))
    submit(page, "#calendar form")
    feed = page.get_by_role("textbox", name=say("Address of the calendar")).input_value()
    events = fetch_calendar(page, feed)
    assert {str(event["SUMMARY"]) for event in events} == {session.title.in_language("en") for session in own}
    watch.nothing()


def test_a_player_comes_only_when_it_is_asked_for(
    new_page: Callable[..., Any], ogp2021: Summit, site: Any, watch: Any
) -> None:
    page = new_page(locale="en-GB")
    session = Session.objects.get(summit=ogp2021, code="ANT010")
    session.materials.create(
        kind="recording", url="https://www.youtube.com/watch?v=dQw4w9WgXcQ", confirmed=True, order=9
    )
    ogp2021.raise_revision()
    page.goto(session.get_absolute_url())
    page.wait_for_load_state("networkidle")
    expect(page.locator("iframe, video, embed, object")).to_have_count(0)
    watch.nothing()

    # A film of our own plays from here.
    page.locator("[data-player=video]").click()
    video = page.locator("video")
    expect(video).to_be_focused()
    until(
        page,
        """() => {
          const film = document.querySelector("video");
          if (film.error) throw new Error(film.error.message);
          return film.readyState >= 2 && film.currentTime > 0;
        }""",
    )
    assert video.evaluate("film => film.currentSrc").startswith(site.url)
    watch.nothing()

    # A foreign one comes from the host that keeps no cookies; here nothing leaves the machine.
    asked = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<!doctype html><p>Film")

    page.context.route(lambda address: not address.startswith(site.url), answer)
    page.locator("[data-player=frame]").click()
    expect(page.locator("iframe")).to_have_attribute("src", re.compile(r"^https://www\.youtube-nocookie\.com/embed/"))
    expect(page.frame_locator("iframe").locator("p")).to_have_text("Film")
    assert {urlsplit(address).netloc for address in asked} == {"www.youtube-nocookie.com"}
    watch.foreign.clear()
    watch.nothing()
