"""Verbs on tracks. Each raises the revision of the public pages and leaves a line of history."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import Session, Track
from summit import history
from summit.editing.inline_edits import NO_VERSIONS, unchanged
from summit.editing.revising import set_what_differs
from summit.errors import Refusal
from summit.models import Membership, Summit, User

TEXTS = ("name", "theme", "summary")
WORKING = ("quota", "target_women", "target_civil_society", "target_regions")
EDITABLE = (*TEXTS, "colour", *WORKING)
# What a form of a whole track also stands on.
VERSIONED = (*EDITABLE, "lead_keys")


class HasSessions(Refusal):
    code = "has_sessions"
    message: Any = _("There are sessions in this track. Say into which track they shall go.")


@transaction.atomic
def create_track(summit: Summit, values: dict[str, Any], *, by: User) -> Track:
    """Add a track at the end of the order; ``values`` are the form's (``EDITABLE`` and ``slug``)."""
    last = summit.tracks.order_by("-order").values_list("order", flat=True).first() or 0
    track = Track(summit=summit, slug=values["slug"], order=last + 1, **{n: values[n] for n in EDITABLE if n in values})
    track.save(force_insert=True)
    history.record("track.create", track, by=by, summit=summit, changes={"name": ("", history.plain(track.name))})
    summit.raise_revision()
    return track


@transaction.atomic
def edit_track(
    track: Track, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Track:
    """Set what differs of ``values``. Texts keep what they were translated from (see ``summit.lib.translated``).

    ``form_versions`` are those of the values a form was made from (see ``summit.editing.inline_edits``); raises
    :class:`summit.editing.revising.Overtaken` where somebody has changed one since.
    """
    before = Track.objects.select_for_update(of=("self",)).get(pk=track.pk)
    unchanged(before, form_versions)
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    changes = set_what_differs(before, wanted, source=track.summit.languages[0])
    if changes:
        before.save(update_fields=list(changes))
        history.record("track.edit", before, by=by, summit=track.summit, changes=changes)
        track.summit.raise_revision()
    return before


@transaction.atomic
def set_leads(track: Track, leads: Iterable[Membership], *, by: User | None) -> None:
    """Who leads the track: members of the team with that role. What they may do follows at their next request."""
    before, wanted = list(track.leads.order_by("pk")), sorted(leads, key=lambda member: member.pk)
    if before == wanted:
        return
    track.leads.set(wanted)
    names = [[str(member.user) for member in members] for members in (before, wanted)]
    history.record("track.edit", track, by=by, summit=track.summit, changes={"leads": (names[0], names[1])})


@transaction.atomic
def delete_track(track: Track, *, into: Track | None, by: User | None) -> None:
    """Take a track away; its sessions go ``into`` another. Raises :class:`HasSessions` where none is named."""
    locked = Track.objects.select_for_update(of=("self",)).select_related("summit").get(pk=track.pk)
    sessions = Session.objects.filter(track=locked)
    if sessions.exists():
        if into is None or into.pk == locked.pk or into.summit_id != locked.summit_id:
            raise HasSessions
        for session in sessions:
            session.track, session.updated_at = into, timezone.now()
            session.version += 1
            session.save(update_fields=["track", "updated_at", "version"])
            changes = {"track": (str(locked), str(into))}
            history.record("session.edit", session, by=by, summit=locked.summit, changes=changes)
    history.record(
        "track.delete", locked, by=by, summit=locked.summit, changes={"name": (history.plain(locked.name), "")}
    )
    locked.delete()
    track.summit.raise_revision()


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
