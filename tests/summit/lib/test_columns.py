"""Columns that are found by an index."""

import pytest
from django.db import connection

from registration.models import Registration
from summit.models import User
from tests.factories import make_registration, make_user


@pytest.mark.parametrize(
    ("said", "same"), [("HONG@People.Example", True), ("hong@people.example", True), ("ong@people.example", False)]
)
def test_an_address_is_the_same_whatever_its_case(summit, said, same):
    make_registration(summit, email="Hong@people.example")
    assert Registration.objects.filter(email__address=said).exists() is same


def test_an_address_is_looked_up_by_the_index(db):
    make_user("hong@people.example")
    plan = User.objects.filter(email__address="HONG@people.example")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "user_email_once" in plan.explain()


def test_what_a_row_is_found_by_follows_its_columns(summit):
    made = make_registration(summit, name="홍길동", name_romanised="", email="h@people.example", organisation="")
    assert made.found_as.split("\n")[:2] == ["홍길동", "hpeopleexample"]
    assert "ㅎㄱㄷ" in made.found_as
    made.name = "Zoë"
    made.save()
    assert Registration.objects.get().found_as.startswith("zoe\n")
