"""Our own import format: JSON, or CSV for flat tables. A dry run reports first; then all rows come in, or none.

A file is one table: ``{"format": "tracks", "version": 1, "tracks": [{…}, …]}``. As CSV the first line names the
columns; a text in several languages has one column per language (``name.ko``, ``name.en``), a list is separated by
``;``. Rows are found again by their key (code, slug, number …), so importing a file twice changes nothing.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from summit.imports.staging import UNFIT, Staging, import_rows, unkept
from summit.lib import csv_rows, json_text
from summit.lib.encodings import as_utf8
from summit.lib.formulas import as_written
from summit.lib.translated import Text, TranslatedField
from summit.models import Summit

VERSION = 1
BROKEN = re.compile("[\x00\ud800-\udfff]")
LARGEST = 20 * 1024 * 1024  # bytes


class Refused(Exception):
    """A row cannot come in; the message says why in words.

    A message about one field has ``%(column)s`` in it, which ``column`` fills in; whoever knows what the field is
    called in the file at hand asks for the message as it reads there (:meth:`message_for`).
    """

    def __init__(self, message: Any, *, column: str = "", **values: Any) -> None:
        self.message, self.column, self.values = message, column, values
        super().__init__(message)

    def __str__(self) -> str:
        return self.message_for({})

    def message_for(self, headings: Mapping[str, str]) -> str:
        """The message, with the field by its heading where it has one."""
        if not self.column:
            return str(self.message)
        named = headings.get(self.column) or self.column
        return str(self.message) % {"column": named, **self.values}


@dataclass(frozen=True, slots=True)
class Row:
    place: str  # "sessions[3]" or "line 5"
    values: dict[str, Any]

    def need(self, name: str) -> Any:
        value = self.values.get(name)
        if value in (None, "", []):
            raise Refused(_("“%(column)s” is missing."), column=name)
        return value

    def get(self, name: str, default: Any = "") -> Any:
        value = self.values.get(name, default)
        return default if value is None else value

    def list(self, name: str) -> list[Any]:
        value = self.get(name, [])
        if isinstance(value, str):
            return [part.strip() for part in value.split(";") if part.strip()]
        if not isinstance(value, list):
            raise Refused(_("“%(column)s” must be a list."), column=name)
        return value

    def words(self, name: str) -> Sequence[str]:
        """A list of codes or names; nothing empty, nothing that is no string."""
        found = self.list(name)
        if not all(isinstance(word, str) and word for word in found):
            raise Refused(_("“%(column)s” must be a list."), column=name)
        return found

    def rows(self, name: str) -> Sequence["Row"]:
        """A list of objects, each read like a row of its own."""
        found = self.list(name)
        if not all(isinstance(values, dict) for values in found):
            raise Refused(_("“%(column)s” must be a list of objects."), column=name)
        return [Row(self.place, values) for values in found]

    def flag(self, name: str) -> bool:
        return self.get(name) in (True, "1", "true", "yes")

    def line(self, name: str) -> str:
        """A text in one piece; "" where there is none. Raises ``Refused`` for anything that is no text."""
        value = self.get(name)
        if not isinstance(value, str):
            raise Refused(_("“%(column)s” must be a text."), column=name)
        return value

    def number(self, name: str) -> int:
        """A whole number, also as the digits of a CSV cell; nothing is 0."""
        value = self.get(name, 0) or 0
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        try:
            return int(value if isinstance(value, str) else "")
        except ValueError as error:
            raise Refused(_("“%(column)s” must be a whole number."), column=name) from error


@dataclass
class Report:
    """What an import did, or would do: counts by table, and each refusal with its place and reason."""

    new: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    same: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    staging: Staging = field(default_factory=Staging, repr=False, compare=False)

    def count(self, what: str, table: str) -> None:
        counts: dict[str, int] = getattr(self, what)
        counts[table] = counts.get(table, 0) + 1

    @property
    def writes(self) -> int:
        """How many rows were made or changed."""
        return sum(self.new.values()) + sum(self.changed.values())

    def lines(self) -> Iterator[str]:
        for table in dict.fromkeys([*self.new, *self.changed, *self.same]):
            yield _("%(table)s: %(new)d new, %(changed)d changed, %(same)d unchanged") % {
                "table": table,
                "new": self.new.get(table, 0),
                "changed": self.changed.get(table, 0),
                "same": self.same.get(table, 0),
            }
        yield from self.refusals()

    def refusals(self) -> Iterator[str]:
        for place, reason in self.refused:
            yield _("Refused, %(place)s: %(reason)s") % {"place": place, "reason": reason}


def read(content: bytes, name: str) -> tuple[str, list[Row], dict[str, Any]]:
    """(format, rows, whole document) of a file; raises :class:`Refused` for a file that cannot be read."""
    if len(content) > LARGEST:
        raise Refused(_("The file is larger than 20 MB."))
    content, _encoding = as_utf8(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(_("The file is not UTF-8 text. Save it as UTF-8 and try again.")) from error
    if name.lower().endswith(".csv"):
        return _read_csv(text, Path(name).stem)
    try:
        document = json_text.parsed(text)
    except json_text.BrokenJson as error:
        raise Refused(str(error)) from error
    kind = document.get("format") if isinstance(document, dict) else None
    if not isinstance(kind, str) or document.get("version") != VERSION:
        raise Refused(_("The file does not begin with “format” and “version”: 1."))
    table = document.get(kind, [])
    if isinstance(table, dict):
        table = [table]
    if not isinstance(table, list) or not all(isinstance(row, dict) for row in table):
        raise Refused(_("“%(format)s” must be a list of objects.") % {"format": kind})
    return kind, [Row(f"{kind}[{n}]", row) for n, row in enumerate(table, 1)], document


def _read_csv(text: str, kind: str) -> tuple[str, list[Row], dict[str, Any]]:
    rows: list[Row] = []
    names: list[str] = []
    try:
        for line, cells in csv_rows.rows(io.StringIO(text, newline=""), csv_rows.separator_of(text)):
            if not any(cell.strip() for cell in cells):
                continue
            if names:
                rows.append(Row(f"line {line}", _named(line, names, cells)))
            else:
                names = [cell.strip() for cell in cells]
                _check_names(names)
    except csv_rows.BrokenRow as error:
        raise Refused(str(error)) from error
    return kind, rows, {}


def _check_names(names: list[str]) -> None:
    """Raises ``Refused`` for a column that stands twice, or with and without a language: one of the two would be lost."""
    for name in names:
        if name and names.count(name) > 1:
            raise Refused(_("“%(column)s” stands in the first line twice. Rename or delete one.") % {"column": name})
        bare, dot, _language = name.partition(".")
        if dot and bare in names:
            raise Refused(_("“%(column)s” stands in the first line with and without a language.") % {"column": bare})


def _named(line: int, names: list[str], cells: list[str]) -> dict[str, Any]:
    """The cells of a row by column, texts by language. Raises ``Refused`` where their number is not that of the names."""
    if len(cells) > len(names):
        raise Refused(_("Line %(line)d has more cells than the first line has names.") % {"line": line})
    if len(cells) < len(names):
        raise Refused(_("Line %(line)d has fewer cells than the first line has names.") % {"line": line})
    values: dict[str, Any] = {}
    for column, cell in zip(names, cells, strict=True):
        name, dot, language = column.partition(".")
        if dot:
            values.setdefault(name, {})[language] = as_written(cell.strip())
        else:
            values[name] = as_written(cell.strip())
    return values


def text(value: Any) -> Text:
    """A text in several languages from a file."""
    if isinstance(value, str):
        raise Refused(_('A text needs a language: {"ko": "…", "en": "…"}.'))
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise Refused(_("A text must be an object with one text per language."))
    return Text({k: v.strip() for k, v in value.items() if v.strip()})


def upsert(
    report: Report, table: str, objects: models.QuerySet[Any], key: dict[str, Any], values: dict[str, Any]
) -> Any:
    """Find a row by ``key`` or make it, set ``values``, validate, stage it to be written, and count what happened.

    The first of ``key`` is what the row hangs on.
    """
    key = {name: fitting(objects.model, name, value) for name, value in key.items()}
    return put(report, table, objects.model, report.staging.find(objects, key), key, values)


def put(  # noqa: PLR0917  the order is that of upsert
    report: Report, table: str, model: Any, found: Any, key: dict[str, Any], values: dict[str, Any]
) -> Any:
    """As :func:`upsert`, with the row that was ``found``, None for a new one."""
    thing = found or model(**{name: fitting(model, name, value) for name, value in key.items()})
    changes = _changes(model, found, values)
    if found is not None and not changes:
        report.count("same", table)
        return thing
    if found is None:
        for name, value in changes.items():
            setattr(thing, name, value)
    else:
        touched = [f.name for f in thing._meta.concrete_fields if getattr(f, "auto_now", False)]
        report.staging.change(thing, changes, also=touched)
    _validate(thing)
    if found is None:
        report.staging.make(thing)
    report.count("new" if found is None else "changed", table)
    return thing


def _changes(model: Any, found: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The values that differ from those of the row that was found."""
    changes = {}
    for name, raw in values.items():
        value = fitting(model, name, raw)
        if found is None:
            changes[name] = value
            continue
        field = model._meta.get_field(name)
        if field.is_relation and not field.is_cached(found):
            # Asking for the other row only to compare it would be a query for each.
            if getattr(found, field.attname) != getattr(value, "pk", None) or (value is not None and value.pk is None):
                changes[name] = value
            continue
        old = getattr(found, name)
        if old != value:
            # A translation that stays while its source changes is outdated from now on.
            changes[name] = old.revised(value).only(value) if isinstance(old, Text) else value
    return changes


