"""The venues of a summit in its settings."""

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy, ngettext

from summit.editing import venues
from summit.forms.rows import VenueForm
from summit.lib import pictures
from summit.models import Summit, Venue
from summit.views.workspace.small_tables import SmallTable


def _venues(summit: Summit) -> list[tuple[Venue, list[Any]]]:
    found: list[tuple[Venue, list[Any]]] = []
    for row in summit.venues.annotate(halls=Count("rooms")).order_by("order", "code"):
        rooms = ngettext("%(number)d room", "%(number)d rooms", row.halls) % {"number": row.halls}
        found.append((row, [fact for fact in (row.city, rooms) if fact]))
    return found


VENUES = SmallTable(
    app="summit", listed="venues", one="venue", folder="venues", model=Venue,
    title=gettext_lazy("Venues"), lead=gettext_lazy("The buildings, how to get there, and what is said of them on the opening page"),
    new=gettext_lazy("Add a venue"),
    empty=gettext_lazy("Rooms lie in a venue. Begin with the building most people come to."),
    form=VenueForm, file=pictures.LARGEST, rows=_venues,
    create=lambda summit, form, by: venues.create(
        summit, {**form.values(), "code": form.code()}, picture=form.sent_picture(), by=by
    ),
    edit=lambda row, form, by: venues.edit(
        row, form.values(), picture=form.sent_picture(), form_versions=form.cleaned_data["form_versions"], by=by
    ),
    delete=venues.delete,
)  # fmt: skip
