"""The agenda as the public reads it: by day, by track, one track."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.live import languages, streams, taking_part
from sessions.models import Session, with_details
from sessions.reading import agenda as reading
from sessions.reading import jsonld, neighbours
from sessions.reading.afterwards import takes_feedback
from sessions.views.public.screens import moment_asked
from summit.lib import times
from summit.lib.translated import active_language
from summit.models import Summit
from summit.public_pages import public_page


def reader_zone(request: HttpRequest) -> ZoneInfo | None:
    """The zone asked for with ``?tz=``; an unknown name is as good as none."""
    return times.zone(request.GET.get("tz", "")[:64])


def zone_context(request: HttpRequest, summit: Summit) -> dict[str, Any]:
    reader = reader_zone(request)
    language = active_language()
    noon = times.day_bounds(summit.starts_on, summit.tz)[0]
    return {
        "zone_label": times.zone_of_days(summit.starts_on, summit.tz, language),
        "zone_short": times.zone_short(noon, summit.tz),
        "reader_zone": reader,
        "reader_label": times.zone_name(noon, reader, language) if reader else "",
        "zones": COMMON_ZONES,
    }


COMMON_ZONES = [
    "UTC", "Europe/London", "Europe/Paris", "Europe/Tallinn", "Africa/Nairobi", "Asia/Kolkata", "Asia/Jakarta", "Asia/Seoul",
    "Australia/Sydney", "America/New_York", "America/Mexico_City", "America/Los_Angeles", "America/Sao_Paulo",
]  # fmt: skip


@public_page
def agenda(request: HttpRequest, summit: Summit) -> HttpResponse:
    all_cards = reading.cards(summit, Session.objects.filter(summit=summit))
    tracks = list(summit.tracks.all())
    chosen = next((track for track in tracks if track.slug == request.GET.get("track")), None)
    if chosen:
        all_cards = [card for card in all_cards if card.track_slug == chosen.slug]
    context: dict[str, Any] = {
        "summit": summit,
        "tracks": tracks,
        "chosen_track": chosen,
        "days": reading.days(summit, all_cards, reader=reader_zone(request), now=timezone.now()),
        "unscheduled": reading.unscheduled(all_cards),
        **zone_context(request, summit),
    }
    reading.as_grid(context["days"], _room_names(summit))
    context["is_now"] = any(hour.now for day in context["days"] for hour in day.hours)
    return render(request, "sessions/agenda.html", context)


@public_page
def by_track(request: HttpRequest, summit: Summit) -> HttpResponse:
    all_cards = reading.cards(summit, Session.objects.filter(summit=summit))
    tracks = [(track, [c for c in all_cards if c.track_slug == track.slug]) for track in summit.tracks.all()]
    rest = [card for card in all_cards if not card.track_slug]
    context = {"summit": summit, "by_track": tracks, "rest": rest, **zone_context(request, summit)}
    return render(request, "sessions/by_track.html", context)


def _room_names(summit: Summit) -> dict[str, str]:
    """Rooms by code, in their order, in the active language."""
    language = active_language()
    return {code: name.in_language(language) for code, name in summit.rooms.values_list("code", "name")}


@dataclass(frozen=True, slots=True)
class Group:
    """Sessions of one room or host; ``url`` leads to a page or feed of its own."""

    code: str
    name: str
    url: str
    words: str
    cards: list[reading.Card]


@public_page
def by_room(request: HttpRequest, summit: Summit) -> HttpResponse:
    """The agenda room by room, each with its own calendar and what makes it accessible."""
    all_cards = reading.cards(summit, Session.objects.filter(summit=summit))
    feed = reverse("feeds:schedule", args=[summit.code])
    language = active_language()
    groups = []
    for room in summit.rooms.select_related("venue"):
        found = [card for card in all_cards if card.room_code == room.code]
        facts = [label for _code, label in reading.access_words(room.access)]
        words = " · ".join([str(room.venue.name), *facts])
        groups.append(
            Group(room.code, room.name.in_language(language), f"{feed}?lang={language}&room={room.code}", words, found)
        )
    rest = [card for card in all_cards if not card.room_code]
    return _grouped(request, summit, "room", groups, rest)


@public_page
def by_host(request: HttpRequest, summit: Summit) -> HttpResponse:
    """The agenda host by host; a session of several hosts stands under each."""
    all_cards = reading.cards(summit, Session.objects.filter(summit=summit))
    language = active_language()
    groups = []
    for host in summit.organisations.all():
        found = [card for card in all_cards if host.code in card.host_codes]
        if found:
            groups.append(Group(host.code, host.name.in_language(language), host.get_absolute_url(), "", found))
    rest = [card for card in all_cards if not card.host_codes]
    return _grouped(request, summit, "host", groups, rest)


def _grouped(
    request: HttpRequest, summit: Summit, view: str, groups: list[Group], rest: list[reading.Card]
) -> HttpResponse:
    context = {"summit": summit, "view": view, "groups": groups, "rest": rest, **zone_context(request, summit)}
    return render(request, "sessions/by_group.html", context)


@public_page
def now(request: HttpRequest, summit: Summit) -> HttpResponse:
    """What is on, and what comes next. ``?at=2021-12-15T10:15`` (summit time) shows another moment."""
    moment = moment_asked(request, summit) or timezone.now()
    at_moment = reading.at_moment(reading.cards(summit, Session.objects.filter(summit=summit), now=moment), moment)
    rows = Session.objects.filter(summit=summit, code__in=[card.code for card in at_moment.on])
    can_be_joined = streams.joinable(summit, rows)
    context = {
        "summit": summit,
        "moment": moment,
        "on": at_moment.on,
        "joinable": [row for row in rows if row.pk in can_be_joined],
        "next": at_moment.next,
        "is_over": at_moment.is_over,
        **zone_context(request, summit),
    }
    return render(request, "sessions/now.html", context)


@public_page
def track(request: HttpRequest, summit: Summit, slug: str) -> HttpResponse:
    found = get_object_or_404(summit.tracks.all(), slug=slug)
    all_cards = reading.cards(summit, Session.objects.filter(track=found))
    context = {
        "summit": summit,
        "track": found,
        "days": reading.days(summit, all_cards, reader=reader_zone(request)),
        "unscheduled": reading.unscheduled(all_cards),
        **zone_context(request, summit),
    }
    return render(request, "sessions/track.html", context)


@public_page
def session(request: HttpRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(with_details(Session.objects.published().filter(summit=summit)), code=code)
    found.summit = summit
    around, ways = neighbours.around(found), languages.of_session(found)
    context = {
        "summit": summit,
        "session": found,
        **reading.when(found),
        "reader_hours": reading.reader_label(found, summit, reader_zone(request)),
        "interpretation": reading.interpretation_label(found.language, found.interpretation),
        "spoken": reading.language_names().get(found.language, found.language),
        "recordings": found.recordings,
        "links": [each for each in found.materials.all() if not each.is_recording],
        "around": around,
        "see_also": _see_also(around),
        "access": reading.access_words(found.access_facts),
        "understood": ways.understood(active_language()),
        "has_text": ways.texts,
        "joinable": ways.is_joinable,
        "answers": taking_part.answers(found),
        **_afterwards(found),
        "structured": jsonld.session(found),
        **zone_context(request, summit),
    }
    return render(request, "sessions/session.html", context)


def _afterwards(session: Session) -> dict[str, Any]:
    """What came of a session, and whether people are asked how it was."""
    return {
        "takes_feedback": takes_feedback(session.summit, session),
        "outcomes": session.outcomes.filter(is_published=True),
    }


def _see_also(around: neighbours.Neighbours) -> list[tuple[str, Any]]:
    return [
        (_("At the same time"), around.same_time),
        (_("More from these hosts"), around.same_host),
        (_("More with these people"), around.same_speaker),
        (_("More in this track"), around.same_track),
    ]
