"""Whether an address is known shows in no answer: the same pages, the same queries and writes, about the same time.

Everything that anybody may send an address to is here, on whatever database the tests run on.
"""

import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from math import sqrt

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from registration.models import Quota, Registration
from summit.accounts import sign_in_mails
from summit.accounts.known_addresses import nobody
from summit.accounts.sign_in import account_for
from summit.lib.sealed import unseal
from summit.models import HistoryEntry, Message, Role, User
from tests.factories import make_category, make_organisation, make_places, make_registration, make_speaker, make_user
from tests.registration.reading import form_values

# PostgreSQL reads some through a cursor of the server's.
KINDS = re.compile(
    r"\A(?:DECLARE .*? CURSOR .*?FOR )?(SELECT|INSERT|UPDATE|DELETE)\b.*?(?:FROM|INTO|UPDATE)?\s*\"(\w+)\"", re.DOTALL
)


@pytest.fixture
def summit(summit):
    make_category(summit)
    make_places(summit, None), make_places(summit, None, "online")
    return summit


@pytest.fixture
def people(summit):
    """Two of each: with a registration, with an account that is proven and has a password, with one that is neither."""
    for number in range(2):
        make_registration(summit, email=f"registered{number}@people.example", language="en")
        make_user(f"proven{number}@people.example", password="a long enough pass phrase")
        account_for(f"unproven{number}@people.example")
        make_user(f"closed{number}@people.example", is_active=False)


def registering(client: Client, email: str):
    page = client.get("/en/ogp2021/register/")
    values = form_values(page)
    nonce = values["nonce"]
    category = page.context["form"].fields["category"].queryset.get().pk
    return lambda: client.post("/en/ogp2021/register/", {
        "name": "홍길동", "name_romanised": "Hong Gildong", "email": email, "country": "KR", "category": category,
        "attendance": "in_person", "badge_script": "native", "language": "en", "privacy": "on", "nonce": nonce,
    })  # fmt: skip


def typing_a_code(client: Client, email: str):
    client.post("/en/account/login/code/", {"email": email})
    return lambda: client.post("/en/account/login/code/confirm/", {"code": "AAA-AAA"})


def waiting_for_a_code(client: Client, email: str):
    client.post("/en/account/login/code/", {"email": email})
    return lambda: client.get("/en/account/login/code/confirm/")


def posting(path: str, field: str = "email", **more: str):
    return lambda client, email: lambda: client.post(path, {field: email, **more})


STRANGERS = {
    "registering": registering,
    "lost link": posting("/en/ogp2021/register/lost-link/"),
    "code": posting("/en/account/login/code/"),
    "typing a code": typing_a_code,
    "waiting for a code": waiting_for_a_code,
    "reset": posting("/en/account/password/reset/"),
}
KNOWN = ["registered", "proven", "unproven", "closed"]


def statements(queries: CaptureQueriesContext) -> Counter[str]:
    """What was asked and written, by table; marks in a transaction take no time of their own."""
    found = [KINDS.match(query["sql"]) for query in queries.captured_queries]
    return Counter(f"{one[1]} {one[2]}" for one in found if one)


def of(ready: Callable[[], object]) -> tuple[int, str, Counter[str]]:
    with CaptureQueriesContext(connection) as queries:
        answer = ready()
    return answer.status_code, answer.get("Location", ""), statements(queries)


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("name", STRANGERS)
def test_a_known_address_is_asked_and_written_about_as_a_strange_one(people, name, known):
    make = STRANGERS[name]
    make(Client(), "warm@people.example")()
    answers = {}
    for email in ("stranger@people.example", f"{known}0@people.example"):
        answers[email] = of(make(Client(), email))
    (status, where, strange), (*same, familiar) = answers.values()
    assert [status, where] == same
    assert sum(strange.values()) > 0
    assert sum(strange.values()) == sum(familiar.values()), (strange - familiar, familiar - strange)
    # Writes are the same ones; a question may be another of as many.
    assert {k: v for k, v in strange.items() if k[0] != "S"} == {k: v for k, v in familiar.items() if k[0] != "S"}


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("whom", ["team", "host", "speaker"])
def test_whoever_invites_learns_nothing_of_an_account(summit, people, as_user, whom, known):
    client = as_user(make_user("owner@team.example", summit=summit, role=Role.OWNER))
    host, speakers = make_organisation(summit), [make_speaker(summit) for _ in range(3)]
    answers = []
    for number, email in enumerate(("warm@x.example", "stranger@people.example", f"{known}0@people.example")):
        path = {
            "team": "/en/ogp2021/organiser/team/invitation/",
            "host": f"/en/ogp2021/organiser/organisations/{host.code}/members/",
            "speaker": f"/en/ogp2021/organiser/people/{speakers[number].code}/invitation/",
        }[whom]
        sent = {"email": email, "name": "Somebody", "role": "viewer", "language": "en"}
        answers.append(of(lambda path=path, sent=sent: client.post(path, sent)))
    assert answers[1][0] == answers[2][0] == 302
    assert sum(answers[1][2].values()) == sum(answers[2][2].values()), (answers[1][2], answers[2][2])


