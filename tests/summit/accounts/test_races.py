"""Two browsers in the first start at the same moment, on PostgreSQL with real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from summit.accounts import installation
from summit.models import HistoryEntry, InstallationKey, User

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def together(jobs):
    start = Barrier(len(jobs))

    def one(job):
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return job()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


@pytest.mark.parametrize("given", ["", "four random words here"])
def test_of_many_browsers_one_makes_the_operator(settings, given):
    settings.INSTALLATION_KEY = given
    marks = [installation.check_key(given or installation.make_key()) for _browser in range(6)]
    ends = together(
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
