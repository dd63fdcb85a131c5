"""What happens while a summit runs, for pages of every app: announcements, and when something is expected in fact."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sessions.live import announcements, delays
from sessions.models import Announcement, Session
from sessions.reading import phases
from sessions.reading.agenda import expected_words
from sessions.reading.announced import banners
from summit.lib import times
from summit.lib.translated import active_language
from summit.models import Summit
from summit.templatetags.summit_tags import machine_time

register = template.Library()


@register.inclusion_tag("sessions/live/_banner.html", takes_context=True)
def banner(context: Any) -> dict[str, Any]:
    """What is announced now: to everybody on public pages, to whoever's ``registration`` is on the page what concerns
    them, and what is announced of the page's ``session``. One query."""
    summit, now = context.get("summit"), timezone.now()
    if not isinstance(summit, Summit) or not summit.pk:
        return {}
    visitor, session = context.get("visitor"), context.get("session")
    registration = context.get("registration") or getattr(visitor, "registration", None)
    attendance = getattr(registration, "attendance", "")
    of = [session.pk] if isinstance(session, Session) else []
    return banners(summit, announcements.standing(summit, now, attendance=attendance, sessions=of), attendance)


@register.simple_tag
def now_on(summit: Summit) -> dict[str, Any]:
    """As :func:`sessions.reading.phases.now_on`, at this moment."""
    return phases.now_on(summit, timezone.now())


@register.simple_tag
def look_back(summit: Summit) -> dict[str, Any]:
    return phases.look_back(summit)


@register.inclusion_tag("sessions/live/_expected.html", name="expected")
def expected_times(session: Session) -> dict[str, str]:
    """When a session is expected in fact, where its room runs late. One query on the days of the summit."""
    return {"expected": expected_words(delays.expected(session), session.summit)}


@register.simple_tag(takes_context=True)
def announced_for(context: Any, each: Announcement) -> str:
    """How grave it is, and whom it is for, where it is not known how the reader comes: "Urgent · at the venue"."""
    said = {"info": gettext("Announcement"), "warning": gettext("Important"), "urgent": gettext("Urgent")}[
        each.severity
    ]
    whom = {"in_person": gettext("at the venue"), "online": gettext("online")}.get(each.audience, "")
    return said if context.get("attendance") or not whom else f"{said} · {whom}"


@register.simple_tag
def until(each: Announcement, summit: Summit) -> SafeString:
    """When it ends, with its day where that is another one."""
    return format_html(
        gettext("until {}"),
        format_html('<time datetime="{}">{}</time>', machine_time(each.ends_at), _moment(each.ends_at, summit)),
    )


def _moment(moment: datetime, summit: Summit) -> str:
    local = moment.astimezone(summit.tz)
    hour = f"{local:%H:%M}"
    if times.day_of(moment, summit.tz) != times.day_of(timezone.now(), summit.tz):
        hour = f"{times.day_label(local.date(), active_language())} {hour}"
    return f"{hour} {times.zone_short(moment, summit.tz)}"
