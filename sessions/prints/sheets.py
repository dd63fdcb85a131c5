"""Single sheets: a day's sessions, what hangs on a room's door, and a card for each session."""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from sessions.models import Session
from sessions.prints import content
from sessions.prints.booklet import frame, style
from sessions.prints.content import AgendaContent, Day, Item
from sessions.prints.drawing import Press, html
from sessions.prints.orders import Order
from summit.models import Room, Summit

CARDS_ON_A_SHEET = 4
# Door sheets are read from two metres: as large as a day's sessions allow on one page, in tenths of the full size.
LARGEST, SMALLEST = 12, 3


def day(summit: Summit, order: Order) -> bytes:
    """A day's sessions by the hour. Raises ``LookupError`` where there are none."""
    if order.day is None:
        raise LookupError("A day sheet needs its day")
    agenda = AgendaContent(summit, order.languages)
    days = found(agenda, Session.objects.on_day(order.day, summit))
    return sheet("day", summit, order, {**frame(summit, agenda), "days": days})


def cards(summit: Summit, order: Order) -> bytes:
    """Four cards to a page, with marks to cut along."""
    agenda = AgendaContent(summit, order.languages)
    items = [(day, item) for day in found(agenda, Session.objects.all()) for item in day.items]
    return sheet(
        "cards",
        summit,
        order,
        {**frame(summit, agenda), "sheets": list(batched(items, CARDS_ON_A_SHEET, strict=False))},
    )


def door(summit: Summit, order: Order) -> bytes:
    """One page a day with a room's sessions."""
    room = summit.rooms.get(code=order.room)
    room.summit = summit
    agenda = AgendaContent(summit, order.languages)
    sessions = Session.objects.filter(room=room)
    if order.day is not None:
        sessions = sessions.on_day(order.day, summit)
    days = [day for day in found(agenda, sessions) if day.date is not None]
    if not days:
        raise LookupError("Nothing takes place in this room")
    with translation.override(agenda.main):
        context = {**frame(summit, agenda), **room_facts(room, agenda)}
        with Press("door", style(summit, order), origin=summit.origin) as press:
            sized = [(day, size_for(day, context, agenda.languages, press)) for day in days]
            return press.pdf(html("door", {**context, "pages": sized}, agenda.languages))


def room_facts(room: Room, agenda: AgendaContent) -> dict[str, Any]:
    address = content.room_agenda(room, agenda.main)
    return {
        "room": agenda.text(room.name),
        "room_address": address,
        "room_qr_alt": gettext("QR code: %(address)s") % {"address": address.split("://", 1)[-1]},
    }


def size_for(day: Day, context: dict[str, Any], languages: Sequence[str], press: Press) -> int:
    """The largest size, in tenths, at which the day stays on one page; found by bisection."""
    fits, fails = SMALLEST, LARGEST + 1
    while fails - fits > 1:
        size = (fits + fails) // 2
        if press.pages(html("door", {**context, "pages": [(day, size)]}, languages)) == 1:
            fits = size
        else:
            fails = size
    return fits


def found(agenda: AgendaContent, sessions: Any) -> list[Day]:
    items: list[Item] = agenda.items(sessions)
    if not items:
        raise LookupError("No session has been published")
    return agenda.days(items)


def sheet(template: str, summit: Summit, order: Order, context: dict[str, Any]) -> bytes:
    text = html(template, {**context, "paper": order.paper}, order.languages)
    with Press(template, style(summit, order), origin=summit.origin) as press:
        return press.pdf(text)
