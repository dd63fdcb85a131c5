"""Many rows written at once."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import models

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
