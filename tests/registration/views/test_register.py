import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from registration.models import Registration
from registration.registering import lifecycle, refusals
from summit.models import Message, Summit
from summit.ratelimit import TooMany, take
from tests.factories import make_category, make_places, make_question, make_registration, make_summit
from tests.registration.reading import (
    calendar_of,
    everything,
    field_errors,
    form_values,
    said,
    taken,
    without_tokens,
    words,
)

LANGUAGES = ["ko", "en"]
REFERENCE = re.compile(r"\b[34679A-Z]{4}-[34679A-Z]{4}\b")


@pytest.fixture
def category(summit):
    return make_category(summit)


@pytest.fixture
def filled(category):
    """What a browser sends when everything is filled in."""

    def fill(**changes) -> dict[str, str]:
        return {
            "nonce": "0123456789abcdef", "attendance": "in_person", "category": str(category.pk), "name": "홍길동",
            "name_romanised": "Hong Gildong", "badge_script": "native", "email": "hong@people.example",
            "organisation": "한빛시민연대", "job_title": "사무국장", "country": "KR", "language": "ko",
            "access_needs": "휠체어", "dietary_needs": "채식", "sensitive": "on", "privacy": "on", "photography": "on", **changes,
        }  # fmt: skip

    return fill


def address(language: str = "ko", page: str = "") -> str:
    return f"/{language}/ogp2021/register/{page}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_shown_in_both_languages(client, summit, category, language):
    response = client.get(address(language))
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()
    assert category.name.in_language(language) in words(response)
    assert form_values(response)["language"] == language
    assert field_errors(response) == []


def test_the_form_is_kept_by_no_cache(client, summit):
    response = client.get(address())
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_registering_leads_to_a_mail_in_the_language_chosen(client, summit, filled, work, language):
    make_places(summit, 5)
    response = client.post(address(language), filled(language="en"))
    assert (response.status_code, response["Location"]) == (302, address(language, "sent/"))
    made = Registration.objects.get()
    assert (made.name, made.email, made.language, made.state) == ("홍길동", "hong@people.example", "en", "confirmed")
    assert set(made.consents.values_list("kind", flat=True)) == {"privacy", "photography", "sensitive"}
    assert taken(summit) == {"in_person": 1}
    work()
    assert [(m.to, m.subject) for m in mail.outbox] == [(["hong@people.example"], "You are registered: OGP Summit")]
    assert calendar_of(mail.outbox[0])[0]["UID"] == f"registration-{made.guid}@testserver"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_after_it_names_the_address_and_nothing_that_opens_a_door(client, summit, filled, language):
    client.post(address(language), filled())
    page = client.get(address(language, "sent/"))
    assert page.status_code == 200
    assert "hong@people.example" in words(page)
    made = Registration.objects.get()
    assert made.token not in words(page)
    # Whoever has registered reads under which reference; the page of another browser does not say it.
    assert made.reference in words(page)
    assert made.get_absolute_url() not in words(page)
    assert made.reference not in words(Client().get(address(language, "sent/")))
    assert "no-store" in page["Cache-Control"]


def test_whoever_waits_is_promised_no_place_where_the_address_can_be_corrected(client, summit, category, filled):
    client.post(address("en"), filled())
    assert "Your place and your reference stay." in words(client.get(address("en", "sent/")))
    category.admission = "approval"
    category.save()
    client.post(address("en"), filled(email="waits@people.example", nonce=""))
    page = words(client.get(address("en", "sent/")))
    assert "Your registration and your reference stay." in page and "Your place" not in page


def test_the_page_after_it_names_the_choice_for_which_a_place_is_waited_for(client, summit, filled):
    question = make_question(summit, kind="one", words={"en": "Evening"}, choices=("Dinner", "Visit"))
    dinner = question.choices.first()
    question.choices.filter(pk=dinner.pk).update(capacity=1, has_waitlist=True)
    given = {f"question_{question.pk}": str(dinner.pk)}
    client.post(address("en"), filled(**given))
    assert "On a waitlist" not in words(client.get(address("en", "sent/")))
    other = Client()
    other.post(address("en"), filled(email="second@people.example", nonce="", **given))
    waits = words(other.get(address("en", "sent/")))
    assert "On a waitlist: Evening: Dinner." in waits
    # Whose address was registered before reads the same.
    known = Client()
    known.post(address("en"), filled(email="second@people.example", nonce="", **given))
    assert "On a waitlist: Evening: Dinner." in words(known.get(address("en", "sent/")))


