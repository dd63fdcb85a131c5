"""Verbs on tracks. Each raises the revision of the public pages and leaves a line of history."""

from typing import Any

from django.db import transaction

from sessions.models import Track
from summit import history
from summit.inline import unchanged
from summit.lib.translated import Text
from summit.models import Summit, User

EDITABLE = ("name", "theme", "summary", "colour")


@transaction.atomic
def create_track(summit: Summit, values: dict[str, Any], *, by: User) -> Track:
    """Add a track at the end of the order; ``values`` are the form's (``EDITABLE`` and ``slug``)."""
    last = summit.tracks.order_by("-order").values_list("order", flat=True).first() or 0
    track = Track(summit=summit, slug=values["slug"], order=last + 1, **{n: values[n] for n in EDITABLE})
    track.save(force_insert=True)
    history.record("track.create", track, by=by, summit=summit, changes={"name": ("", history.plain(track.name))})
    summit.raise_revision()
    return track


@transaction.atomic
def edit_track(track: Track, values: dict[str, Any], *, marks: dict[str, str] | None = None, by: User | None) -> Track:
    """Set what differs of ``values``. Texts keep what they were translated from (see ``summit.lib.translated``).

    ``marks`` are those of the values a form was made from (see ``summit.inline``); raises
    :class:`summit.revising.Overtaken` where somebody has changed one since.
    """
    before = Track.objects.select_for_update(of=("self",)).get(pk=track.pk)
    unchanged(before, marks or {})
    wanted: dict[str, Any] = {}
    for name in EDITABLE:
        if name not in values:
            continue
        value, old = values[name], getattr(before, name)
        wanted[name] = old.revised(dict(value), source=track.summit.languages[0]) if isinstance(old, Text) else value
    changes = history.changed(before, wanted)
    if changes:
        for name in changes:
            setattr(before, name, wanted[name])
        before.save(update_fields=list(changes))
        history.record("track.edit", before, by=by, summit=track.summit, changes=changes)
        track.summit.raise_revision()
    return before


@transaction.atomic
def move_track(track: Track, *, up: bool, by: User) -> None:
    """Change places with the neighbour; the first cannot go up, nor the last down: then nothing happens."""
    tracks = list(track.summit.tracks.order_by("order", "slug"))
    index = [t.pk for t in tracks].index(track.pk)
    other = index - 1 if up else index + 1
    if not 0 <= other < len(tracks):
        return
    tracks[index], tracks[other] = tracks[other], tracks[index]
    for place, one in enumerate(tracks, 1):
        one.order = place
    Track.objects.bulk_update(tracks, ["order"])
    history.record("track.move", track, by=by, summit=track.summit, changes={"order": (index + 1, other + 1)})
    track.summit.raise_revision()
