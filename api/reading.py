"""What the public may read of a summit, as querysets whose number of queries does not grow with the rows."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, prefetch_related_objects

from sessions.models import Appearance, Session, Track, with_details
from sessions.models.appearance import AppearanceQuerySet
from sessions.models.session import SessionQuerySet
from speakers.models import Organisation, Speaker
from speakers.models.speaker import SpeakerQuerySet
from summit.models import Page, Room, Summit

PUBLISHED = Q(sessions__published_at__isnull=False)


def tracks(summit: Summit) -> QuerySet[Track]:
    return summit.tracks.annotate(session_count=Count("sessions", filter=PUBLISHED)).order_by("order", "slug")


def sessions(summit: Summit) -> SessionQuerySet:
    return with_details(Session.objects.published().filter(summit=summit).in_order())


def billed() -> AppearanceQuerySet:
    return Appearance.objects.billed().filter(session__published_at__isnull=False)


def speakers(summit: Summit) -> SpeakerQuerySet:
    """People billed in a published session, with those appearances. Who declined everything is not public."""
    bills = billed().select_related("session").order_by("session__starts_at", "session__code", "order", "pk")
    found = Speaker.objects.filter(summit=summit).on_stage().filter(pk__in=billed().order_by().values("speaker"))
    return found.order_by("name", "code").prefetch_related(Prefetch("appearances", bills))


def organisations(summit: Summit) -> QuerySet[Organisation]:
    found = summit.organisations.filter(PUBLISHED).distinct().order_by("code")
    return found.prefetch_related(Prefetch("sessions", Session.objects.published().in_order()))


def rooms(summit: Summit) -> QuerySet[Room]:
    return summit.rooms.select_related("venue").order_by("order", "code")


def pages(summit: Summit) -> QuerySet[Page]:
    return summit.pages.order_by("section", "order", "slug")


# The lists below a summit by the word in their address.
COLLECTIONS: dict[str, Callable[[Summit], QuerySet[Any]]] = {
    "tracks": tracks,
    "sessions": sessions,
    "speakers": speakers,
    "organisations": organisations,
    "rooms": rooms,
    "pages": pages,
}


def civic(summit: Summit) -> dict[str, Any]:
    """The open-government register; committee members grouped by term, oldest first. Seven queries."""
    prefetch_related_objects(
        [summit], "membership_figures", "member_governments", "chairs", "committee_members",
        "action_plans__steps", "action_plans__commitments",
    )  # fmt: skip
    members = sorted(summit.committee_members.all(), key=lambda member: (member.term, member.order))
    return {
        "membership_figures": summit.membership_figures.all(),
        "member_countries": [member for member in summit.member_governments.all() if not member.is_local],
        "members": summit.member_governments.all(),
        "chairs": summit.chairs.all(),
        "committee": [{"term": term, "members": list(m)} for term, m in groupby(members, lambda member: member.term)],
        "action_plans": summit.action_plans.all(),
    }
