"""What an import will write: kept in memory while a file is read, then written all at once.

Reading a file takes long and holds nothing; writing it is one short transaction, so that nobody else waits for the
database (SQLite has one writer at a time). Rows are found among those there are, which are read once, and those of
earlier lines of the file. Whoever changed one of them meanwhile is noticed before anything is written: then the file is
brought in anew, upon what there is now.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial as with_
from graphlib import TopologicalSorter
from itertools import batched
from typing import Any, Protocol

from django.db import DataError, IntegrityError, ProgrammingError, connection, models, transaction
from django.utils.translation import gettext as _

from summit.lib.rows import CHUNK, inserts, reserve, save_all
from summit.models import Summit

# How often a file is brought in anew because others changed the same rows meanwhile.
ATTEMPTS = 4
# What a database says of values that it does not take.
UNFIT = (ValueError, TypeError, OverflowError, DataError, IntegrityError, ProgrammingError)
# Rows that change, by their model and the columns in which they do.
Changed = dict[tuple[Any, tuple[str, ...]], list[Any]]
Place = tuple[str, str]  # where in the file, and why it was refused


class Overtaken(Exception):
    """A row is another now than when it was read."""


class Undo(Exception):
    """Ends a transaction that must not stay."""


class Report(Protocol):
    """What a reader of a file hands to :func:`import_rows`."""

    refused: list[Place]
    staging: "Staging"


def unkept() -> str:
    """Why a row is refused that only the database, or a column of it, could not take."""
    return _("A value in it cannot be kept: a number is too large, or something stands where a text is meant.")


@dataclass(slots=True)
class _Step:
    place: str
    thing: Any
    # The columns that change; None: the row is new. Empty: it goes.
    names: tuple[str, ...] | None


def identity(thing: Any) -> Any:
    """What a row is known by, also one that is not written yet."""
    if not isinstance(thing, models.Model):
        return thing
    return ("key", thing.pk) if thing.pk is not None else ("new", id(thing))


def reference(row: Any, name: str) -> Any:
    """The :func:`identity` of what a row points to, without asking for it."""
    field = row._meta.get_field(name)
    key = getattr(row, field.attname)
    return ("key", key) if key is not None else identity(getattr(row, name))


def _who(thing: Any) -> Any:
    return type(thing), identity(thing)


class Staging:
    """The rows of one import: found, made, changed and taken away, and nothing of it written before :meth:`write`."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []
        self._before: list[Callable[[], None]] = []
        self._after: list[Callable[[], None]] = []
        self._undo: list[Callable[[], Any]] = []
        self._rows: dict[Any, list[Any]] = {}
        self._found: dict[Any, dict[Any, list[Any]]] = {}
        self._indexes: dict[type, list[tuple[tuple[str, ...], dict[Any, list[Any]]]]] = defaultdict(list)
        self._asked: dict[Any, Any] = {}
        self._read: dict[tuple[type, Any], dict[str, Any]] = defaultdict(dict)
        self._made: set[int] = set()
        self._gone: set[Any] = set()
        self._place = ""
        # Made by :meth:`prepare`.
        self._changes: Changed | None = None
        self._inserts: list[tuple[str, Any]] | None = None

    def once(self, ask: Callable[..., Any], *of: Any) -> Any:
        """What ``ask(*of)`` answers, asked at most once in an import."""
        key = (ask, *map(identity, of))
        if key not in self._asked:
            self._asked[key] = ask(*of)
        return self._asked[key]

    def all_of(self, objects: Any, **scope: Any) -> list[Any]:
        """The rows there are, read at most once. ``scope`` names what they hang on; of what is new, there are none."""
        key = (objects.model, tuple((name, identity(value)) for name, value in scope.items()))
        if key not in self._rows:
            written = all(getattr(value, "pk", value) is not None for value in scope.values())
            self._rows[key] = list(objects.filter(**scope)) if written else []
            for name, owner in scope.items():
                if isinstance(owner, models.Model):
                    for row in self._rows[key]:
                        setattr(row, name, owner)
        return self._rows[key]

    def matching(self, objects: Any, key: Mapping[str, Any]) -> list[Any]:
        """The rows with these values, those of earlier lines among them. One query for all rows of the summit.

        The first value is what the row hangs on: a summit, or something of one.
        """
        names = tuple(key)
        scope = _scope(objects.model, names[0], key[names[0]])
        known = (objects.model, names, tuple((name, identity(value)) for name, value in scope.items()))
        if known not in self._found:
            index = self._found[known] = defaultdict(list)
            self._indexes[objects.model].append((names, index))
            made = [step.thing for step in self._steps if step.names is None and type(step.thing) is objects.model]
            for row in [*self.all_of(objects, **scope), *made]:
                index[_key_of(row, names)].append(row)
        rows = self._found[known].get(tuple(map(identity, key.values())), [])
        return [row for row in rows if self.holds(row)]

    def find(self, objects: Any, key: Mapping[str, Any]) -> Any:
        """The row with these values, or None; see :meth:`matching`."""
        return next(iter(self.matching(objects, key)), None)

    def holds(self, thing: Any) -> bool:
        """Whether there is such a row, or will be: not one of a row of the file that was refused."""
        return (thing.pk is not None or id(thing) in self._made) and _who(thing) not in self._gone

    def make(self, thing: Any) -> None:
        """Write a new row."""
        self._steps.append(_Step(self._place, thing, None))
        self._made.add(id(thing))
        self._undo.append(with_(self._made.discard, id(thing)))
        for names, index in self._indexes[type(thing)]:
            index[_key_of(thing, names)].append(thing)

    def change(self, thing: Any, values: Mapping[str, Any], *, also: Iterable[str] = ()) -> None:
        """Set values of a row that is there, or new; ``also`` are columns that set themselves."""
        for name, value in values.items():
            field = thing._meta.get_field(name)
            if thing.pk is not None:
                self._read[type(thing), thing.pk].setdefault(field.attname, getattr(thing, field.attname))
            self._undo.append(_setter(thing, field))
            setattr(thing, name, value)
        self._steps.append(_Step(self._place, thing, (*values, *also)))

    def remove(self, things: Iterable[Any]) -> int:
        """Take rows away; returns how many."""
        gone = list(things)
        for thing in gone:
            self._steps.append(_Step(self._place, thing, ()))
            self._gone.add(_who(thing))
            self._undo.append(with_(self._gone.discard, _who(thing)))
        return len(gone)

    def before(self, verb: Callable[[], None]) -> None:
        """What is done in the transaction before the rows are written, once."""
        self._before.append(verb)

    def after(self, verb: Callable[[], None]) -> None:
        """What follows the rows in the same transaction, once."""
        self._after.append(verb)

    @contextmanager
    def row(self, place: str) -> Iterator[None]:
        """All that is staged inside, or where it raises nothing of it."""
        mark, self._undo, self._place = len(self._steps), [], place
        try:
            yield
        except BaseException:
            for undo in reversed(self._undo):
                undo()
            del self._steps[mark:]
            raise
        finally:
            self._undo, self._place = [], ""

    def prepare(self) -> None:
        """Give new rows their keys and make the SQL that writes them, while nothing is held.

        Not where something is done :meth:`before`: it may give them values yet.
        """
        if self._before:
            return
        self._changes, new = self._changed(), list(_by_model(self._new()))
        self._inserts = []
        for model, rows in new:
            for row, key in zip(rows, reserve(model, len(rows)), strict=True):
                row.pk = key
            self._inserts += inserts(rows)

    def write(self) -> None:
        """Write everything, in few queries. Call it in a transaction.

        Raises :class:`Overtaken`, and one of ``UNFIT`` where the database takes a value not; then nothing must stay.
        """
        for verb in self._before:
            verb()
        changed = self._changed() if self._changes is None else self._changes
        self._refuse_overtaken(changed)
        _delete(step.thing for step in self._steps if step.names == () and step.thing.pk is not None)
        if self._inserts is None:
            for model, rows in _by_model(self._new()):
                model.objects.bulk_create(rows, batch_size=CHUNK)
        else:
            with connection.cursor() as cursor:
                for sql, values in self._inserts:
                    cursor.execute(sql, values)
        for (_model, names), rows in changed.items():
            save_all(rows, names)
        for verb in self._after:
            verb()

    def write_row_by_row(self) -> list[Place]:
        """As :meth:`write`, each row of the file by itself; returns those that the database refuses, each with why."""
        for verb in self._before:
            verb()
        self._refuse_overtaken(self._changed())
        refused = []
        steps: dict[str, list[_Step]] = defaultdict(list)
        for step in self._steps:
            steps[step.place].append(step)
        for place, all_of_one in steps.items():
            try:
                with transaction.atomic():
                    for step in all_of_one:
                        self._write_one(step)
            except UNFIT:
                refused.append((place, unkept()))
                for step in all_of_one:
                    if step.names is None:
                        step.thing.pk = None
        for verb in self._after:
            verb()
        return refused

    def _write_one(self, step: _Step) -> None:
        if step.names is None:
            if _who(step.thing) not in self._gone:
                step.thing.save(force_insert=True)
        elif step.names:
            step.thing.save(update_fields=step.names)
        elif step.thing.pk is not None:
            step.thing.delete()

    def _changed(self) -> Changed:
        """The rows that change, by the columns in which they do."""
        names: dict[tuple[type, Any], dict[str, None]] = defaultdict(dict)
        things = {}
        for step in self._steps:
            if step.names and step.thing.pk is not None and _who(step.thing) not in self._gone:
                known = type(step.thing), step.thing.pk
                things[known] = step.thing
                names[known].update(dict.fromkeys(step.names))
        found: dict[tuple[Any, tuple[str, ...]], list[Any]] = defaultdict(list)
        for known in sorted(things, key=lambda known: (known[0]._meta.label, known[1])):
            found[known[0], tuple(sorted(names[known]))].append(things[known])
        return found

    def _new(self) -> list[Any]:
        return [step.thing for step in self._steps if step.names is None and _who(step.thing) not in self._gone]

    def _refuse_overtaken(self, changed: Changed) -> None:
        """Hold the rows that change; raises :class:`Overtaken` where one is gone or no longer as it was read."""
        read: dict[tuple[type, tuple[str, ...]], dict[Any, tuple[Any, ...]]] = defaultdict(dict)
        for (model, _names), rows in changed.items():
            for row in rows:
                was = self._read.get((model, row.pk), {})
                read[model, tuple(was)][row.pk] = tuple(was.values())
        for (model, names), expected in read.items():
            manager: Any = model
            for chunk in batched(sorted(expected), CHUNK, strict=False):
                rows = manager.objects.select_for_update().filter(pk__in=chunk).order_by("pk")
                if {pk: tuple(values) for pk, *values in rows.values_list("pk", *names)} != {
                    pk: expected[pk] for pk in chunk
                }:
                    raise Overtaken


