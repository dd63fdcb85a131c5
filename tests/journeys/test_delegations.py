"""A head of delegation names twenty from a sheet, and sends others instead of two."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from registration.models import Registration, State
from summit.models import Summit
from tests.factories import make_delegation
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.helpers import Words, read_mail, submit

PEOPLE = "\n".join(
    [
        "성명,로마자 성명,전자우편,직위",
        *(f"대표 {n},Delegate {n},delegate{n}@korea.example,서기관" for n in range(1, 21)),
    ]
)


@pytest.mark.parametrize(("language", "size"), [("ko", PHONE), ("en", DESKTOP)], ids=["ko-phone", "en-desktop"])
def test_a_head_of_delegation_names_twenty_by_a_sheet_and_replaces_two(
    new_page: Callable[..., Any],
    ogp2021: Summit,
    outbox: Callable[[], Any],
    mailoutbox: list[Any],
    sign_in: Callable[..., None],
    watch: Any,
    language: str,
    size: dict[str, Any],
) -> None:
    say, team = Words(language), new_page()
    delegation = make_delegation(ogp2021, places=22)
    sign_in(team, "registrations@ogp2021.example", language=language)
    team.goto(f"/{language}/ogp2021/organiser/delegations/{delegation.code}/")
    heads = team.locator("form[action$='/heads/']")
    heads.get_by_role("radio").first.check(force=True)
    heads.locator("[name=name]").fill("김대표")
    heads.locator("[name=email]").fill("head@korea.example")
    heads.locator("[name=language]").select_option(language)
    submit(team, "form[action$='/heads/']")
    letter = read_mail(outbox())
    assert letter.to == "head@korea.example"
    (link,) = letter.links

    # The link of the mail is all that is needed.
    page = new_page(**size)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_contain_text(delegation.name.in_language(language))
    page.get_by_role("link", name=say("Name several from a sheet")).click()
    page.set_input_files(
        "input[type=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode("utf-8-sig")}
    )
    submit(page, "form.panel")
    for number, field in enumerate(("name", "name_romanised", "email", "job_title")):
        page.locator("main select").nth(number).select_option(field)
    page.get_by_role("button", name=say("Check again")).click()
    expect(page.get_by_role("status")).to_contain_text("20")
    assert not Registration.objects.delegated().exists()
    page.get_by_role("button", name=say("Nominate them")).click()
    expect(page.locator("main article")).to_have_count(20)
    people = Registration.objects.filter(delegation=delegation)
    assert set(people.values_list("state", flat=True)) == {State.CONFIRMED}
    outbox()
    assert {f"delegate{n}@korea.example" for n in range(1, 21)} <= {mail.to[0] for mail in mailoutbox}

    for number in (7, 12):
        gone = people.get(email=f"delegate{number}@korea.example")
        page.locator(f"#person-{gone.reference}").locator("..").get_by_role("link", name=say("Replace")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(say("Send somebody else"))
        page.fill("#id_name", f"후임 {number}")
        page.fill("#id_name_romanised", f"Successor {number}")
        page.fill("#id_email", f"successor{number}@korea.example")
        page.get_by_role("button", name=say("Send this person instead")).click()
        expect(page.locator("main")).to_contain_text(f"후임 {number}")
        gone.refresh_from_db()
        assert not gone.is_active
    expect(page.locator("main article")).to_have_count(20)
    assert delegation.registrations.active().count() == 20
    # Who was replaced and who comes are both told.
    outbox()
    told = {mail.to[0] for mail in mailoutbox[-4:]}
    assert told == {f"{who}{n}@korea.example" for who in ("delegate", "successor") for n in (7, 12)}
    watch.nothing()
