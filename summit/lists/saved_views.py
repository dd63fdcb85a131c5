"""Views of a list that somebody keeps under a name, for themselves or for the team: what is searched, filtered, sorted and
shown."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from summit.errors import Refusal
from summit.lib.text import clean_line
from summit.lists.listing import Listing
from summit.models import Right, SavedView, User

MOST, MOST_SHARED = 20, 20
LONGEST, LONGEST_QUERY = 60, 2000  # letters, as the columns hold


class CannotSave(Refusal):
    code = "cannot_save_view"
    message: Any = _("Give the view a name of at most 60 letters.")


class TooManyViews(CannotSave):
    message: Any = _("You have 20 views of this list. Delete one first.")


class TooManyShared(CannotSave):
    message: Any = _("The team has 20 views of this list. Delete one of them first.")


class TooLongView(CannotSave):
    message: Any = _("What is searched for here is too long to be kept.")


@transaction.atomic
def save(listing: Listing, name: str, *, shared: bool = False, by: User) -> SavedView:
    """Keep what is looked at, ``shared`` with the team; the same name again replaces what one kept under it.

    Raises :class:`CannotSave`.
    """
    name, query = clean_line(name), listing.query(show=None)
    if not 0 < len(name) <= (LONGEST or 0):
        raise CannotSave
    if len(query) > (LONGEST_QUERY or 0):
        raise TooLongView
    kept = _of(listing)
    if kept.filter(user=by).exclude(name=name).count() >= MOST:
        raise TooManyViews
    if shared and kept.filter(is_shared=True).exclude(user=by, name=name).count() >= MOST_SHARED:
        raise TooManyShared
    heads = {column.name for column in listing.columns if column.head}
    columns = [] if listing.chosen == listing.usual else [each for each in listing.chosen if each not in heads]
    view, _made = SavedView.objects.update_or_create(
        user=by,
        summit=listing.summit,
        list_name=listing.kind.name,
        name=name,
        defaults={"query": query, "columns": columns, "is_shared": shared},
    )
    return view


def _of(listing: Listing) -> QuerySet[SavedView]:
    return SavedView.objects.filter(summit=listing.summit, list_name=listing.kind.name)


def may_delete(listing: Listing, view: SavedView) -> bool:
    """One's own; and what is shared, for whoever sets the summit up."""
    return view.user_id == listing.user.pk or (view.is_shared and Right.SETTINGS in listing.rights)


def delete(listing: Listing, pk: str) -> bool:
    """Whether there was one that this reader may delete."""
    known = pk.isascii() and pk.isdigit() and len(pk) < 12
    view = _of(listing).filter(pk=int(pk)).first() if known else None
    if view is None or not may_delete(listing, view):
        return False
    view.delete()
    return True


def address_of(view: SavedView) -> str:
    """The query that shows it, to anybody."""
    return "&".join(part for part in (view.query, urlencode({"show": view.columns}, doseq=True)) if part)


def tabs(listing: Listing) -> list[dict[str, Any]]:
    """All views above a list: everything, those it suggests, those of the team, and one's own.

    ``current`` is the one looked at, ``pk`` of one that this reader may delete, ``by`` who shares it.
    """
    suggested: list[tuple[str, str, str, str]] = [("", listing.everything, "", "")]
    suggested += [("", str(label), query, "") for label, query in listing.kind.views]
    seen = _of(listing).filter(Q(user=listing.user) | Q(is_shared=True)).select_related("user")
    kept = [
        (str(view.pk) if may_delete(listing, view) else "", view.name, address_of(view), str(view.user) if view.is_shared else "")
        for view in seen.order_by("-is_shared", "name", "pk")
    ]  # fmt: skip
    now = parse_qs(listing.query())
    return [
        {"pk": pk, "label": label, "query": query, "current": parse_qs(query) == now, "by": by}
        for pk, label, query, by in [*suggested, *kept]
    ]
