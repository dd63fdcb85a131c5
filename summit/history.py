"""One line for every change of state: who, what, and each field before and after."""

import ipaddress
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from summit.lib.history_words import ACTIONS, WORDS
from summit.lib.translated import languages, own_name
from summit.models import HistoryEntry, Summit, User

# What the admin does to things that have no verbs: the kind of thing is told beside it.
PLAIN_ACTIONS = {"create": _("Added"), "edit": _("Changed"), "delete": _("Deleted")}
Changes = dict[str, tuple[Any, Any]]
# Where a change comes from when no request makes it: a command, or the worker.
SERVER = "server"
_place: ContextVar[str] = ContextVar("place_of_a_change", default=SERVER)


def label(action: str) -> str:
    """What people read for an action."""
    known: Any = ACTIONS.get(action) or PLAIN_ACTIONS.get(action.rpartition(".")[2])
    return str(known or action)


@contextmanager
def coming_from(door: str, address: str = "") -> Iterator[None]:
    """Lines recorded inside say that they came through ``door`` (``page``, ``api``, ``admin``) from ``address``.

    Of the address only its network is kept (/24 of IPv4, /48 of IPv6): enough to see that a change came from elsewhere,
    too little to follow somebody. For the record alone; nothing is allowed or refused by it.
    """
    token = _place.set(f"{door} {network(address)}".strip())
    try:
        yield
    finally:
        _place.reset(token)


def network(address: str) -> str:
    """The network an address lies in; "" for what is none."""
    try:
        known = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return ""
    known = getattr(known, "ipv4_mapped", None) or known
    return str(ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False))


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if hasattr(value, "public"):
        return value.public()
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value


def changed(thing: models.Model, new: dict[str, Any]) -> Changes:
    """The fields whose value differs from what ``thing`` holds now."""
    return {
        name: (plain(getattr(thing, name)), plain(value))
        for name, value in new.items()
        if getattr(thing, name) != value
    }


def record(
    action: str, subject: models.Model, *, by: User | None, summit: Summit | None, changes: Changes | None = None
) -> HistoryEntry:
    """Add one line. ``action`` is a verb such as ``registration.cancel``; ``changes`` as made by :func:`changed`."""
    return HistoryEntry.objects.create(
        summit=summit,
        by=by if by is not None and by.is_authenticated else None,
        action=action,
        subject_kind=subject._meta.label_lower,
        subject_key=str(subject.pk),
        subject_name=str(subject)[:300],
        changes={name: list(pair) for name, pair in (changes or {}).items()},
        place=_place.get(),
    )


def record_many(
    action: str, changes: Iterable[tuple[models.Model, Changes]], *, by: User | None, summit: Summit | None
) -> None:
    """The same line for many things, each with its own changes, in as few queries as the database allows."""
    HistoryEntry.objects.bulk_create(
        [
            HistoryEntry(
                summit=summit,
                by=by if by is not None and by.is_authenticated else None,
                action=action,
                subject_kind=subject._meta.label_lower,
                subject_key=str(subject.pk),
                subject_name=str(subject)[:300],
                changes={name: list(pair) for name, pair in each.items()},
                place=_place.get(),
            )
            for subject, each in changes
        ],
        batch_size=500,
    )


def mask(entry: HistoryEntry, *, name: str, changes: dict[str, Any], by: User | None) -> None:
    """Put another name and other changes into a line, for somebody who must not be known any more; ``by`` is who did it, or
    None where that would tell. A line is masked once, and says since when."""
    HistoryEntry.objects.filter(pk=entry.pk, masked_at=None).update(
        subject_name=name[:300], changes=changes, masked_at=timezone.now(), by=by
    )


def erase(rows: models.QuerySet[HistoryEntry], *, of: Collection[User] = ()) -> int:
    """Empty lines of people who are erased: that something was done stays, and when, and who of the team did it. What
    these did themselves (``of``), nobody did any more. Returns how many."""
    emptied: dict[str, Any] = {"subject_name": "", "changes": {}, "place": ""}
    own = models.Q(by=None) | models.Q(by__in=of)
    return rows.filter(own).update(**emptied, by=None) + rows.exclude(own).update(**emptied)


def described(
    entries: Iterable[HistoryEntry],
    model: type[models.Model],
    *,
    hidden: Collection[str] = (),
    labels: Mapping[str, Any] = MappingProxyType({}),
    beside: Collection[type[models.Model]] = (),
    named: Callable[[str, Any], Any] = lambda _name, value: value,
) -> list[dict[str, Any]]:
    """History as people read it: actions and fields of ``model`` by their names, choices by their labels.

    ``labels`` are the names of what is no field of ``model``, nor of the models ``beside`` it whose rows hang on it.
    ``named`` says what a value of a field stands for, where that is the code of something.

    A text in several languages is one line for each language in which it changed. Fields named in ``hidden`` are left
    out: whoever may not read them now may not read what they were, either.
    """
    fields = {field.name: field for each in (*beside, model) for field in each._meta.fields}
    return [
        {
            "at": entry.at,
            "by": entry.by,
            "place": entry.place,
            "label": label(entry.action),
            "labelled": [
                line
                for name, (before, after) in entry.changes.items()
                if name not in hidden
                for line in _lines(
                    _called(name, fields.get(name), labels),
                    fields.get(name),
                    _before(name, named(name, before)),
                    named(name, after),
                )
            ],
        }
        for entry in entries
    ]


Line = tuple[Any, tuple[Any, Any]]
# Of these a line tells how many there were, not what changed.
COUNTS = frozenset({"people"})


def _before(name: str, before: Any) -> Any:
    return "" if name in COUNTS and not before else before


def _called(name: str, field: Any, labels: Mapping[str, Any]) -> Any:
    """A field in words: those of its model, unless it says none and we do."""
    if field is not None and (name not in WORDS or field.verbose_name != name.replace("_", " ")):
        return field.verbose_name
    return labels.get(name, WORDS.get(name, name))


def _lines(label: Any, field: Any, before: Any, after: Any) -> list[Line]:
    if isinstance(before, dict) or isinstance(after, dict):
        old, new = before or {}, after or {}
        if isinstance(old, dict) and isinstance(new, dict):
            return [
                (f"{label} ({own_name(code)})", (old.get(code, ""), new.get(code, "")))
                for code in dict.fromkeys([*old, *new])
                if old.get(code, "") != new.get(code, "")
            ]
    if isinstance(field, models.FileField):
        return [(label, (gettext("a file") if before else "", gettext("another file") if after else ""))]
    choices = _choices(field)
    return [(label, (_shown(choices, before), _shown(choices, after)))]


def _choices(field: Any) -> dict[Any, Any]:
    """The words of a field's values, also of one that holds a list of them (``LISTED`` of its model)."""
    if field is None:
        return {}
    listed = getattr(field.model, "LISTED", {}).get(field.name)
    return dict(listed.choices if listed else field.flatchoices)


def _shown(choices: dict[Any, Any], value: Any) -> Any:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(str(_shown(choices, part)) for part in value)
    if isinstance(value, dict):
        # PostgreSQL keeps an order of keys of its own.
        order = languages()
        known = sorted(value, key=lambda code: order.index(code) if code in order else len(order))
        return " / ".join(str(value[code]) for code in known if value[code])
    return choices.get(value, value) if isinstance(value, str | int) else value
