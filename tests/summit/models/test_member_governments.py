"""Members are national and local governments; the way there and back keeps what a table can hold."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from summit.models import MemberGovernment

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


@pytest.mark.django_db(transaction=True)
def test_going_back_keeps_the_countries_and_going_on_again_keeps_all(summit):
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
