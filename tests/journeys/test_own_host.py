"""A summit at its own host, in a browser that knows that host alone: registered, marked, kept."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from registration.models import Registration
from summit.models import Summit
from summit.public_pages import revisions
from tests.journeys.checks import Findings, sound
from tests.journeys.helpers import Words, read_mail, until


def test_registers_and_marks_at_the_summits_own_host_which_keeps_its_pages(
    phone: Any, ogp2021: Summit, site: Any, outbox: Callable[[], Any], watch: Any
) -> None:
    say = Words("ko")
    Summit.objects.filter(pk=ogp2021.pk).update(domain="summit.localhost")
    revisions.forget()
    own = site.url.replace("localhost", "summit.localhost")
    watch.host = own.partition("//")[2]

    # The bare host leads to the reader's language; no address has the code in it.
    phone.goto(f"{own}/")
    assert phone.url == f"{own}/ko/"
    phone.locator(".hero").get_by_role("link", name=say("Register")).tap()
    phone.wait_for_url(f"{own}/ko/register/")
    phone.get_by_role("radio", name=say("In person")).tap()
    phone.get_by_role("radio", name="시민사회").tap()
    for field, value in {"name": "김하늘", "name_romanised": "Kim Haneul", "email": "haneul@people.example"}.items():
        phone.fill(f"#id_{field}", value)
    phone.select_option("#id_country", "KR")
    phone.locator("label[for=id_privacy]").tap()
    phone.get_by_role("main").get_by_role("button", name=say("Register"), exact=True).tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(say("You are registered"))
    assert phone.url == f"{own}/ko/register/sent/"

    # A mark before the link is opened is the browser's; afterwards it is the registration's.
    phone.goto(f"{own}/ko/agenda/")
    star = phone.locator("button[data-bookmark=CIV002]").first
    star.tap()
    expect(star).to_have_attribute("aria-pressed", "true")
    (link,) = read_mail(outbox()).links
    assert link.startswith(f"{own}/ko/registrations/")
    phone.goto(link)
    expect(phone.get_by_role("region", name=say("Ticket"), exact=True)).to_be_visible()
    phone.goto(f"{own}/ko/my-agenda/")
    expect(phone.get_by_role("main")).to_contain_text(
        ogp2021.sessions.get(code="CIV002").title.in_language("ko")  # type: ignore[attr-defined]
    )
    registration = Registration.objects.get(email="haneul@people.example")
    assert list(registration.user.bookmarks.values_list("session__code", flat=True)) == ["CIV002"]
    findings = Findings()
    sound(phone, "my agenda", "ko", findings)
    findings.none()

    # The host's own worker keeps its pages.
    until(phone, "() => navigator.serviceWorker.ready.then(found => found.active.state === 'activated')")
    assert phone.evaluate("navigator.serviceWorker.ready.then(found => found.scope)") == f"{own}/ko/"
    kept = phone.evaluate("caches.match('/ko/agenda/').then(found => found.text())")
    assert 'href="/ko/speakers/"' in kept and '"/ko/ogp2021' not in kept

    # An account is the installation's.
    corner = phone.locator("[data-account-corner]")
    assert corner.get_attribute("href") == f"{site.url}/ko/my/"
