"""Sessions together with what hangs on them."""

from django.db.models import Prefetch

from sessions.models.appearance import Appearance, SessionHost
from sessions.models.material import Material
from sessions.models.session import SessionQuerySet


def with_details(sessions: SessionQuerySet) -> SessionQuerySet:
    """All that a card shows, in a fixed number of queries: track, room, hosts, people, recordings."""
    return sessions.select_related("track", "room", "room__venue").prefetch_related(
        Prefetch("hostings", SessionHost.objects.select_related("organisation").order_by("order", "pk")),
        Prefetch("appearances", Appearance.objects.billed().select_related("speaker")),
        # What must not be recorded shows no recording, whatever was linked.
        Prefetch("materials", Material.objects.exclude(kind="recording", session__do_not_record=True)),
    )
