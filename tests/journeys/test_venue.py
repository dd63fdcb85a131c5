"""At the venue: without a network, on screens, and the agenda on somebody else's page."""

import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler
from playwright.sync_api import expect

from registration.models import Registration
from sessions.models import Session
from summit.models import Summit
from tests.journeys.checks import Findings, accessible, sound
from tests.journeys.conftest import Site, Watch
from tests.journeys.helpers import PATIENCE, Words, looked_again, submit, until

BUDGET = 300_000  # bytes kept beforehand, for the summit of 2021
KEPT_BYTES = """async () => {
  const sizes = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) sizes[request.url] = (await (await cache.match(request)).blob()).size;
  }
  return sizes;
}"""
IN_CHARGE = """async () => (await navigator.serviceWorker.getRegistrations())
  .filter((one) => one.active?.state === "activated").length === 2"""
OWN = "async () => { const kept = await caches.open('summit-ogp2021-own'); return (await kept.keys()).length; }"


class OneAnswer(QuietWSGIRequestHandler):
    """Hangs up after each answer: a connection kept open would outlive its server."""

    protocol_version = "HTTP/1.0"


class Server(LiveServerThread):
    def _create_server(self, connections_override: Any = None) -> Any:
        return self.server_class((self.host, self.port), OneAnswer, allow_reuse_address=True)


class House:
    """A server of its own on the test's database, which can lose its network and get it back."""

    def __init__(self) -> None:
        # Held for as long as there is no server on it: nobody else gets the port meanwhile.
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.place.bind(("localhost", 0))
        self.port = self.place.getsockname()[1]
        self.open()

    def open(self) -> None:
        self.thread = Server("localhost", static_handler=lambda application: application, port=self.port)
        self.thread.daemon = True
        self.thread.start()
        self.thread.is_ready.wait()
        if self.thread.error:
            raise self.thread.error

    def close(self) -> None:
        self.thread.terminate()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture
def house(browser: Any, site: Site) -> Iterator[House]:
    # The browser comes first: its event loop must be there before the database is changed.
    made = House()
    yield made
    made.close()
    made.place.close()


@pytest.fixture
def browser_context_args(house: House) -> dict[str, Any]:
    return {"base_url": house.url}


@pytest.fixture
def seen(house: House) -> Watch:
    return Watch(Site(house.url))


@pytest.fixture
def visitor(house: House, seen: Watch, new_context: Callable[..., Any]) -> Callable[..., Any]:
    """``visitor(**options)`` is a page of a browser of its own; what it does wrong while there is a network is noted."""

    def make(**options: Any) -> Any:
        context = new_context(
            **{"viewport": {"width": 390, "height": 844}, "locale": "en-GB", "timezone_id": "Asia/Seoul", **options}
        )
        context.set_default_timeout(PATIENCE * 1000)
        seen.over(context)
        return context.new_page()

    return make


def arrive(page: Any, path: str) -> None:
    """Open a page, and wait until the workers of both languages are in charge and have kept what they keep at once."""
    page.goto(path)
    until(page, IN_CHARGE)
    page.wait_for_function("() => navigator.serviceWorker.controller")


def current(page: Any) -> None:
    """Where the page did not come from the network, load it again.

    The worker shows what it has kept after four seconds without an answer, which a busy machine may take; the answer
    is kept when it comes.
    """
    for _once in range(3):
        if not page.evaluate("() => document.documentElement.dataset.saved"):
            return
        page.reload()


def test_agenda_and_seen_sessions_are_read_without_a_network_and_say_how_old_they_are(
    visitor: Callable[..., Any], house: House, seen: Watch
) -> None:
    page, say = visitor(), Words("en")
    arrive(page, "/en/ogp2021/agenda/")
    page.goto("/en/ogp2021/sessions/ANT010/")
    expect(page.locator("[data-worker]")).to_be_hidden()
    title = page.get_by_role("heading", level=1).inner_text()
    seen.nothing()
    house.close()

    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("[data-worker]")).to_be_visible()
    assert page.locator("[data-worker] [data-saved-at]").inner_text().count(":") == 1
    page.goto("/en/ogp2021/agenda/")
    expect(page.locator(".card")).to_have_count(17)
    expect(page.locator("[data-worker]")).to_be_visible()
    # The look is kept as well as the words.
    assert page.locator(".masthead").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(11, 47, 115)"
    # The other language was never opened.
    page.goto("/ko/ogp2021/agenda/")
    expect(page.locator(".card")).to_have_count(17)
    # What nobody kept says so, and offers what there is.
    page.goto("/en/ogp2021/sessions/CIV001/")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("No connection"))
    expect(page.locator("[data-saved-pages] a", has_text=title)).to_be_visible()
    assert page.evaluate("() => fetch('/en/ogp2021/register/').then(() => true, () => false)") is False

    house.open()
    page.goto("/en/ogp2021/agenda/")
    current(page)
    expect(page.locator("[data-worker]")).to_be_hidden()


