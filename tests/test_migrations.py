"""An update without a pause: a release's migrations must not lock a busy table, nor break the release that still runs.

On PostgreSQL, where it matters: SQLite locks the whole file anyhow.
"""

from collections.abc import Iterable

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.fields import NOT_PROVIDED
from django_migration_linter import MigrationLinter

# What every installation has: nobody runs it again while people are at work.
BEFORE = {"summit": 16, "agenda": 6, "speakers": 6, "registration": 8}
# What the linter says of these is looked at and stands, with why.
STANDING: dict[str, str] = {
    "agenda.0011_live": "the kind of a stream takes three letters more, which PostgreSQL notes without touching a row",
    "agenda.0013_after": "the index of who confirmed a link is of a column that is empty everywhere; links are a few rows for each session",
    "registration.0031_presence_minutes": "presences are a row for each person and session since the release before: their index takes a moment",
    "registration.0033_feedback": "the indexes are of a new table",
    "registration.0013_quota_conditions": "a few rows for each summit, locked for a moment",
    "registration.0014_forms": "questions and their choices are a few rows for each summit; the new columns of answers are empty",
    "registration.0016_transfer": "the index of a column in which nothing stands yet: made in a moment",
    "registration.0017_delegations": "two columns of registrations that are empty everywhere: their indexes take a moment",
    "registration.0026_drafts_and_proof": "uploads that wait for their form are a few rows; the constraints are of a new table",
    "registration.0023_companions": "the index of addresses is made anew: a moment for ten thousand rows",
}
# Those that change rows, or do what only they know: why the release before goes on with what they leave.
REWRITES = {
    "summit.0018_encrypted_factors": "changes nothing; going back decrypts",
    "summit.0025_history_forgets": "changes no row; the guard lets more through than before, and the earlier release asks for less.",
    "summit.0029_people_at_risk": "the guard of the history lets a line be masked; the earlier release edits none.",
    "registration.0011_admission": "is_open stays beside admission, and the earlier release goes on by it.",
}


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


def unwritable(operations: Iterable[migrations.operations.base.Operation], fresh: set[str]) -> list[str]:
    """What a release that does not know of these operations could not write afterwards, as "model.field" or "model:constraint".

    ``fresh`` are tables it does not know of (lower case); new ones are added. The linter looks at all columns of a migration
    at once, and takes the default of one for that of another.
    """
    found = []
    for one in operations:
        match one:
            case migrations.CreateModel(name=name):
                fresh.add(name.lower())
            case migrations.AddField(field=field) if one.model_name_lower not in fresh:
                if not (field.null or field.many_to_many) and field.db_default is NOT_PROVIDED:
                    found.append(f"{one.model_name_lower}.{one.name}")
            case migrations.AddConstraint() if one.model_name_lower not in fresh:
                found.append(f"{one.model_name_lower}:{one.constraint.name}")
    return found


def test_a_column_the_earlier_release_does_not_fill_in_is_found_beside_one_with_a_default():
    plain, filled = models.IntegerField(default=1), models.IntegerField(default=1, db_default=1)
    table = migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True))])
    rule = models.CheckConstraint(condition=models.Q(ticket_issue__gt=0), name="issue_is_positive")
    operations = [
        migrations.AddField("registration", "kept", plain),
        migrations.AddField("registration", "counted", filled),
        migrations.AddField("registration", "left", models.IntegerField(null=True)),
        table,
        migrations.AddField("fresh", "kept", plain),
        migrations.AddConstraint("registration", rule),
    ]
    assert unwritable(operations, set()) == ["registration.kept", "registration:issue_is_positive"]


def test_the_release_that_still_runs_can_write_after_every_migration():
    loader, fresh, wrong = MigrationLoader(None), {}, []
    for app, name in sorted(key for key in loader.disk_migrations if key[0] in BEFORE):
        if int(name[:4]) > BEFORE[app]:
            of_app = fresh.setdefault(app, set())
            wrong += [
                f"{app}.{name}: {what}" for what in unwritable(loader.disk_migrations[app, name].operations, of_app)
            ]
    # Looser than those they stand for, or about columns that stay empty where it writes: the earlier release keeps to them.
    looser = {
        "registration:registration_email_once",
        "quota:quota_basic_once",
        "quota:quota_never_oversold",
        "choice:choice_never_oversold",
    }
    assert {each.partition(": ")[2] for each in wrong} == looser
    assert fresh["registration"] == {
        *(
            "delegation",
            "delegationhead",
            "delegationplaces",
            "draft",
            "formerkey",
            "formopening",
            "itinerary",
            "look",
            "note",
            "notthesame",
        ),
        *("openvisit", "feedback", "feedbackasked", "pushsubscription", "pushmessage"),
        *("reasontemplate", "reviewscope", "secondopinion", "section", "tag", "upload"),
        *("accesscode", "campaign", "campaignrecipient", "invitation"),
        *("photo", "vettingstep", "zone", "zoneexception"),
        *("sealed", "sealedspeaker", "sealkeeper"),
        "presence",
    }


def test_what_changes_rows_is_looked_at_by_somebody():
    """The release before reads what is left; neither Django nor the linter knows whether it can."""
    loader = MigrationLoader(None)
    rewriting = (migrations.RunPython, migrations.RunSQL)
    found = {
        f"{app}.{name}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in BEFORE and int(name[:4]) > BEFORE[app] and any(isinstance(one, rewriting) for one in migration.operations)
    }  # fmt: skip
    assert found == set(REWRITES)
