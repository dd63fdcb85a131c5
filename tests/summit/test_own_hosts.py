"""A summit at its own host: the same pages, its code nowhere, and nothing a header could bring into them."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, get_urlconf, reverse
from django.utils import translation

from registration.mailing import emails
from registration.models import Booking, Registration
from registration.registering import calendar_links, welcoming
from sessions.imports.schedules import parsing
from sessions.prints import content
from sessions.prints.fonts import OwnResourcesOnly
from summit.editing import summit_settings
from summit.lib import hosts
from summit.models import Message, Summit
from summit.public_pages import revisions
from tests.factories import (
    make_category,
    make_organisation,
    make_page,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_track,
)
from tests.registration.reading import form_values

HOST, CODE = "summit.example", "ogp2021"
LINK = re.compile(r'\b(?:href|src|action|data-href|data-worker|data-home|data-hx-get|data-hx-post)="([^"]*)"')


@pytest.fixture
def own(summit):
    Summit.objects.update(domain=HOST)
    summit.refresh_from_db()
    revisions.forget()
    return summit


@pytest.fixture
def browser(own):
    return Client(HTTP_HOST=HOST)


@pytest.fixture
def filled(own):
    """One of each thing a public page is about."""
    track, room, host = make_track(own), make_room(own), make_organisation(own)
    make_session(own, track=track, room=room, hosts=[host], people=[make_speaker(own)], seats=5)
    body = f"[A](/ko/{CODE}/agenda/) [B](/{CODE}/schedule.ics) [C](https://elsewhere.example/{CODE}/)"
    make_page(own, "about", in_menu=True, body={"ko": body, "en": body})
    return own


def links(page):
    """The addresses on a page as they are written, without those of mail."""
    found = {unescape(link).partition("#")[0] for link in LINK.findall(page.content.decode())}
    return {link for link in found if link and not link.startswith(("mailto:", "data:", "?"))}


def walk(browser):
    """Every page of the host that can be reached by links from its opening page, by its address."""
    waiting, seen = ["/ko/", "/en/"], {}
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        page = seen[path] = browser.get(path)
        if page.status_code == 200 and page["Content-Type"].startswith("text/html"):
            waiting += [link for link in links(page) if link.startswith("/") and not link.startswith("/static/")]
    return seen


def test_every_link_of_its_pages_answers_there_without_the_code_or_leads_to_the_installation(filled, browser):
    pages = walk(browser)
    assert {path: page.status_code for path, page in pages.items() if page.status_code not in {200, 202}} == {}
    assert len(pages) > 60 and "/en/sessions/CIV001/" in pages and "/schedule.ics?lang=ko" in pages
    here = {link for page in pages.values() if page["Content-Type"].startswith("text/html") for link in links(page)}
    assert [link for link in here if link.startswith("/") and CODE in link] == []
    away = {link for link in here if not link.startswith("/")}
    kept = {"https://elsewhere.example/ogp2021/", *(link for link in away if link.startswith(f"http://{HOST}/"))}
    expected = [f"http://testserver/api/v1/{path}" for path in ("", f"summits/{CODE}/")]
    for language in ("ko", "en"):
        expected += [f"http://testserver/api/v1/{path}?lang={language}" for path in ("", "openapi.json")]
        with translation.override(language):
            names = (reverse("account:home"), reverse("sessions:embed", args=[CODE]))
            expected += [f"http://testserver{path}" for path in names]
    assert sorted(link for link in away - kept if "testserver" in link) == sorted(expected)
    assert not any(CODE in link for link in kept if HOST in link)


def test_texts_keep_their_links_at_the_host_they_are_read_at(filled, browser, client):
    there, here = (browser.get("/ko/pages/about/"), client.get(f"/ko/{CODE}/pages/about/"))
    assert {"/ko/agenda/", "/schedule.ics", "https://elsewhere.example/ogp2021/"} <= links(there)
    assert {f"/ko/{CODE}/agenda/", f"/{CODE}/schedule.ics"} <= links(here)


@pytest.mark.parametrize("path", ["", "agenda/", "sessions/CIV001/", "speakers/", "register/", "data/"])
def test_both_addresses_of_a_page_name_the_own_host_as_the_true_one(filled, browser, client, path):
    for page in (browser.get(f"/en/{path}"), client.get(f"/en/{CODE}/{path}")):
        head = page.content.decode().partition("</head>")[0]
        assert f'<link rel="canonical" href="http://{HOST}/en/{path}">' in head
        assert f'hreflang="ko" href="http://{HOST}/ko/{path}">' in head
        if path != "register/":
            assert f'<meta property="og:url" content="http://{HOST}/en/{path}">' in head
            assert re.search(rf'og:image" content="http://{HOST}/static/', head)


def test_the_installation_goes_on_as_it_was(filled, client):
    page = client.get(f"/ko/{CODE}/agenda/")
    assert page.status_code == 200 and f"/ko/{CODE}/speakers/" in links(page)
    assert not any(HOST in link for link in links(page) if not link.startswith(f"http://{HOST}/ko/agenda/")
                   and not link.startswith(f"http://{HOST}/en/agenda/"))  # fmt: skip


FILES = ["schedule.ics?lang=en", "schedule.xml", "schedule.json", "schedule2.json", "schedule.jsonld", "schedule.xcal",
         "sessions.csv", "people.csv", "organisations.csv", "rooms.csv", "people.json", "organisations.json", "changes.atom",
         "dataset.jsonld", "sessions/CIV001.ics", "schedule/widgets/schedule.json"]  # fmt: skip


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("first", [HOST, "testserver"])
def test_files_are_the_same_bytes_at_both_hosts_and_name_the_own_one(filled, client, path, first):
    asked = {HOST: f"/{path}", "testserver": f"/{CODE}/{path}"}
    answers = {}
    for host in sorted(asked, key=lambda host: host != first):  # whoever comes first, nothing kept changes it
        answers[host] = client.get(asked[host], HTTP_HOST=host)
    there, here = answers[HOST], answers["testserver"]
    assert there.status_code == here.status_code == 200
    assert there.content == here.content and there["ETag"] == here["ETag"]
    said = here.content.decode() + here.get("Link", "")
    assert not re.search(rf"http://testserver/(?!api/)[^\"'< ]*{CODE}", said)
    assert there.get("Link") == here.get("Link")


def test_the_robots_and_the_map_of_each_host_name_its_own_pages(filled, browser, client):
    make_summit("ogp2023")
    assert f"Sitemap: http://{HOST}/sitemap.xml" in browser.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
    there, here = (c.get("/sitemap.xml").content.decode() for c in (browser, client))
    assert f"<loc>http://{HOST}/ko/sessions/CIV001/</loc>" in there and CODE not in there and "ogp2023" not in there
    assert "http://testserver/ko/ogp2023/agenda/" in here and HOST not in here and CODE not in here
    assert there == browser.get("/sitemap.xml", HTTP_HOST=f"{HOST}:9999").content.decode()


def test_its_start_is_in_the_readers_language_where_the_summit_has_it(own, browser):
    for asked, leads_to in (("en", "/en/"), ("fr", "/ko/"), ("", "/ko/")):
        assert browser.get("/", HTTP_ACCEPT_LANGUAGE=asked)["Location"] == leads_to
    Summit.objects.update(languages=["ko"])
    assert browser.get("/", HTTP_ACCEPT_LANGUAGE="en")["Location"] == "/ko/"
    assert browser.get("/agenda/", HTTP_ACCEPT_LANGUAGE="en")["Location"] == "/en/agenda/"


@pytest.mark.parametrize(("asked", "leads_to"), [
    (f"/ko/{CODE}/agenda/?day=2021-12-15", f"http://{HOST}/ko/agenda/?day=2021-12-15"), (f"/en/{CODE}/", f"http://{HOST}/en/"),
    (f"/{CODE}/schedule.ics", f"http://{HOST}/schedule.ics"), (f"/ko/{CODE}//evil.example/", f"http://{HOST}/ko//evil.example/"),
    (f"/{CODE}//evil.example/", f"http://{HOST}//evil.example/"), (f"/{CODE}", f"http://{HOST}/"),
    ("/ko/organiser/", f"http://testserver/ko/{CODE}/organiser/"), (f"/ko/{CODE}/organiser/", f"http://testserver/ko/{CODE}/organiser/"),
    ("/ko/my-sessions/", f"http://testserver/ko/{CODE}/my-sessions/"), ("/ko/desk/main/", f"http://testserver/ko/{CODE}/desk/main/"),
    ("/ko/account/login/?next=/ko/", "http://testserver/ko/account/login/?next=/ko/"), ("/ko/my/", "http://testserver/ko/my/"),
    ("/admin/", "http://testserver/admin/"), ("/api/v1/", "http://testserver/api/v1/"), ("/go/CIV001/", "http://testserver/go/CIV001/"),
    ("/en/agenda/embed/", f"http://testserver/en/{CODE}/agenda/embed/"), ("/ko/ogp2023/agenda/", "http://testserver/ko/ogp2023/agenda/"),
    ("/ogp2023/schedule.ics", "http://testserver/ogp2023/schedule.ics"), ("/ko/set-up/", "http://testserver/ko/set-up/"),
])  # fmt: skip
def test_what_belongs_elsewhere_leads_there_by_get_alone(own, browser, asked, leads_to):
    make_summit("ogp2023")
    revisions.forget()
    response = browser.get(asked)
    assert (response.status_code, response["Location"]) == (302, leads_to)
    assert not response.cookies
    assert browser.post(asked, {}).status_code == 405


def patterns(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from (
                (f"{entry.namespace}:{name}" if entry.namespace else name, found) for name, found in patterns(entry)
            )
        elif isinstance(entry, URLPattern) and entry.name:
            yield entry.name, entry


def test_no_page_that_asks_for_a_right_is_answered_at_an_own_host():
    """And what the two URL configurations name is the same but for operators' pages and the first start."""
    with translation.override("en"), hosts.serving(CODE):
        for name, entry in patterns(get_resolver()):
            if not hasattr(entry.callback, "rights"):
                continue
            keys = {key: converter_sample(converter) for key, converter in entry.pattern.converters.items()}
            path = reverse(name, kwargs={"summit": CODE, **keys}, urlconf="summit.own_host_urls")
            assert hosts.is_apart(hosts.at_installation(path, CODE), CODE), path
        here, there = ({name for name, _entry in patterns(get_resolver(c))} for c in (None, "summit.own_host_urls"))
    apart = {
        "held-mail",
        "held-mail-discard",
        "held-mail-send",
        "set-up",
        "summits",
        "new-summit",
        "demonstration",
        "demonstration-building",
        "summit-owner",
        "summit-current",
        "summit-deletion",
        "start-in-language",
    }
    assert {name for name in here - there if not name.startswith("admin:")} == apart and there <= here


