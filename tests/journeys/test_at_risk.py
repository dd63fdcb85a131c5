"""A guest at risk asks for protection: everybody knows them by an alias, and one of the circle looks, which they can read."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from registration.models import Look, Registration
from summit.models import Summit
from tests.factories import make_registration
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.helpers import Words, fetch_pdf, submit

NAME, LATIN, ADDRESS, BODY = "나영희", "Na Yeonghui", "na@brave.example", "용기재단"


@pytest.mark.parametrize(("language", "size"), [("ko", PHONE), ("en", DESKTOP)], ids=["ko-phone", "en-desktop"])
def test_a_guest_at_risk_is_known_by_an_alias_and_reads_who_looked(
    new_page: Callable[..., Any],
    ogp2021: Summit,
    work: Callable[[], int],
    sign_in: Callable[..., None],
    watch: Any,
    language: str,
    size: dict[str, Any],
) -> None:
    say, page, team = Words(language), new_page(**size), new_page()
    guest = make_registration(
        ogp2021, name=NAME, name_romanised=LATIN, email=ADDRESS, organisation=BODY, language=language
    )
    work()

    # An owner names the circle.
    sign_in(team, "organiser@ogp2021.example", language=language)
    team.goto(f"/{language}/ogp2021/organiser/settings/circle/")
    for box in team.locator("form.panel input[type=checkbox]").all():
        box.check(force=True)
    submit(team, "form.panel")

    page.goto(guest.get_absolute_url().replace("/ko/", f"/{language}/"))
    page.get_by_role("link", name=say("I need protection")).click()
    page.fill("#id_alias", "Miru")
    page.get_by_role("button", name=say("Protect me"), exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Miru")
    assert not [word for word in (NAME, LATIN, ADDRESS, BODY) if word in page.content()]
    badge = fetch_pdf(page, page.get_by_role("link", name=say("Badge (PDF)")).get_attribute("href"))
    assert "Miru" in badge.text and say("No photographs") in badge.text
    assert not [word for word in (NAME, LATIN, BODY) if word in badge.text]

    team.goto(f"/{language}/ogp2021/organiser/registrations/{guest.guid}/")
    expect(team.get_by_role("heading", level=1)).to_contain_text("Miru")
    assert not [word for word in (NAME, LATIN, ADDRESS, BODY) if word in team.content()]
    team.goto(f"/{language}/ogp2021/organiser/registrations/{guest.guid}/truth/")
    watch.expected = {422}
    team.get_by_role("button", name=say("Show who it is")).click()
    expect(team.locator("#id_reason")).to_have_attribute("aria-invalid", "true")
    assert not Look.objects.filter(registration=guest, what=Look.What.TRUTH).exists()
    team.fill("#id_reason", "The embassy asked.")
    team.get_by_role("button", name=say("Show who it is")).click()
    for told in (NAME, LATIN, ADDRESS, BODY):
        expect(team.get_by_role("main")).to_contain_text(told)
    assert Look.objects.filter(registration=guest, what=Look.What.TRUTH).count() == 1

    # The person reads when, and in which role.
    mine = Registration.objects.get(pk=guest.pk)
    page.goto(mine.get_absolute_url().replace("/ko/", f"/{language}/") + "everything/")
    looked = page.get_by_role("main").get_by_text(say("Who looked at sensitive details")).first
    expect(looked).to_be_visible()
    watch.nothing()
