"""Session cards for pages of apps below this one."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.db.models import Count, F
from django.utils.safestring import SafeString

from sessions.models import Session
from sessions.models.session import SessionQuerySet, paths
from sessions.reading import agenda, jsonld
from speakers.models import Organisation, Speaker
from summit.lib import romanising
from summit.models import Summit
from summit.templatetags.summit_tags import note_on_names

register = template.Library()


@register.inclusion_tag("sessions/_day_list.html")
def session_days(summit: Summit, sessions: SessionQuerySet) -> dict[str, Any]:
    """The published ones of ``sessions`` as days and hours."""
    cards = agenda.cards(summit, sessions.all())
    return {"summit": summit, "days": agenda.days(summit, cards), "unscheduled": agenda.unscheduled(cards), "level": 3}


@register.simple_tag(name="card")
def draw_card(card: agenda.Card, *, level: int, when: bool = False) -> SafeString:
    """``{% card card level=3 when=True %}``: a session as an item of a list, its title a heading of that level."""
    return card.draw(level, when=when)


def _cards_in(shown: Any) -> Iterator[agenda.Card]:
    """The cards among days, groups, lists and cards."""
    if isinstance(shown, agenda.Card):
        yield shown
    elif isinstance(shown, agenda.Day):
        yield from _cards_in([hour.cards for hour in shown.hours])
    elif hasattr(shown, "cards"):
        yield from _cards_in(shown.cards)
    elif isinstance(shown, list | tuple):
        for part in shown:
            yield from _cards_in(part)


@register.inclusion_tag("summit/_romanised_note.html")
def note_on_cards(*shown: Any) -> dict[str, Any]:
    """What the mark before names on cards means, where one of them has it."""
    return {"mark": romanising.MARK, "shown": any(romanising.MARK in card.people for card in _cards_in(shown))}


@register.inclusion_tag("summit/_romanised_note.html")
def note_on_stage(session: Session) -> dict[str, Any]:
    """The same for the people of a session, each with their mark."""
    return note_on_names(appearance.speaker for appearance in session.appearances.all())


@register.simple_tag
def track_doors(summit: Summit) -> list[dict[str, Any]]:
    """The tracks with the number of their published sessions. Two queries."""
    counts = dict(summit.sessions.published().order_by().values_list("track").annotate(n=Count("pk")))
    return [{"track": track, "count": counts.get(track.pk, 0)} for track in summit.tracks.all()]


@register.simple_tag
def first_cards(summit: Summit, number: int) -> list[agenda.Card]:
    """The sessions that begin it. Nine queries."""
    timed = summit.sessions.published().filter(starts_at__isnull=False).in_order().values_list("pk", flat=True)
    return agenda.cards(summit, Session.objects.filter(pk__in=list(timed[:number])))


# Who wants all of them reads the agenda in JSON-LD: an opening page does not grow with it.
SUB_EVENTS = 20


@register.simple_tag
def summit_node(summit: Summit) -> dict[str, Any]:
    """schema.org Event of the summit with its first published sessions as sub-events, those it features before others."""
    rows = summit.sessions.published().order_by("-featured", F("starts_at").asc(nulls_last=True), "code")
    path = paths(summit)
    parts = [(str(title), path(code)) for title, code in rows.values_list("title", "code")[:SUB_EVENTS]]
    return jsonld.summit(summit, sessions=parts)


@register.simple_tag
def glance(summit: Summit) -> dict[str, int]:
    """The summit in four numbers, of what is public. Four queries."""
    public = summit.sessions.published()
    return {
        "tracks": summit.tracks.count(),
        "sessions": public.count(),
        "hosts": summit.organisations.filter(sessions__in=public).distinct().count(),
        "people": summit.speakers.on_stage().count(),
    }


@register.simple_tag
def speaker_node(speaker: Speaker) -> dict[str, Any]:
    """schema.org Person of a speaker's page."""
    return {
        "@context": "https://schema.org",
        **jsonld.person(speaker, speaker.summit),
        "url": speaker.summit.address(speaker.get_absolute_url()),
    }


@register.simple_tag
def host_node(host: Organisation) -> dict[str, Any]:
    """schema.org Organization of a host's page."""
    return {
        "@context": "https://schema.org",
        **jsonld.organisation(host),
        "@id": host.summit.address(host.get_absolute_url()),
    }