def test_registering_again_leaves_nothing_but_a_mail_to_its_person(summit, people, work):
    work()
    mail.outbox.clear()
    before = [model.objects.count() for model in (Registration, User, EmailAddress, HistoryEntry, Message)]
    places = list(Quota.objects.values_list("attendance", "taken"))
    registering(Client(), "registered0@people.example")()
    assert [model.objects.count() for model in (Registration, User, EmailAddress, HistoryEntry, Message)] == before
    assert list(Quota.objects.values_list("attendance", "taken")) == places
    work()
    assert [(letter.to, "nobody.invalid" in letter.body) for letter in mail.outbox] == [
        (["registered0@people.example"], False)
    ]
    assert not User.objects.filter(email__endswith=".invalid").exists()


def test_a_double_click_of_somebody_new_is_still_one_registration(summit, work):
    ready = registering(Client(), "new@people.example")
    assert [ready().status_code for _ in range(2)] == [302, 302]
    work()
    assert (Registration.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.parametrize(("path", "task"), [("login/code", "write_mail"), ("password/reset", "offer_new_password")])
def test_the_worker_alone_decides_who_gets_a_mail(people, work, path, task):
    Message.objects.all().delete()
    DBTaskResult.objects.all().delete()
    for email in ("stranger@people.example", "proven0@people.example"):
        Client().post(f"/en/account/{path}/", {"email": email})
    tasks = list(DBTaskResult.objects.order_by("enqueued_at"))
    assert [each.task_path for each in tasks] == [f"summit.accounts.sign_in_mails.{task}"] * 2
    assert Message.objects.count() == 0
    work()
    assert [letter.to for letter in mail.outbox] == [["proven0@people.example"]]


def test_what_waits_to_be_drawn_holds_no_secret_in_clear(people, work):
    DBTaskResult.objects.all().delete()
    Client().post("/en/account/login/code/", {"email": "proven0@people.example"})
    row = DBTaskResult.objects.get()
    work()
    (code,) = json.loads(unseal(row.args_kwargs["args"][4])).values()
    assert code in mail.outbox[0].body
    assert code not in str(row.args_kwargs)


@pytest.mark.parametrize("email", ["stranger", "registered0", "proven0", "unproven0", "closed0"])
def test_a_password_is_hashed_whether_there_is_an_account_or_none_or_one_without(people, monkeypatch, email):
    hashed, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: hashed.append(1) or encode(self, *args))
    Client().post("/en/account/login/", {"login": f"{email}@people.example", "password": "wrong"})
    assert len(hashed) == 1


def measured(make: Callable[[Client, str], Callable[[], object]], turn: int) -> tuple[float, float, str]:
    """(how far the medians of interleaved requests of strangers and of somebody registered lie apart, what is noise or a
    quarter, and both in words), in seconds."""
    took = {"stranger": [], "registered": []}
    for number in range(64):
        for kind in took if number % 2 else reversed(took):
            email = f"stranger{turn}.{number}@people.example" if kind == "stranger" else "registered0@people.example"
            cache.clear()  # nobody has asked too often
            ready = make(Client(), email)
            began = time.perf_counter()
            ready()
            took[kind].append(time.perf_counter() - began)
    first, second = (sorted(times[4:]) for times in took.values())
    medians = statistics.median(first), statistics.median(second)
    # The middle half, as what else the machine does falls upon single requests.
    spread = sqrt(sum((1.2533 * (each[45] - each[15]) / 1.349) ** 2 / len(each) for each in (first, second)))
    return abs(medians[0] - medians[1]), max(0.25 * min(medians), 3 * spread), f"{medians}, spread {spread}"


@pytest.mark.parametrize("name", STRANGERS)
def test_the_time_tells_nothing(people, name):
    """What a stranger could measure is within the noise, or within a quarter; a machine that does other things as well has
    three turns, and what is really apart is so in each.

    A mail drawn for the known alone, or an account made for strangers alone, was a difference of several times."""
    told = []
    for turn in range(3):
        apart, noise, words = measured(STRANGERS[name], turn)
        if apart < noise:
            return
        told.append(words)
    raise AssertionError(told)


def test_nobody_has_the_address_of_rows_that_are_taken_back():
    assert nobody() != nobody()
    assert nobody().endswith("@nobody.invalid")


def test_the_mails_the_worker_writes_are_known():
    assert sign_in_mails.TO_WHOEVER_ASKS | {sign_in_mails.NEW_PASSWORD} <= set(sign_in_mails.MAILS)
