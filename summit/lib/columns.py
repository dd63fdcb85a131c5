"""Columns that are found: text as people look for it, and addresses whatever their case. Both by an index."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db import models
from django.db.models.lookups import Lookup

from summit.lib.finding import found_as, words_of


@models.EmailField.register_lookup
class SameAddress(Lookup[Any]):
    """``email__address="…"``: the same mailbox whatever its case.

    Django's ``iexact`` asks for ``UPPER(…)``, for which no index of ours is made.
    """

    lookup_name = "address"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"LOWER({left}) = LOWER({right})", (*left_values, *right_values)


class FoundText(models.TextField[str, str]):
    """The columns ``of`` a row as they are looked for (:func:`summit.lib.finding.found_as`), written whenever it is saved.

    A save with ``update_fields`` names this column beside those of ``of``.
    """

    def __init__(self, *args: Any, of: Sequence[str] = (), **kwargs: Any) -> None:
        self.of = tuple(of)
        super().__init__(*args, **{"editable": False, "blank": True, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        said = found_as(str(getattr(model_instance, name)) for name in self.of)
        setattr(model_instance, self.attname, said)
        return said


def has_words(
    column: str,
    query: str,
    also: Mapping[str, str] = MappingProxyType({}),
    beside: Callable[[str], models.Q | None] = lambda _word: None,
) -> models.Q:
    """Rows whose :class:`FoundText` in ``column`` has every word of the query.

    All rows where nothing is asked, none where there is nothing to look for in what is. ``also`` has another way to read
    a word, "" for none: either will do; so does what ``beside`` finds of a word elsewhere than in the column.
    """
    words = words_of(query)
    asked = models.Q() if words or not query.strip() else models.Q(pk__in=[])
    for word in words:
        one = models.Q(**{f"{column}__contains": word})
        if other := also.get(word):
            one |= models.Q(**{f"{column}__contains": other})
        if elsewhere := beside(word):
            one |= elsewhere
        asked &= one
    return asked
