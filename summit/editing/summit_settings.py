"""What owners set of a summit as a whole: its facts, and how the work on it is arranged."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.editing import inline_edits
from summit.editing.deleting import was_public
from summit.editing.new_summit import CodeTaken
from summit.editing.revising import Overtaken, entries_of, set_what_differs
from summit.errors import Refusal
from summit.models import HistoryEntry, Summit, User

ACTION = "summit.settings"


class DomainTaken(Refusal):
    code = "domain_taken"
    message: Any = _("Another summit of this installation has this domain.")


class AddressStays(Refusal):
    code = "address_stays"
    message: Any = _(
        "This summit was public already: its address stands in print, in calendars and in links, and stays."
    )


EDITABLE = ("two_factor_roles", "editing_frozen_at", "shortest_break")


def lines_about(summit: Summit, names: tuple[str, ...]) -> list[HistoryEntry]:
    """The changes made to these facts, newest first."""
    found = entries_of(summit).filter(changes__has_any_keys=list(names))
    return list(found[:20])


def hold(summit: Summit, form_versions: Mapping[str, str], *, about: tuple[str, ...]) -> Summit:
    """The summit as it is now, locked.

    ``form_versions`` are those of the values a form was made from (:func:`summit.editing.inline_edits.value_version`); raises
    :class:`summit.editing.revising.Overtaken` with the changes to the facts it is ``about`` where one is another by now.
    """
    locked = Summit.objects.select_for_update().get(pk=summit.pk)
    if inline_edits.differs(locked, form_versions):
        raise Overtaken(now=locked, entries=lines_about(locked, about)[:5])
    return locked


@transaction.atomic
def set_facts(
    summit: Summit,
    values: Mapping[str, Any],
    *,
    form_versions: Mapping[str, str] = inline_edits.NO_VERSIONS,
    by: User | None,
    public: bool = True,
) -> Summit:
    """Set what differs, with a line of history; ``public`` facts are seen on fresh pages.

    Texts keep, per language, what they were translated from. Raises :class:`summit.editing.revising.Overtaken`.
    """
    locked = hold(summit, form_versions, about=tuple(values))
    changes = set_what_differs(locked, values, source=locked.languages[0])
    if changes:
        locked.save(update_fields=list(changes))
        history.record(ACTION, locked, by=by, summit=locked, changes=changes)
        if public:
            locked.raise_revision()
    return locked


def set_domain(
    summit: Summit, domain: str, *, form_versions: Mapping[str, str] = inline_edits.NO_VERSIONS, by: User | None
) -> Summit:
    """The summit's own host name, as DNS knows it; "" for none.

    Raises :class:`DomainTaken` and :class:`summit.editing.revising.Overtaken`.
    """
    if domain and Summit.objects.filter(domain=domain).exclude(pk=summit.pk).exists():
        raise DomainTaken
    try:
        return set_facts(summit, {"domain": domain}, form_versions=form_versions, by=by)
    except IntegrityError as error:  # another summit came first
        raise DomainTaken from error


def set_code(
    summit: Summit, code: str, *, form_versions: Mapping[str, str] = inline_edits.NO_VERSIONS, by: User | None
) -> Summit:
    """The part of every address of the summit; it stays from the day it was public for the first time.

    Raises :class:`AddressStays`, :class:`summit.editing.new_summit.CodeTaken` and :class:`summit.editing.revising.Overtaken`.
    """
    if was_public(summit):
        raise AddressStays
    if Summit.objects.filter(code=code).exclude(pk=summit.pk).exists():
        raise CodeTaken
    try:
        return set_facts(summit, {"code": code}, form_versions=form_versions, by=by)
    except IntegrityError as error:  # another summit came first
        raise CodeTaken from error


def set_editing_rules(
    summit: Summit,
    values: dict[str, Any],
    *,
    form_versions: Mapping[str, str] = inline_edits.NO_VERSIONS,
    by: User | None,
) -> Summit:
    """Set what differs of :data:`EDITABLE`; nothing of it is public. Raises :class:`summit.editing.revising.Overtaken`."""
    wanted = {name: values[name] for name in EDITABLE if name in values}
    return set_facts(summit, wanted, form_versions=form_versions, by=by, public=False)