def test_the_page_after_it_is_there_without_a_name_too(client, summit):
    page = client.get(address("en", "sent/"))
    assert page.status_code == 200
    assert "We have sent you a mail." in words(page)


def test_a_form_sent_as_shown_is_valid_but_for_what_is_empty(client, summit, category):
    """The nonce, the language and the radio buttons come from the page itself."""
    shown = form_values(client.get(address("en")))
    sent = {**shown, "attendance": "online", "category": category.pk, "name": "Marie", "email": "m@people.example",
            "country": "EE", "privacy": "on"}  # fmt: skip
    assert client.post(address("en"), sent).status_code == 302
    assert Registration.objects.get().form_nonce == shown["nonce"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Fill in “Name as written”."),
        ({"name": "1234"}, "Write a name with at least one letter."),
        ({"name": "가" * 121}, "Ensure this value has at most 120 characters (it has 121)."),
        ({"email": "hong@"}, "Enter a valid email address."),
        ({"country": "XX"}, "Select a valid choice. XX is not one of the available choices."),
        ({"country": ""}, "Choose an answer for “Country”."),
        ({"category": "0"}, "Select a valid choice. That choice is not one of the available choices."),
        ({"attendance": ""}, "Choose an answer for “How will you take part?”."),
        ({"language": "fr"}, "Select a valid choice. fr is not one of the available choices."),
        ({"badge_script": "romanised", "name_romanised": ""}, "Write your name in Latin letters to have it large on the badge."),
        ({"privacy": ""}, "Without your agreement we may not keep your registration."),
        ({"access_needs": "가" * 1001}, "Ensure this value has at most 1000 characters (it has 1001)."),
    ],
)  # fmt: skip
def test_a_wrong_answer_gets_a_message_and_loses_nothing(client, summit, filled, changes, message):
    sent = filled(**changes)
    before = everything()
    response = client.post(address("en"), sent)
    assert response.status_code == 422
    assert field_errors(response) == [message]
    assert 'role="alert"' in response.content.decode()
    expected = {name: value for name, value in sent.items() if value}
    # What is no choice cannot be shown as chosen.
    for name in ("country", "category", "language"):
        if name in changes:
            expected.pop(name, None)
    shown = {name: value for name, value in form_values(response).items() if value and name in sent}
    if "language" in changes or "country" in changes:
        shown = {name: value for name, value in shown.items() if name in expected}
    assert shown == expected
    assert everything() == before


def test_an_empty_form_names_every_field_that_is_needed(client, summit, category):
    response = client.post(address("en"), {"nonce": "0123456789abcdef"})
    assert response.status_code == 422
    assert "This field is required." not in response.content.decode()
    assert len(set(field_errors(response))) == 7
    assert len(field_errors(response)) == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_come_in_the_language_of_the_page(client, summit, filled, language):
    response = client.post(address(language), filled(privacy=""))
    form = response.context["form"]
    assert field_errors(response) == [said(form.fields["privacy"].error_messages["required"], language)]


def test_a_form_sent_twice_is_one_registration_and_one_mail(client, summit, filled, work):
    answers = [client.post(address(), filled()) for _ in range(2)]
    assert {(a.status_code, a["Location"]) for a in answers} == {(302, address("ko", "sent/"))}
    assert Registration.objects.count() == 1
    work()
    assert len(mail.outbox) == 1


@time_machine.travel(timezone.now(), tick=False)  # the page names the minute
def test_nobody_learns_whether_an_address_is_registered(summit, filled, work):
    make_registration(summit, email="known@people.example", language="en")
    work()
    mail.outbox.clear()
    pages = {}
    for email in ("known@people.example", "other@people.example"):
        client = Client()
        answer = client.post(address(), filled(email=email, nonce=f"form-of-{email}"))
        after = client.get(answer["Location"])
        pages[email] = (
            answer.status_code, answer["Location"], sorted(answer.headers), answer.content, after.status_code,
            sorted(after.headers), REFERENCE.sub("…", without_tokens(after)).replace(email, "…"), sorted(client.cookies),
        )  # fmt: skip
    assert pages["known@people.example"] == pages["other@people.example"]
    work()
    assert sorted((m.to[0], m.subject) for m in mail.outbox) == [
        ("known@people.example", "The link to your registration: OGP Summit"),
        ("other@people.example", said_subject("ko")),
    ]


