"""The lists of the workspace: rows that are searched, filtered, sorted, edited in place, acted on and exported.

An app says what its list is (:class:`ListKind`: columns, filters, actions); a :class:`Listing` is one reader's look at
it, read from the address. What is exported is what is shown: the same columns, filters and order, of all pages.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page
from django.db.models import QuerySet, Value
from django.db.models import TextField as TextColumn
from django.utils.functional import cached_property
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from summit.lib import finding
from summit.lib.batches import keys_of, page_of, rows_at
from summit.lib.pages import page_number
from summit.lib.spreadsheets import Cell, Rows, Table
from summit.lib.spreadsheets import Column as SheetColumn
from summit.lib.translated import Text
from summit.lists.cell_rendering import exported, link_or_text, shown
from summit.lists.list_form import ListForm
from summit.models import HistoryEntry, Right, Summit, User

PAGE, CHUNK = 50, 250  # rows of a page, and rows of an export that are in memory at once
EMPTY = Value("", output_field=TextColumn())
Rights = frozenset[Right]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``value`` reads the cell from a row; ``draw`` shows what is more than a value, and is not exported.

    ``sort`` makes the expressions to order by; where each row ``always`` has them, an index can give the order. ``field`` makes the form field for editing in place; ``writes`` is what
    it sets where that is not ``name``. ``seen_by`` are the rights to see it (none: whoever sees the list),
    ``circle`` those it is for besides (:attr:`ListKind.circles`; "": all of them), ``edited_by`` those to edit it (none: whoever may edit the row), and with ``text`` those who write texts only may
    edit it, too. ``may`` says of a row whether there is anything to edit in it.
    """

    name: str
    label: Any
    value: Callable[[Any], Any] = str
    sort: Callable[[], list[Any]] | None = None
    always: bool = False
    shown: bool = True
    number: bool = False
    head: bool = False
    field: Callable[[Summit], forms.Field] | None = None
    writes: str = ""
    text: bool = False
    seen_by: Rights = frozenset()
    edited_by: Rights = frozenset()
    circle: str = ""
    draw: Callable[[Any, "Listing"], SafeString] | None = None
    may: Callable[[Any], bool] = lambda _row: True

    @property
    def written(self) -> str:
        return self.writes or self.name

    def made(self, summit: Summit) -> forms.Field:
        """The form field for editing; ``LookupError`` where the column has none."""
        if self.field is None:
            raise LookupError(self.name)
        return self.field(summit)


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows a list. ``choices`` makes pairs of value and label, ``apply`` narrows the rows.

    Where it is no choice, ``field`` makes the form field, and ``said`` puts a value into words.
    """

    name: str
    label: Any
    choices: Callable[[Summit], Iterable[tuple[str, Any]]]
    apply: Callable[[QuerySet[Any], str, Summit], QuerySet[Any]]
    seen_by: Rights = frozenset()
    circle: str = ""
    field: Callable[[], forms.Field] | None = None
    said: Callable[[str], str] = str

    def made(self, summit: Summit) -> forms.Field:
        if self.field is not None:
            return self.field()
        choices = [("", _("All")), *((value, str(label)) for value, label in self.choices(summit))]
        return forms.ChoiceField(label=self.label, required=False, choices=choices)


@dataclass(frozen=True, slots=True)
class Begin:
    """A way to put something into a list: the page it leads to (a URL name), and the rights it asks for (one of them)."""

    address: str
    label: Any
    rights: Rights
    query: str = ""


def _no_rows_edited(_user: User, _summit: Summit, _rights: Rights, _texts: bool) -> Any:
    return HistoryEntry.objects.none()


def _nobody_saves(row: Any, _values: dict[str, Any], _token: str, _by: User) -> Any:
    raise LookupError(f"{row!r} is in a list that is only read")


@dataclass(frozen=True, slots=True)
class ListKind:
    """What a list is. ``address`` is the URL name of its page, ``detail`` that of a row's own (which may not exist).

    ``rows`` makes all rows as the list needs them, in a fixed number of queries; ``order`` is the usual order.
    ``searched`` are the columns words are looked for in, ``searched_beside`` those of related rows. ``edited`` makes
    the rows somebody may change (with ``texts``: whose texts they may write); ``save`` writes what was typed in a cell
    if ``token``, the state the form was made from, still is the row's; a list without them is only read.
    ``begins`` are the ways to put something into it, the first its primary one; ``holds`` says to whoever finds it
    empty what it will hold. ``views`` are views it suggests: a label, and the query of their address. ``search`` finds
    words in its own way, ``totals`` says what all rows come to, ``table`` makes another table than what is shown for
    exports, and ``taken_along`` writes down that somebody took one. ``complete`` gives the rows of a page what their
    cells need beside them, in a fixed number of queries; ``looked`` hears which rows a reader is shown. ``more_filters``
    are a summit's own. ``circles`` says to which of those its columns and filters are for somebody belongs.
    """

    name: str
    title: Any
    address: str
    detail: str
    rows: Callable[[Summit], QuerySet[Any]]
    columns: Callable[[Summit], list[Column]]
    counted: Callable[[int], str]
    empty: Any
    order: tuple[Any, ...]
    edited: Callable[[User, Summit, Rights, bool], QuerySet[Any]] = _no_rows_edited
    save: Callable[[Any, dict[str, Any], str, User], Any] = _nobody_saves
    token: Callable[[Any, str], str] = lambda _row, _column: ""
    holds: Any = ""
    begins: tuple[Begin, ...] = ()
    views: tuple[tuple[Any, str], ...] = ()
    note: Any = ""  # a sentence beside the title
    exported: Any = ""  # what an export holds, where that is not what is shown
    seen_by: Rights = frozenset({Right.WORKSPACE})
    search: Callable[[QuerySet[Any], str, Summit], QuerySet[Any]] | None = None
    searches: int = 120  # a minute and person
    totals: Callable[[Summit], str] = lambda _summit: ""
    table: Callable[["Listing"], Table] | None = None
    taken_along: Callable[[Summit, Table, User], None] = lambda _summit, _table, _by: None
    complete: Callable[[list[Any], Summit], None] = lambda _rows, _summit: None
    looked: Callable[["Listing", list[Any]], None] = lambda _listing, _rows: None
    circles: Callable[[User, Summit], Collection[str]] = lambda _user, _summit: ()
    filters: tuple[Filter, ...] = ()
    more_filters: Callable[[Summit], Iterable[Filter]] = lambda _summit: ()
    searched: tuple[str, ...] = ()
    searched_beside: tuple[str, ...] = ()
    key: str = "code"
    actions: list[Any] = field(default_factory=list)

    @property
    def is_read_only(self) -> bool:
        return self.save is _nobody_saves


class Listing:
    """One reader's look at a list: what the address asks for, as far as it makes sense; the rest is as usual."""

    def __init__(self, kind: ListKind, summit: Summit, request: Any) -> None:
        """``request`` is one that signed in, or a :class:`summit.lists.exporting.Reader`."""
        self.kind, self.summit, self.request = kind, summit, request
        self.rights, self.user, asked = request.rights, request.user, request.GET
        self.columns = [column for column in kind.columns(summit) if self._sees(column.seen_by, column.circle)]
        self.filters = [
            each for each in [*kind.filters, *kind.more_filters(summit)] if self._sees(each.seen_by, each.circle)
        ]
        heads = [column.name for column in self.columns if column.head]
        self.usual = [column.name for column in self.columns if column.shown or column.head]
        kept = self._of(self.user.columns.get(kind.name, []), heads) or self.usual
        self.chosen = self._of(asked.getlist("show"), heads) or kept
        data = asked.copy()
        data.setlist("show", [name for name in self.chosen if name not in heads])
        self.form = ListForm(self, data)
        self.form.is_valid()
        self.parameters: dict[str, Any] = {
            name: str(value) for name, value in self.form.cleaned_data.items() if value and name not in {"show", "sort"}
        }
        if self.chosen != kept:
            self.parameters["show"] = [name for name in self.chosen if name not in heads]
        self.sort = asked.get("sort", "") if self._sorter(asked.get("sort", "")) else ""
        if self.sort:
            self.parameters["sort"] = self.sort
        self.number = page_number(asked.get("page"))
        self._editable: dict[bool, set[int]] = {}
        self._looked_at: list[int] | None = None
        self._known: dict[str, Any] = {}
        self.told: Callable[[int], None] = lambda _done: None  # how far a table is, in rows

    def _of(self, names: Iterable[str], heads: list[str]) -> list[str]:
        """Of these columns those there are, in the list's order and with its heads; none where that is heads only."""
        wanted = {*names, *heads}
        found = [column.name for column in self.columns if column.name in wanted]
        return found if len(found) > len(heads) else []

    def remember_columns(self, names: Iterable[str]) -> None:
        """These columns (none: the usual ones) are what this reader sees of the list, wherever they sign in.

        What cannot be seen of this summit, and was chosen looking at another, stays chosen.
        """
        heads, known = [column.name for column in self.columns if column.head], {column.name for column in self.columns}
        chosen = self._of(names, heads) or self.usual
        unseen = [name for name in self.user.columns.get(self.kind.name, []) if name not in known]
        kept = {name: columns for name, columns in self.user.columns.items() if name != self.kind.name}
        if unseen or chosen != self.usual:
            kept[self.kind.name] = [*chosen, *unseen]
        self.user.columns = kept
        self.user.save(update_fields=["columns"])
        self.parameters.pop("show", None)

    def sortings(self) -> list[tuple[str, str]]:
        """All orders the list can have, each way, as a form offers them."""
        sortable = [column for column in self.columns if column.sort]
        return [("", str(_("The usual order")))] + [
            (f"{way}{column.name}", f"{column.label} {sign}")
            for column in sortable
            for way, sign in (("", "↑"), ("-", "↓"))
        ]

    @property
    def everything(self) -> str:
        return str(_("All"))

    @property
    def narrowing(self) -> list[tuple[str, str, str]]:
        """The filters that are set, as (label, value in words, query without it)."""
        said = []
        for each in self.filters:
            if value := self.parameters.get(each.name):
                words = dict(getattr(self.form.fields[each.name], "choices", ())).get(value) or each.said(value)
                said.append((str(each.label), str(words), self.query(**{each.name: ""})))
        return said

    @property
    def begins(self) -> list[Begin]:
        """The ways to put something into the list that are this reader's."""
        return [each for each in self.kind.begins if self._sees(each.rights)]

    def _sees(self, rights: Rights, circle: str = "") -> bool:
        return (not rights or not rights.isdisjoint(self.rights)) and (not circle or circle in self._circles)

    @cached_property
    def _circles(self) -> Collection[str]:
        return self.kind.circles(self.user, self.summit)

    def _sorter(self, sort: str) -> Column | None:
        name = sort.removeprefix("-")
        return next((column for column in self.columns if column.name == name and column.sort), None)

    @property
    def shown_columns(self) -> list[Column]:
        return [column for column in self.columns if column.name in self.chosen]

    @property
    def is_narrowed(self) -> bool:
        return not self.parameters.keys() <= {"show", "sort"}

    @property
    def is_filtered(self) -> bool:
        return any(each.name in self.parameters for each in self.filters)

    def query(self, **changes: Any) -> str:
        """The address' query with some of it changed, "" where nothing is asked for; None or "" takes one away.

        The first page is that of an address that names none.
        """
        merged = {**self.parameters, **changes} | ({"page": ""} if changes.get("page") == 1 else {})
        return urlencode({name: value for name, value in merged.items() if value not in (None, "", [])}, doseq=True)

    # rows

    def rows(self) -> QuerySet[Any]:
        """All rows that are asked for, in the order that is asked for."""
        rows = self.kind.rows(self.summit)
        for each in self.filters:
            if value := self.parameters.get(each.name):
                rows = each.apply(rows, value, self.summit)
        if self.kind.search is not None:
            rows = self.kind.search(rows, self.parameters.get("q", ""), self.summit)
        elif words := finding.words_of(self.parameters.get("q", "")):
            rows = rows.filter(pk__in=self._found(rows, words))
        column = self._sorter(self.sort)
        if column is None or column.sort is None:
            return rows.order_by(*self.kind.order)
        down, last = self.sort.startswith("-"), None if column.always else True
        by = [e.desc(nulls_last=last) if down else e.asc(nulls_last=last) for e in column.sort()]
        return rows.order_by(*by, *self.kind.order, "pk")

    def _found(self, rows: QuerySet[Any], words: list[str]) -> list[int]:
        """The rows that have all words, in any language or script."""
        texts: dict[int, list[str]] = defaultdict(list)
        plain = rows.order_by()
        beside = [(path,) for path in self.kind.searched_beside]
        for paths in [self.kind.searched, *beside]:
            for pk, *values in plain.values_list("pk", *paths):
                for value in values:
                    texts[pk] += value.values() if isinstance(value, Text) else [str(value)] if value else []
        return [pk for pk, parts in texts.items() if finding.has_words(parts, words)]

    def page(self) -> Page[Any]:
        return page_of(self.rows(), self.number, PAGE)

    # editing

    def may_edit(self, column: Column, row: Any) -> bool:
        allowed = column.field is not None and self._sees(column.edited_by) and column.may(row)
        return allowed and row.pk in self.editable(column.text)

    def look_at(self, rows: Iterable[Any]) -> None:
        """What this reader may change is asked of these rows alone from now on: a page, not all there are."""
        self._looked_at, self._editable = [row.pk for row in rows], {}

    def editable(self, texts: bool) -> Any:
        """The keys of the rows this reader may change; where only texts are asked for, of those they may write."""
        if texts not in self._editable:
            rows = self._edited(texts)
            if self._looked_at is not None:
                rows = rows.filter(pk__in=self._looked_at)
            self._editable[texts] = set(rows.order_by().values_list("pk", flat=True))
        return self._editable[texts]

    def _edited(self, texts: bool) -> QuerySet[Any]:
        return self.kind.edited(self.user, self.summit, self.rights, texts)

    @property
    def may_act(self) -> bool:
        if not self.actions:
            return False
        return bool(self._editable.get(False)) or self.once("may_act", lambda: self._edited(False).order_by().exists())

    @property
    def actions(self) -> list[Any]:
        """What this reader may do to many rows."""
        return [action for action in self.kind.actions if self._sees(action.rights)]

    # export

    def table(self) -> Table:
        """What is shown, of all pages, as a spreadsheet has it."""
        if self.kind.table is not None:
            return self.kind.table(self)
        columns = [column for column in self.shown_columns if column.draw is None]
        head = [SheetColumn(str(column.label), "string", "") for column in columns]

        def cells(rows: list[Any]) -> Iterator[list[Cell]]:
            self.kind.complete(rows, self.summit)
            return ([exported(column.value(row), self.summit) for column in columns] for row in rows)

        return Table(self.kind.name, str(self.kind.title), (self.kind.key,), head, self.made_of(cells))

    def made_of(self, cells: Callable[[list[Any]], Iterable[list[Cell]]]) -> Rows:
        """The rows of all pages as ``cells`` makes them of some hundreds at a time, when they are asked for."""
        keys = keys_of(self.rows())
        return Rows(chain.from_iterable(map(cells, self._chunks(keys))), len(keys))

    def _chunks(self, keys: list[Any]) -> Iterator[list[Any]]:
        """Some hundred rows at a time; who waits is told how far it is."""
        number = 0
        for rows in rows_at(self.rows(), keys, CHUNK):
            yield rows
            number += len(rows)
            self.told(number)

    # cells

    def once(self, name: str, find: Callable[[], Any]) -> Any:
        """What cells of many rows need, found once for all of them."""
        if name not in self._known:
            self._known[name] = find()
        return self._known[name]

    def cell(self, row: Any, column: Column) -> SafeString:
        if column.draw is not None:
            return column.draw(row, self)
        raw = column.value(row)
        value = shown(raw, self.summit) if not column.head or not isinstance(raw, str) else conditional_escape(raw)
        if column.head:
            return link_or_text(value, self.kind.detail, self.summit.code, getattr(row, self.kind.key))
        return value