def import_rows[R: Report](
    prepare: Callable[[], R],
    finish: Callable[[R], None],
    *,
    summit: Summit | None,
    dry_run: bool = False,
    partial: bool = False,
) -> R:
    """Stage a file with ``prepare`` and write it, with what ``finish`` adds, in one short transaction.

    A refusal, unless ``partial``, and a dry run leave nothing. Where others change the same rows meanwhile, the file is
    staged anew. Returns the report of what was, or would have been, written.
    """
    carefully = False
    for _attempt in range(ATTEMPTS):
        report = prepare()
        if dry_run or (report.refused and not partial):
            return report
        try:
            if not carefully:
                report.staging.prepare()
            with transaction.atomic():
                if summit is not None:
                    # Two imports of one summit at once: the second waits here, and finds what the first has written.
                    Summit.objects.select_for_update().filter(pk=summit.pk).first()
                refused: list[Place] = []
                if carefully:
                    refused = report.staging.write_row_by_row()
                else:
                    report.staging.write()
                report.refused += refused
                if refused and not partial:
                    raise Undo
                finish(report)
        except Undo:
            pass
        except Overtaken:
            continue
        except UNFIT:
            if carefully:
                raise
            carefully = True
            continue
        return report
    report.refused.append(
        (_("the whole file"), _("Others changed the same things again and again. Import it once more."))
    )
    return report


