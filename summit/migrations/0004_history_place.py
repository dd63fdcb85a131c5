"""Where a change came from. SQLite drops a table's triggers when it makes the table anew: the one that keeps the record
from being edited is made again, and guards the new column as well."""

from django.db import migrations, models

COLUMNS = ("summit_id", "at", "action", "subject_kind", "subject_key", "subject_name", "changes")


def sqlite(columns):
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    return [
        "DROP TRIGGER IF EXISTS history_stays",
        f"CREATE TRIGGER history_stays BEFORE UPDATE ON summit_historyentry WHEN {differs} OR NEW.by_id IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'history cannot be edited'); END",
    ]


def postgresql(columns):
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return [
        "CREATE OR REPLACE FUNCTION summit_history_stays() RETURNS trigger AS $$ "
        f"BEGIN IF ({old}) IS DISTINCT FROM ({new}) OR NEW.by_id IS NOT NULL "
        "THEN RAISE EXCEPTION 'history cannot be edited' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
    ]


def guard(columns):
    def run(apps, schema_editor):
        make = {"sqlite": sqlite, "postgresql": postgresql}.get(schema_editor.connection.vendor)
        for sql in make(columns) if make else []:
            schema_editor.execute(sql, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("summit", "0003_history_stays")]

    operations = [
        # Backwards, operations run in the opposite order: without the column there must be nothing that names it.
        migrations.RunPython(migrations.RunPython.noop, guard(COLUMNS)),
        migrations.AddField(
            "historyentry", "place", models.CharField(blank=True, max_length=45, verbose_name="from where")
        ),
        migrations.RunPython(guard((*COLUMNS, "place")), guard(COLUMNS)),
    ]