def test_a_change_reaches_whoever_is_back_in_the_network_and_nothing_else_is_sent_twice(
    visitor: Callable[..., Any], house: House, ogp2021: Summit
) -> None:
    page = visitor()
    arrive(page, "/en/ogp2021/agenda/")
    page.goto("/en/ogp2021/sessions/ANT010/")
    with page.context.expect_event(
        "response", lambda answer: answer.status == 304 and answer.url.endswith("/sessions/ANT010/")
    ):
        page.reload()
    Session.objects.filter(summit=ogp2021, code="ANT010").update(title={"ko": "새 제목", "en": "A new title"})
    ogp2021.raise_revision()
    looked_again(page)
    page.reload()
    current(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("A new title")


def test_the_session_somebody_arrives_on_is_kept_although_no_worker_was_there_yet(
    visitor: Callable[..., Any], house: House
) -> None:
    page = visitor()
    arrive(page, "/en/ogp2021/sessions/ANT010/")
    until(page, "async () => Boolean(await caches.match(location.href))")
    house.close()
    page.reload()
    expect(page.locator("[data-worker]")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Decriminalising defamation")


def test_what_is_kept_beforehand_is_small_and_public(visitor: Callable[..., Any], house: House) -> None:
    page = visitor()
    arrive(page, "/ko/ogp2021/agenda/")
    sizes = page.evaluate(KEPT_BYTES)
    paths = {url.removeprefix(house.url) for url in sizes}
    assert {"/ko/ogp2021/agenda/", "/en/ogp2021/agenda/", "/ko/ogp2021/offline/", "/en/ogp2021/offline/"} <= paths
    assert not [
        path
        for path in paths
        if any(part in path for part in ("/desk/", "/organiser/", "/account/", "/admin/", "me.json"))
    ]
    assert sum(sizes.values()) < BUDGET, sizes


def test_private_pages_are_never_kept_by_looking_at_them(
    visitor: Callable[..., Any], house: House, ogp2021: Summit, sign_in: Callable[..., None]
) -> None:
    page = visitor()
    person = Registration.objects.get(summit=ogp2021, email="gildong@people.example")
    arrive(page, "/ko/ogp2021/agenda/")
    sign_in(page, "organiser@ogp2021.example")
    for path in (person.get_absolute_url(), "/ko/ogp2021/organiser/", "/ko/ogp2021/register/", "/ko/my/"):
        page.goto(path)
    page.wait_for_load_state("networkidle")
    kept = " ".join(page.evaluate(KEPT_BYTES))
    assert "registrations" not in kept and "organiser" not in kept and "register" not in kept and "/my/" not in kept


def test_a_ticket_is_kept_when_its_owner_asks_and_goes_when_they_take_it_back_or_cancel(
    visitor: Callable[..., Any], house: House, ogp2021: Summit
) -> None:
    page, say = visitor(), Words("en")
    person = Registration.objects.get(summit=ogp2021, email="gildong@people.example")
    address = person.get_absolute_url().replace("/ko/", "/en/")
    arrive(page, address)
    assert page.evaluate(OWN) == 0
    page.get_by_role("button", name=say("Keep this ticket on this device")).click()
    expect(page.get_by_role("button", name=say("Remove it from this device"))).to_be_visible()
    house.close()

    page.goto("/en/ogp2021/agenda/")
    page.goto(address)
    expect(page.locator(".ticket")).to_contain_text(person.reference)
    expect(page.locator(".ticket svg.qr")).to_be_visible()
    expect(page.locator("[data-worker]")).to_be_visible()
    # Only what is shown at the door: no address, no needs, no forms.
    assert person.email not in page.content()
    assert page.locator("form").count() == 0

    house.open()
    page.goto(address)
    page.get_by_role("button", name=say("Remove it from this device")).click()
    expect(page.get_by_role("button", name=say("Keep this ticket on this device"))).to_be_visible()
    assert page.evaluate(OWN) == 0
    page.get_by_role("button", name=say("Keep this ticket on this device")).click()
    expect(page.get_by_role("button", name=say("Remove it from this device"))).to_be_visible()
    page.get_by_role("link", name=say("Cancel my registration")).click()
    submit(page, "main form")
    until(page, f"async () => (await ({OWN})()) === 0")


def test_who_signs_out_leaves_no_ticket_behind(
    visitor: Callable[..., Any], house: House, ogp2021: Summit, sign_in: Callable[..., None]
) -> None:
    page, say = visitor(), Words("ko")
    person = Registration.objects.get(summit=ogp2021, email="gildong@people.example")
    sign_in(page, "speaker@ogp2021.example")
    arrive(page, person.get_absolute_url())
    page.get_by_role("button", name=say("Keep this ticket on this device")).click()
    expect(page.get_by_role("button", name=say("Remove it from this device"))).to_be_visible()
    page.goto("/ko/account/logout/")
    submit(page, "main form")
    page.goto("/ko/ogp2021/agenda/")
    until(page, f"async () => (await ({OWN})()) === 0")


def at_a_quarter_past_one(page: Any) -> None:
    """The page's clock stands, and goes on only when it is told to: how long we take is nothing a screen shows."""
    page.clock.install(time="2021-12-15T13:10:00+09:00")
    page.clock.pause_at("2021-12-15T13:15:00+09:00")


def half_a_minute(page: Any) -> None:
    """A screen asks for news every half minute."""
    with page.expect_response(lambda answer: "/screen/" in answer.url):
        page.clock.run_for(31_000)


def test_a_screen_in_the_foyer_goes_on_alone_when_its_network_is_lost(
    visitor: Callable[..., Any], house: House, seen: Watch
) -> None:
    page = visitor(viewport={"width": 1920, "height": 1080})
    at_a_quarter_past_one(page)
    page.goto("/ko/ogp2021/screen/?at=2021-12-15T13:15")
    now = page.locator('.slot[data-state="now"]')
    expect(now).to_have_count(2)
    expect(page.locator("[data-clock]")).to_have_text("13:15")
    expect(page.locator("[data-lost]")).to_be_hidden()
    half_a_minute(page)
    expect(page.locator("[data-lost]")).to_be_hidden()
    seen.nothing()
    house.close()

    page.clock.run_for(31_000)
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator("[data-since]")).to_have_text("13:15")
    # The sessions from one to half past two end; those of three o'clock come next, and begin, with nobody asked.
    page.clock.fast_forward("01:20:00")
    expect(page.locator("[data-clock]")).to_have_text("14:36")
    expect(now).to_have_count(0)
    page.clock.fast_forward("00:30:00")
    expect(now).to_have_count(2)
    expect(page.locator('.lane:has([data-state="now"]) > h2').first).to_contain_text("102")

    house.open()
    half_a_minute(page)
    expect(page.locator("[data-lost]")).to_be_hidden()


def test_a_change_shows_on_a_screen_by_itself(
    visitor: Callable[..., Any], house: House, ogp2021: Summit, seen: Watch
) -> None:
    page = visitor(viewport={"width": 1080, "height": 1920})
    at_a_quarter_past_one(page)
    page.goto("/en/ogp2021/screen/grand-101/?at=2021-12-15T13:15")
    expect(page.locator('.slot[data-state="now"] h2')).to_contain_text("Public participation")
    Session.objects.filter(summit=ogp2021, code="CIV002").update(title={"ko": "다른 제목", "en": "Another title"})
    ogp2021.raise_revision()
    looked_again(page)
    half_a_minute(page)
    expect(page.locator('.slot[data-state="now"] h2')).to_contain_text("Another title")
    seen.nothing()


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_no_screen_cuts_off_its_words_in_either_language(
    visitor: Callable[..., Any], house: House, size: Any, motion: str
) -> None:
    page = visitor(viewport={"width": size[0], "height": size[1]}, reduced_motion=motion)
    sticks_out = """() => [...document.querySelectorAll('.slot:not([hidden]), .lane > h2, .top, .find, .changes')]
      .filter((e) => e.offsetParent && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2))
      .map((e) => `${e.className} ${e.scrollHeight}>${e.clientHeight} ${e.scrollWidth}>${e.clientWidth}: ${e.textContent.slice(0, 60)}`)"""
    for path in ("screen/?at=2021-12-15T13:15", "screen/?at=2021-12-16T15:15", "screen/grand-101/?at=2021-12-15T10:15",
                 "screen/grand-102/?at=2021-12-16T13:15", "screen/grand-101/?at=2021-12-15T12:00"):  # fmt: skip
        page.goto(f"/ko/ogp2021/{path}")
        until(page, "() => document.fonts.ready.then(() => true)")
        assert page.evaluate(sticks_out) == [], path


def test_screens_and_the_pages_around_them_are_sound(visitor: Callable[..., Any], house: House, seen: Watch) -> None:
    findings = Findings()
    page = visitor(reduced_motion="reduce")
    for language in ("ko", "en"):
        for path in ("agenda/embed/", "offline/"):
            page.goto(f"/{language}/ogp2021/{path}")
            if "embed" in path:
                expect(page.locator("summit-agenda").get_by_role("listitem")).to_have_count(17)
            sound(page, f"{language} {path}", language, findings)
    for path in ("screen/?at=2021-12-15T13:15", "screen/grand-101/?at=2021-12-15T10:15"):
        page.goto(f"/en/ogp2021/{path}")
        accessible(page, path, "en", findings)
    findings.none()
    seen.nothing()


# Somebody else's page


class Neighbour:
    """Another origin, with one page."""

    def __init__(self, html: str) -> None:
        content = html.encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                # A page that isolates itself takes only what is expressly open to all.
                self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def neighbour() -> Iterator[Callable[[str], str]]:
    made: list[Neighbour] = []

    def serve(body: str) -> str:
        made.append(
            Neighbour(f'<!doctype html><html lang="en"><title>Neighbour</title><link rel="icon" href="data:,">{body}')
        )
        return made[-1].url

    yield serve
    for each in made:
        each.server.shutdown()
        each.server.server_close()


def test_the_agenda_stands_on_a_page_of_another_origin(
    visitor: Callable[..., Any], house: House, ogp2021: Summit, neighbour: Callable[[str], str]
) -> None:
    Session.objects.filter(code="ANT010").update(cancelled_at="2021-12-01T00:00Z")
    page, said = visitor(), []
    page.on("console", lambda message: said.append(message.text))
    snippet = (
        f'<script src="{house.url}/ogp2021/summit-agenda.js" async></script>'
        f'<summit-agenda src="{house.url}/ogp2021/" lang="en" track="anti-corruption"></summit-agenda>'
    )
    page.goto(neighbour(snippet))
    agenda = page.locator("summit-agenda")
    expect(agenda.get_by_role("listitem")).to_have_count(Session.objects.filter(track__slug="anti-corruption").count())
    expect(agenda.get_by_role("link", name="Decriminalising defamation")).to_have_attribute(
        "href", f"{house.url}/en/ogp2021/sessions/ANT010/"
    )
    expect(agenda.get_by_role("listitem").filter(has_text="Decriminalising")).to_contain_text("Cancelled")
    # By keyboard, and in the other language.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.querySelector('summit-agenda').shadowRoot.activeElement.tagName") == "H2"
    agenda.evaluate("e => e.setAttribute('lang', 'ko')")
    expect(agenda.get_by_role("link", name="명예훼손의 비범죄화")).to_be_visible()
    agenda.evaluate("e => e.setAttribute('track', 'no-such-track')")
    expect(agenda.get_by_role("status")).to_contain_text("불러오지 못했습니다")
    expect(agenda.get_by_role("link")).to_have_attribute("href", f"{house.url}/ko/ogp2021/agenda/")
    assert [text for text in said if "400" not in text] == []


def test_an_embed_made_for_pretalx_stays_as_it_is(
    visitor: Callable[..., Any], house: House, neighbour: Callable[[str], str]
) -> None:
    page = visitor()
    page.goto(
        neighbour(
            f'<script type="text/javascript" src="{house.url}/ogp2021/widgets/schedule.js"></script>'
            f'<pretalx-schedule event-url="{house.url}/ogp2021/" locale="en" format="grid"></pretalx-schedule>'
        )
    )
    expect(page.locator("pretalx-schedule").get_by_role("listitem")).to_have_count(17)
    data = page.evaluate(
        "url => fetch(url).then((answer) => answer.json())", f"{house.url}/ogp2021/schedule/widgets/schedule.json"
    )
    assert len(data["talks"]) == 17
    code = data["talks"][0]["code"]
    answer = page.context.request.get(f"{house.url}/en/ogp2021/talk/{code}/")
    assert answer.url == f"{house.url}/en/ogp2021/sessions/{code}/"


def test_where_scripts_are_off_an_embed_is_a_link(
    visitor: Callable[..., Any], house: House, neighbour: Callable[[str], str]
) -> None:
    own = visitor()
    own.goto("/en/ogp2021/agenda/embed/")
    snippet = own.locator("#snippet").input_value()
    page = visitor(java_script_enabled=False)
    page.goto(neighbour(snippet))
    expect(page.get_by_role("link", name="Agenda").first).to_be_visible()