def said_subject(language: str) -> str:
    """The subject of a confirmation, as the outbox wrote it."""
    return Message.objects.get(kind="confirmed", to="other@people.example", language=language).subject


def test_the_owner_of_the_address_gets_the_link_and_nothing_of_what_was_typed(client, summit, filled, work):
    make_registration(summit, email="hong@people.example", language="ko")
    client.post(address("en"), filled(email="HONG@people.example", name="Somebody Else", language="en"))
    work()
    again = mail.outbox[-1]
    assert again.to == ["hong@people.example"]
    assert "Somebody Else" not in again.body
    assert "홍길동" in again.body
    assert Registration.objects.count() == 1


def test_the_last_place_taken_meanwhile_is_told_and_loses_nothing(client, summit, filled):
    make_places(summit, 1)
    shown = client.get(address("en"))
    assert shown.status_code == 200
    make_registration(summit)
    before = everything()
    response = client.post(address("en"), filled())
    assert response.status_code == 409
    assert field_errors(response) == [str(refusals.NoPlaceLeft.message)]
    assert "Nothing you typed was lost." in words(response)
    assert {n: v for n, v in form_values(response).items() if n in filled()} == filled()
    assert everything() == before
    assert client.post(address("en"), filled(attendance="online")).status_code == 302


def test_all_online_places_taken_is_told(client, summit, filled):
    make_places(summit, 0, "online")
    response = client.post(address("en"), filled(attendance="online"))
    assert (response.status_code, field_errors(response)) == (409, [str(refusals.NoOnlinePlaceLeft.message)])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("opens", "closes", "refusal"),
    [
        (None, None, refusals.RegistrationNotOpen),
        (timedelta(hours=1), None, refusals.RegistrationNotOpen),
        (-timedelta(hours=2), -timedelta(hours=1), refusals.RegistrationClosed),
    ],
)
def test_outside_the_window_there_is_no_form_and_no_registration(
    client, summit, filled, opens, closes, refusal, language
):
    now = timezone.now()
    Summit.objects.update(
        registration_opens_at=None if opens is None else now + opens,
        registration_closes_at=None if closes is None else now + closes,
    )
    shown = client.get(address(language))
    assert shown.status_code == 200
    assert form_values(shown) == {}
    assert "contact@ogp2021.example" in words(shown)
    before = everything()
    response = client.post(address(language), filled())
    assert response.status_code == 409
    assert said(refusal.message, language) in words(response)
    assert {n: v for n, v in form_values(response).items() if n in filled()} == filled()
    assert everything() == before


def test_a_window_that_will_open_says_when(client, summit):
    Summit.objects.update(registration_opens_at=timezone.now() + timedelta(days=2))
    opens = Summit.objects.get().registration_opens_at.astimezone(summit.tz)
    assert f"{opens:%H:%M} KST" in words(client.get(address("en")))


def test_a_summit_that_is_not_public_has_no_registration(client, summit, filled):
    Summit.objects.update(is_public=False)
    statuses = {
        client.get(address()).status_code, client.post(address(), filled()).status_code,
        client.get(address("ko", "sent/")).status_code, client.get(address("ko", "lost-link/")).status_code,
    }  # fmt: skip
    assert statuses == {404}
    assert Registration.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("محمد بن عبد الله", "محمد بن عبد الله"),
        ("홍길동 🙂👩\u200d🚀", "홍길동 🙂👩\u200d🚀"),
        ("홍\u200b길\u2060동\ufeff", "홍길동"),
        ("\u202eevil\u202c name", "evil name"),
        ("홍길동\r\nBcc: victim@people.example", "홍길동 Bcc: victim@people.example"),
        ("Zoe\u0308", "Zoë"),
        ("a\x00b", "a b"),
    ],
)
def test_names_in_any_script_are_kept_without_what_nobody_sees(client, summit, filled, typed, kept):
    assert client.post(address(), filled(name=typed)).status_code == 302
    assert Registration.objects.get().name == kept


def test_line_breaks_in_a_name_never_reach_the_headers_of_a_mail(client, summit, filled, work):
    evil = "Hong\r\nBcc: victim@people.example\r\nSubject: x"
    client.post(address(), filled(name=evil, organisation=evil, job_title=evil, access_needs=evil))
    work()
    (found,) = mail.outbox
    message = found.message()
    assert found.recipients() == ["hong@people.example"]
    assert message["Bcc"] is None
    assert message.get_all("Subject") == [Message.objects.get().subject]


