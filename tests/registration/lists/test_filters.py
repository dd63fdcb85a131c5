"""The list of registrations narrowed by answers, tags, notes, quotas and mail; and columns of answers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registration.mailing import delivery
from registration.models import Quota
from registration.models.telephones import TELEPHONE
from registration.registering import decisions
from summit.models import Message, SavedView
from tests.factories import make_category, make_question, make_registration, make_summit, make_user
from tests.registration.lists.test_registrations import LIST, look
from tests.registration.reading import words


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def found(summit, user, query):
    return {row.name for row in look(summit, user, query).rows()}


@pytest.fixture
def asked(summit):
    """Questions of each kind, and three who answered."""
    city = make_question(summit, kind="one", choices=["Seoul", "Busan"])
    days = make_question(
        summit, kind="several", choices=["First", "Second"], words={"en": "Which days?", "ko": "며칠?"}
    )
    visa = make_question(summit, kind="yes", words={"en": "Visa letter?", "ko": "비자?"})
    line = make_question(summit, kind="line", words={"en": "Flight?", "ko": "항공편?"}, asked_of="in_person")
    seoul, busan = (str(choice.pk) for choice in city.choices.all())
    first, second = (str(choice.pk) for choice in days.choices.all())
    make_registration(
        summit, name="One", answers={city.pk: [seoul], days.pk: [first, second], visa.pk: "yes", line.pk: "KE 901"}
    )
    make_registration(summit, name="Two", answers={city.pk: [busan], days.pk: [second], visa.pk: "no"})
    make_registration(summit, name="Three", attendance="online")
    return {
        "city": city,
        "days": days,
        "visa": visa,
        "line": line,
        "seoul": seoul,
        "busan": busan,
        "first": first,
        "second": second,
    }


@pytest.mark.parametrize(
    ("question", "value", "names"),
    [
        ("city", "seoul", {"One"}),
        ("city", "busan", {"Two"}),
        ("city", "-", {"Three"}),
        ("days", "second", {"One", "Two"}),
        ("days", "first", {"One"}),
        ("visa", "yes", {"One"}),
        ("visa", "no", {"Two"}),
        ("visa", "-", {"Three"}),
        ("line", "ke 9", {"One"}),
        ("line", "%", set()),
        ("line", "\u0000", {"One", "Two", "Three"}),
        ("city", "999999", {"One", "Two", "Three"}),
    ],
)
def test_answers_narrow_the_list(summit, organiser, asked, question, value, names):
    value = asked.get(value, value)
    assert found(summit, organiser, f"answer_{asked[question].pk}={value}") == names


def test_a_choice_of_another_question_or_summit_finds_nobody(summit, organiser, asked):
    foreign = make_question(make_summit("ogp2023"), kind="one", choices=["A", "B"])
    assert f"answer_{foreign.pk}" not in [each.name for each in look(summit, organiser).filters]


def test_an_answer_of_who_comes_another_way_now_is_not_counted_on(summit, organiser, asked):
    summit.registrations.filter(name="One").update(attendance="online")
    assert found(summit, organiser, f"answer_{asked['line'].pk}=KE") == set()


def test_a_view_with_an_answer_can_be_kept_and_shown_again(office, summit, organiser, asked):
    query = f"answer_{asked['city'].pk}={asked['seoul']}"
    office.post(f"/en/ogp2021/organiser/lists/registrations/views/?{query}", {"name": "In Seoul", "shared": "on"})
    page = office.get(f"{LIST}?{SavedView.objects.get().query}")
    assert [row.name for row in page.context["page"]] == ["One"]
    assert "Which city?: Seoul" in words(page)


def test_answers_are_columns_of_choice(office, asked):
    page = words(office.get(f"{LIST}?show=answer_{asked['days'].pk}&show=answer_{asked['line'].pk}&show=mail"))
    assert "First, Second" in page
    assert "KE 901" in page
    assert "Last mail" in page


@pytest.mark.parametrize("number", [1, 3])
def test_three_with_answers_take_as_many_queries_as_one(office, summit, number):
    questions = [make_question(summit, kind="one", choices=["A", "B"]) for _ in range(number)]
    for _ in range(number):
        make_registration(summit, answers={each.pk: [str(each.choices.all()[0].pk)] for each in questions})
    office.get(LIST)
    with CaptureQueriesContext(connection) as asked:
        office.get(f"{LIST}?show=answer_{questions[0].pk}&mail=waiting&noted=no&tag=-&answer_{questions[0].pk}=-")
    assert len(asked) < 25


def test_notes_narrow_the_list(summit, organiser):
    decisions.note(make_registration(summit, name="Noted"), "Is an observer.", by=organiser)
    make_registration(summit, name="Other")
    assert found(summit, organiser, "noted=yes") == {"Noted"}
    assert found(summit, organiser, "noted=no") == {"Other"}


def test_who_holds_a_place_in_a_quota_is_found(summit, organiser):
    make_registration(summit, name="Here", country="EE")
    make_registration(summit, name="Elsewhere")
    quota = Quota.objects.create(summit=summit, name={"en": "Estonia"}, is_basic=False, countries=["EE"])
    assert found(summit, organiser, f"quota={quota.pk}") == {"Here"}


def letter(summit, to, state, minutes):
    at = timezone.now() + timedelta(minutes=minutes)
    return Message.objects.create(summit=summit, to=to, kind="x", subject="x", text="x", state=state, created_at=at)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("waiting", {"queued"}),
        ("sent", {"sent", "SENT later"}),
        ("failed", {"failed"}),
        ("kept", {"dropped"}),
        ("none", {"none"}),
    ],
)
def test_the_newest_mail_decides(summit, organiser, wanted, names):
    people = {name: make_registration(summit, name=name, email=f"{name.replace(' ', '')}@people.example")
              for name in ("queued", "sent", "failed", "dropped", "none", "SENT later")}  # fmt: skip
    Message.objects.all().delete()
    for name in ("queued", "sent", "failed", "dropped"):
        letter(summit, people[name].email, name, 1)
    letter(summit, people["SENT later"].email, "failed", 1)
    letter(summit, people["SENT later"].email.lower(), "sent", 2)
    letter(make_summit("ogp2023"), people["none"].email, "sent", 1)
    assert found(summit, organiser, f"mail={wanted}") == names
    addresses = [row.email for row in people.values()]
    states = delivery.last_states(summit, addresses)
    assert {row.name for row in people.values() if states.get(row.email.lower(), "none") == wanted} == names


@pytest.mark.parametrize(
    ("typed", "names"),
    [("5678", {"Called"}), ("1012345678", {"Called"}), ("678", set()), ("1234", set()), ("0005678", set()),
     ("010-1234-5678", {"Called"}), ("01012345678", {"Called"}), ("010 1234 5678", {"Called"}), ("+821012345678", {"Called"}),
     ("+82 10-1234-5678", {"Called"}), ("0082 (10) 1234 5678", {"Called"}), ("０１０－１２３４－５６７８", {"Called"}),
     ("called 010-1234-5678", {"Called"}), ("+82 10 1234 9999", set()), ("other 010-1234-5678", set())],
)  # fmt: skip
def test_the_last_digits_of_a_telephone_find_who_has_it(summit, typed, names):
    phone = make_question(summit, kind="line")
    make_registration(summit, name="Called", answers={phone.pk: "+821012345678"})
    make_registration(summit, name="Other", answers={phone.pk: "+821087654321"})
    phone.kind = TELEPHONE
    phone.save()
    other = make_question(summit, kind="line")
    make_registration(summit, name="No telephone", answers={other.pk: "5678"})
    assert {row.name for row in summit.registrations.search(typed)} == names


@pytest.mark.parametrize(("role", "sees"), [("owner", True), ("organiser", False)])
def test_answers_that_owners_alone_read_are_no_column_and_no_filter_of_others(summit, role, sees):
    secret = make_question(summit, kind="line", audience="owners", words={"en": "Passport", "ko": "여권"})
    make_registration(summit, name="Ann", answers={secret.pk: "M123"})
    make_registration(summit, name="Bob", email="b@people.example")
    member = make_user(f"{role}@team.example", summit=summit, role=role)
    listing = look(summit, member, f"answer_{secret.pk}=M1&show=answer_{secret.pk}")
    assert (f"answer_{secret.pk}" in {column.name for column in listing.columns}) is sees
    assert {row.name for row in listing.rows()} == ({"Ann"} if sees else {"Ann", "Bob"})


def test_an_answer_of_who_is_of_another_category_now_is_not_counted_on(summit, organiser):
    press = make_category(summit, "press")
    asked = make_question(summit, kind="country", words={"en": "Visa from", "ko": "비자 국가"})
    asked.categories.add(press)
    make_registration(summit, name="Ann", category=press, answers={asked.pk: "EE"})
    other = make_registration(summit, name="Bob", category=press, email="b@people.example", answers={asked.pk: "EE"})
    assert found(summit, organiser, f"answer_{asked.pk}=EE") == {"Ann", "Bob"}
    other.category = make_category(summit, "guests")
    other.save()
    assert found(summit, organiser, f"answer_{asked.pk}=EE") == {"Ann"}
