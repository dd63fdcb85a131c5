"""What a former link, ticket and calendar address answer, and the pages that replace them."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from registration.door import tickets
from registration.models import FormerKey, Registration
from registration.registering import calendar_links, lifecycle, reissuing
from registration.urls import urlpatterns
from summit.models import HistoryEntry, Message, Summit
from tests.factories import make_registration, make_session, make_summit, make_user
from tests.registration.reading import everything, form_values, words

LINKS = re.compile(r"http://testserver(/\S+/registrations/\S+)")


@pytest.fixture
def registration(summit):
    made = make_registration(summit, email="hong@people.example", language="en")
    calendar_links.share_calendar(made)
    return made


def own(registration, page: str = "", language: str = "en") -> str:
    return f"/{language}/{registration.summit.code}/registrations/{registration.token}/{page}"


def with_a_token() -> list[str]:
    """Every address that begins with the private link."""
    return [entry.name for entry in urlpatterns if str(entry.pattern).startswith("registrations/<str:token>/")]


def replaced(registration):
    return reissuing.reissue(registration, issue=registration.ticket_issue)


@pytest.mark.parametrize("name", with_a_token())
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_address_below_a_former_link_says_that_it_was_replaced(client, registration, name, method):
    make_session(registration.summit)
    replaced(registration)
    more = {"own-session": {"code": "CIV001"}, "own-answer": {"question": 1},
            "participants-message": {"guid": registration.guid}}.get(name, {})  # fmt: skip
    with translation.override("en"):
        path = reverse(f"registration:{name}", kwargs={"summit": "ogp2021", "token": registration.token, **more})
    before = {k: v for k, v in everything().items() if k != "DBTaskResult"}
    response = getattr(client, method)(path)
    if name == "new-link":
        assert response.status_code == (302 if method == "post" else 405)
    elif response.status_code != 405:
        assert response.status_code == 410
        assert "This link was replaced" in words(response)
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "strict-origin"
    assert {k: v for k, v in everything().items() if k != "DBTaskResult"} == before


@pytest.mark.parametrize(
    ("language", "title"), [("en", "This link was replaced"), ("ko", "이 링크는 새 링크로 바뀌었습니다")]
)
def test_a_former_link_tells_the_day_and_nothing_private(client, registration, language, title):
    now = replaced(registration)
    page = client.get(own(registration, language=language))
    assert page.status_code == 410
    text = words(page)
    assert title in text
    (at,) = [parse_datetime(found) for found in re.findall(r'<time datetime="([^"]+)"', text)]
    assert abs((FormerKey.objects.filter(kind="page").get().at - at).total_seconds()) < 1
    private = (now.name, now.name_romanised, now.email, now.reference, str(now.guid), now.organisation, now.token,
               now.calendar_token, tickets.token_for(now))  # fmt: skip
    assert [each for each in private if each in text] == []


def test_whoever_they_are_they_read_the_same(client, registration, as_user):
    """Of a registration that stands, and of one cancelled since; signed in as its person, and as nobody."""
    other = make_registration(registration.summit, language="en")
    replaced(registration), lifecycle.cancel(replaced(other))
    same = timezone.now()
    FormerKey.objects.update(at=same)
    pages = [client.get(own(each)).content.decode().replace(each.token, "") for each in (registration, other)]
    bare = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages]
    assert bare[0] == bare[1]


def test_the_new_link_is_mailed_to_the_address_we_know_and_nowhere_else(client, registration, work):
    now = replaced(registration)
    work()
    mail.outbox.clear()
    response = client.post(own(registration, "new-link/"), {"email": "thief@elsewhere.example"}, follow=True)
    assert response.status_code == 410
    assert "the new link is on its way to the address it was made with" in words(response)
    assert "hong@people.example" not in words(response)
    work()
    (letter,) = mail.outbox
    assert letter.to == ["hong@people.example"]
    assert LINKS.findall(letter.body) == [own(now)]


def test_of_a_cancelled_registration_no_link_is_mailed_and_the_words_are_the_same(client, registration, work):
    lifecycle.cancel(replaced(registration))
    work()
    mail.outbox.clear()
    response = client.post(own(registration, "new-link/"), follow=True)
    assert "the new link is on its way to the address it was made with" in words(response)
    work()
    assert mail.outbox == []


def test_nobody_floods_a_mailbox_with_new_links(client, registration, work, settings):
    settings.RATE_LIMITS = True
    replaced(registration)
    work()
    mail.outbox.clear()
    statuses = [client.post(own(registration, "new-link/")).status_code for _ in range(12)]
    work()
    assert (statuses[-1], len(mail.outbox)) == (429, 4)


@pytest.mark.parametrize("token", ["x", "x" * 500, "…"])
def test_what_never_was_a_link_is_a_404(client, summit, token):
    paths = [f"/en/ogp2021/registrations/{token}/", f"/en/ogp2021/registrations/{token}/reissue/"]
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert client.post(f"/en/ogp2021/registrations/{token}/new-link/").status_code == 404


def test_a_former_link_of_another_summit_is_a_404_here(client, registration):
    make_summit("ogp2023")
    replaced(registration)
    assert client.get(f"/en/ogp2023/registrations/{registration.token}/").status_code == 404


def test_a_former_link_is_told_where_the_summit_is_closed(client, registration):
    replaced(registration)
    Summit.objects.update(is_public=False)
    assert client.get(own(registration)).status_code == 410


def test_the_own_page_offers_it_and_the_question_says_what_it_means(client, registration):
    assert own(registration, "reissue/") in words(client.get(own(registration)))
    before = everything()
    page = client.get(own(registration, "reissue/"))
    assert (page.status_code, everything()) == (200, before)
    for said in ("no longer opens the door", "calendar gets a new address", "hong@people.example"):
        assert said in words(page)
    assert form_values(page) == {"issue": "1"}


def test_who_has_only_the_old_link_does_not_get_the_new_one(client, registration, work):
    """It may be whoever the link leaked to: the answer leads to where the old one is, and the mail has the new one."""
    response = client.post(own(registration, "reissue/"), {"issue": "1"}, follow=True)
    now = Registration.objects.get()
    assert (now.ticket_issue, response.redirect_chain, response.status_code) == (2, [(own(registration), 302)], 410)
    assert now.token not in words(response)
    assert "on its way to the address of the registration" in words(response)
    assert now.token not in str(dict(client.session.items()))
    assert client.get("/en/ogp2021/my-agenda/").context["visitor"].registration is None
    work()
    assert LINKS.findall(mail.outbox[-1].body) == [own(now)]


def test_its_person_signed_in_is_led_to_the_new_page(as_user, registration):
    client = as_user(registration.user)
    response = client.post(own(registration, "reissue/"), {"issue": "1"}, follow=True)
    now = Registration.objects.get()
    assert (response.redirect_chain, response.status_code) == ([(own(now), 302)], 200)
    assert HistoryEntry.objects.get(action="registration.reissue").by == registration.user


def test_somebody_else_signed_in_is_not(as_user, registration):
    response = as_user(make_user()).post(own(registration, "reissue/"), {"issue": "1"}, follow=True)
    assert response.status_code == 410
    assert HistoryEntry.objects.get(action="registration.reissue").by is None


def test_a_double_click_replaces_once(client, registration):
    for _ in range(2):
        response = client.post(own(registration, "reissue/"), {"issue": "1"})
    assert response.status_code == 410
    assert Registration.objects.get().ticket_issue == 2
    assert Message.objects.filter(kind="replaced").count() == 1


def test_a_question_that_was_overtaken_is_told(as_user, registration):
    """Somebody's page stood open with the first issue while the organisers replaced it, and the link with it was new."""
    now = replaced(registration)
    response = Client().post(own(now, "reissue/"), {"issue": "1"}, follow=True)
    assert "Nothing was done a second time." in words(response)
    assert Registration.objects.get().ticket_issue == 2


