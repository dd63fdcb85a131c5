"""My agenda as a PDF: one's own days, with times, rooms and seats, to print or to keep."""

from collections.abc import Mapping

from sessions.personal.days import plan
from sessions.prints import content
from sessions.prints.drawing import Press, html
from summit.lib import times
from summit.lib.translated import active_language
from summit.models import Summit


def draw(summit: Summit, bookmarks: Mapping[str, str]) -> bytes:
    """A4 pages in the active language, tagged (PDF/UA-1, ISO 14289-1)."""
    language = active_language()
    noon = times.day_bounds(summit.starts_on, summit.tz)[0]
    context = {"summit": summit, "plan": plan(summit, bookmarks), "zone": times.zone_name(noon, summit.tz, language)}
    text = html("personal", context, [language])
    with Press("personal", {"tracks": content.colours(summit)}, origin=summit.origin) as press:
        return press.pdf(text)
