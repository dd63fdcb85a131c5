"""Members are national and local governments; the way there and back keeps what a table can hold."""

import os
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from summit.models import MemberGovernment
from tests.databases import Databases

BEFORE, AFTER = ("summit", "0014_labels"), ("summit", "0016_local_governments_on_the_way_back")


def member(summit, **values):
    return MemberGovernment.objects.create(summit=summit, **{"country": "KR", "name": {"en": "Korea"}, **values})


def test_a_country_stands_beside_its_local_governments_each_once(summit):
    member(summit)
    seoul = member(summit, local_code="seoul", name={"en": "Seoul"})
    assert [row.level for row in MemberGovernment.objects.order_by("pk")] == ["national", "local"]
    for again in ("", "seoul"):
        with pytest.raises(IntegrityError), transaction.atomic():
            member(summit, local_code=again)
    assert seoul.is_local


def test_nobody_leaves_before_joining(summit):
    member(summit, joined=2011, left=2011)
    with pytest.raises(IntegrityError), transaction.atomic():
        member(summit, country="US", joined=2016, left=2011)


@pytest.fixture
def of_that_time(django_db_setup, django_db_blocker):
    """A database of its own, as those who had made these changes and no later ones had it."""
    databases = Databases()
    name = databases.name(f"summit_earlier_{os.getpid()}")
    with django_db_blocker.unblock():
        databases.drop(name)
        databases.create(name)
        try:
            with databases.use(name):
                MigrationExecutor(connection).migrate([AFTER])
                yield
        finally:
            databases.drop(name)


def model(at, name):
    """As it was after that migration."""
    return MigrationExecutor(connection).loader.project_state([at]).apps.get_model("summit", name)


def test_going_back_keeps_the_countries_and_going_on_again_keeps_all(of_that_time):
    days = {"starts_on": date(2021, 12, 15), "ends_on": date(2021, 12, 17)}
    summit = model(AFTER, "Summit").objects.create(code="ogp2021", name={"en": "Summit"}, **days)
    members = (AFTER, "MemberGovernment")
    for row in ({"founding": True, "joined": 2011}, {"local_code": "seoul"}):
        model(*members).objects.create(summit_id=summit.pk, country="KR", name={"en": "A member"}, **row)
    MigrationExecutor(connection).migrate([BEFORE])
    assert list(model(BEFORE, "MemberCountry").objects.values_list("country", "founding")) == [("KR", True)]
    MigrationExecutor(connection).migrate([AFTER])
    assert list(model(*members).objects.values_list("country", "local_code", "joined")) == [("KR", "", None)]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="takes long: the two steps alone are gone on both databases")
@pytest.mark.django_db(transaction=True)
def test_so_does_the_whole_way_back_from_today_and_on_again(summit):
    member(summit, founding=True, joined=2011)
    member(summit, local_code="seoul", name={"en": "Seoul"})
    try:
        executor = MigrationExecutor(connection)
        executor.migrate([BEFORE])
        earlier = executor.loader.project_state([BEFORE]).apps.get_model("summit", "MemberCountry")
        assert list(earlier.objects.values_list("country", "founding")) == [("KR", True)]
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    assert list(MemberGovernment.objects.values_list("country", "local_code", "joined")) == [("KR", "", None)]
