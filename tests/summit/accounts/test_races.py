"""Two browsers in the first start at the same moment, on PostgreSQL with real connections."""

import pytest
from django.db import connection

from summit.accounts import installation
from summit.models import HistoryEntry, InstallationKey, User

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


@pytest.mark.parametrize("given", ["", "four random words here"])
def test_of_many_browsers_one_makes_the_operator(settings, given, race):
    settings.INSTALLATION_KEY = given
    marks = [installation.check_key(given or installation.make_key()) for _browser in range(6)]
    ends = race(
        [
            lambda mark=mark, n=n: installation.make_operator(
                mark, email=f"op{n}@team.example", name="Op", password="correct horse battery", language="en"
            )
            for n, mark in enumerate(marks)
        ]
    )
    assert sorted(type(end).__name__ for end in ends) == ["AlreadySetUp"] * 5 + ["User"]
    assert User.objects.count() == HistoryEntry.objects.count() == 1
    assert not InstallationKey.objects.exists()
