"""A line of history may be emptied of a person who is erased: it loses name, changes and network, all of them or none of
name and changes, and never says anything else instead."""

from django.db import migrations

SAME = ("summit_id", "at", "action", "subject_kind", "subject_key")
SAID = ("subject_name", "changes")


def allowed(same: str) -> str:
    """When a change is allowed; ``same`` compares two values of which either may be NULL."""
    kept, told = (" AND ".join(f"OLD.{name} {same} NEW.{name}" for name in names) for names in (SAME, SAID))
    return (
        f"{kept} AND (NEW.by_id IS NULL OR OLD.by_id {same} NEW.by_id AND NEW.subject_name = '') "
        f"AND (OLD.place {same} NEW.place OR NEW.place = '') "
        f"AND ({told} OR NEW.subject_name = '' AND NEW.changes = '{{}}')"
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


def sqlite_before():
    columns = (*SAME, *SAID, "place")
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    return [
        "DROP TRIGGER IF EXISTS history_stays",
        f"CREATE TRIGGER history_stays BEFORE UPDATE ON summit_historyentry WHEN {differs} OR NEW.by_id IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'history cannot be edited'); END",
    ]


def postgresql_before():
    old, new = (", ".join(f"{row}.{column}" for column in (*SAME, *SAID, "place")) for row in ("OLD", "NEW"))
    return [
        "CREATE OR REPLACE FUNCTION summit_history_stays() RETURNS trigger AS $$ "
        f"BEGIN IF ({old}) IS DISTINCT FROM ({new}) OR NEW.by_id IS NOT NULL "
        "THEN RAISE EXCEPTION 'history cannot be edited' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
    ]


def guard(on_sqlite, on_postgresql):
    def run(apps, schema_editor):
        make = {"sqlite": on_sqlite, "postgresql": on_postgresql}.get(schema_editor.connection.vendor)
        for sql in make() if make else []:
            schema_editor.execute(sql, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("summit", "0024_reviewers")]

    operations = [migrations.RunPython(guard(sqlite, postgresql), guard(sqlite_before, postgresql_before))]