def test_line_breaks_in_an_address_are_refused(client, summit, filled):
    response = client.post(address("en"), filled(email="hong@people.example\nBcc: victim@people.example"))
    assert (response.status_code, field_errors(response)) == (422, ["Enter a valid email address."])


def test_markup_is_text_on_every_page_and_in_the_mail(client, summit, filled, work, as_user, organiser):
    nasty = "<script>alert(1)</script>\"'&amp;"
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    data = filled(name=nasty, name_romanised=nasty, organisation=nasty, job_title=nasty, access_needs=nasty)
    again = client.post(address(), {**data, "privacy": ""})
    assert client.post(address(), data).status_code == 302
    made = Registration.objects.get()
    work()
    staff = as_user(organiser)
    pages = [
        again,
        client.get(made.get_absolute_url()),
        client.get(f"{made.get_absolute_url()}details/"),
        client.get(f"{made.get_absolute_url()}cancellation/"),
        staff.get("/ko/ogp2021/organiser/registrations/"),
        staff.get(f"/ko/ogp2021/organiser/registrations/{made.guid}/"),
    ]
    for page in pages:
        assert "<script>alert" not in page.content.decode()
        assert escaped in page.content.decode()
    ((html, _type),) = [(a.content, a.mimetype) for a in mail.outbox[0].alternatives]
    assert "<script>" not in html
    assert escaped in html


@pytest.mark.parametrize("field", ["nonce", "email", "country", "category", "attendance", "language", "badge_script"])
def test_nul_bytes_in_a_field_are_no_server_error(client, summit, filled, field):
    response = client.post(address(), filled(**{field: "a\x00b"}))
    assert response.status_code == 422
    assert Registration.objects.count() == 0


@pytest.mark.parametrize("path", ["register/?next=%00", "register/?%00=1", "registrations/a%00b/", "desk/?q=%00"])
def test_nul_bytes_in_an_address_are_a_bad_request(client, summit, path):
    assert client.get(f"/ko/ogp2021/{path}").status_code == 400


@pytest.mark.parametrize("field", ["name", "organisation", "access_needs", "email", "nonce", "category", "country"])
def test_a_huge_text_is_refused_politely(client, summit, filled, field):
    response = client.post(address("en"), filled(**{field: "x" * 200_000}))
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert Registration.objects.count() == 0


def test_more_than_a_megabyte_is_not_read_at_all(client, summit, filled):
    response = client.post(address(), filled(name="x" * 1_100_000))
    assert response.status_code in {400, 413}
    assert "<html" in response.content.decode()
    assert Registration.objects.count() == 0


def test_a_thousand_fields_are_not_read_at_all(client, summit, filled):
    response = client.post(address(), filled() | {f"field-{n}": "x" for n in range(1000)})
    assert response.status_code == 400
    assert Registration.objects.count() == 0


def use_up(name, tries, address="127.0.0.1"):
    for _ in range(tries):
        take(name, address, limit=tries, seconds=600)


def test_behind_one_address_many_register_and_who_must_wait_keeps_what_was_filled_in(client, summit, filled, settings):
    settings.RATE_LIMITS = True
    use_up("registered", 59)
    assert client.post(address(), filled()).status_code == 302
    page = client.post(address(), filled(email="next@people.example"))
    assert (page.status_code, page["Retry-After"]) == (429, "600")
    assert form_values(page)["email"] == "next@people.example"
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_many_tries_are_a_page_that_says_when_to_come_back(client, summit, settings, language):
    settings.RATE_LIMITS = True
    use_up("register", 299)
    statuses = [client.post(address(language), {"nonce": "x"}).status_code for _ in range(2)]
    assert statuses == [422, 429]
    page = client.post(address(language), {"nonce": "x"})
    assert (page.status_code, page["Retry-After"]) == (429, "600")
    assert said(TooMany.message, language) in words(page)
    assert f'<html lang="{language}">' in page.content.decode()
    assert client.get(address(language)).status_code == 200