def converter_sample(converter):
    kind = type(converter).__name__
    return {"IntConverter": 1, "UUIDConverter": "00000000-0000-0000-0000-000000000000"}.get(kind, "abcd")


def test_every_step_of_its_addresses_is_known_so_that_no_code_is_taken_for_one():
    apps = {"summit", "sessions", "speakers", "registration", "feeds", "registration-feeds"}
    with translation.override("en"):
        found = [(name, str(entry.pattern)) for name, entry in patterns(get_resolver("summit.own_host_urls"))]
    steps = {route.partition("/")[0] for name, route in found if name.partition(":")[0] in apps and "/" in route}
    assert steps - hosts.STEPS == set() and len(steps) > 20


def test_somebody_registers_reads_and_books_there_to_the_end(filled, work):
    category = make_category(filled)
    browser = Client(HTTP_HOST=HOST, enforce_csrf_checks=True, HTTP_ORIGIN=f"http://{HOST}")
    form = form_values(browser.get("/en/register/"))
    values = {**form, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value, "attendance": "in_person", "category": str(category.pk), "name": "홍길동", "name_romanised": "Hong Gildong",
              "badge_script": "native", "email": "hong@people.example", "country": "KR", "language": "en", "privacy": "on"}  # fmt: skip
    response = browser.post("/en/register/", values)
    assert (response.status_code, response["Location"]) == (302, "/en/register/sent/")
    assert "hong@people.example" in browser.get("/en/register/sent/").content.decode()
    registration = Registration.objects.get()
    welcoming.give_account(registration)
    welcoming.tell(registration)
    message = Message.objects.get()
    page = f"http://{HOST}/en/registrations/{registration.token}/"
    entry = message.files.get().content.decode().replace("\r\n ", "")
    for told, address in ((message.text, page), (message.html, page), (entry, f"URL:http://{HOST}/en/")):
        assert address in told and "http://testserver" not in told and f"/{CODE}/" not in told
    own_page = browser.get(urlsplit(page).path)
    assert own_page.status_code == 200 and "sessionid" in own_page.cookies
    assert not any(CODE in link for link in links(own_page) if link.startswith("/"))
    assert browser.get("/me.json", {"summit": CODE}).json()["own"]
    token = browser.cookies["csrftoken"].value
    booked = browser.post("/en/my-agenda/sessions/CIV001/", {"action": "book", "csrfmiddlewaretoken": token})
    assert booked["Location"] == "/en/my-agenda/sessions/CIV001/" and Booking.objects.get().state == "booked"
    calendar_links.share_calendar(registration)
    feed = browser.get(f"/my/{Registration.objects.get().calendar_token}.ics")
    assert feed.status_code == 200
    assert f"http://{HOST}/en/sessions/CIV001/" in feed.content.decode().replace("\r\n ", "")


