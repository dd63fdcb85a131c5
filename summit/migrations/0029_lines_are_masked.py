"""A line of the history may be masked, once: who it is about and what changed are taken out where somebody must not be known
any more, and the line says when that was done. Who did it may go with that. Beside it a line may still be emptied, masked or
not, and nothing else is changed."""

from importlib import import_module

from django.db import migrations, models

before = import_module("summit.migrations.0025_history_forgets")


def allowed(same):
    """When a change is allowed; ``same`` compares two values of which either may be NULL."""
    kept = " AND ".join(f"OLD.{name} {same} NEW.{name}" for name in (*before.SAME, "place"))
    return (
        f"OLD.masked_at {same} NEW.masked_at AND ({before.allowed(same)}) "
        f"OR OLD.masked_at IS NULL AND NEW.masked_at IS NOT NULL AND {kept} "
        f"AND (NEW.by_id IS NULL OR OLD.by_id {same} NEW.by_id)"
    )


def sqlite():
    return [
        "DROP TRIGGER IF EXISTS history_stays",
        f"CREATE TRIGGER history_stays BEFORE UPDATE ON summit_historyentry WHEN NOT ({allowed('IS')}) "
        "BEGIN SELECT RAISE(ABORT, 'history cannot be edited'); END",
    ]


def postgresql():
    return [
        "CREATE OR REPLACE FUNCTION summit_history_stays() RETURNS trigger AS $$ "
        f"BEGIN IF NOT ({allowed('IS NOT DISTINCT FROM')}) "
        "THEN RAISE EXCEPTION 'history cannot be edited' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
    ]


make = before.guard(sqlite, postgresql)
undo = before.guard(before.sqlite, before.postgresql)


class Migration(migrations.Migration):
    dependencies = [("summit", "0028_sealed_addresses")]

    operations = [
        # Backwards, operations run in the opposite order: without the column there must be nothing that names it.
        migrations.RunPython(migrations.RunPython.noop, undo),
        migrations.AddField(
            "historyentry", "masked_at", models.DateTimeField(blank=True, null=True, verbose_name="masked")
        ),
        migrations.RunPython(make, undo),
    ]
