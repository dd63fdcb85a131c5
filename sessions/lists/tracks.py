"""The workspace's list of tracks."""

from operator import attrgetter
from typing import Any

from django.db.models import Count, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from sessions.models import Track
from sessions.planning import tracks as track_verbs
from summit.editing.inline_edits import value_version
from summit.lib.translated import own_name
from summit.lists.cell_rendering import Chip
from summit.lists.listing import Begin, Column, Listing, ListKind
from summit.lists.pieces import by, by_text, of_model, written_by
from summit.lists.rooms import language_filter
from summit.models import Right, Summit, User


def tracks(summit: Summit) -> QuerySet[Track]:
    return summit.tracks.select_related("summit").annotate(session_count=Count("sessions"))


def _order(track: Track, listing: Listing) -> SafeString:
    slugs = listing.once("slugs", lambda: list(listing.summit.tracks.values_list("slug", flat=True)))
    context = {"track": track, "summit": listing.summit, "movable": Right.TRACKS in listing.rights,
               "first": track.slug == slugs[0], "last": track.slug == slugs[-1]}  # fmt: skip
    return render_to_string("sessions/organiser/_order.html", context, request=listing.request)


def track_columns(summit: Summit) -> list[Column]:
    def spelt(code: str) -> Column:
        return Column(f"name-{code}", own_name(code), draw=lambda row, _listing: render_to_string(
            "sessions/organiser/_name_in.html", {"value": row.name, "code": code}))  # fmt: skip

    return [
        Column("order", gettext_lazy("Order"), draw=_order),
        Column("name", gettext_lazy("Track"), attrgetter("name"), by_text("name"), head=True, field=of_model(Track, "name"), text=True),
        *(spelt(code) for code in summit.languages),
        Column("theme", gettext_lazy("Theme"), attrgetter("theme"), by_text("theme"), shown=False, field=of_model(Track, "theme"), text=True),
        Column("colour", gettext_lazy("Colour"), lambda r: Chip(r.colour, f"track track-{r.slug}"), by("colour")),
        Column("sessions", gettext_lazy("Sessions"), attrgetter("session_count"), by("session_count"), number=True),
        Column("quota", gettext_lazy("Wanted"), attrgetter("quota"), by("quota"), number=True, shown=False),
    ]  # fmt: skip


def _save_track(track: Track, values: dict[str, Any], token: str, by: User) -> Track:
    return track_verbs.edit_track(track, values, form_versions=dict.fromkeys(values, token), by=by)


TRACKS = ListKind(
    name="tracks",
    title=gettext_lazy("Tracks"),
    address="sessions:organiser-tracks",
    detail="sessions:organiser-track",
    rows=tracks,
    columns=track_columns,
    counted=lambda n: ngettext("%(n)d track", "%(n)d tracks", n) % {"n": n},
    empty=gettext_lazy("There is no track yet."),
    edited=written_by("tracks", Right.TRACKS),
    save=_save_track,
    token=lambda track, column: value_version(getattr(track, column)),
    order=("order", "slug"),
    filters=(language_filter("name", "theme", "summary"),),
    searched=("name", "theme", "slug"),
    key="slug",
    note=gettext_lazy("In the order readers see them."),
    holds=gettext_lazy(
        "Tracks are the themes of the summit: each has a colour, and people who lead it. Sessions are put into them afterwards."
    ),
    begins=(Begin("sessions:organiser-new-track", gettext_lazy("Add a track"), frozenset({Right.TRACKS})),),
)
