import logging
from typing import Any

from django.db import DatabaseError, migrations, transaction

from summit.lib.finding import found_as

logger = logging.getLogger(__name__)
AT_ONCE = 2000


def write(apps: Any, schema_editor: Any) -> None:
    """What registrations of before are found by."""
    Registration = apps.get_model("registration", "Registration")
    rows = Registration.objects.using(schema_editor.connection.alias).order_by("pk")
    last = 0
    while found := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        for row in found:
            row.found_as = found_as([row.name, row.name_romanised, row.email, row.organisation, row.reference])
        rows.bulk_update(found, ["found_as"], batch_size=200)
        last = found[-1].pk


def index(apps: Any, schema_editor: Any) -> None:
    """Parts of words by trigrams; a server that has no ``pg_trgm`` to give reads all rows of a summit instead."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias), schema_editor.connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                "CREATE INDEX registration_found ON registration_registration USING gin (found_as gin_trgm_ops)"
            )
    except DatabaseError:
        logger.warning("Registrations are searched without an index: the extension pg_trgm could not be made.")


def no_index(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS registration_found")


class Migration(migrations.Migration):
    dependencies = [("registration", "0005_found_by_index")]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(index, no_index),
    ]