def test_a_form_from_another_site_is_refused_there(own):
    make_category(own)
    browser = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    browser.get("/en/register/lost-link/")
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    for origin in ("http://evil.example", "null", f"http://{HOST}.evil.example"):
        assert (
            browser.post("/en/register/lost-link/", {**form, "email": "a@b.example"}, HTTP_ORIGIN=origin).status_code
            == 403
        )
    sent = browser.post("/en/register/lost-link/", {**form, "email": "a@b.example"}, HTTP_ORIGIN=f"http://{HOST}")
    assert sent.status_code == 302


def test_marks_stay_in_the_browser_and_the_way_on_is_the_link_not_an_account(filled, browser):
    browser.post("/en/my-agenda/sessions/CIV001/", {"action": "bookmark", "next": "/en/agenda/"})
    page = browser.get("/en/my-agenda/")
    assert "CIV001" in page.content.decode() and "/en/register/lost-link/" in links(page)
    assert "account/login" not in page.content.decode()
    assert "account/login" in Client().get(f"/en/{CODE}/my-agenda/").content.decode()
    assert browser.post("/en/my-agenda/sessions/CIV001/", {"action": "unbookmark", "next": "//evil.example/"})[
        "Location"
    ].startswith("/en/")


def test_nobody_is_signed_in_there_with_a_session_of_an_account(own, organiser, as_user):
    client = as_user(organiser)  # somebody has carried the cookie over
    for path in ("/ko/organiser/", "/ko/account/email/", "/api/v1/workspace/"):
        assert client.get(path, HTTP_HOST=HOST).status_code == 302


