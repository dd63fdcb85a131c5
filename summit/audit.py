"""The whole history of a summit as people look through it: filtered, in words, as a page or a table."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from django import forms
from django.apps import apps
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.lib import times
from summit.lib.fields import this_century
from summit.lib.formulas import neutral
from summit.lib.text import clean_line
from summit.lib.translated import languages
from summit.models import HistoryEntry, Summit, User

DOORS = {
    "page": _("Web page"),
    "api": _("Programming interface"),
    "admin": _("Operators' admin"),
    history.SERVER: _("On the server"),
}
# What a value may take up on the page; the table has all of it.
SHOWN = 400
BOM = "\ufeff"
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words; ``changes`` are (field, before, after)."""

    at: datetime
    who: str
    email: str
    action: str
    label: str
    kind: str
    name: str
    place: str
    changes: list[tuple[str, str, str]]
    address: str = ""


def kind_label(kind: str) -> str:
    """What people call a kind of thing; a kind that is no more is shown as it was stored."""
    try:
        return capfirst(str(apps.get_model(kind)._meta.verbose_name))
    except (LookupError, ValueError):
        return kind


def place_label(place: str) -> str:
    door, _space, network = place.partition(" ")
    return " · ".join(part for part in (str(DOORS.get(door, door)), network) if part)


