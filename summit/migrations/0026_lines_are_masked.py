"""A line of the history may be masked, once: who it is about and what changed are taken out where somebody must not be known
any more, and the line says when that was done. Everything else of it stays as it was, and nothing else is changed."""

from django.db import migrations, models

STAY = ("summit_id", "at", "action", "subject_kind", "subject_key", "place")
MASKED = ("subject_name", "changes")
# As the migration before it left the guard.
EARLIER = ("summit_id", "at", "action", "subject_kind", "subject_key", "subject_name", "changes", "place")


def _sqlite(columns):
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def _postgresql(columns):
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


def _guard(differs):
    """That nothing changes but by masking: from no moment to one."""
    masks = "(OLD.masked_at IS NULL AND NEW.masked_at IS NOT NULL)"
    edits = f"({differs(STAY)} OR (({differs(MASKED)} OR {differs(('masked_at',))}) AND NOT {masks}))"
    # Who did it may only go: with an account that is erased, or by masking.
    return f"{edits} OR (NEW.by_id IS NOT NULL AND (NOT {masks} OR {differs(('by_id',))}))"


def _statements(vendor, sqlite, postgresql):
    if vendor == "sqlite":
        return [
            "DROP TRIGGER IF EXISTS history_stays",
            f"CREATE TRIGGER history_stays BEFORE UPDATE ON summit_historyentry WHEN {sqlite} "
            "BEGIN SELECT RAISE(ABORT, 'history cannot be edited'); END",
        ]
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION summit_history_stays() RETURNS trigger AS $$ "
            f"BEGIN IF {postgresql} "
            "THEN RAISE EXCEPTION 'history cannot be edited' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN NEW; END $$ LANGUAGE plpgsql",
        ]
    return []


def make(apps, schema_editor):
    for sql in _statements(schema_editor.connection.vendor, _guard(_sqlite), _guard(_postgresql)):
        schema_editor.execute(sql, params=None)


def undo(apps, schema_editor):
    earlier = [f"{differs(EARLIER)} OR NEW.by_id IS NOT NULL" for differs in (_sqlite, _postgresql)]
    for sql in _statements(schema_editor.connection.vendor, *earlier):
        schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("summit", "0025_sealed_addresses")]

    operations = [
        # Backwards, operations run in the opposite order: without the column there must be nothing that names it.
        migrations.RunPython(migrations.RunPython.noop, undo),
        migrations.AddField(
            "historyentry", "masked_at", models.DateTimeField(blank=True, null=True, verbose_name="masked")
        ),
        migrations.RunPython(make, undo),
    ]
