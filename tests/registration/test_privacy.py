"""The table of what is kept: complete, told to people, and kept to."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from registration import privacy
from registration.models import Answer, Registration
from registration.registering import needs
from summit.models import HistoryEntry
from tests.factories import make_question, make_registration

# What says nothing about the person, or opens something.
SAYS_NOTHING = {"id", "guid", "token", "calendar_token", "form_nonce", "user", "summit", "found_as", "sequence"}


def test_every_field_has_a_purpose_and_one_alone():
    fields = {
        field.name for field in (*Registration._meta.concrete_fields, *Registration._meta.many_to_many)
    } - SAYS_NOTHING
    hanging = {relation.get_accessor_name() for relation in Registration._meta.related_objects} - {"answers"}
    named = [field for purpose in privacy.PURPOSES for field in purpose.fields]
    assert set(named) == fields | hanging
    assert len(named) == len(set(named))


def test_everybody_reads_it_before_they_register(summit, client):
    make_question(summit, words={"ko": "여권 번호", "en": "Passport"}, purpose={"ko": "비자", "en": "For the visa letter"},
                  audience="owners", kept_for=7)  # fmt: skip
    page = client.get("/en/ogp2021/privacy/data/").content.decode()
    for words in (
        "Access needs",
        "30 days after the summit",
        "365 days",
        "Passport",
        "For the visa letter",
        "7 days",
        "Owners alone",
    ):
        assert words in page
    form = client.get("/en/ogp2021/register/").content.decode()
    assert "For the visa letter" in form and "Erased 7 days after the summit." in form
    assert "여권 번호" in client.get("/ko/ogp2021/privacy/data/").content.decode()


def test_nothing_in_the_table_is_blank(summit, client):
    make_question(summit, words={"en": "Shoe size", "ko": "신발 크기"})
    page = client.get("/en/ogp2021/privacy/data/").content.decode()
    assert "Shoe size" in page and "To organise the summit" in page
    assert re.search(r"<td>\s*</td>", page) is None


@pytest.mark.parametrize(("days", "gone"), [(7, set()), (8, {"week"}), (30, {"week"}), (31, {"week", "health"})])
def test_what_the_table_says_happens(summit, days, gone):
    week = make_question(summit, words={"en": "week"}, kept_for=7)
    health = make_question(summit, words={"en": "health"}, sensitive=True)
    year = make_question(summit, words={"en": "year"})
    answers = {question.pk: "x" for question in (week, health, year)}
    registered = make_registration(summit, answers=answers, dietary_needs="halal")
    moment = datetime(2021, 12, 17, 12, tzinfo=UTC)
    assert summit.ends_on == moment.date()
    with time_machine.travel(moment + timedelta(days=days), tick=False):
        assert needs.forget_needs(summit) == bool(gone)
        assert needs.forget_needs(summit) == 0
    kept = {str(answer.question.words) for answer in Answer.objects.select_related("question")}
    assert kept == {"week", "health", "year"} - gone
    registered.refresh_from_db()
    assert (registered.dietary_needs == "") is ("health" in gone)
    assert HistoryEntry.objects.filter(action="registration.forget_needs").count() == bool(gone)


def test_erasing_takes_as_many_queries_for_many(summit, django_assert_max_num_queries):
    question = make_question(summit, sensitive=True)
    for _number in range(5):
        make_registration(summit, answers={question.pk: "x"}, access_needs="ramp")
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False), django_assert_max_num_queries(13):
        assert needs.forget_needs(summit) == 5


def test_what_the_law_protects_most_is_kept_only_with_a_consent_of_its_own(summit, client):
    category = make_registration(summit).category
    question = make_question(summit, sensitive=True)
    page = "/en/ogp2021/register/"
    form = {"attendance": "in_person", "category": category.pk, "name": "Ada", "email": "ada@people.example", "country": "KR",
            "language": "en", "privacy": "on"}  # fmt: skip
    for said in ({"dietary_needs": "halal"}, {f"question_{question.pk}": "x"}):
        refused = client.post(page, {**form, **said})
        assert refused.status_code == 422 and "Agree to it, or leave out" in refused.content.decode()
    assert client.post(page, {**form, "dietary_needs": "halal", "sensitive": "on"}).status_code == 302
    made = Registration.objects.get(email="ada@people.example")
    assert set(made.consents.values_list("kind", flat=True)) == {"privacy", "sensitive"}
    assert client.post(page, {**form, "email": "eve@people.example"}).status_code == 302


def test_it_is_asked_for_later_as_well_and_once(summit, client):
    made = make_registration(summit, language="en")
    page = f"/en/ogp2021/registrations/{made.token}/details/"

    def post(**more):
        form = client.get(page).context["form"]
        values = {bound.name: bound.value() or "" for bound in form}
        return client.post(page, {**values, "sensitive": "", **more})

    assert post(access_needs="ramp").status_code == 422
    assert post(access_needs="ramp", sensitive="on").status_code == 302
    assert made.consents.filter(kind="sensitive").count() == 1
    assert "sensitive" not in client.get(page).context["form"].fields
    assert post(access_needs="a wider ramp").status_code == 302
