"""The form for whoever was invited or has a code."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from registration.models import Invitation, Registration
from registration.registering import inviting
from summit.lib.logs import masked
from summit.models import Message
from tests.factories import (
    make_access_code,
    make_category,
    make_invitation,
    make_places,
    make_registration,
    make_summit,
)
from tests.registration.reading import field_errors, form_values, taken, words

LANGUAGES = ["ko", "en"]


@pytest.fixture
def delegate(summit):
    return make_category(summit)


@pytest.fixture
def press(summit):
    return make_category(summit, "press", name={"ko": "언론", "en": "Press"}, admission="code", order=1)


@pytest.fixture
def invitation(summit):
    vip = make_category(summit, "vip", name={"ko": "귀빈", "en": "Guest of honour"}, admission="invitation")
    return make_invitation(
        summit, category=vip, email="lee@people.example", name="이도", language="en", country="EE",
        prefill={"organisation": "=HYPERLINK(1)", "job_title": "장관 \u202e", "name_romanised": "Yi Do"},
    )  # fmt: skip


def address(language: str = "en", *, code: str = "") -> str:
    return f"/{language}/ogp2021/register/" + (f"?code={code}" if code else "")


def page_of(invitation, language: str = "en") -> str:
    return f"/{language}/{invitation.summit.code}/register/invitations/{invitation.token}/"


def filled(**values) -> dict[str, str]:
    return {"nonce": "0123456789abcdef", "attendance": "in_person", "name": "홍길동", "name_romanised": "Hong Gildong", "email": "hong@people.example",
            "country": "KR", "language": "ko", "privacy": "on", **values}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_an_invitation_is_filled_in_and_has_its_category_alone(client, invitation, delegate, language):
    response = client.get(page_of(invitation, language))
    assert response.status_code == 200
    shown = form_values(response)
    assert (shown["email"], shown["name"], shown["organisation"], shown["country"], shown["language"]) == (
        "lee@people.example", "이도", "=HYPERLINK(1)", "EE", "en",
    )  # fmt: skip
    assert invitation.category.name.in_language(language) in words(response)
    assert delegate.name.in_language(language) not in words(response)
    assert "no-store" in response["Cache-Control"]
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "strict-origin")
    # The other language keeps the invitation.
    other = {"ko": "en", "en": "ko"}[language]
    assert page_of(invitation, other) in response.content.decode()


def test_the_whole_way_from_the_mail_to_the_registration(client, invitation, work):
    work()
    [letter] = mail.outbox
    assert f"http://testserver{page_of(invitation)}" in letter.body
    shown = form_values(client.get(page_of(invitation)))
    invitation.refresh_from_db()
    assert (invitation.state, invitation.begun_at) == ("opened", None)
    assert client.post(page_of(invitation), {**shown, "attendance": "online"}).status_code == 422
    invitation.refresh_from_db()
    assert invitation.state == "begun"
    sent = {**shown, "attendance": "online", "privacy": "on", "email": "yi@people.example"}
    answer = client.post(page_of(invitation), sent)
    assert (answer.status_code, answer["Location"]) == (302, "/en/ogp2021/register/sent/")
    made = Registration.objects.get()
    assert (made.email, made.category, made.state, made.invitation) == (
        "yi@people.example", invitation.category, "confirmed", invitation,
    )  # fmt: skip
    assert "On your own page you find" in words(client.get(answer["Location"]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("end", ["revoked", "expired", "used"])
def test_a_link_that_is_over_says_why_and_what_to_do(client, invitation, end, language):
    if end == "revoked":
        inviting.revoke(invitation.summit, [invitation], by=None)
    elif end == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    else:
        client.post(page_of(invitation), {**filled(), "category": invitation.category_id})
    for answer in (client.get(page_of(invitation, language)), client.post(page_of(invitation, language), filled())):
        assert answer.status_code == 410
        assert "contact@ogp2021.example" in words(answer)
        assert f"/{language}/ogp2021/register/lost-link/" in answer.content.decode()
        assert invitation.email not in answer.content.decode()
    assert Registration.objects.count() == (end == "used")


def test_what_is_no_link_is_a_page_of_its_own_and_a_draft_is_none(client, summit, delegate, invitation):
    draft = make_invitation(summit, category=delegate, sent=False)
    for token in ("x" * 32, draft.token, "가"):
        answer = client.get(f"/en/ogp2021/register/invitations/{token}/")
        assert answer.status_code == 404
    assert "Open the whole link" in words(client.get("/en/ogp2021/register/invitations/x/"))
    make_summit("ogp2023")
    assert client.get(page_of(invitation).replace("ogp2021", "ogp2023")).status_code == 404
    assert client.get("/en/nowhere/register/invitations/x/").status_code == 404


def test_a_second_tab_hears_that_somebody_has_registered(client, invitation):
    first, second = (form_values(client.get(page_of(invitation))) for _ in range(2))
    fill = {"attendance": "online", "privacy": "on"}
    assert client.post(page_of(invitation), {**first, **fill}).status_code == 302
    assert client.post(page_of(invitation), {**second, **fill}).status_code == 410
    # A double click is once.
    assert Registration.objects.count() == 1


def test_an_invitation_into_a_closed_summit_needs_nothing_else_of_it(client, invitation):
    summit = invitation.summit
    summit.is_public = False
    summit.save()
    page = client.get(page_of(invitation))
    assert page.status_code == 200
    assert "The text." in words(page)  # of the privacy notice
    sent = {**form_values(page), "attendance": "online", "privacy": "on"}
    answer = client.post(page_of(invitation), sent)
    assert client.get(answer["Location"]).status_code == 200
    assert Client().get(answer["Location"]).status_code == 404
    assert client.get("/en/ogp2021/register/").status_code == 404
    assert client.get(page_of(invitation).replace(invitation.token, "x")).status_code == 404


def test_a_full_summit_takes_whoever_has_a_place_kept(client, summit, delegate):
    make_places(summit, 1)
    vip = make_category(summit, "vip", admission="invitation")
    row = make_invitation(summit, category=vip, attendance="in_person", reserves=True)
    page = client.get(page_of(row))
    assert "A place is kept for you" in words(page)
    assert client.post(page_of(row), {**filled(), "category": vip.pk}).status_code == 302
    assert taken(summit) == {"in_person": 1}
    other = make_invitation(summit, category=vip, attendance="in_person")
    assert client.post(
        page_of(other), {**filled(email="b@people.example", nonce="b"), "category": vip.pk}
    ).status_code in {409, 422}


def test_somebody_registered_under_another_address_looks_the_same(client, invitation, delegate, work):
    there = make_registration(invitation.summit, category=delegate)
    sent = {**filled(email=there.email), "category": invitation.category_id}
    assert client.post(page_of(invitation), sent).status_code == 302
    invitation.refresh_from_db()
    assert invitation.state == "begun"
    work()
    assert Message.objects.filter(kind="link", to=there.email).count() == 1


def test_the_key_of_an_invitation_stands_in_no_log():
    path = "/en/ogp2021/register/invitations/q1w2e3r4t5y6u7i8o9p0q1w2e3r4t5y6/"
    assert "q1w2e3" not in masked(f"GET {path} 200")


# codes


def test_without_codes_nothing_is_said_of_them(client, summit, delegate):
    assert "I have a code" not in words(client.get(address()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_in_the_address_opens_its_category(client, summit, delegate, press, language):
    code = make_access_code(summit, categories=[press])
    hidden = client.get(address(language))
    assert press.name.in_language(language) not in words(hidden)
    shown = client.get(address(language, code=code.spoken.lower()))
    assert shown.status_code == 200
    assert press.name.in_language(language) in words(shown)
    values = form_values(shown)
    assert (values["category"], values["code"]) == (str(press.pk), code.spoken.lower())
    assert client.post(address(language, code=code.spoken), {**values, **filled()}).status_code == 302
    made = Registration.objects.get()
    assert (made.category, made.access_code) == (press, code)


def test_a_code_typed_shows_what_it_opens_and_loses_nothing(client, summit, delegate, press):
    code = make_access_code(summit, categories=[press])
    shown = client.post(
        address(), {**filled(country=""), "category": delegate.pk, "code": code.spoken, "use_code": "1"}
    )
    assert shown.status_code == 200
    assert field_errors(shown) == []
    values = form_values(shown)
    assert (values["name"], values["email"], values["category"], values["known"]) == (
        "홍길동", "hong@people.example", str(press.pk), code.code,
    )  # fmt: skip
    assert not Registration.objects.exists()
    # The Enter key in another field sends the button of the code along: that is registering now.
    assert client.post(address(), {**values, "country": "KR", "use_code": "1", "privacy": "on"}).status_code == 302
    assert Registration.objects.get().access_code == code


def test_whoever_typed_a_code_and_did_not_see_what_it_opens_is_shown_it_first(client, summit, delegate, press):
    code = make_access_code(summit, categories=[press])
    shown = client.post(address(), {**filled(), "category": delegate.pk, "code": code.spoken})
    assert (shown.status_code, form_values(shown)["category"]) == (200, str(press.pk))
    assert client.post(address(), {**form_values(shown), "category": delegate.pk}).status_code == 302
    assert Registration.objects.get().category == delegate


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [("unknown", 422, "There is no such code."), ("used", 409, "as often as it can be"), ("stopped", 409, "cannot be used now")],
)  # fmt: skip
def test_a_code_that_opens_nothing_says_so(client, summit, delegate, press, language, kind, status, said):
    code = make_access_code(summit, categories=[press])
    if kind == "used":
        client.post(address(), {**filled(), "category": press.pk, "code": code.code})
    if kind == "stopped":
        summit.access_codes.update(is_active=False)
    typed = "<b>\u202eNOPE\r\n" if kind == "unknown" else code.code
    sent = {**filled(email="b@people.example", nonce="b"), "category": delegate.pk, "code": typed}
    answers = [
        client.get(address(language), {"code": typed}),
        client.post(address(language), sent),
        client.post(address(language), {**sent, "use_code": "1"}),
    ]
    for answer in answers[:1] + answers[2:]:
        assert answer.status_code == status
    assert answers[1].status_code in {status, 422}
    for answer in answers:
        assert "<b>\u202e" not in answer.content.decode()
        if language == "en":
            assert said in words(answer)
    assert form_values(answers[1])["email"] == "b@people.example"
    assert Registration.objects.count() == (kind == "used")


def test_the_button_without_a_code_says_so_or_registers(client, summit, delegate, press):
    make_access_code(summit, categories=[press])
    empty = client.post(address(), {"use_code": "1"})
    assert (empty.status_code, field_errors(empty)) == (422, ["Type the code first."])
    assert client.post(address(), {**filled(), "category": delegate.pk, "use_code": "1"}).status_code == 302


def test_who_tries_many_codes_hears_to_wait_and_loses_nothing(client, summit, delegate, settings):
    settings.RATE_LIMITS = True
    make_access_code(summit)
    for number in range(60):
        client.get(address(), {"code": f"WRONG{number}"})
    answer = client.post(address(), {**filled(), "category": delegate.pk, "code": "WRONG", "use_code": "1"})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "600"
    assert form_values(answer)["name"] == "홍길동"
    assert client.post(address(), {**filled(), "category": delegate.pk}).status_code == 302


def test_a_code_says_that_nobody_decides(client, summit, delegate):
    press = make_category(summit, "press", name={"ko": "언론", "en": "Press"}, admission="approval")
    code = make_access_code(summit, categories=[press], skips_approval=True)
    assert "The organisers decide on it" in words(client.get(address()))
    assert "The organisers decide on it" not in words(client.get(address(code=code.code)))
    answer = client.post(address(code=code.code), {**filled(), "category": press.pk, "code": code.code})
    assert "On your own page you find" in words(client.get(answer["Location"]))
    assert Registration.objects.get().is_confirmed


def test_a_code_for_one_way_is_not_used_in_the_other(client, summit, delegate, press):
    code = make_access_code(summit, categories=[press], attendance="online")
    sent = {**filled(), "category": press.pk, "code": code.code, "known": code.code}
    answer = client.post(address(), sent)
    assert answer.status_code == 422
    assert "in this way alone: Online" in " ".join(field_errors(answer))
