"""Few fixtures: the cast of a summit, and the worker."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, settings

from summit.middleware import shelf
from summit.public_pages import revisions
from tests import factories

# A busy machine is no fault of the code's: how long an example takes is nothing a test judges.
settings.register_profile("summit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("summit")


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Caches live in the process; no test may see another's."""
    cache.clear()
    shelf.clear()
    yield
    shelf.clear()
    revisions.forget()
    # A request leaves its language behind.
    translation.deactivate()


@pytest.fixture
def summit(db):
    return factories.make_summit()


@pytest.fixture
def organiser(summit):
    return factories.make_user("organiser@team.example", summit=summit, role="organiser", name="Organiser")


@pytest.fixture
def desk_staff(summit):
    return factories.make_user("desk@team.example", summit=summit, role="desk", name="Desk")


@pytest.fixture
def registration(summit):
    return factories.make_registration(summit, email="gildong@people.example")


@pytest.fixture
def as_user():
    """``as_user(user)`` is a client signed in as that user."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def work(monkeypatch):
    """Do what is queued, as the worker does; returns how many tasks ran."""
    # The worker hangs up connections that look odd; this one is in the test's transaction (Django's client does likewise).
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)

    def run() -> int:
        before = DBTaskResult.objects.finished().count()
        call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)
        return DBTaskResult.objects.finished().count() - before

    return run
