"""A real browser before a real server, on the seeded summit of 2021.

The summit is seeded once a run into a database of its own; every test gets a copy of it, so that nothing has to be
flushed or seeded again. Whatever a page logs, loads from elsewhere or is refused by the CSP fails the test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import expect

from summit import machine
from summit.models import Summit
from summit.storage import SHEETS, run_esbuild
from tests.databases import PASSWORD, Databases
from tests.journeys import camera
from tests.journeys.helpers import PATIENCE

# Playwright runs an event loop in the thread of the test, where Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=PATIENCE * 1000)

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True,
}  # fmt: skip
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            # A browser, its worker and our server run side by side: what fails is gone through once more, and named.
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """What a page did that none may do is a failure of the test, not an error of tidying up after it."""
    gone_through = yield
    used = pyfuncitem.funcargs
    if "tour" in used:
        used["tour"].done()
    if "watch" in used:
        used["watch"].nothing()
    return gone_through


# The database


@pytest.fixture(scope="session")
def _database(
    testrun_uid: str, worker_id: str, django_test_environment: None, django_db_blocker: Any
) -> Iterator[tuple[Databases, str]]:
    """The seeded summit; the team's passwords are known."""
    with django_db_blocker.unblock():
        databases = Databases()
        with databases.seeded(testrun_uid[:12], worker_id) as template:
            yield databases, template


class Site:
    """Where the browser finds us."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __add__(self, path: str) -> str:
        return self.url + path


@pytest.fixture(scope="session")
def _sheets(tmp_path_factory: pytest.TempPathFactory, django_test_environment: None) -> Iterator[None]:
    """Style sheets as they are sent in production: each is one file, without what it imports."""
    root, ours = tmp_path_factory.mktemp("static"), settings.BASE_DIR / "summit/static/summit/css"
    shutil.copytree(ours, root / "summit/css")
    for prefix, folder in settings.STATICFILES_DIRS:
        shutil.copytree(folder, root / prefix, ignore=shutil.ignore_patterns("*.map", "hls.light*", "hls-demo*"))
    for sheet in SHEETS:
        run_esbuild(root / sheet, root)
    with override_settings(STATICFILES_DIRS=[root, *settings.STATICFILES_DIRS]):
        finders.get_finder.cache_clear()
        yield
    finders.get_finder.cache_clear()


@pytest.fixture(scope="session")
def _server(_sheets: None) -> Iterator[str]:
    # WhiteNoise serves static files, as in production: no handler of the test server comes before it.
    thread = LiveServerThread("localhost", static_handler=lambda application: application)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture
def site(_database: tuple[Databases, str], _server: str, django_db_blocker: Any) -> Iterator[Site]:
    """The running site on a fresh copy of the seeded summit."""
    databases, template = _database
    name = databases.name(f"summit_journey_{os.getpid()}")
    with django_db_blocker.unblock(), override_settings(SITE_URL=_server):
        databases.drop(name)
        databases.create(name, template)
        with databases.use(name):
            yield Site(_server)
        databases.drop(name)


@pytest.fixture
def ogp2021(site: Site) -> Summit:
    return Summit.objects.get(code="ogp2021")


@pytest.fixture
def outbox(site: Site, work: Callable[[], int], mailoutbox: list[Any]) -> Callable[[], Any]:
    """``outbox()`` lets the worker deliver and is the newest mail."""

    def newest() -> Any:
        work()
        return mailoutbox[-1]

    return newest


# The browser


@pytest.fixture(scope="session")
def shown_to_camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stands before the camera of every browser of this worker: a film of one picture. It may be replaced."""
    film = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    camera.show(film, "")
    return film


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], shown_to_camera: Path) -> dict[str, Any]:
    own = {"executable_path": found} if (found := machine.browser()) else {}
    quiet = ("gpu", "background-networking", "component-update", "sync", "quic")
    return {
        **browser_type_launch_args,
        **own,
        "args": [
            "--no-sandbox",
            *(f"--disable-{what}" for what in quiet),
            "--autoplay-policy=no-user-gesture-required",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={shown_to_camera}",
        ],
    }


@pytest.fixture
def browser_context_args(site: Site) -> dict[str, Any]:
    return {"base_url": site.url}


class Watch:
    """Notes whatever a page does that none of ours may do."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.host = urlsplit(site.url).netloc
        self.noted: list[str] = []
        self.foreign: list[str] = []
        # Answers with these statuses are what the test is about.
        self.expected: set[int] = set()
        self._known: set[tuple[int, str]] = set()
        # Hosts that the test has the page ask, and those of them that it has asked; they may break off.
        self.hosts: set[str] = set()
        self.asked_hosts: set[str] = set()

    def over(self, context: Any) -> None:
        context.on("console", self._said)
        context.on("weberror", lambda error: self.noted.append(f"error: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _said(self, message: Any) -> None:
        # What was answered with an error is noted by its answer; the console says it once more, and later.
        if message.type not in {"error", "warning"} or "the server responded with a status of" in message.text:
            return
        if urlsplit(message.location["url"]).netloc in self.hosts:
            return
        self.noted.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.netloc in self.hosts:
            self.asked_hosts.add(parts.netloc)
        elif parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.foreign.append(request.url)

    def _answered(self, response: Any) -> None:
        if response.status < 400 or urlsplit(response.url).netloc in self.hosts:
            return
        answered = (response.status, response.url)
        if response.status in self.expected:
            self._known.add(answered)
        # A service worker that has just become active asks once more for the pages that are open.
        elif answered not in self._known or response.request.service_worker is None:
            self.noted.append(f"{response.status}: {response.url}")

    def nothing(self) -> None:
        found, self.noted = self.noted, []
        assert not found, found
        assert not self.foreign, self.foreign


@pytest.fixture
def watch(site: Site) -> Watch:
    return Watch(site)


@pytest.fixture
def new_page(new_context: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    """``new_page(**options)`` is a page of a browser of its own: other cookies, another size."""

    def make(**options: Any) -> Any:
        context = new_context(**{**DESKTOP, "locale": "ko-KR", "timezone_id": "Asia/Seoul", **options})
        context.set_default_timeout(PATIENCE * 1000)
        watch.over(context)
        return context.new_page()

    return make


@pytest.fixture
def phone(new_page: Callable[..., Any]) -> Any:
    return new_page(**PHONE)


@pytest.fixture
def desktop(new_page: Callable[..., Any]) -> Any:
    return new_page()


@pytest.fixture
def sign_in(site: Site) -> Callable[..., None]:
    """``sign_in(page, email)`` goes in by the password form."""

    def go(page: Any, email: str, *, language: str = "ko") -> None:
        page.goto(f"/{language}/account/login/")
        page.fill("#id_login", email)
        page.fill("#id_password", PASSWORD)
        page.locator("form.panel button.button:not([form])").click()
        page.wait_for_url(lambda url: "/account/login" not in url)

    return go