def test_mails_of_the_workspace_lead_to_the_installation_and_those_of_attendees_to_the_own_host(own, organiser):
    registration = make_registration(own, email="gildong@people.example", language="ko")
    assert emails.own_page(registration) == f"http://{HOST}/ko/registrations/{registration.token}/"
    assert own.address(f"/ko/{CODE}/team-invitations/abc/") == f"http://testserver/ko/{CODE}/team-invitations/abc/"
    assert own.address(f"/ko/{CODE}/hosting/") == f"http://testserver/ko/{CODE}/hosting/"
    assert own.address(f"/{CODE}/my-sessions/abc.ics") == f"http://{HOST}/my-sessions/abc.ics"
    assert own.address("https://elsewhere.example/") == "https://elsewhere.example/"


def test_an_address_is_the_same_wherever_it_is_made(own):
    other = make_summit("ogp2023", domain="other.example")
    with translation.override("en"):
        for found in (own, other):
            here = found.address(reverse("sessions:agenda", args=[found.code]))
            for code in (own.code, other.code):
                with hosts.serving(code):
                    path = reverse("sessions:agenda", args=[found.code], urlconf="summit.own_host_urls")
                    assert found.address(path) == here == f"http://{found.domain}/en/agenda/"


# Headers by which somebody could try to bring a host of theirs into what others read.
ATTACKS = [
    {"HTTP_HOST": f"{HOST}:9999"}, {"HTTP_HOST": HOST.upper()}, {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_X_FORWARDED_PORT": "9999"}, {"HTTP_FORWARDED": "host=evil.example"}, {"SERVER_NAME": "evil.example"},
    {"SCRIPT_NAME": ""}, {"HTTP_X_FORWARDED_PROTO": "https"}, {"HTTP_X_ORIGINAL_URL": "/evil/"},
]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/ko/agenda/", "/ko/", "/schedule.ics", "/ko/register/", "/sitemap.xml", "/robots.txt", "/changes.atom"]
)
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_header_changes_what_is_read_or_kept(filled, browser, path, attack):
    def read(**headers):
        return re.sub(r'(csrfmiddlewaretoken|nonce)" value="[^"]*"', "", browser.get(path, **headers).content.decode())

    poisoned = read(**attack)
    assert "evil.example" not in poisoned and ":9999" not in poisoned and HOST.upper() not in poisoned
    assert read() == poisoned