@pytest.mark.parametrize("issue", ["", "0", "-1", "x", "9" * 30])
def test_a_broken_question_is_asked_again(client, registration, issue):
    response = client.post(own(registration, "reissue/"), {"issue": issue})
    assert response.status_code == 422
    assert Registration.objects.get().ticket_issue == 1


def test_it_cannot_be_replaced_over_and_over(client, registration, settings):
    settings.RATE_LIMITS = True
    statuses = []
    for issue in range(1, 7):
        now = Registration.objects.select_related("summit").get()
        client.post(own(now, "reissue/"), {"issue": issue})
        statuses.append(Registration.objects.get().ticket_issue)
    assert statuses == [2, 3, 4, 5, 5, 5]


def test_a_cancelled_registration_is_not_replaced(client, registration):
    lifecycle.cancel(registration)
    for send in (client.get, client.post):
        assert send(own(registration, "reissue/")).status_code == 302
    assert Registration.objects.get().ticket_issue == 1


def test_the_link_opened_in_another_browser_ends_there(client, registration):
    client.get(own(registration))
    assert client.get("/en/ogp2021/my-agenda/").context["visitor"].registration == registration
    replaced(registration)
    assert client.get("/en/ogp2021/my-agenda/").context["visitor"].registration is None


def test_a_former_calendar_address_is_answered_in_both_languages(client, registration):
    path = f"/ogp2021/my/{registration.calendar_token}.ics"
    replaced(registration)
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (410, "text/plain; charset=utf-8")
    assert response["X-Robots-Tag"] == "noindex"
    text = response.content.decode()
    assert "This calendar address was replaced or revoked on" in text
    assert "이 캘린더 주소는" in text
    assert registration.name not in text
    new = Registration.objects.get().calendar_token
    assert new not in text
    assert client.get(f"/ogp2021/my/{new}.ics").status_code == 200
