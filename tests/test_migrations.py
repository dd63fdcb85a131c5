"""An update without a pause: a release's migrations must not lock a busy table, nor break the release that still runs.

On PostgreSQL, where it matters: SQLite locks the whole file anyhow.
"""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

# What every installation has: nobody runs it again while people are at work.
BEFORE = {"summit": 16, "agenda": 6, "speakers": 6, "registration": 8}
# What the linter says of these is looked at and stands, with why.
STANDING: dict[str, str] = {}


def new() -> list[tuple[str, str]]:
    found = MigrationLoader(connection).disk_migrations
    return sorted(key for key in found if key[0] in BEFORE and int(key[1][:4]) > BEFORE[key[0]])


def linted(app: str, name: str) -> MigrationLinter:
    linter = MigrationLinter(no_cache=True, no_output=True, warnings_as_errors_tests=[
        "CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "REINDEX", "DROP_INDEX", "RUNPYTHON_REVERSIBLE", "RUNSQL_REVERSIBLE",
    ])  # fmt: skip
    linter.lint_all_migrations(app_label=app, migration_name=name)
    return linter


@pytest.mark.django_db
def test_an_index_that_stops_everybody_who_registers_is_found():
    if connection.vendor != "postgresql":
        pytest.skip("asked of PostgreSQL")
    assert linted("registration", "0008_counted_by_index").has_errors


@pytest.mark.django_db
def test_no_migration_locks_a_busy_table_or_breaks_the_release_that_still_runs():
    if connection.vendor != "postgresql":
        pytest.skip("asked of PostgreSQL")
    wrong = [f"{app}.{name}" for app, name in new() if f"{app}.{name}" not in STANDING and linted(app, name).has_errors]
    assert not wrong