def _scope(model: Any, name: str, owner: Any) -> dict[str, Any]:
    """Which rows are read at once: those of the summit that ``owner`` is, or belongs to."""
    if not isinstance(owner, models.Model):
        return {}
    return {f"{name}__summit": owner.summit_id} if hasattr(owner, "summit_id") else {name: owner}


def _key_of(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(
        reference(row, name) if row._meta.get_field(name).is_relation else identity(getattr(row, name))
        for name in names
    )


def _setter(thing: Any, field: Any) -> Callable[[], None]:
    """What sets a value back to what it is now."""
    state = field.is_relation and field.is_cached(thing)
    name = field.name if state else field.attname
    old = getattr(thing, name)
    return with_(setattr, thing, name, old)


def _delete(things: Iterable[Any]) -> None:
    keys: dict[Any, list[Any]] = defaultdict(list)
    for thing in things:
        keys[type(thing)].append(thing.pk)
    for model, pks in keys.items():
        for chunk in batched(pks, CHUNK, strict=False):
            model.objects.filter(pk__in=chunk).delete()


def _by_model(rows: Iterable[Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Rows by their model, in an order in which each finds written what it points to."""
    found: dict[type, list[Any]] = defaultdict(list)
    for row in rows:
        found[type(row)].append(row)
    order: TopologicalSorter[Any] = TopologicalSorter()
    for model in found:
        others = {field.related_model for field in model._meta.concrete_fields if field.is_relation}  # type: ignore[attr-defined]
        order.add(model, *(other for other in others if other in found and other is not model))
    for model in order.static_order():
        yield model, found[model]
