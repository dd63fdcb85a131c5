"""My agenda as a PDF: one's own days, with times, rooms and seats, to print or to keep."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sessions.personal.days import plan
from sessions.prints import content
from sessions.prints.drawing import Press, html
from summit.lib import times
from summit.lib.translated import active_language
from summit.models import Summit


def draw(summit: Summit, bookmarks: Mapping[str, str], *, reader: ZoneInfo | None = None) -> bytes:
    """A4 pages in the active language, tagged (PDF/UA-1, ISO 14289-1); hours in the reader's own zone stand beside."""
    language = active_language()
    context = {
        "summit": summit,
        "plan": plan(summit, bookmarks, reader=reader),
        "zone": times.zone_of_days(summit.starts_on, summit.tz, language),
        "language": language,
    }
    text = html("personal", context, [language])
    with Press("personal", {"tracks": content.colours(summit)}, origin=summit.origin) as press:
        return press.pdf(text)
