"""What a registration asks of the database: as much as it must, whatever is asked and however many limits there are."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registration.forms.asking import name_of
from registration.models import Answer, Choice, Quota, Registration
from registration.models.question import Pick
from registration.views import blank_fields
from summit.models import Summit
from tests.factories import make_category, make_places, make_question, make_summit, make_venue
from tests.registration.reading import form_values

PAGE = "/en/ogp2021/register/"
# Look-ups: summit, quotas, questions, choices, categories, who has this address or form. Writes: registration, consents,
# history, welcome; the questions held, answers, choices; the places held and taken.
STATEMENTS = 6 + 4 + 3 + 2


def filled_in(client: Client, number: int) -> dict[str, str]:
    page = client.get(PAGE)
    form = page.context["form"]
    answers = {name_of(one): str(one.choices.all()[0].pk) if one.has_choices else "서울" for one in form.questions}
    return {**form_values(page), "name": "홍길동", "name_romanised": "Hong Gildong", "email": f"hong{number}@people.example",
            "country": "KR", "category": str(form.fields["category"].queryset[0].pk), "attendance": "in_person",
            "badge_script": "native", "language": "en", "privacy": "on", **answers}  # fmt: skip


@pytest.fixture
def asking(transactional_db):
    """Twelve questions, four of them with choices, and two limits that count for everybody who comes."""
    summit = make_summit()
    category = make_category(summit)
    for number in range(12):
        several = {"kind": "one", "choices": ["서울", "부산"]} if number % 3 == 0 else {"kind": "line"}
        make_question(summit, words={"en": f"Question {number}", "ko": f"질문 {number}"}, **several)
    make_places(summit, 50)
    quota = Quota.objects.create(summit=summit, name={"en": "Delegates"}, is_basic=False, capacity=50)
    quota.categories.add(category)
    return summit


def statements(queries: CaptureQueriesContext) -> list[str]:
    """All but the transaction's own beginning and end."""
    return [sql for sql in (query["sql"] for query in queries) if not sql.startswith(("BEGIN", "COMMIT"))]


def test_twelve_answers_and_two_limits_take_fifteen_statements_of_which_the_place_is_the_last(asking):
    client = Client()
    client.post(PAGE, filled_in(client, 0))  # what is read once in a process
    sent = filled_in(client, 1)
    with CaptureQueriesContext(connection) as queries:
        assert client.post(PAGE, sent).status_code == 302
    asked = statements(queries)
    assert len(asked) == STATEMENTS, "\n".join(asked)
    assert asked[-1].startswith('UPDATE "registration_places"')
    assert not [sql for sql in asked[:-2] if "registration_places" in sql and not sql.lstrip("(").startswith("SELECT")]
    assert (Registration.objects.count(), Answer.objects.count(), Pick.objects.count()) == (2, 24, 8)
    assert set(Quota.objects.values_list("taken", flat=True)) == {2}


def test_where_nothing_is_left_nothing_is_written(asking):
    Quota.objects.filter(is_basic=False).update(capacity=0)
    client = Client()
    sent = filled_in(client, 1)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(PAGE, sent)
    assert answer.status_code == 409
    assert not [sql for sql in statements(queries) if not sql.lstrip("(").startswith("SELECT")]


def test_a_form_sent_twice_writes_nothing(asking):
    client = Client()
    sent = filled_in(client, 1)
    client.post(PAGE, sent)
    with CaptureQueriesContext(connection) as queries:
        assert client.post(PAGE, sent).status_code == 302
    assert len(statements(queries)) == 6
    assert not [sql for sql in statements(queries) if not sql.lstrip("(").startswith("SELECT")]


def drawn(language: str = "en") -> str:
    """The form, without what differs from reader to reader."""
    page = Client().get(PAGE.replace("/en/", f"/{language}/")).content.decode()
    return re.sub(r'(name="(?:csrfmiddlewaretoken|nonce)" )?value="\w{32,64}"', "", page)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_form_is_drawn_once_and_anew_as_soon_as_anything_of_it_changes(asking, language, monkeypatch):
    times, draw = [], blank_fields.render_to_string
    monkeypatch.setattr(blank_fields, "render_to_string", lambda *args: times.append(1) or draw(*args))
    first = drawn(language)
    assert drawn(language) == first and len(times) == 1
    changes = [
        lambda: asking.questions.filter(pk=asking.questions.first().pk).update(
            words={"ko": "새 질문", "en": "New question"}
        ),
        lambda: Choice.objects.filter(pk=Choice.objects.first().pk).update(words={"ko": "제주", "en": "Jeju"}),
        lambda: asking.questions.filter(pk=asking.questions.last().pk).update(required=True),
        lambda: asking.categories.update(description={"ko": "공무원", "en": "Officials"}),
        lambda: Quota.objects.filter(is_basic=True).update(capacity=20),
        lambda: Quota.objects.filter(is_basic=True).update(capacity=0),
        lambda: Quota.objects.filter(is_basic=True).update(has_waitlist=True),
        lambda: make_venue(asking),
        lambda: Summit.objects.update(time_zone="Africa/Nairobi"),
        lambda: asking.questions.filter(pk=asking.questions.last().pk).update(is_asked=False),
    ]
    seen = {first}
    for number, change in enumerate(changes, 2):
        change()
        seen.add(drawn(language))
        assert (len(seen), len(times)) == (number, number)
    assert drawn("en" if language == "ko" else "ko") not in seen


def test_what_somebody_typed_is_in_no_other_form(asking):
    client = Client()
    sent = {**filled_in(client, 1), "name": "성춘향", "privacy": ""}
    assert "성춘향" in client.post(PAGE, sent).content.decode()
    assert "성춘향" not in client.get(PAGE).content.decode()


def test_with_a_limit_on_an_answer_it_is_one_statement_more(asking):
    choice = asking.questions.exclude(kind="line").first().choices.first()
    Quota.objects.filter(is_basic=False).first().choices.add(choice)
    client = Client()
    client.post(PAGE, filled_in(client, 0))
    sent = filled_in(client, 1)
    with CaptureQueriesContext(connection) as queries:
        assert client.post(PAGE, sent).status_code == 302
    asked = statements(queries)
    assert len(asked) == STATEMENTS + 1, "\n".join(asked)
    assert asked[-1].startswith('UPDATE "registration_places"')
    assert set(Quota.objects.values_list("taken", flat=True)) == {2}
