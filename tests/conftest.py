"""Few fixtures: the database to begin from, the cast of a summit, the worker, and real connections for races."""

import gc
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings as settings_now
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import translation
from django.utils.crypto import get_random_string
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from registration.registering.openings import tally
from registration.views import blank_pages, read_forms
from summit.accounts import user_sessions
from summit.leases.heartbeat import Heart
from summit.lib import raised
from summit.middleware import shelf
from summit.models import UserSession
from summit.public_pages import revisions
from tests import factories
from tests.databases import Databases, flush_what_is_full

# A busy machine is no fault of the code's: how long an example takes is nothing a test judges.
settings.register_profile("summit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("summit")


# Modules whose tests start web servers, workers, proxies, or servers of Redis, S3 and PostgreSQL, and mostly wait for
# them. Those of a row come one after the other, in one process: what a module starts is started once, and the processor
# is left to tests that calculate. The rows take about as long as each other; one process more than there are rows keeps
# two cores busy while they wait.
ROWS = (
    {"tests/summit/test_buckets.py", "tests/test_composed.py", "tests/test_proxies.py"},
    {
        "tests/registration/badges/test_killed_worker.py",
        "tests/summit/operating/test_backups_in_buckets.py",
        "tests/summit/test_bodies_served.py",
        "tests/summit/test_database_away.py",
        "tests/summit/test_own_files.py",
    },
    {
        "tests/summit/mailing/test_killed_workers.py",
        "tests/summit/operating/test_supervisor.py",
        "tests/summit/test_buckets_in_use.py",
        "tests/summit/test_encrypted_connections.py",
        "tests/test_busy_sqlite.py",
    },
)
# Asks for every page while Redis is away, and calculates as much as it waits.
PROCESSES = {*set().union(*ROWS), "tests/test_redis_away.py"}
# Whose tests go to the same process: those of a row, and those of one summit that is seeded once.
TOGETHER = {
    **{module: f"processes {number}" for number, row in enumerate(ROWS) for module in row},
    "tests/summit/test_seed.py": "seed",
}


# Rooms whose tests ask a database by verbs and querysets that are tested in other rooms.
ABOVE = {"api", "views", "exports", "badges", "papers", "mailing", "prints"}
# Fixtures by which a test asks for pages instead of calling what is behind them.
BY_PAGES = {"client", "as_user"}


def is_below(item) -> bool:
    """Whether a test asks a database at first hand: by verbs, querysets and constraints, or, wherever it lies, over
    several connections at once."""
    asks, using = item.get_closest_marker("django_db"), set(item.fixturenames)
    alone = {"race", "transactional_db"} & using or (asks and asks.kwargs.get("transaction"))
    if alone or item.get_closest_marker("postgresql"):
        return True
    return not (BY_PAGES & using or ABOVE & set(item.nodeid.partition("::")[0].split("/")[:-1]))


class Rows(LoadScopeScheduling):
    """By module and not by the mark ``xdist_group``: xdist writes that into the ids of tests, which pytest 9.2 no longer
    lets it do, and every process started anew what belongs together."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)


def pytest_xdist_make_scheduler(config, log):
    return Rows(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """What asks a database is marked: the rest tests the same whatever the database is; what mostly waits is, too, and
    comes first, while the others have enough to do."""
    for item in items:
        if item.nodeid.partition("::")[0] in PROCESSES:
            item.add_marker("processes")
        if item.get_closest_marker("django_db") or {"db", "django_db_setup", "transactional_db", "_database"} & set(
            item.fixturenames
        ):
            item.add_marker("database")
            if is_below(item):
                item.add_marker("below")
    # Others choose by these marks, and shuffle.
    result = yield
    items.sort(key=lambda item: item.get_closest_marker("processes") is None)
    return result


def pytest_collection_finish():
    """What was imported stays for the whole run: looking through it for garbage again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_use_migrations, django_db_blocker):
    """The suite's database begins as a copy of a migrated one."""
    if not django_db_use_migrations:
        yield
        return
    with django_db_blocker.unblock():
        template, suites = Databases().migrated(), connections["default"]
        flush_what_is_full(suites)
    if suites.vendor != "sqlite":
        suites.settings_dict["TEST"]["TEMPLATE"] = template
        yield
        return
    # A database in memory is there for as long as somebody is connected to it.
    holds = sqlite3.connect(suites.creation._get_test_db_name(), uri=True)
    kept = sqlite3.connect(template)
    kept.backup(holds)
    kept.close()
    yield
    holds.close()


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Caches live in the process; no test may see another's."""
    cache.clear()
    shelf.clear()
    tally.forget()
    blank_pages.forget()
    read_forms.forget()
    yield
    shelf.clear()
    revisions.forget()
    # A request leaves its language behind.
    translation.deactivate()


