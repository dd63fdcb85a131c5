"""Many rows written at once."""

from collections.abc import Collection, Iterator, Sequence
from itertools import batched
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models.sql import InsertQuery

# Rows in one query.
CHUNK = 500


def save_all(rows: Sequence[models.Model], names: Collection[str]) -> None:
    """Write the columns ``names`` of rows of one model that are there already, in one query for every 500.

    One INSERT … ON CONFLICT DO UPDATE: Django's ``bulk_update`` writes a CASE for each value, which takes ten times as
    long. Hold the rows first (``select_for_update``): one that was deleted meanwhile would be there again.
    """
    if rows:
        manager: Any = type(rows[0])._default_manager
        manager.bulk_create(
            rows, update_conflicts=True, unique_fields=["pk"], update_fields=list(names), batch_size=CHUNK
        )


def reserve(model: type[models.Model], count: int) -> list[int]:
    """Keys for so many new rows, which nobody else gets; those that are not used are never used."""
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, count]
            )
            return [key for (key,) in cursor.fetchall()]
        with transaction.atomic():
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, table])
            if not cursor.rowcount:
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            last = cursor.fetchone()[0]
    return list(range(last - count + 1, last + 1))


def shared(rows: models.QuerySet[Any, Any]) -> list[Any]:
    """What a query of values finds, held until the transaction ends against whoever changes or deletes the rows
    (``select_for_update``), but beside others who share them: Django knows no such lock (PostgreSQL's FOR KEY SHARE, as a
    foreign key takes it). SQLite has one writer at a time anyway."""
    if connection.vendor != "postgresql":
        return list(rows)
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:  # none of no keys, which no database is asked for
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR KEY SHARE", values)
        return cursor.fetchall()


def inserts(rows: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """What writes new rows of one model that have their keys already, as SQL and its values: made before a transaction,
    it is held for a fraction of the time."""
    fields = list(type(rows[0])._meta.concrete_fields)
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="bulk_create")  # noqa: SLF001  as bulk_create does
    for chunk in batched(rows, min(CHUNK, connection.ops.bulk_batch_size(fields, rows)), strict=False):
        query = InsertQuery(type(rows[0]))
        query.insert_values(fields, list(chunk))
        yield from query.get_compiler(connection=connection).as_sql()
