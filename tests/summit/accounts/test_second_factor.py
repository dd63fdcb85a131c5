"""Setting a second factor up, taking it away, and what other browsers of the same person are worth afterwards."""

import re

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from summit.accounts.second_factor import ALWAYS_OPEN, guarded
from summit.accounts.user_sessions import end_all
from summit.permissions import has_second_factor
from tests.factories import make_user
from tests.second_factors import SHOW, code_of, enrol, show

PASSWORD = "a long enough pass phrase"
AGAIN, ACTIVATE, DEACTIVATE = (
    "/en/account/reauthenticate/",
    "/en/account/2fa/totp/activate/",
    "/en/account/2fa/totp/deactivate/",
)
WORK = "/en/ogp2021/organiser/tracks/"
# The library tells of a new factor when it is committed.
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(summit, settings):
    settings.STAFF_TWO_FACTORS = True
    return make_user("lead@team.example", summit=summit, role="organiser", password=PASSWORD)


def signed_in(client: Client) -> bool:
    return client.get("/me.json").json()["signed_in"]


def by_password(user) -> Client:
    client = Client()
    client.post("/en/account/login/", {"login": user.email, "password": PASSWORD})
    return client


def set_up(client: Client) -> str:
    """Add an authenticator app through the pages, as :func:`by_password` signed in; its secret."""
    client.get(ACTIVATE)
    client.post(AGAIN, {"password": PASSWORD, "next": ACTIVATE})
    page = client.get(ACTIVATE).content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page)[1]
    assert client.post(ACTIVATE, {"code": code_of(secret)}).status_code == 302
    return secret


@committed
def test_whoever_sets_their_first_factor_up_has_shown_it(staff):
    client = by_password(staff)
    assert client.get(WORK)["Location"] == "/en/account/2fa/"
    set_up(client)
    assert client.get(WORK).status_code == 200


@committed
def test_setting_a_factor_up_ends_the_other_sessions(staff):
    here, there = by_password(staff), by_password(staff)
    set_up(here)
    assert (signed_in(here), signed_in(there)) == (True, False)
    assert "/account/login/" in there.get(WORK)["Location"]


def test_signing_in_with_the_factor_opens_and_without_it_does_not(staff):
    secret = enrol(staff)
    client = by_password(staff)
    assert not signed_in(client)
    done = client.post("/en/account/2fa/authenticate/", {"code": code_of(secret)})
    assert done.status_code == 302
    assert client.get(WORK).status_code == 200


@committed
def test_a_recovery_code_counts(staff, as_user):
    client = by_password(staff)
    set_up(client)
    codes = Authenticator.objects.get(user=staff, type="recovery_codes").wrap().get_unused_codes()
    staff.refresh_from_db()
    other = as_user(staff)
    assert SHOW in other.get(WORK)["Location"]
    other.post(SHOW, {"code": codes[0], "next": WORK})
    assert other.get(WORK).status_code == 200


def test_taking_a_factor_away_ends_the_other_sessions_and_leaves_nothing_shown(staff, as_user):
    here, there, secret = as_user(staff), as_user(staff), enrol(staff)
    show(here, secret)
    show(there, secret)
    assert here.post(DEACTIVATE).status_code == 302
    assert not Authenticator.objects.exists()
    assert (signed_in(here), signed_in(there)) == (True, False)
    assert here.get(WORK)["Location"] == "/en/account/2fa/"


@committed
def test_new_recovery_codes_end_the_other_sessions(staff):
    here = by_password(staff)
    secret = set_up(here)
    there = by_password(staff)
    there.post("/en/account/2fa/authenticate/", {"code": code_of(secret)})
    assert signed_in(there)
    assert here.post("/en/account/2fa/recovery-codes/generate/").status_code == 302
    assert (signed_in(here), signed_in(there)) == (True, False)
    assert here.get(WORK).status_code == 200