def test_one_client_uses_up_no_others_tries(client, summit, settings):
    settings.RATE_LIMITS = True
    use_up("register", 300, "192.0.2.1")
    last = client.post(address(), {"nonce": "x"}, REMOTE_ADDR="192.0.2.1")
    assert last.status_code == 429
    assert client.post(address(), {"nonce": "x"}, REMOTE_ADDR="192.0.2.2").status_code == 422
    # Nobody gets round it by a header, unless a proxy is trusted to write it.
    forged = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}
    assert client.post(address(), {"nonce": "x"}, **forged).status_code == 429
    settings.TRUSTED_PROXIES = 1
    assert client.post(address(), {"nonce": "x"}, **forged).status_code == 422


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_from_elsewhere_is_a_403_page(summit, filled, language):
    client = Client(enforce_csrf_checks=True)
    page = client.post(address(language), filled())
    assert page.status_code == 403
    assert f'<html lang="{language}">' in page.content.decode()
    assert Registration.objects.count() == 0
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(address(language)).content.decode())[1]
    assert client.post(address(language), filled(csrfmiddlewaretoken=token)).status_code == 302


def test_a_lost_link_is_mailed_to_who_is_registered(client, summit, work):
    make_registration(summit, email="hong@people.example", language="en")
    response = client.post(address("ko", "lost-link/"), {"email": "Hong@People.example"})
    assert (response.status_code, response["Location"]) == (302, address("ko", "sent/?link"))
    work()
    assert [m.subject for m in mail.outbox] == [
        "You are registered: OGP Summit",
        "The link to your registration: OGP Summit",
    ]


def test_nobody_learns_by_a_lost_link_whether_an_address_is_registered(summit, work):
    lifecycle.cancel(make_registration(summit, email="cancelled@people.example"))
    make_registration(summit, email="known@people.example")
    make_registration(make_summit("ogp2023"), email="elsewhere@people.example")
    work()
    mails = Message.objects.count()
    answers = set()
    for who in ("known", "cancelled", "elsewhere", "unknown"):
        client = Client()
        answer = client.post(address("ko", "lost-link/"), {"email": f"{who}@people.example"})
        after = without_tokens(client.get(answer["Location"])).replace(f"{who}@people.example", "…")
        answers.add((answer.status_code, answer["Location"], after))
    assert len(answers) == 1
    assert Message.objects.count() == mails  # written by the worker: the answer takes no longer for who is known
    work()
    assert Message.objects.count() == mails + 1


@pytest.mark.parametrize("who", ["hong", "nobody"])
def test_whoever_looks_for_a_link_is_not_told_that_a_mail_was_sent(client, summit, who):
    make_registration(summit, email="hong@people.example")
    response = client.post(address("en", "lost-link/"), {"email": f"{who}@people.example"}, follow=True)
    assert f"If {who}@people.example is registered, a mail with the link to your own page is on its way." in words(
        response
    )
    assert "We have sent" not in words(response)


@pytest.mark.parametrize("email", ["", "hong", "a\x00@b.example", "x" * 300 + "@people.example"])
def test_a_lost_link_needs_an_address(client, summit, email):
    response = client.post(address("en", "lost-link/"), {"email": email})
    assert response.status_code == 422
    assert len(field_errors(response)) >= 1


def test_nobody_can_flood_a_mailbox_through_us(client, summit, settings, filled, work):
    make_registration(summit, email="hong@people.example")
    settings.RATE_LIMITS = True
    for n in range(4):
        client.post(address("ko", "lost-link/"), {"email": "hong@people.example"}, REMOTE_ADDR=f"192.0.2.{n}")
    for n in range(4):
        answer = client.post(address(), filled(nonce=f"form-number-{n}"), REMOTE_ADDR=f"192.0.2.{n}")
        assert (answer.status_code, answer["Location"]) == (302, address("ko", "sent/"))
    work()
    assert Message.objects.filter(kind="link").count() == 4


def test_asking_for_lost_links_is_limited(client, summit, settings):
    settings.RATE_LIMITS = True
    statuses = [client.post(address("ko", "lost-link/"), {"email": f"p{n}@x.example"}).status_code for n in range(11)]
    assert statuses == [302] * 10 + [429]


@pytest.mark.parametrize("categories", [1, 3])
def test_the_form_takes_as_many_queries_for_three_categories_as_for_one(
    client, summit, categories, django_assert_num_queries
):
    for n in range(categories):
        make_category(summit, f"category-{n}")
    client.get(address())  # counted at once; the next within some seconds with those after it
    with django_assert_num_queries(8):
        client.get(address())
