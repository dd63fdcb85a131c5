"""The whole agenda as a booklet: cover, note, contents, days with their sessions, index of people."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from sessions.models import Session
from sessions.prints import content
from sessions.prints.content import Item, Person
from sessions.prints.drawing import Press, html
from sessions.prints.orders import Order
from sessions.prints.wording import Wording, said
from summit.lib import times
from summit.lib.translated import active_language
from summit.models import Summit

# Unicode's order of the first consonants of a syllable; names are found by the nearest plain one, as in a dictionary.
CONSONANTS = "ㄱㄱㄴㄷㄷㄹㅁㅂㅂㅅㅅㅇㅈㅈㅊㅋㅌㅍㅎ"


def draw(summit: Summit, order: Order) -> bytes:
    """The booklet as PDF; raises ``LookupError`` where no session has been published."""
    text = draft(summit, order)
    with Press("booklet", style(summit, order), origin=summit.origin) as press:
        return press.pdf(text)


def draft(summit: Summit, order: Order) -> str:
    agenda = content.AgendaContent(summit, order.languages)
    items = agenda.items(Session.objects.all())
    if not items:
        raise LookupError("No session has been published")
    with translation.override(order.languages[0]):
        context = {
            **frame(summit, agenda),
            "paper": order.paper,
            "days": agenda.days(items),
            "tracks": [
                {"name": agenda.text(t.name), "theme": agenda.text(t.theme), "name_class": f"track-{t.slug}"}
                for t in summit.tracks.all()
            ],
            "index": index(items),
        }
        return html("booklet", context, order.languages)


def style(summit: Summit, order: Order) -> dict[str, Any]:
    return {"paper": order.paper, "bilingual": len(order.languages) > 1, "tracks": content.colours(summit)}


def frame(summit: Summit, agenda: content.AgendaContent) -> dict[str, Any]:
    """What every print says about the summit."""
    languages, venue = agenda.languages, summit.venues.first()
    address = content.agenda_address(summit, agenda.main)
    as_of = summit.revised_at.astimezone(summit.tz)
    return {
        "main": agenda.main,
        "bilingual": len(languages) > 1,
        "name": agenda.text(summit.name),
        "brand": agenda.text(summit.brand),
        "slogan": agenda.text(summit.slogan),
        "organisers": agenda.text(summit.organisers),
        "dates": said(lambda: summit.dates, languages),
        "venue": agenda.text(venue.name) if venue else None,
        "venue_address": agenda.text(venue.address) if venue else None,
        "note": agenda.text(summit.timetable_note),
        "zone": said(
            lambda: (
                gettext("Times in %(zone_label)s")
                % {"zone_label": times.zone_of_days(summit.starts_on, summit.tz, active_language())}
            ),
            languages,
        ),
        "as_of": said(
            lambda: (
                gettext("As of %(date)s. The agenda on the web is always the latest.")
                % {"date": f"{times.date_label(as_of.date(), active_language())} {as_of:%H:%M}"}
            ),
            languages,
        ),
        "revised": as_of.isoformat(timespec="seconds"),
        "address": address,
        "short_address": address.split("://", 1)[-1].rstrip("/"),
        "labels": labels(languages),
    }


def labels(languages: Sequence[str]) -> dict[str, Wording]:
    return {
        "title": said(lambda: gettext("Agenda"), languages),
        "contents": said(lambda: gettext("Contents"), languages),
        "about": said(lambda: gettext("About this booklet"), languages),
        "note": said(lambda: gettext("Note on the timetable"), languages),
        "tracks": said(lambda: gettext("Tracks"), languages),
        "hosts": said(lambda: gettext("Hosts"), languages),
        "language": said(lambda: gettext("Language"), languages),
        "mode": said(lambda: gettext("Mode"), languages),
        "access": said(lambda: gettext("Accessibility"), languages),
        "people": said(lambda: gettext("On stage"), languages),
        "index": said(lambda: gettext("Index of people"), languages),
        "room_agenda": said(lambda: gettext("This room's sessions"), languages),
        "web": said(lambda: gettext("On the web"), languages),
        "none": said(lambda: gettext("Time to be announced"), languages),
    }


def index(items: Sequence[Item]) -> list[tuple[str, list[tuple[Person, list[Item]]]]]:
    """Everybody on stage under the letter their name begins with, with their sessions."""
    found: dict[int, tuple[Person, list[Item]]] = {}
    for item in items:
        for person in item.people:
            sessions = found.setdefault(person.key, (person, []))[1]
            if item not in sessions:
                sessions.append(item)
    people = sorted(
        found.values(), key=lambda entry: (group_order(entry[0].name.plain), entry[0].name.plain.casefold())
    )
    groups: list[tuple[str, list[tuple[Person, list[Item]]]]] = []
    for entry in people:
        letter = initial(entry[0].name.plain)
        if not groups or groups[-1][0] != letter:
            groups.append((letter, []))
        groups[-1][1].append(entry)
    return groups


def initial(name: str) -> str:
    """ "ㄱ" for 김민수, "A" for Åse; "#" where a name begins with no letter."""
    letter = name[:1]
    if "가" <= letter <= "힣":
        return CONSONANTS[(ord(letter) - ord("가")) // 588]
    # Accents stand after the letter once it is decomposed.
    return content.base_letter(letter)


def group_order(name: str) -> tuple[int, str]:
    """Hangul first in its own order, then letters, then signs."""
    letter = initial(name)
    return (0 if letter in CONSONANTS else 2 if letter == "#" else 1), letter