@pytest.fixture(autouse=True)
def _changes_are_seen_at_once(monkeypatch):
    """What a test itself changes, outside of any request, every page shows at once instead of within a second: how long
    the test takes until then shall not matter. What a request changes is told by the product alone."""
    note = raised.note

    def noted(code: str, revision: int) -> None:
        note(code, revision)
        if raised._raised.get() is None:
            revisions.forget()

    monkeypatch.setattr(raised, "note", noted)
    for kept in (blank_pages, read_forms):
        monkeypatch.setattr(kept, "FRESH", 0)


@pytest.fixture(autouse=True)
def _no_heartbeat_beside(monkeypatch):
    """A heartbeat has a connection of its own, and would write beside the test's transaction."""
    monkeypatch.setattr(Heart, "_run_beside", lambda self: None)


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
    """``as_user(user)`` is a client signed in as that user, and seen a moment ago."""

    def sign_in(user) -> Client:
        # What signing in leaves in the database, and nothing else: a test of signing in signs in.
        session = SessionStore(get_random_string(32, VALID_KEY_CHARS))
        row = UserSession.objects.create(user=user, session_key=session.session_key)
        session._session_cache = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "allauth.account.auth_backends.AuthenticationBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            user_sessions.ROW: row.pk,
            user_sessions.KNOWN_AS: session.session_key,
            user_sessions.LAST_SEEN: time.time(),
        }
        session.save(must_create=True)
        client = Client()
        client.cookies[settings_now.SESSION_COOKIE_NAME] = session.session_key
        return client

    return sign_in


@pytest.fixture
def work(monkeypatch):
    """Do what is queued, as the worker does; returns how many tasks ran."""
    # The worker hangs up connections that look odd; this one is in the test's transaction (Django's client does likewise).
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)

    def run() -> int:
        before = DBTaskResult.objects.finished().count()
        call_command("worker", batch=True, interval=0, verbosity=0)
        return DBTaskResult.objects.finished().count() - before

    return run


@pytest.fixture
def on_disk(tmp_path, monkeypatch):
    """Call it to have every new connection open a copy of the rows made so far, in an SQLite file, as in production."""

    def copy() -> None:
        path = tmp_path / "race.sqlite3"
        with connection.cursor() as cursor:
            target = sqlite3.connect(path)
            cursor.connection.backup(target)
            # As migrations leave it: many that turn it at once would find it locked, however long each may wait.
            target.execute("PRAGMA journal_mode=WAL")
            target.close()
        monkeypatch.setitem(connections.settings["default"], "NAME", str(path))

    return copy


def _connect():
    """A connection, once the database has one to spare: others race at the same time, and one that is closed is gone a moment
    later. Without one all others would wait for this one at the start."""
    until = time.monotonic() + 120
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@pytest.fixture
def race():
    """``race([job, …])`` starts all jobs at once, each on a connection of its own; what each returned or raised."""

    def run(jobs):
        start = Barrier(len(jobs))

        def one(job):
            try:
                _connect()
                start.wait(timeout=240)
                return job()
            except Exception as error:
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(jobs)) as pool:
            return list(pool.map(one, jobs))

    return run
