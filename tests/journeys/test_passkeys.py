"""A passkey from a (virtual) authenticator: made by somebody of the team, then enough to sign in (WebAuthn Level 3)."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from summit.models import Summit
from tests.databases import PASSWORD
from tests.journeys.helpers import LOCALES, Words, become_a_stranger, submit

ORGANISER = "organiser@ogp2021.example"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_passkey_is_made_once_and_signs_in_without_a_password(
    new_page: Callable[..., Any], ogp2021: Summit, sign_in: Callable[..., None], watch: Any, language: str
) -> None:
    say, page = Words(language), new_page(locale=LOCALES[language])
    virtual = page.context.new_cdp_session(page)
    virtual.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    virtual.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    sign_in(page, ORGANISER, language=language)
    # Before a second factor can be set, the password is asked again.
    page.goto(f"/{language}/account/2fa/webauthn/add/")
    page.fill("#id_password", PASSWORD)
    submit(page, "main form")
    page.fill("#id_name", "열쇠 🔑")
    page.check("#id_passwordless")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    key = Authenticator.objects.get(user__email=ORGANISER, type="webauthn")
    assert key.wrap().name == "열쇠 🔑"

    become_a_stranger(page)
    page.goto(f"/{language}/ogp2021/organiser/")
    page.get_by_role("button", name=say("Sign in with a passkey")).click()
    page.wait_for_url(f"**/{language}/ogp2021/organiser/")
    expect(page.get_by_role("navigation", name=say("Workspace"))).to_be_visible()
    watch.nothing()
