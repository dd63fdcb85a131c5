"""No address that somebody types, sends or forges leads where it must not: links in records, ``next``, the Host header."""

import re

import pytest
from django.apps import apps
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client

from registration.registering import reissuing
from summit.accounts.sign_in import at_site
from summit.models import Message
from tests.factories import make_organisation, make_places, make_registration, make_session, make_speaker, make_user
from tests.summit.lib.test_weblinks import HOSTILE

APPS = ("summit", "sessions", "agenda", "speakers", "registration")
NAMED = re.compile(r"url|link|website|address\Z|document|href")
# What is called so and is no address on the web.
NO_ADDRESS = {"summit.Venue.address", "summit.SealedAddress.address", "agenda.PersonalAgenda.share_token"}


def fields_with_addresses() -> list[models.Field]:
    return [
        field
        for model in apps.get_models()
        if model._meta.app_label in APPS
        for field in model._meta.concrete_fields
        if (isinstance(field, models.URLField) or (isinstance(field, models.CharField | models.TextField) and NAMED.search(field.name)))
        and f"{model._meta.app_label}.{model.__name__}.{field.name}" not in NO_ADDRESS
    ]  # fmt: skip


FIELDS = fields_with_addresses()


def test_the_fields_with_addresses_are_found():
    assert {f"{f.model.__name__}.{f.name}" for f in FIELDS} >= {
        "Material.url", "Organisation.website", "Venue.map_url", "Room.stream_url", "ActionPlan.document",
    }  # fmt: skip


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f"{f.model.__name__}.{f.name}")
@pytest.mark.parametrize("address", [each for each in HOSTILE if each])
def test_no_record_holds_a_hostile_address(field, address):
    with pytest.raises(ValidationError):
        field.clean(address, None)


# Each is another host's, or no address at all, for a browser that stands on a page of ours.
ELSEWHERE = ["//evil.example/", "https://evil.example/", "http:evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example",
             "/\t/evil.example", "javascript:alert(1)", "https:evil.example", "http:///evil.example", " //evil.example", "\x00//evil.example"]  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nothing_leads_elsewhere_after_what_was_done(summit, as_user, wanted):
    make_session(summit)
    client = as_user(make_user(password="a long enough pass phrase"))
    answers = [
        client.post("/en/ogp2021/my-agenda/sessions/CIV001/", {"action": "bookmark", "next": wanted}),
        client.post("/en/my/preferences/", {"back": wanted}),
        Client().post(f"/en/account/login/?next={wanted}", {"login": "somebody@people.example", "password": "a long enough pass phrase", "next": wanted}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code in {200, 302, 400}, answer
        assert "evil" not in answer.get("Location", "")
        assert "javascript" not in answer.get("Location", "")


@pytest.mark.parametrize(
    ("made", "mailed"),
    [
        ("https://evil.example/en/account/password/reset/key/1-a/?x=1", "http://testserver/en/account/password/reset/key/1-a/?x=1"),
        ("http://testserver/a/", "http://testserver/a/"),
        ("ABC-DEF", "ABC-DEF"),
        (None, None),
    ],
)  # fmt: skip
def test_an_address_in_a_mail_is_the_installations(made, mailed):
    assert at_site(made) == mailed


FORGED = {"HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_SERVER": "evil.example",
          "HTTP_FORWARDED": "host=evil.example", "SERVER_NAME": "evil.example", "HTTP_ORIGIN": "http://evil.example"}  # fmt: skip


TEAM = {"email": "new@team.example", "name": "New", "role": "organiser", "language": "en"}


def test_no_mail_names_the_host_of_the_request_that_asked_for_it(summit, as_user, settings, work):
    """Also where the installation takes any host, and believes what a proxy says of it."""
    settings.ALLOWED_HOSTS, settings.USE_X_FORWARDED_HOST = ["*"], True
    make_places(summit, 9), make_places(summit, 9, "online")
    made = make_registration(summit, email="hong@people.example", language="en")
    account = made.user
    account.set_password("a long enough pass phrase")
    account.save()
    stranger, staff = Client(), as_user(make_user("owner@team.example", summit=summit, role="owner"))
    own = made.get_absolute_url()
    old = make_registration(summit, email="old@people.example")
    former = old.get_absolute_url()
    reissuing.reissue(old, issue=1)
    host, speaker = make_organisation(summit), make_speaker(summit, email="speaker@people.example")
    asked = [
        stranger.post("/en/ogp2021/register/lost-link/", {"email": "hong@people.example"}, **FORGED),
        stranger.post(former + "new-link/", **FORGED),
        stranger.post("/en/account/login/code/", {"email": "hong@people.example"}, **FORGED),
        Client().post("/en/account/password/reset/", {"email": "hong@people.example"}, **FORGED),
        stranger.post(own + "attendance/", {"attendance": "online"}, **FORGED),
        stranger.post(own + "messages/", **FORGED),
        stranger.post(own + "reissue/", {"issue": "1"}, **FORGED),
        staff.post("/en/ogp2021/organiser/team/invitation/", TEAM, **FORGED),
        staff.post(f"/en/ogp2021/organiser/organisations/{host.code}/members/", TEAM, **FORGED),
        staff.post(f"/en/ogp2021/organiser/people/{speaker.code}/invitation/", TEAM, **FORGED),
    ]
    assert {answer.status_code for answer in asked} <= {200, 302}, [a.status_code for a in asked]
    work()
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert kinds >= {
        "link", "account", "attendance_changed", "replaced", "confirmed", "team_invitation", "host_invitation", "profile_claim",
    }  # fmt: skip
    links = 0
    for letter in mail.outbox:
        assert "evil.example" not in letter.body + letter.alternatives[0].content + letter.subject
        links += len(re.findall(r"http://testserver/", letter.body))
    assert links >= 9
    [reset] = [letter for letter in mail.outbox if "/password/reset/key/" in letter.body]
    assert "http://testserver/en/account/password/reset/key/" in reset.body
