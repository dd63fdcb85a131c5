"""Figures for Prometheus: what this machine's processes count as they work, and what the database knows of all of them.

Processes count into files below ``PROMETHEUS_MULTIPROC_DIR`` (prometheus_client, "Multiprocess Mode"), and whichever is
asked adds them up: one answer for a machine. What is read from the database (names that begin with ``summit_all_``) is the
same on every machine: take it from one of them. Nothing is counted, and this module is not read, unless
``METRICS_TOKEN`` or ``METRICS_NETWORKS`` is set.
"""

import ipaddress
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

from summit.mailing import holding
from summit.models import Message
from summit.ratelimit import client_address

PATH = "/metrics"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# What the database is asked for serves every question of so many seconds.
KEPT_FOR = 10.0
Next = Callable[[HttpRequest], HttpResponse]

REQUESTS = Counter("summit_requests", "Answers, by view, method and status.", ["view", "method", "status"])
SECONDS = Histogram(
    "summit_request_seconds", "Time to an answer, by view.", ["view"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)  # fmt: skip
KEPT = Counter("summit_public_pages", "Answers of public pages: kept ones, and those drawn anew.", ["from"])


@lru_cache(maxsize=4096)
def _counters(view: str, method: str, status: int) -> tuple[Any, Any]:
    return REQUESTS.labels(view, method, status), SECONDS.labels(view)


def view_of(request: HttpRequest, response: HttpResponse) -> str:
    """The name of the view; of what no view answered, what it was, so that addresses nobody knows make no names."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or "(nameless)"
    if request.path_info.startswith(settings.STATIC_URL):
        return "(static)"
    if response.status_code in (200, 304):
        return "(kept)"
    return "(redirect)" if 300 <= response.status_code < 400 else "(none)"


class CountRequests:
    """The outermost: it sees answers as they leave, and gives the figures out to whoever may have them.

    ``/metrics`` answers on plain http and under any host name, as whoever asks inside a network does.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.networks = [ipaddress.ip_network(each) for each in settings.METRICS_NETWORKS]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == PATH:
            return self.give_out(request)
        began = time.perf_counter()
        response = self.get_response(request)
        self.count(request, response, time.perf_counter() - began)
        return response

    @staticmethod
    def count(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        view, method = view_of(request, response), request.method if request.method in METHODS else "other"
        answers, durations = _counters(view, str(method), response.status_code)
        answers.inc()
        durations.observe(seconds)
        if view == "(kept)":
            KEPT.labels("kept").inc()
        elif request.resolver_match and getattr(request.resolver_match.func, "is_public_page", False):
            KEPT.labels("drawn").inc()

    def give_out(self, request: HttpRequest) -> HttpResponse:
        if not self.may_read(request):
            return HttpResponseForbidden("Wants METRICS_TOKEN as a bearer, or a network of METRICS_NETWORKS.\n",
                                         content_type="text/plain")  # fmt: skip
        return HttpResponse(exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})

    def may_read(self, request: HttpRequest) -> bool:
        kind, _blank, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if settings.METRICS_TOKEN and kind.lower() == "bearer" and constant_time_compare(token, settings.METRICS_TOKEN):
            return True
        try:
            address = ipaddress.ip_address(client_address(request))
        except ValueError:
            return False
        return any(address in network for network in self.networks)


def exposition() -> bytes:
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(KNOWN)
    return bytes(generate_latest(registry))


def _by(rows: QuerySet[Any], *names: str) -> list[tuple[tuple[str, ...], int]]:
    found = rows.order_by().values_list(*names).annotate(rows=Count("pk"))
    return [(tuple(str(part or "") for part in row[:-1]), row[-1]) for row in found]


class KnownToTheDatabase:
    """What is asked of the database, once for all questions of a few seconds."""

    def __init__(self) -> None:
        self.lock, self.until, self.kept = Lock(), 0.0, list[Metric]()

    def collect(self) -> Iterator[Metric]:
        with self.lock:
            if time.monotonic() > self.until:
                self.kept, self.until = self.asked(), time.monotonic() + KEPT_FOR
            yield from self.kept

    def asked(self) -> list[Metric]:
        up = GaugeMetricFamily("summit_database_up", "Whether the database answers.")
        try:
            found = [*self.mails(), *self.work(), *self.people()]
        except DatabaseError:
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        return [up, *found]

    @staticmethod
    def gauge(name: str, told: str, labels: list[str], rows: Sequence[tuple[tuple[str, ...], float]]) -> Metric:
        family = GaugeMetricFamily(f"summit_all_{name}", told, labels=labels)
        for values, number in rows:
            family.add_metric(values, number)
        return family

    def mails(self) -> list[Metric]:
        oldest = Message.objects.filter(state=Message.State.QUEUED, attempts=0).aggregate(at=Min("created_at"))["at"]
        age = (timezone.now() - oldest).total_seconds() if oldest else 0
        return [
            self.gauge("mails", "Mails in the outbox.", ["state"], _by(Message.objects.all(), "state")),
            self.gauge("mail_wait_seconds", "Age of the oldest mail that nobody has tried to send.", [], [((), age)]),
            self.gauge("mail_held", "Whether mail is held after a restore.", [], [((), holding.is_held())]),
        ]

    def work(self) -> list[Metric]:
        ready = DBTaskResult.objects.ready()
        oldest = ready.aggregate(at=Min("enqueued_at"))["at"]
        age = (timezone.now() - oldest).total_seconds() if oldest else 0
        return [
            self.gauge("tasks", "Tasks that are kept.", ["status"], _by(DBTaskResult.objects.all(), "status")),
            self.gauge("tasks_ready", "Tasks that could be done now.", [], [((), ready.count())]),
            self.gauge("task_wait_seconds", "Age of the oldest of them.", [], [((), age)]),
        ]

    def people(self) -> list[Metric]:
        # Models of an app above this one.
        registrations = apps.get_model("registration", "Registration")._default_manager.all()
        check_ins = apps.get_model("registration", "CheckIn")._default_manager.filter(undone_at=None)
        return [
            self.gauge(
                "registrations", "Registrations.", ["summit", "state"], _by(registrations, "summit__code", "state")
            ),
            self.gauge(
                "check_ins", "People who have arrived.", ["summit"], _by(check_ins, "registration__summit__code")
            ),
        ]


KNOWN = KnownToTheDatabase()
