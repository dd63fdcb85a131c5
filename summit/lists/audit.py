"""The workspace's list of all changes; nobody edits it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit import audit, history
from summit.lib import times
from summit.lib.fields import this_century
from summit.lib.spreadsheets import Cell, Table
from summit.lib.spreadsheets import Column as SheetColumn
from summit.lib.translated import active_language
from summit.lists.cell_rendering import Lines
from summit.lists.listing import Column, Filter, Listing, ListKind
from summit.lists.pieces import by, by_words, narrowed_by
from summit.models import HistoryEntry, Right, Summit, User

NOBODY = "nobody"
# What changed is shown at once up to so many letters; all of it unfolds.
AT_ONCE = 90


def rows(summit: Summit) -> QuerySet[HistoryEntry]:
    return HistoryEntry.objects.filter(summit=summit).select_related("by")


def complete(entries: list[Any], summit: Summit) -> None:
    for entry, line in zip(entries, audit.complete(entries, summit), strict=True):
        entry.line = line


def _thing(entry: Any) -> Lines:
    line = entry.line
    name = format_html('<a href="{}">{}</a>', line.address, line.name) if line.address and line.name else line.name
    return Lines((name, line.kind))


def _changes(entry: Any, _listing: Listing) -> SafeString:
    changes = entry.line.changes
    long = sum(len(part) for change in changes for part in change) > AT_ONCE
    context = {"changes": changes, "first": changes[:1], "more": len(changes) - 1, "folds": len(changes) > 1 or long}
    return render_to_string("summit/lists/_changes.html", context)


def columns(summit: Summit) -> list[Column]:
    return [
        Column("at", gettext_lazy("When"), attrgetter("at"), by("at"), head=True),
        Column("who", gettext_lazy("Who"), attrgetter("line.who"), by_words("by__name")),
        Column("email", gettext_lazy("E-mail address"), attrgetter("line.email"), by_words("by__email"), shown=False),
        Column("action", gettext_lazy("Action"), attrgetter("line.label"), by("action")),
        Column("thing", gettext_lazy("Thing"), _thing, by_words("subject_name")),
        Column("changes", gettext_lazy("What changed"), draw=_changes),
        Column("place", gettext_lazy("From where"), attrgetter("line.place"), by("place"), shown=False),
    ]


def _people(summit: Summit) -> list[tuple[str, str]]:
    people = User.objects.filter(pk__in=rows(summit).order_by().values("by")).order_by("name", "email")
    return [(NOBODY, _("Nobody signed in")), *((str(user.pk), str(user)) for user in people)]


def _by(found: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    return found.filter(by=None) if value == NOBODY else found.filter(by=value)


def _called(found: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    """Lines of this action, and of those that have the same name: what is added to one table and to another."""
    occurring = rows(summit).order_by().values_list("action", flat=True).distinct()
    same = [action for action in occurring if history.label(action) == history.label(value)]
    return found.filter(action__in=same)


def _occurring(column: str, label: Callable[[str], str]) -> Callable[[Summit], list[tuple[str, str]]]:
    """What occurs in the history, each name once."""

    def choices(summit: Summit) -> list[tuple[str, str]]:
        values = rows(summit).order_by().values_list(column, flat=True).distinct()
        named = {label(value): value for value in sorted(values, reverse=True)}
        return sorted(((value, name) for name, value in named.items()), key=lambda pair: pair[1])

    return choices


def _day(label: Any) -> Callable[[], forms.Field]:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return lambda: forms.DateField(label=label, required=False, validators=[this_century], widget=widget)


def _days(name: str, label: Any, apply: Callable[[QuerySet[Any], datetime], QuerySet[Any]]) -> Filter:
    """From or until a day of the summit's zone: ``apply`` gets the moment it begins."""

    def narrowed(found: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
        return apply(found, datetime.combine(date.fromisoformat(value), time(), tzinfo=summit.tz))

    return Filter(name, label, lambda _summit: [], narrowed, field=_day(label),
                  said=lambda value: times.date_label(date.fromisoformat(value), active_language()))  # fmt: skip


def _table(listing: Listing) -> Table:
    """All facts of each change, whatever is shown of them."""
    summit = listing.summit

    def cells(entries: list[Any]) -> list[list[Cell]]:
        lines = audit.complete(entries, summit, longest=None)
        return [audit.cells(entry, line, summit) for entry, line in zip(entries, lines, strict=True)]

    head = [SheetColumn(name, "string", "") for name in audit.COLUMNS]
    return Table("history", str(HISTORY.title), (), head, listing.made_of(cells))


HISTORY = ListKind(
    name="history",
    title=gettext_lazy("History"),
    address="summit:audit",
    detail="",
    key="id",
    seen_by=frozenset({Right.AUDIT}),
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d change", "%(n)d changes", n) % {"n": n},
    empty=gettext_lazy("Nothing has been changed yet."),
    holds=gettext_lazy("Whatever somebody changes in this summit stands here, from the first change on."),
    note=gettext_lazy("Every change with who, when and from where. Nobody can edit this record."),
    order=("-at", "-pk"),
    complete=complete,
    search=audit.search,
    searches=60,
    table=_table,
    filters=(
        Filter("who", gettext_lazy("Who"), _people, _by),
        Filter("action", gettext_lazy("Action"), _occurring("action", history.label), _called),
        Filter("kind", gettext_lazy("Kind of thing"), _occurring("subject_kind", audit.kind_label), narrowed_by("subject_kind")),
        _days("since", gettext_lazy("From"), lambda found, day: found.filter(at__gte=day)),
        _days("until", gettext_lazy("Until"), lambda found, day: found.filter(at__lt=day + timedelta(days=1))),
    ),
)  # fmt: skip