@pytest.mark.parametrize("host", [
    "unknown.example", f"{HOST}.evil.example", f"evil-{HOST}", f"evil.example/{HOST}", f"{HOST}:evil", f"{HOST}:80:80", f"{HOST}@evil.example",
    f"{HOST},evil.example", f"{HOST} evil.example",
])  # fmt: skip
def test_a_host_nobody_has_entered_is_refused(filled, client, host):
    for path in ("/ko/", "/ko/agenda/", "/ko/register/", f"/ko/{CODE}/agenda/"):
        assert client.get(path, HTTP_HOST=host).status_code == 400, path
    assert client.get("/ko/agenda/", HTTP_HOST=HOST).status_code == 200


def test_what_is_kept_for_one_host_is_never_answered_at_another(filled, client):
    other = make_summit("ogp2023", domain="other.example", short_name={"ko": "다른 서밋", "en": "Another"})
    revisions.forget()
    for _time in range(2):
        first, second = (client.get("/ko/agenda/", HTTP_HOST=host).content.decode() for host in (HOST, "other.example"))
        assert "CIV001" in first and "다른 서밋" not in first and "다른 서밋" in second and "CIV001" not in second
        assert client.get("/ko/agenda/").status_code == 404
        assert f'href="/ko/{CODE}/speakers/"' in client.get(f"/ko/{CODE}/agenda/").content.decode()
    assert (
        client.get("/theme.css", HTTP_HOST=HOST).status_code
        == client.get("/theme.css", HTTP_HOST=other.domain).status_code
        == 200
    )


def test_a_request_leaves_nothing_behind(filled, browser):
    for path in ("/ko/agenda/", "/ko/nothing/", "/ko/organiser/", "/"):
        browser.get(path)
        assert hosts.served() == "" and get_urlconf() is None
        assert reverse("feeds:schedule", args=[CODE]) == f"/{CODE}/schedule.ics"


def test_a_name_of_the_installation_is_nobodys_own_host(own, client):
    Summit.objects.update(domain="testserver")
    revisions.forget()
    found = Summit.objects.get()
    assert found.own_host == "" and found.address(f"/ko/{CODE}/") == f"http://testserver/ko/{CODE}/"
    assert client.get(f"/ko/{CODE}/").status_code == 200
    assert f"http://testserver/ko/{CODE}/" in client.get("/sitemap.xml").content.decode()


def test_a_summit_whose_code_is_the_name_of_a_page_has_no_own_host(db, client):
    found = make_summit("agenda", domain=HOST)
    assert found.own_host == "" and found.address("/ko/agenda/") == "http://testserver/ko/agenda/"
    assert client.get("/ko/", HTTP_HOST=HOST).status_code == 400


def test_scheme_and_port_are_those_of_the_installation(own, settings):
    settings.SITE_URL = "https://installation.example:8443"
    assert own.address(f"/ko/{CODE}/agenda/") == f"https://{HOST}:8443/ko/agenda/"


def test_a_closed_summit_is_closed_there_too(own, browser):
    Summit.objects.update(is_public=False)
    revisions.forget()
    assert browser.get("/ko/agenda/").status_code == 404
    page = browser.get("/ko/nothing/")
    assert page.status_code == 404 and 'href="/"' in page.content.decode()


def test_the_app_is_the_hosts_own(filled, browser, client):
    manifest = browser.get("/ko/app.webmanifest").json()
    assert manifest["start_url"] == "/ko/agenda/" and [s["url"] for s in manifest["shortcuts"]] == [
        "/ko/agenda/",
        "/ko/my-agenda/",
    ]
    worker = browser.get("/worker.js").content.decode()
    assert (
        '"/en/": {"agenda": "/en/agenda/", "offline": "/en/offline/"}' in worker and '"theme": "/theme.css"' in worker
    )
    assert '"account/"' in worker.partition("\n")[0]
    assert 'data-scopes="/ko/ /en/"' in browser.get("/ko/").content.decode()
    assert f'data-scopes="/ko/{CODE}/ /en/{CODE}/"' in client.get(f"/ko/{CODE}/").content.decode()


def test_a_page_costs_no_query_more_at_its_own_host(filled, client):
    for path in ("", "agenda/", "sessions/CIV001/", "register/"):
        if path == "register/":  # its fields are drawn once for each host
            client.get(f"/ko/{CODE}/{path}")
            client.get(f"/ko/{path}", HTTP_HOST=HOST)
        revisions.of(CODE)
        with CaptureQueriesContext(connection) as here:
            client.get(f"/ko/{CODE}/{path}")
        revisions.of(CODE)
        with CaptureQueriesContext(connection) as there:
            client.get(f"/ko/{path}", HTTP_HOST=HOST)
        assert len(of_the_page(there)) == len(of_the_page(here)), path
    with CaptureQueriesContext(connection) as again:
        client.get("/ko/agenda/", HTTP_HOST=HOST)
    assert of_the_page(again) == []


