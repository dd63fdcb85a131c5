"""Two at once, each on a real connection: whom somebody brings along, and who is registered for the programme."""

import pytest
from django.db import connection

from registration.models import Registration
from registration.registering import from_programme
from registration.registering.accompanying import Companion, bring
from registration.registering.from_programme import Part
from summit.models import Summit
from tests.factories import make_category, make_places, make_registration, make_session, make_speaker, make_user

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def test_tabs_at_once_bring_no_more_people_than_the_category_says(summit, race):
    make_places(summit, 10)
    main = make_registration(summit, category=make_category(summit, companions=1))
    rows = [Registration.objects.select_related("summit", "category").get(pk=main.pk) for _tab in range(4)]
    ends = race([lambda row=row: bring(row, Companion(name="Marie Tamm")) for row in rows])
    assert sorted(getattr(end, "code", "") for end in ends) == ["", *["no_more_companions"] * 3]
    (counts,) = race([lambda: (Registration.objects.filter(companion_of=main.pk).count(), summit.quotas.get().taken)])
    assert counts == (1, 2)


def test_two_who_register_the_programme_at_once_register_everybody_once(summit, race):
    category, owner = make_category(summit), make_user("owner@team.example", summit=summit, role="owner")
    people = [make_speaker(summit, f"이{n}", code=f"q{n:05}", email=f"q{n}@people.example") for n in range(20)]
    make_session(summit, people=people)
    asked = [Summit.objects.get(pk=summit.pk) for _one in range(2)]
    ends = race([lambda one=one: from_programme.register(one, {Part.SPEAKER: category}, by=owner) for one in asked])
    assert sorted(end.registered for end in ends) == [0, 20]
    (count,) = race([Registration.objects.count])
    assert count == 20