class AuditForm(forms.Form):
    """Search and filters, all in the address; one that makes no sense counts as not given."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"}))  # fmt: skip
    who = forms.ChoiceField(label=_("Who"), required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    kind = forms.ChoiceField(label=_("Kind of thing"), required=False)
    since = forms.DateField(label=_("From"), required=False, validators=[this_century], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
    until = forms.DateField(label=_("Until"), required=False, validators=[this_century], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit, self.all = summit, HistoryEntry.objects.filter(summit=summit)
        people = User.objects.filter(pk__in=self.all.order_by().values("by")).order_by("name", "email")
        actions = self.all.order_by().values_list("action", flat=True).distinct()
        kinds = self.all.order_by().values_list("subject_kind", flat=True).distinct()
        anybody: list[tuple[str, Any]] = [("", _("All"))]
        self._choose(
            "who", [*anybody, (NOBODY, _("Nobody signed in")), *((str(user.pk), str(user)) for user in people)]
        )
        self._choose("action", [*anybody, *_sorted((action, history.label(action)) for action in actions)])
        self.kinds = list(kinds)
        self._choose("kind", [*anybody, *_sorted((kind, kind_label(kind)) for kind in kinds)])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _coded(self, word: str) -> Q:
        """Entries about what is known by this code, as lists and addresses show it."""
        found = Q()
        for kind in self.kinds:
            try:
                model = apps.get_model(kind)
            except (LookupError, ValueError):
                continue
            columns = {field.name for field in model._meta.concrete_fields}
            for name in columns & {"code", "slug", "reference"} if "summit" in columns else ():
                rows = model._default_manager.filter(summit=self.summit, **{f"{name}__iexact": word})
                keys = [str(key) for key in rows.values_list("pk", flat=True)]
                found |= Q(subject_kind=kind, subject_key__in=keys) if keys else Q()
        return found

    def rows(self) -> models.QuerySet[HistoryEntry]:
        """What was asked for, newest first."""
        self.is_valid()
        data, rows = self.cleaned_data, self.all.select_related("by")
        for word in clean_line(data.get("q") or "").split()[:6]:
            # SQLite keeps JSON in ASCII, PostgreSQL does not.
            said = Q(changes__icontains=word) | Q(changes__icontains=json.dumps(word)[1:-1])
            rows = rows.filter(Q(subject_name__icontains=word) | Q(subject_key=word) | said | self._coded(word))
        if who := data.get("who"):
            rows = rows.filter(by=None) if who == NOBODY else rows.filter(by=who)
        for name, column in (("action", "action"), ("kind", "subject_kind")):
            if value := data.get(name):
                rows = rows.filter(**{column: value})
        if since := data.get("since"):
            rows = rows.filter(at__gte=datetime.combine(since, time(), tzinfo=self.summit.tz))
        if until := data.get("until"):
            past = datetime.combine(until, time(), tzinfo=self.summit.tz) + timedelta(days=1)
            rows = rows.filter(at__lt=past)
        return rows.order_by("-at", "-pk")


def _sorted(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: pair[1])


# The page of each kind of thing, and by what of it its address names it; the apps above are known by name only.
PAGES = {
    "agenda.session": ("sessions:organiser-session", "code"),
    "agenda.track": ("sessions:organiser-track", "slug"),
    "speakers.speaker": ("speakers:organiser-person", "code"),
    "speakers.organisation": ("speakers:organiser-organisation", "code"),
    "summit.room": ("summit:organiser-room", "code"),
    "summit.page": ("summit:organiser-page", "slug"),
    "summit.membershipfigure": ("summit:figure", "pk"),
    "summit.membercountry": ("summit:member-country", "pk"),
    "summit.chair": ("summit:chair", "pk"),
    "summit.committeemember": ("summit:committee-member", "pk"),
    "summit.actionplan": ("summit:plan", "pk"),
    "registration.registration": ("registration:registration", "guid"),
    "registration.question": ("registration:question", "pk"),
}


def addresses(entries: Iterable[HistoryEntry], summit: Summit) -> dict[tuple[str, str], str]:
    """Where the things of these entries have their pages, by kind and key; those that are gone have none."""
    keys: dict[str, set[str]] = {}
    for entry in entries:
        if entry.subject_kind in PAGES and entry.subject_key.isdigit():
            keys.setdefault(entry.subject_kind, set()).add(entry.subject_key)
    found = {}
    for kind, wanted in keys.items():
        name, column = PAGES[kind]
        rows = apps.get_model(kind)._default_manager.filter(summit=summit, pk__in=wanted)
        for pk, key in rows.values_list("pk", column):
            found[kind, str(pk)] = reverse(name, args=[summit.code, key])
    return found


def lines(
    entries: Iterable[HistoryEntry],
    summit: Summit,
    *,
    longest: int | None = SHOWN,
    known: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> Iterator[Line]:
    """Entries in the active language; values longer than ``longest`` letters are cut. ``known`` are :func:`addresses`."""
    for entry in entries:
        yield Line(
            at=entry.at,
            who=str(entry.by) if entry.by else "",
            email=entry.by.email if entry.by else "",
            action=entry.action,
            label=history.label(entry.action),
            kind=kind_label(entry.subject_kind),
            name=entry.subject_name,
            place=place_label(entry.place),
            changes=[
                (str(name), _cut(in_words(before, summit), longest), _cut(in_words(after, summit), longest))
                for name, (before, after) in _labelled(entry)
            ],
            address=known.get((entry.subject_kind, entry.subject_key), ""),
        )


def _labelled(entry: HistoryEntry) -> list[tuple[Any, Any]]:
    try:
        model = apps.get_model(entry.subject_kind)
    except (LookupError, ValueError):
        return list(entry.changes.items())
    [described] = history.described([entry], model)
    return list(described["labelled"])


def in_words(value: Any, summit: Summit) -> str:
    """A stored value as people read it: texts by language, moments in the summit's time, yes and no."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(in_words(item, summit) for item in value)
    if isinstance(value, dict):
        # PostgreSQL keeps keys in an order of its own; a text's languages have theirs.
        keys = [*(code for code in languages() if code in value), *(key for key in value if key not in languages())]
        said = [f"{key}: {in_words(value[key], summit)}" for key in keys if value[key]]
        return "; ".join(said) or "–"
    return times.in_zone(str(value), summit.tz)


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else f"{text[:longest].rstrip()}…"


COLUMNS = ("at", "who", "email", "action", "label", "kind", "name", "place", "changes", "raw")


def table(rows: models.QuerySet[HistoryEntry], summit: Summit) -> Iterator[str]:
    """The same as CSV, piece by piece: UTF-8 with a byte order mark, CRLF, nothing a spreadsheet would run."""
    yield BOM + _row(COLUMNS)
    for entry in rows.iterator(chunk_size=1000):
        [line] = lines([entry], summit, longest=None)
        said = "\n".join(f"{name}: {before} → {after}" for name, before, after in line.changes)
        raw = json.dumps(entry.changes, ensure_ascii=False)
        at = entry.at.astimezone(summit.tz).isoformat(timespec="seconds")
        yield _row([at, line.who, line.email, line.action, line.label, line.kind, line.name, entry.place, said, raw])


def _row(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutral(cell) for cell in cells])
    return out.getvalue()
