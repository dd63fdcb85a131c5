"""Figures of real processes, as Prometheus reads them."""

import os
import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from summit.mailing import outbox
from summit.models import Message
from tests import factories
from tests.summit.operating.installations import served

TOKEN = {"Authorization": "Bearer a-token-for-the-figures"}
LINE = re.compile(r"^(\w+)(?:\{(.*)\})? ([\d.e+-]+)$")


def figures(text: str) -> dict[tuple[str, str], float]:
    lines = (LINE.match(line) for line in text.splitlines())
    return {(line[1], line[2] or ""): float(line[3]) for line in lines if line}


def total(found, name: str, **labels: str) -> float:
    wanted = {f'{label}="{value}"' for label, value in labels.items()}
    return sum(value for (each, told), value in found.items() if each == name and wanted <= set(told.split(",")))


@pytest.fixture
def made(install):
    one = install()
    with one.used():
        summit = factories.make_summit()
        registration = factories.make_registration(summit, email="gildong@people.example")
        desk = factories.make_desk(summit)
        registration.check_ins.create(desk=desk, nonce="n")
        Message.objects.all().delete()
        for state in ("queued", "failed", "failed"):
            outbox.queue(Message(kind="x", to="a@b.example", subject="s", text="t", state=state, summit=summit))
    return one


def test_processes_add_up_and_the_database_tells_the_rest(made):
    with served(made, METRICS_TOKEN=TOKEN["Authorization"].split()[1]) as ask:
        assert ask("/metrics")[0] == 403
        assert ask("/metrics", Authorization="Bearer another")[0] == 403
        before = figures(ask("/metrics", **TOKEN)[1])
        for _turn in range(30):
            assert ask("/en/ogp2021/")[0] == 200
            assert ask("/no/such/page/")[0] == 404
        found = figures(ask("/metrics", Host="10.1.2.3", **TOKEN)[1])
    pages = sum(total(found, "summit_public_pages_total", **{"from": how}) for how in ("kept", "drawn"))
    assert pages == 30
    assert total(found, "summit_public_pages_total", **{"from": "kept"}) >= 28  # each process draws it once at most
    assert total(found, "summit_requests_total", status="404", method="GET") == 30
    assert total(found, "summit_request_seconds_count") - total(before, "summit_request_seconds_count") == 60
    assert total(found, "summit_request_seconds_bucket", le="+Inf") == total(found, "summit_requests_total")
    assert "no/such" not in str(found)
    assert total(found, "summit_database_up") == 1
    assert total(found, "summit_all_mails", state="failed") == 2
    assert total(found, "summit_all_tasks_ready") == 4
    assert total(found, "summit_all_mail_wait_seconds") > 0
    assert total(found, "summit_all_registrations", summit="ogp2021", state="confirmed") == 1
    assert total(found, "summit_all_check_ins", summit="ogp2021") == 1


def test_a_network_may_read_without_a_token_and_others_may_not(made):
    with served(made, METRICS_NETWORKS="127.0.0.0/8,10.0.0.0/8", TRUSTED_PROXIES="1") as ask:
        assert ask("/metrics")[0] == 200
        assert ask("/metrics", **{"X-Forwarded-For": "10.3.4.5"})[0] == 200
        assert ask("/metrics", **{"X-Forwarded-For": "203.0.113.7"})[0] == 403
        assert ask("/metrics", **{"X-Forwarded-For": "nonsense"})[0] == 403


def test_where_nobody_may_read_nothing_is_counted(client, db):
    assert client.get("/metrics", follow=True).status_code == 404
    assert not [name for name in settings.MIDDLEWARE if "metrics" in name]
    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ


def test_a_network_that_is_none_is_an_error(settings):
    settings.METRICS_NETWORKS = ["10.0.0.0/8", "office"]
    with pytest.raises(SystemCheckError, match="METRICS_NETWORKS names no network: office"):
        call_command("check", tags=["summit"])
