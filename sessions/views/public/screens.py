"""Pages for screens in the foyer and at room doors: nothing to press, both languages in turn."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sessions.live import taking_part
from sessions.models import Announcement
from sessions.reading import screens
from summit.lib import qr
from summit.lib.translated import Text, active_language
from summit.models import Mode, Summit
from summit.public_pages import live_page, public_page

WORDS: dict[str, Promise] = {
    "now": _("Now"),
    "next": _("Next"),
    "changes": _("Changes"),
    "cancelled": _("Cancelled"),
    "moved": _("New time or room"),
    "expected": _("Expected"),
    "idle": _("No session at the moment"),
    "over": _("Nothing more is planned."),
    "no_room": _("Online and elsewhere"),
    "agenda": _("The whole agenda"),
    "room_agenda": _("Ask, vote, all sessions"),
    "poll": _("Poll"),
    "voted": _("Votes"),
    "lost": _("No connection since"),
    "goes_on": _("The times go on from what was known then."),
    "not_now": _("Rehearsal: this is not the present moment."),
}
LONGEST_MOMENT = 40


def moment_asked(request: HttpRequest, summit: Summit) -> datetime | None:
    """``?at=2021-12-15T10:15``, wall time of the summit unless it has an offset; what is no moment is as good as none."""
    asked = request.GET.get("at", "").replace(" ", "+")[:LONGEST_MOMENT]
    try:
        moment = datetime.fromisoformat(asked)
    except ValueError:
        return None
    if not 1990 <= moment.year <= 2200:  # near the ends of the calendar no arithmetic is possible
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=summit.tz)


def in_all_languages(label: Promise, languages: list[str]) -> Text:
    words = {}
    for language in languages:
        with translation.override(language):
            words[language] = str(label)
    return Text(words)


def context_of(summit: Summit, board: screens.Board, asked: datetime | None, link: str) -> dict[str, Any]:
    """``link`` is where the QR code leads, without the site."""
    here = active_language()
    languages = sorted(summit.languages, key=lambda code: code != here)
    return {
        "summit": summit,
        "board": board,
        "asked": asked,
        "shown_languages": languages,
        "words": {name: in_all_languages(label, languages) for name, label in WORDS.items()},
        "severities": {value: in_all_languages(label, languages) for value, label in Announcement.Severity.choices},
        "moment": asked or timezone.now(),
        "modes": {value: in_all_languages(label, languages) for value, label in Mode.choices},
        "qr": qr.svg(summit.address(link), label=str(WORDS["agenda"])),
        "address": summit.address(summit.get_absolute_url()).partition("//")[2],
    }


@public_page
def foyer(request: HttpRequest, summit: Summit) -> HttpResponse:
    asked = moment_asked(request, summit)
    board = screens.foyer(summit, asked or timezone.now())
    context = context_of(summit, board, asked, reverse("sessions:agenda", args=[summit.code]))
    return render(request, "sessions/screens/foyer.html", context)


@live_page
def door(request: HttpRequest, summit: Summit, room: str) -> HttpResponse:
    found = get_object_or_404(summit.rooms.all(), code=room)
    asked = moment_asked(request, summit)
    board = screens.door(summit, found, asked or timezone.now())
    link = reverse("registration:room-questions", args=[summit.code, found.code])
    context = {**context_of(summit, board, asked, link), "room": found, "lane": board.lanes[0]}
    context["results"] = taking_part.results_in(found)
    return render(request, "sessions/screens/door.html", context)