def of_the_page(queries):
    """Without the look at the revisions of all summits, once in a while."""
    return [q["sql"] for q in queries if "agenda_revision" not in q["sql"] or "WHERE" in q["sql"]]


def test_a_proxy_may_ask_for_which_hosts_it_needs_certificates(own, client):
    assert client.get("/own-hosts/", {"domain": HOST.upper()}).status_code == 200
    for wrong in ("evil.example", "", "testserver"):
        assert client.get("/own-hosts/", {"domain": wrong}).status_code == 404


def test_a_text_that_names_the_host_is_drawn_anew_when_the_domain_changes(filled, organiser, client):
    client.get(f"/ko/{CODE}/agenda/")
    for domain in ("new.example", ""):
        summit_settings.set_domain(Summit.objects.get(), domain, by=organiser)
        revisions.forget()
        page = client.get(f"/ko/{CODE}/agenda/").content.decode()
        assert f'canonical" href="http://{f"{domain}/ko" if domain else f"testserver/ko/{CODE}"}/agenda/"' in page


def test_only_its_own_name_is_bound_to_https_and_its_cookies_are_its_own(filled, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD = 60, True, True
    settings.SECURE_SSL_REDIRECT = True
    browser = Client()
    for path in ("/ko/agenda/", "/ko/register/"):
        there, here = (
            browser.get(p, HTTP_HOST=h, secure=True) for p, h in ((path, HOST), (f"/ko/{CODE}{path[3:]}", "testserver"))
        )
        assert there["Strict-Transport-Security"] == "max-age=60"
        assert here["Strict-Transport-Security"] == "max-age=60; includeSubDomains; preload"
        assert "domain" not in {key for cookie in there.cookies.values() for key, value in cookie.items() if value}
        assert there["Content-Security-Policy"] == here["Content-Security-Policy"]
    assert browser.get("/ko/agenda/", HTTP_HOST=HOST)["Location"] == f"https://{HOST}/ko/agenda/"


@pytest.mark.parametrize("path", [
    "/ko/ogp2021/", "/en/ogp2021/agenda/?day=1#a", "/ogp2021/schedule.ics?lang=ko", "/media/a.webp", "/static/a.css", "/ko/account/login/", "/api/v1/",
    "/ko/ogp2021/my-agenda/", "/ogp2021/my/abc.ics", "/ogp2021/my-sessions/abc.ics", "/me.json?summit=ogp2021", "/", "/ko/my/", "/ko/ogp2021/my-sessions/",
])  # fmt: skip
def test_a_path_comes_back_from_the_own_host_as_it_went(path):
    assert hosts.at_installation(hosts.at_own_host(path, CODE), CODE) == path


def test_prints_screens_and_embeds_name_the_own_host(filled, browser, client):
    assert content.agenda_address(filled, "en") == f"http://{HOST}/en/agenda/"
    assert content.room_agenda(filled.rooms.get(), "ko") == f"http://{HOST}/ko/agenda/search/?room=grand-101"
    assert OwnResourcesOnly(filled.origin).fetch(f"qr:http://{HOST}/ko/").read(4) == b"\x89PNG"
    with pytest.raises(ValueError):
        OwnResourcesOnly(filled.origin).fetch("qr:http://testserver/ko/")
    there, here = (
        c.get(path).content.decode() for c, path in ((browser, "/ko/screen/"), (client, f"/ko/{CODE}/screen/"))
    )
    assert f"{HOST}/ko/" in there and f"{HOST}/ko/" in here and "testserver" not in there
    snippet = unescape(client.get(f"/en/{CODE}/agenda/embed/").content.decode())
    assert (
        f'src="http://testserver/{CODE}/summit-agenda.js"' in snippet and f'href="http://{HOST}/en/agenda/"' in snippet
    )


def test_an_export_that_names_our_files_at_the_own_host_finds_them_again(own):
    for origin in (own.origin, "http://testserver"):
        assert parsing.link(f"{origin}/media/slides/a.pdf", "", own=own.origin) == "/media/slides/a.pdf"
    assert parsing.link("http://evil.example/media/a.pdf", "", own=own.origin) == "http://evil.example/media/a.pdf"
