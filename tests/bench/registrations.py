"""What is asked about people at 1,000, 10,000 and 100,000 registrations: registering with all that belongs to it, being
refused, signing in, the lost link, lists in their orders, searches, and the door.

On PostgreSQL each question is also asked for its plan: none of them reads a whole table to find a few rows.
"""

import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

from tests.bench import unit, world

__test__ = False
SIZES = (1_000, 10_000, 100_000)
# Tables of which there are as many rows as people, or more.
LARGE = {"registration_registration", "registration_checkin", "summit_user", "account_emailaddress", "summit_historyentry",
         "summit_message", "registration_consent", "registration_answer", "registration_booking"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """``ask`` does it once more. Among 100,000 it takes less than ``most`` units. What is ``counted`` reads everybody; what
    is ``level`` takes as long among 100,000 as among 1,000."""

    name: str
    ask: Callable[[], Any]
    most: float
    counted: bool = False
    level: bool = False


def questions(summit) -> list[Question]:
    from django.test import Client

    from registration.door import checkin, tickets
    from registration.models import Registration
    from registration.registering import lifecycle
    from tests import factories as make

    organiser, stranger = world.organiser_of(summit), Client(SERVER_NAME="localhost")
    by = make.make_user(f"door@{summit.code}.example", summit=summit, role="desk")
    desk = make.make_desk(summit, "door")
    waiting = iter(list(summit.registrations.filter(state="confirmed", attendance="in_person").order_by("-pk")[:200]))
    known = summit.registrations.filter(state="confirmed", attendance="in_person").order_by("-pk")[300]
    ticket = tickets.token_for(known)
    lists = f"/en/{summit.code}/organiser/registrations/"

    def get(path: str, **query: str) -> Callable[[], Any]:
        return lambda: _good(organiser.get(path, query))

    def scan(shown: str) -> Callable[[], Any]:
        return lambda: _good(organiser.post(f"/en/{summit.code}/desk/door/", {"shown": shown}))

    def sign_in() -> Any:
        return _good(stranger.post("/en/account/login/code/", {"email": f"Organiser@{summit.code}.example"}))

    return [
        *registering(summit),
        Question("a registration", lambda: lifecycle.register(summit, make.person(summit)), 60),
        Question("the form with a code to sign in", sign_in, 60),
        Question("a lost link", lambda: lifecycle.send_link.call(summit.pk, known.email.upper()), 60),
        Question("check-in", lambda: checkin.check_in(next(waiting), desk=desk, by=by, nonce="bench"), 20),
        Question("desk, by ticket", scan(ticket), 60),
        Question("desk, by reference", scan(known.reference), 60),
        Question("desk, by name", scan(known.name_romanised), 100),
        Question("whose registrations somebody has", lambda: list(Registration.objects.filter(email__address=known.email)), 20),
        Question("one registration", get(f"{lists}{known.guid}/"), 60),
        Question("the list", get(lists), 300, counted=True),
        Question("the list by name", get(lists, sort="name"), 300, counted=True),
        Question("the list, words found", get(lists, q=known.name_romanised), 300, counted=True),
        Question("the finder", get(f"/en/{summit.code}/organiser/find/", q=known.name_romanised), 150),
        Question("the overview", get(f"/en/{summit.code}/organiser/"), 500, counted=True),
    ]  # fmt: skip


# How much more something may take among 100,000 that is as quick among 1,000.
LEVEL = 1.1


PERSON = {"name": "홍길동", "name_romanised": "Hong Gildong", "country": "KR", "attendance": "in_person", "language": "ko",
          "badge_script": "native", "privacy": "on"}  # fmt: skip


def twelve_answers(summit) -> dict[str, str]:
    """Has a summit ask twelve questions, every third with choices, and limit all who come twice; what to answer, by the
    names of the form's fields."""
    from registration.forms.asking import name_of
    from registration.models import Quota
    from tests import factories as make

    for number in range(12 - summit.questions.count()):
        more = {"kind": "one", "choices": ["서울", "부산"]} if number % 3 == 0 else {"kind": "line"}
        make.make_question(summit, words={"ko": f"질문 {number}", "en": f"Question {number}"}, **more)
    make.make_places(summit, 1_000_000)
    Quota.objects.create(summit=summit, name={"en": "Everybody"}, is_basic=False, capacity=1_000_000)
    asked = summit.questions.prefetch_related("choices")
    return {name_of(one): str(one.choices.all()[0].pk) if one.has_choices else "서울" for one in asked}


def registering(summit) -> list[Question]:
    """A registration from the form to the mail, with twelve answers and two limits, by each of its parts; and what is
    refused, which takes next to nothing."""
    from django.core.cache import cache
    from django.test import Client
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from registration.models import Quota
    from registration.registering import lifecycle, welcoming
    from summit.errors import Refusal
    from tests import factories as make

    page, client, numbers = f"/en/{summit.code}/register/", Client(SERVER_NAME="localhost"), count()
    answers = twelve_answers(summit)

    def form() -> Any:
        cache.clear()  # nobody has asked too often
        return _good(client.get(page))

    def sent() -> Any:
        number = next(numbers)
        values = {**PERSON, "email": f"new{number}@{summit.code}.example", "category": category, "nonce": f"bench{number}",
                  **answers}  # fmt: skip
        return _good(client.post(page, urlencode(values), content_type="application/x-www-form-urlencoded"))

    def welcome() -> Any:
        """Of whoever came last and has not been welcomed."""
        task = DBTaskResult.objects.ready().filter(task_path__endswith=".welcome").latest("enqueued_at")
        DBTaskResult.objects.filter(pk=task.pk).delete()
        return welcoming.welcome.func(*task.args_kwargs["args"])

    def whole() -> None:
        form(), sent(), client.get(f"{page}sent/"), welcome()

    def refused(who: Any, at: Any = summit, **more: Any) -> Callable[[], Any]:
        def ask() -> None:
            with suppress(Refusal):
                lifecycle.register(at, who, **more)

        return ask

    category = summit.categories.all()[0].pk
    over = type(summit).objects.get(pk=summit.pk)
    over.registration_closes_at = timezone.now() - timedelta(days=1)
    Quota.objects.create(summit=summit, name={"en": "Online"}, is_basic=False, attendance="online", capacity=0)
    once = make.person(summit)
    lifecycle.register(summit, once, nonce="once")
    return [
        Question("the form", form, 5),
        Question("the form sent, with 12 answers and 2 limits", sent, 30, level=True),
        Question("account and mail of one, by the worker", welcome, 25),
        Question("a registration from the form to the mail", whole, 60, level=True),
        Question("refused: closed", refused(make.person(summit), over), 5),
        Question("refused: full", refused(make.person(summit, attendance="online")), 5),
        Question("the same form sent twice", refused(once, nonce="once"), 5),
    ]


def lived_in(summit) -> None:
    """What months leave behind: consents, an answer and a line of history each, and a third that has arrived."""
    from registration.models import Answer, CheckIn, Consent, Registration
    from summit.models import HistoryEntry, Message
    from tests import factories as make

    world.make_accounts(summit)
    desk, question = make.make_desk(summit, "north"), make.make_question(summit, kind="text")
    keys = list(summit.registrations.order_by("pk").values_list("pk", "email", "state", "attendance"))
    made: list[tuple[Any, Any]] = [
        (Consent, (Consent(registration_id=pk, kind="privacy", version="1") for pk, *_rest in keys)),
        (Answer, (Answer(registration_id=pk, question=question, words="서울") for pk, *_rest in keys)),
        (Message, (Message(summit=summit, kind="confirmed", to=email, language="ko", subject="등록", text="등록") for _pk, email, *_rest in keys)),
        (HistoryEntry, (HistoryEntry(summit=summit, action="registration.register", subject_kind=Registration._meta.label_lower,
                                     subject_key=str(pk), subject_name=email) for pk, email, *_rest in keys)),
        (CheckIn, (CheckIn(registration_id=pk, desk=desk, nonce="north") for pk, _email, state, way in keys[: len(keys) // 3]
                   if (state, way) == ("confirmed", "in_person"))),
    ]  # fmt: skip
    for model, rows in made:
        model.objects.bulk_create(rows, batch_size=1000)


def _good(answer: Any) -> Any:
    assert answer.status_code in {200, 302}, (answer.status_code, answer.content[:300])
    return answer


def whole_tables(asked: Callable[[], Any]) -> list[str]:
    """Large tables of which a question of PostgreSQL's reads every row, each with the question."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        asked()
    found = []
    for sql in {query["sql"] for query in queries if query["sql"].startswith("SELECT")}:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            [(plan,)] = cursor.fetchall()
        found += [
            f"{table}: {_short(sql)}" for table in _read_whole(plan if isinstance(plan, list) else json.loads(plan))
        ]
    return found


def _read_whole(plan: Any) -> set[str]:
    if isinstance(plan, list):
        return set().union(*(_read_whole(each) for each in plan))
    here = {plan["Relation Name"]} if plan.get("Node Type") == "Seq Scan" else set()
    below = [value for name, value in plan.items() if name in {"Plan", "Plans"}]
    return (here | set().union(*(_read_whole(each) for each in below))) & LARGE


def _short(sql: str) -> str:
    return re.sub(r"SELECT .*? FROM", "SELECT … FROM", sql)[:300]


def main() -> int:
    os.environ["RATE_LIMITS"] = "0"
    folder = world.prepare()
    try:
        from django.db import connection

        figures: dict[str, list[unit.Figure]] = {}
        for size in SIZES:
            summit = world.registered(f"people{size}", size)
            lived_in(summit)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            asked = questions(summit)
            for question in asked:
                question.ask()
                figures.setdefault(question.name, []).append(unit.least(question.ask, 25 if question.level else 5))
        results = []
        for question in asked:
            *fewer, most = figures[question.name]
            extra = f"{', '.join(f'{each.units:.3g}' for each in fewer)} units at {' and '.join(f'{n:,}' for n in SIZES[:-1])}"
            results.append(world.within(f"{question.name} among {SIZES[-1]:,}", most, question.most, extra))
            if question.level:
                times = most.units / fewer[0].units
                results.append(
                    world.verdict(f"{question.name} takes no longer among more", times <= LEVEL, f"{times:.2f} times")
                )
        if connection.vendor == "postgresql":
            results += [plans(question) for question in asked if not question.counted]
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def plans(question: Question) -> bool:
    read = whole_tables(question.ask)
    return world.verdict(f"{question.name} reads no whole table", not read, "; ".join(read) or "by indexes")
