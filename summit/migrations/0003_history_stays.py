"""The audit log is append-only: the database itself refuses to change a line.

One exception: when an account is erased, the line loses its author and nothing else (ON DELETE SET NULL).
"""

from django.db import migrations

SQLITE = """
CREATE TRIGGER history_stays BEFORE UPDATE ON summit_historyentry
WHEN OLD.summit_id IS NOT NEW.summit_id OR OLD.at IS NOT NEW.at OR OLD.action IS NOT NEW.action
  OR OLD.subject_kind IS NOT NEW.subject_kind OR OLD.subject_key IS NOT NEW.subject_key
  OR OLD.subject_name IS NOT NEW.subject_name OR OLD.changes IS NOT NEW.changes OR NEW.by_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'history cannot be edited'); END
"""
POSTGRESQL = """
CREATE FUNCTION summit_history_stays() RETURNS trigger AS $$
BEGIN
  IF (OLD.summit_id, OLD.at, OLD.action, OLD.subject_kind, OLD.subject_key, OLD.subject_name, OLD.changes)
     IS DISTINCT FROM (NEW.summit_id, NEW.at, NEW.action, NEW.subject_kind, NEW.subject_key, NEW.subject_name, NEW.changes)
     OR NEW.by_id IS NOT NULL
  THEN RAISE EXCEPTION 'history cannot be edited' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER history_stays BEFORE UPDATE ON summit_historyentry
FOR EACH ROW EXECUTE FUNCTION summit_history_stays();
"""
UNDO = {
    "sqlite": ["DROP TRIGGER IF EXISTS history_stays"],
    "postgresql": [
        "DROP TRIGGER IF EXISTS history_stays ON summit_historyentry",
        "DROP FUNCTION IF EXISTS summit_history_stays()",
    ],
}


def make(apps, schema_editor):
    sql = {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(schema_editor.connection.vendor)
    if sql:
        schema_editor.execute(sql, params=None)


def undo(apps, schema_editor):
    for sql in UNDO.get(schema_editor.connection.vendor, []):
        schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("summit", "0002_workspace")]

    operations = [migrations.RunPython(make, undo)]
