"""Long tables read a piece at a time."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.core.paginator import Page, Paginator


def keys_of(rows: Any) -> list[Any]:
    """The keys of a queryset's rows in their order. One query; a hundred thousand of them are a few megabytes."""
    return list(rows.values_list("pk", flat=True))


def rows_at(rows: Any, keys: list[Any], size: int) -> Iterator[list[Any]]:
    """The rows of a queryset (of tuples: the key first) that have these keys, in their order, ``size`` at a time.

    No cursor stays open between two pieces: on SQLite one that reads an old state could write nothing meanwhile. A row
    that is gone by then is left out.
    """
    for some in batched(keys, size, strict=False):
        found = {getattr(row, "pk", row): row for row in rows.order_by().filter(pk__in=some)}
        yield [found[key] for key in some if key in found]


def page_of(rows: Any, number: Any, size: int) -> Page[Any]:
    """One page of ordered rows. Those of a later one are found by their keys first: what is told of each would else be
    asked of all before them as well."""
    paginator = Paginator(rows, size)
    first = list(rows[: size + 1]) if number == 1 else []
    if 0 < len(first) <= size:
        # A search that finds few has read all there are: they are counted already.
        vars(paginator)["count"] = len(first)
    page: Page[Any] = paginator.get_page(number)
    if first:
        page.object_list = first[:size]
    if page.number > 1:
        keys = Paginator(rows.values_list("pk", flat=True), size)
        vars(keys)["count"] = page.paginator.count
        order = {key: place for place, key in enumerate(keys.page(page.number))}
        page.object_list = sorted(rows.order_by().filter(pk__in=order), key=lambda row: order[row.pk])
    return page
