"""The whole history of a summit as people look through it: filtered, in words, as a page or a table."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.lib import countries, times
from summit.lib.spreadsheets import Cell
from summit.lib.text import clean_line
from summit.lib.translated import TranslatedField, active_language, languages, own_name
from summit.models import HistoryEntry, Summit

DOORS = {
    "page": _("Web page"),
    "api": _("Programming interface"),
    "admin": _("Operators' admin"),
    history.SERVER: _("On the server"),
}
# What a value may take up on the page; the table has all of it.
SHOWN = 400


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


# Kinds under names of earlier releases: a line of history stays as it was written.
FORMER_KINDS = {"summit.membercountry": "summit.membergovernment"}


def _present(kind: str) -> str:
    return FORMER_KINDS.get(kind, kind)


def kind_label(kind: str) -> str:
    """What people call a kind of thing; a kind that is no more is shown as it was stored."""
    model = _model(kind)
    return kind if model is None else capfirst(str(model._meta.verbose_name))


def place_label(place: str) -> str:
    door, _space, network = place.partition(" ")
    return " · ".join(part for part in (str(DOORS.get(door, door)), network) if part)


def search(rows: models.QuerySet[HistoryEntry], words: str, summit: Summit) -> models.QuerySet[HistoryEntry]:
    """Entries in which all words are: in the name of a thing, a value, or the code a thing is known by."""
    kinds = list(rows.order_by().values_list("subject_kind", flat=True).distinct()) if words else []
    for word in clean_line(words).split()[:6]:
        # SQLite keeps JSON in ASCII, PostgreSQL does not.
        said = Q(changes__icontains=word) | Q(changes__icontains=json.dumps(word)[1:-1])
        rows = rows.filter(Q(subject_name__icontains=word) | Q(subject_key=word) | said | _coded(word, kinds, summit))
    return rows


def _coded(word: str, kinds: list[str], summit: Summit) -> Q:
    """Entries about what is known by this code, as lists and addresses show it."""
    found = Q()
    for kind in kinds:
        model = _model(kind)
        if model is None:
            continue
        columns = {field.name for field in model._meta.concrete_fields}
        for name in columns & {"code", "slug", "reference"} if "summit" in columns else ():
            rows = model._default_manager.filter(summit=summit, **{f"{name}__iexact": word})
            keys = [str(key) for key in rows.values_list("pk", flat=True)]
            found |= Q(subject_kind=kind, subject_key__in=keys) if keys else Q()
    return found


def _model(kind: str) -> type[models.Model] | None:
    """A kind of thing; None for one that is no more."""
    try:
        return apps.get_model(_present(kind))
    except (LookupError, ValueError):
        return None


# The page of each kind of thing, and by what of it its address names it; the apps above are known by name only.
PAGES = {
    "agenda.session": ("sessions:organiser-session", "code"),
    "agenda.track": ("sessions:organiser-track", "slug"),
    "speakers.speaker": ("speakers:organiser-person", "code"),
    "speakers.organisation": ("speakers:organiser-organisation", "code"),
    "summit.room": ("summit:organiser-room", "code"),
    "summit.page": ("summit:organiser-page", "slug"),
    "summit.membershipfigure": ("summit:figure", "pk"),
    "summit.membergovernment": ("summit:member-government", "pk"),
    "summit.chair": ("summit:chair", "pk"),
    "summit.committeemember": ("summit:committee-member", "pk"),
    "summit.actionplan": ("summit:plan", "pk"),
    "registration.registration": ("registration:registration", "guid"),
    "registration.question": ("registration:question", "pk"),
    "registration.invitation": ("registration:invitation", "guid"),
    "registration.accesscode": ("registration:access-code", "guid"),
}


def addresses(entries: Iterable[HistoryEntry], summit: Summit) -> dict[tuple[str, str], str]:
    """Where the things of these entries have their pages, by kind and key; those that are gone have none."""
    keys: dict[str, set[str]] = {}
    for entry in entries:
        if _present(entry.subject_kind) in PAGES and entry.subject_key.isdigit():
            keys.setdefault(entry.subject_kind, set()).add(entry.subject_key)
    found = {}
    for kind, wanted in keys.items():
        name, column = PAGES[_present(kind)]
        rows = apps.get_model(_present(kind))._default_manager.filter(summit=summit, pk__in=wanted)
        for pk, key in rows.values_list("pk", column):
            found[kind, str(pk)] = reverse(name, args=[summit.code, key])
    return found


# Values that are codes: by the field, the kind of thing and what of it the code is; and those chosen from a list.
CODES = {
    "session": ("agenda.session", "code"),
    "merged": ("speakers.speaker", "code"),
    "from": ("summit.summit", "code"),
}
CHOSEN = {
    "booking": ("registration.booking", "state"),
    "tasks": ("agenda.deadline", "task"),
    "two_factor_roles": ("summit.membership", "role"),
    "role": ("registration.delegationhead", "role"),
}
# Words for values that rooms and apps above keep.
SAID_IN = {
    "table": "sessions.imports.tables.column_mapping.TABLES",
    "list": "registration.papers.delegation_lists.TITLES",
    "way": "summit.accounts.security_events.WAYS",
    "factor": "summit.accounts.security_events.WAYS",
}
# Actions whose fields are called as things of a kind were called then.
FIELDS_OF = {"delegation.places": "registration.category"}
# Values that are names as somebody read them then: by the field, the kind of thing that is called so.
CALLED = {
    "room": "summit.room",
    "track": "agenda.track",
    "venue": "summit.venue",
    "desk": "registration.desk",
    "hosts": "speakers.organisation",
    "organisation": "speakers.organisation",
}
ROLES = "agenda.appearance"
# Whose state the line of a session tells.
BESIDE = {"appearance.answer": ("agenda.appearance",)}
# Things without a name of their own: the sessions that clash, as rule, subject and codes of sessions; and a number.
FIELD = "a field"
CONFLICT, JOB = "agenda.acceptedconflict", "registration.badgejob"
Names = Mapping[tuple[str, str], str]


def names(entries: Collection[HistoryEntry], summit: Summit) -> dict[tuple[str, str], str]:
    """What the codes among the values of these entries stand for, by field and code: one query for each kind of thing."""
    codes: dict[str, set[str]] = {}
    for entry in entries:
        for name in CODES.keys() & entry.changes.keys():
            codes.setdefault(name, set()).update(value for value in entry.changes[name] if value)
        if entry.subject_kind == CONFLICT:
            codes.setdefault("session", set()).update(entry.subject_name.split(":")[2:])
    found: dict[tuple[str, str], str] = {}
    for name, wanted in codes.items():
        kind, column = CODES[name]
        model = apps.get_model(kind)
        rows = model._default_manager.filter(**{f"{column}__in": wanted})
        rows = rows if model is Summit else rows.filter(summit=summit)
        found |= {(name, getattr(row, column)): str(row) for row in rows}
    labels = {(FIELD, then): now for then, now in fields_now(entries, summit).items()}
    return {**found, **labels, **_values_now(entries, summit), **_things_now(entries)}


def fields_now(entries: Iterable[HistoryEntry], summit: Summit) -> dict[str, str]:
    """What the reader calls fields that were noted by the name of a thing; for :func:`summit.history.described`."""
    found: dict[str, str] = {}
    for kind in sorted({FIELDS_OF[entry.action] for entry in entries if entry.action in FIELDS_OF}):
        for row in apps.get_model(kind)._default_manager.filter(summit=summit):
            found |= spoken(row)
    return found


def _values_now(entries: Iterable[HistoryEntry], summit: Summit) -> dict[tuple[str, str], str]:
    """Names among the values, in whatever language they were noted, as the reader reads them; by field and name."""
    found: dict[tuple[str, str], str] = {}
    for name in sorted(CALLED.keys() & {field for entry in entries for field in entry.changes}):
        for row in apps.get_model(CALLED[name])._default_manager.filter(summit=summit):
            found |= {(name, said): now for said, now in spoken(row).items()}
    return found


def _things_now(entries: Iterable[HistoryEntry]) -> dict[tuple[str, str], str]:
    """What things of these entries are called in the reader's language, by kind with key and the name that was noted.

    A thing that has been renamed since keeps the name of then.
    """
    keys: dict[str, set[str]] = {}
    for entry in entries:
        model = _model(entry.subject_kind)
        if model is not None and entry.subject_key.isdigit() and _texts_of(model):
            keys.setdefault(entry.subject_kind, set()).add(entry.subject_key)
    found: dict[tuple[str, str], str] = {}
    for kind, wanted in keys.items():
        for row in apps.get_model(_present(kind))._default_manager.filter(pk__in=wanted):
            found |= {(f"{kind}:{row.pk}", said): now for said, now in spoken(row).items()}
    return found


def _texts_of(model: type[models.Model]) -> str:
    """The field that names a row in several languages; "" where its name is the same in all."""
    if hasattr(model, "name_in"):
        return "name"
    kept = {field.name for field in model._meta.concrete_fields if isinstance(field, TranslatedField)}
    return next((name for name in ("name", "title", "words") if name in kept), "")


def spoken(row: Any) -> dict[str, str]:
    """Each name a row has in some language or script: what the reader calls it."""
    if hasattr(row, "name_in"):
        return {said: row.name_in(active_language()) for said in (row.name, row.name_romanised) if said}
    text = getattr(row, _texts_of(type(row)))
    return {said[:300]: str(text) for said in text.values() if said}


def complete(entries: list[HistoryEntry], summit: Summit, *, longest: int | None = SHOWN) -> list[Line]:
    """The lines of a page of entries, with what they lead to and the names of what they speak of, in few queries."""
    known, called = addresses(entries, summit), names(entries, summit)
    return [_line(entry, summit, longest, known, called) for entry in entries]


def _line(entry: HistoryEntry, summit: Summit, longest: int | None, known: Names, called: Names) -> Line:
    """One entry in the active language; values longer than ``longest`` letters are cut."""
    return Line(
        at=entry.at,
        who=str(entry.by) if entry.by else "",
        email=entry.by.email if entry.by else "",
        action=entry.action,
        label=history.label(entry.action),
        kind=kind_label(entry.subject_kind),
        name=_name(entry, called),
        place=place_label(entry.place),
        changes=[
            (str(name), _cut(in_words(before, summit), longest), _cut(in_words(after, summit), longest))
            for name, (before, after) in _labelled(entry, called)
        ],
        address=known.get((entry.subject_kind, entry.subject_key), ""),
    )


def _name(entry: HistoryEntry, called: Names) -> str:
    """What a thing was called then; "" for one without a name."""
    if entry.subject_kind == CONFLICT:
        return " · ".join(called.get(("session", code), code) for code in entry.subject_name.split(":")[2:])
    then = "" if entry.subject_kind == JOB else entry.subject_name
    return called.get((f"{entry.subject_kind}:{entry.subject_key}", then), then)


def _labelled(entry: HistoryEntry, called: Names) -> list[tuple[Any, Any]]:
    model = _model(entry.subject_kind)
    if model is None:
        return list(entry.changes.items())
    beside = [apps.get_model(kind) for kind in BESIDE.get(entry.action, ())]
    labels = _choices("tasks") if entry.action == "deadline.set" else {}
    if entry.action in FIELDS_OF:
        labels = {then: called.get((FIELD, then), then) for then in entry.changes}
    [described] = history.described([entry], model, labels=labels, beside=beside, named=partial(_named, called))
    return list(described["labelled"])


def _named(called: Names, name: str, value: Any) -> Any:
    """What a value stands for; itself where it stands for nothing, or for what is gone."""
    if isinstance(value, list):
        return [_named(called, name, part) for part in value]
    if not isinstance(value, str) or not value:
        return value
    if name == "country":
        return countries.name(value, active_language())
    if name == "people" and " · " in value:
        return _billed(value)
    if name in {"language", "languages", "interpretation"}:
        return own_name(value)
    return called.get((name, value)) or _choices(name).get(value, value)


def _billed(value: str) -> str:
    """Somebody on the bill, as ``name · role · job title · affiliation``, with the role in words."""
    roles = dict(apps.get_model(ROLES)._meta.get_field("role").flatchoices)
    return " · ".join(str(roles.get(part, part)) for part in value.split(" · "))


def namer(entries: Collection[HistoryEntry], summit: Summit) -> Callable[[str, Any], Any]:
    """For :func:`summit.history.described`: what values of these entries stand for, in the reader's language."""
    return partial(_named, names(entries, summit))


def _choices(name: str) -> dict[str, Any]:
    if name in SAID_IN:
        return dict(import_string(SAID_IN[name]))
    if name not in CHOSEN:
        return {}
    kind, column = CHOSEN[name]
    return dict(apps.get_model(kind)._meta.get_field(column).flatchoices)


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


def cells(entry: HistoryEntry, line: Line, summit: Summit) -> list[Cell]:
    """All facts of an entry, as a table of :data:`COLUMNS` has them."""
    said = "\n".join(f"{name}: {before} → {after}" for name, before, after in line.changes)
    raw = json.dumps(entry.changes, ensure_ascii=False)
    at = entry.at.astimezone(summit.tz)
    return [at, line.who, line.email, line.action, line.label, line.kind, entry.subject_name, entry.place, said, raw]