def _validate(thing: models.Model) -> None:
    try:
        # Rows a loader hands over were just read; asking for each again would be half of an import.
        rows = {field.name for field in thing._meta.concrete_fields if field.is_relation}
        thing.full_clean(exclude=rows, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        # One at a time, so that each can be told by the name its column has in the file.
        name, messages = next(iter(error.message_dict.items()))
        if name == NON_FIELD_ERRORS:
            raise Refused(" ".join(messages)) from error
        raise Refused("%(column)s: %(reason)s", column=name, reason=" ".join(messages)) from error


def fitting(model: type[models.Model], name: str, value: Any) -> Any:
    """A file's value as the column keeps it: the "5" of a CSV cell equals the stored 5. A wrong kind is refused."""
    column: Any = model._meta.get_field(name)
    if value is None or isinstance(value, models.Model):
        return value
    if isinstance(column, TranslatedField):
        return value if isinstance(value, Text) else text(value or {})
    if isinstance(column, (models.CharField, models.TextField)):
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise Refused(_("“%(column)s” must be a text."), column=name)
        value = str(value)
    elif isinstance(column, models.IntegerField) and isinstance(value, (bool, float)):
        raise Refused(_("“%(column)s” must be a whole number."), column=name)
    try:
        return column.to_python(value)
    except ValidationError as error:
        raise Refused("%(column)s: %(reason)s", column=name, reason=reasons(error)) from error


def reasons(error: ValidationError) -> str:
    if hasattr(error, "error_dict"):
        return " ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
    return " ".join(error.messages)


Loader = Callable[[Report, Row], None]


def run(
    files: list[tuple[str, bytes]], loaders: dict[str, Loader], *, dry_run: bool = False, summit: Summit | None = None
) -> Report:
    """Bring all rows of all files in, each by the loader of its table. One refusal, or a dry run: nothing stays.

    ``summit`` is the one the rows belong to; its public answers are stale from then on.
    """

    def prepare() -> Report:
        report = Report()
        for name, content in files:
            _run_file(report, loaders, name, content)
        return report

    def finish(_report: Report) -> None:
        if summit is not None:
            summit.raise_revision()

    return import_rows(prepare, finish, summit=summit, dry_run=dry_run)


def _run_file(report: Report, loaders: dict[str, Loader], name: str, content: bytes) -> None:
    try:
        kind, rows, document = read(content, name)
        if kind not in loaders:
            known = ", ".join(sorted(loaders))
            raise Refused(_("“%(format)s” is not read here; known are: %(known)s.") % {"format": kind, "known": known})
    except Refused as refused:
        report.refused.append((name, str(refused)))
        return
    # One document may hold several tables (venues and rooms beside the summit).
    tables = [(kind, rows)] + [
        (extra, [Row(f"{extra}[{n}]", row) for n, row in enumerate(document[extra], 1)])
        for extra in loaders
        if extra != kind and isinstance(document.get(extra), list)
    ]
    for table, table_rows in tables:
        for row in table_rows:
            place = f"{Path(name).name}, {row.place}"
            if reason := _load(report, loaders[table], row, place):
                report.refused.append((place, reason))


def _strings(value: Any) -> Iterator[str]:
    """Every string in a value from a file, however deep."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, (dict, list)):
            waiting.extend([*part, *part.values()] if isinstance(part, dict) else part)


def _load(report: Report, loader: Loader, row: Row, place: str) -> str:
    """Stage one row; returns why it was refused, or ""."""
    try:
        if not isinstance(row.values, dict):
            raise Refused(_("A row must be an object."))
        if any(BROKEN.search(word) for word in _strings(row.values)):
            raise Refused(_("A text holds characters that cannot be kept: NUL, or half of a Unicode pair."))
        with report.staging.row(place):
            loader(report, row)
    except Refused as refused:
        return str(refused)
    # A number no column holds, a moment before the year 1: what is noticed only here is the file's fault as well.
    except UNFIT:
        return unkept()
    return ""