def test_a_new_password_ends_the_other_sessions(staff):
    here, there, new = by_password(staff), by_password(staff), "another long enough phrase"
    here.post("/en/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (signed_in(here), signed_in(there)) == (True, False)


def test_what_an_operator_takes_away_ends_all_sessions(staff, as_user):
    client, secret = as_user(staff), enrol(staff)
    show(client, secret)
    operator = make_user("op@team.example", is_staff=True, is_superuser=True)
    admin = as_user(operator)
    show(admin, enrol(operator))
    lost = Authenticator.objects.get(user=staff)
    assert admin.post(f"/admin/mfa/authenticator/{lost.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not signed_in(client)
    assert signed_in(admin)


def test_all_sessions_of_one_person_end_and_nobody_elses(staff, as_user):
    clients, other = [as_user(staff), as_user(staff)], as_user(make_user())
    end_all(staff)
    assert [signed_in(client) for client in (*clients, other)] == [False, False, True]
    end_all(staff)
    assert signed_in(as_user(staff))


def test_sessions_from_before_generations_go_on(staff, as_user):
    """What Django makes of the password alone is what the first generation is checked against."""
    assert staff.session_generation == 0
    assert staff.get_session_auth_hash() == super(type(staff), staff).get_session_auth_hash()


def test_a_new_secret_key_signs_nobody_out_while_the_old_one_is_known(staff, as_user, settings):
    end_all(staff)
    client, old = as_user(staff), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret key of a good length for this test", [old]
    assert signed_in(client)
    settings.SECRET_KEY_FALLBACKS = []
    assert signed_in(client)  # taken over to the new key by the request before


@pytest.mark.parametrize("page", ["password/change/", "email/", "2fa/", "2fa/webauthn/add/", "2fa/totp/deactivate/"])
def test_without_the_factor_nobody_changes_how_the_account_is_signed_in_to(staff, as_user, page):
    """A password that leaked adds no passkey of its own, and takes no authenticator app away."""
    client, secret = as_user(staff), enrol(staff)
    for answer in (client.get(f"/en/account/{page}"), client.post(f"/en/account/{page}")):
        assert answer["Location"].startswith(f"{SHOW}?next=")
    # The password is asked for nowhere on the way.
    assert client.get(AGAIN)["Location"].startswith(SHOW)
    assert client.post(AGAIN, {"password": PASSWORD})["Location"].startswith(SHOW)
    show(client, secret)
    assert client.get(f"/en/account/{page}").status_code in {200, 302}
    assert SHOW not in client.get("/en/account/password/change/").headers.get("Location", "")


def test_each_page_of_the_library_is_known_to_be_open_or_guarded():
    """A page that a later release brings is guarded until somebody has said that it must be open."""

    def names(resolver: URLResolver):
        for entry in resolver.url_patterns:
            yield from names(entry) if isinstance(entry, URLResolver) else [entry.name]

    assert all(isinstance(entry, URLPattern | URLResolver) for entry in get_resolver().url_patterns)
    library = {name for name in names(get_resolver()) if name and name.startswith(("account_", "mfa_"))}
    assert library >= ALWAYS_OPEN
    assert {name for name in library if guarded(name)} >= {
        "account_email", "account_change_password", "account_set_password", "mfa_index", "mfa_activate_totp",
        "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    }  # fmt: skip


@pytest.mark.parametrize("passwordless", [True, False])
def test_a_passkey_counts_alone_and_beside_a_password(staff, rf, passwordless):
    """As the library's pages note it once the key has answered; alone it is unlocked by its owner, or refused there."""
    key = Authenticator.objects.create(user=staff, type="webauthn", data={"name": "key", "credential": {}})
    request = rf.get("/")
    request.user, request.session = staff, SessionStore()
    record_authentication(request, staff, method="password")
    assert not has_second_factor(request)
    request.session.clear()
    post_authentication(request, key, passwordless=passwordless)
    assert has_second_factor(request)
    # What was noted for somebody else says nothing.
    request.user = make_user("other@team.example")
    enrol(request.user)
    assert not has_second_factor(request)


def test_whoever_has_passkeys_alone_is_asked_for_one(staff, as_user):
    Authenticator.objects.create(user=staff, type="webauthn", data={"name": "key", "credential": {}})
    where = as_user(staff).get(WORK)["Location"]
    assert where == f"/en/account/2fa/webauthn/reauthenticate/?next={WORK.replace('/', '%2F')}"
