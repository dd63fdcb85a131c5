"""Views of a list that somebody keeps under a name: what is searched, filtered, sorted and shown."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from summit.errors import Refusal
from summit.lib.text import clean_line
from summit.lists.listing import Listing
from summit.models import SavedView, User

MOST = 20
LONGEST, LONGEST_QUERY = 60, 2000  # letters, as the columns hold


class CannotSave(Refusal):
    code = "cannot_save_view"
    message: Any = _("Give the view a name of at most 60 letters.")


class TooManyViews(CannotSave):
    message: Any = _("You have 20 views of this list. Delete one first.")


class TooLongView(CannotSave):
    message: Any = _("What is searched for here is too long to be kept.")


@transaction.atomic
def save(listing: Listing, name: str, *, by: User) -> SavedView:
    """Keep what is looked at; the same name again replaces what was kept under it. Raises :class:`CannotSave`."""
    name, query = clean_line(name), listing.query(show=None)
    if not 0 < len(name) <= (LONGEST or 0):
        raise CannotSave
    if len(query) > (LONGEST_QUERY or 0):
        raise TooLongView
    mine = SavedView.objects.filter(user=by, summit=listing.summit, list_name=listing.kind.name)
    if mine.exclude(name=name).count() >= MOST:
        raise TooManyViews
    heads = {column.name for column in listing.columns if column.head}
    columns = [] if listing.chosen == listing.usual else [each for each in listing.chosen if each not in heads]
    view, _made = SavedView.objects.update_or_create(
        user=by,
        summit=listing.summit,
        list_name=listing.kind.name,
        name=name,
        defaults={"query": query, "columns": columns},
    )
    return view


def delete(listing: Listing, pk: str, *, by: User) -> bool:
    """Whether there was one of one's own to delete."""
    mine = SavedView.objects.filter(user=by, summit=listing.summit, list_name=listing.kind.name)
    return pk.isascii() and pk.isdigit() and len(pk) < 12 and bool(mine.filter(pk=int(pk)).delete()[0])


def address_of(view: SavedView) -> str:
    """The query that shows it, to anybody."""
    return "&".join(part for part in (view.query, urlencode({"show": view.columns}, doseq=True)) if part)


def tabs(listing: Listing) -> list[dict[str, Any]]:
    """All views above a list: everything, those it suggests, and one's own. ``current`` is the one looked at."""
    suggested = [("", listing.everything, ""), *(("", str(label), query) for label, query in listing.kind.views)]
    mine = SavedView.objects.filter(user=listing.user, summit=listing.summit, list_name=listing.kind.name)
    own = [(str(view.pk), view.name, address_of(view)) for view in mine]
    now = parse_qs(listing.query())
    return [
        {"pk": pk, "label": label, "query": query, "current": parse_qs(query) == now}
        for pk, label, query in [*suggested, *own]
    ]
