"""What is offered as open data: every format with its address, media type, schema and readers, said once.

The open-data page, the DCAT description, the Link headers and the bundle's descriptor are all drawn from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from sessions.exports import frab_json, frab_xml, linked, media, outcomes, popolo, register, schedule2, xcal
from sessions.exports.public import page
from sessions.models import Material, Outcome, Session
from summit.lib import spreadsheets
from summit.models import Summit

CALENDAR = "text/calendar; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
ZIP = "application/zip"
JSON_LD = linked.MEDIA_TYPE
TABLE_SCHEMA = "https://datapackage.org/standard/table-schema/"
POPOLO = "https://www.popoloproject.com/specs/"
# The longest time a browser may remember that every origin may ask (Fetch, CORS-preflight cache), in seconds.
REMEMBERED = "86400"


@dataclass(frozen=True, slots=True)
class Licence:
    """``name`` is the identifier of SPDX and of the Open Definition."""

    name: str
    title: str
    url: str


LICENCE = Licence("CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/")


@dataclass(frozen=True, slots=True)
class Format:
    """``view`` is the name of the address; ``in_language``: there is one file per language, chosen with ``?lang=``."""

    view: str
    file: str
    title: Any
    readers: Any
    media_type: str
    schema: str = ""
    schema_title: Any = ""
    in_language: bool = False

    @property
    def plain_type(self) -> str:
        """The media type without its parameters."""
        return self.media_type.partition(";")[0]

    def path(self, summit: Summit, language: str = "") -> str:
        query = f"?{urlencode({'lang': language})}" if self.in_language and language else ""
        return reverse(f"feeds:{self.view}", args=[summit.code]) + query

    def url(self, summit: Summit, language: str = "") -> str:
        return summit.address(self.path(summit, language))


AGENDA = (
    Format("schedule", "schedule.ics", _("iCalendar"), _("Calendar apps on phones and computers: subscribe once, changes follow."),
           CALENDAR, "https://www.rfc-editor.org/rfc/rfc5545", "RFC 5545", in_language=True),
    Format("schedule-xml", "schedule.xml", _("Schedule as XML (frab)"), _("Conference apps such as Giggity and EventFahrplan, and video teams."),
           frab_xml.MEDIA_TYPE, "https://c3voc.de/schedule/schema.xsd", _("XML Schema"), in_language=True),
    Format("schedule-json", "schedule.json", _("Schedule as JSON (frab)"), _("Conference websites, info screens and apps."),
           frab_json.MEDIA_TYPE, "https://c3voc.de/schedule/schema.json", _("JSON Schema"), in_language=True),
    Format("schedule2-json", "schedule2.json", _("Schedule as JSON, second generation"), _("Newer apps: both languages, roles of people, cancelled sessions. The format is still a draft."),
           schedule2.MEDIA_TYPE, "https://c3voc.de/schema/schedule2", _("JSON Schema"), in_language=True),
    Format("schedule-jsonld", "schedule.jsonld", _("Linked data (schema.org)"), _("Search engines and knowledge graphs."),
           linked.MEDIA_TYPE, "https://schema.org/Event", "schema.org/Event", in_language=True),
    Format("schedule-xcal", "schedule.xcal", _("xCal"), _("Older conference software."),
           xcal.MEDIA_TYPE, in_language=True),
)  # fmt: skip
TABLES = (
    Format("tables-xlsx", "sessions.xlsx", _("Excel workbook"), _("Excel, Numbers and LibreOffice: all tables, one sheet each."), spreadsheets.XLSX_TYPE),
    Format("sessions-csv", "sessions.csv", _("Sessions as CSV"), _("Spreadsheets, statistics software and our own import."), spreadsheets.CSV_TYPE, TABLE_SCHEMA, "Table Schema"),
    Format("people-csv", "people.csv", _("People on stage as CSV"), _("Spreadsheets, statistics software and our own import."), spreadsheets.CSV_TYPE, TABLE_SCHEMA, "Table Schema"),
    Format("organisations-csv", "organisations.csv", _("Organisations as CSV"), _("Spreadsheets, statistics software and our own import."), spreadsheets.CSV_TYPE, TABLE_SCHEMA, "Table Schema"),
    Format("rooms-csv", "rooms.csv", _("Rooms as CSV"), _("Spreadsheets, statistics software and our own import."), spreadsheets.CSV_TYPE, TABLE_SCHEMA, "Table Schema"),
)  # fmt: skip
PEOPLE = (
    Format("people-json", "people.json", _("People (Popolo)"), _("Civic-technology software that speaks the open-government vocabulary."),
           popolo.MEDIA_TYPE, POPOLO, "Popolo", in_language=True),
    Format("organisations-json", "organisations.json", _("Organisations (Popolo)"), _("Civic-technology software that speaks the open-government vocabulary."),
           popolo.MEDIA_TYPE, POPOLO, "Popolo", in_language=True),
)  # fmt: skip
_REGISTER_READERS = _("Spreadsheets, statistics software and research on open government.")
REGISTER = tuple(
    Format(f"civic-{name}-csv", f"civic/{name}.csv", title, _REGISTER_READERS, spreadsheets.CSV_TYPE, TABLE_SCHEMA, "Table Schema")
    for name, title in (
        ("membership-figures", _("Membership figures as CSV")),
        ("members", _("Members as CSV")),
        ("chairs", _("Chairs as CSV")),
        ("committee", _("Civil members of the committee as CSV")),
        ("action-plans", _("Action plans as CSV")),
        ("plan-steps", _("Steps of action plans as CSV")),
        ("commitments", _("Commitments as CSV")),
    )
)  # fmt: skip
PODCAST_FEED = Format("podcast", "podcast.rss", _("Recordings as a podcast (RSS)"), _("Podcast apps: each new recording arrives by itself."),
                      media.RSS_TYPE, "https://www.rssboard.org/rss-specification", "RSS 2.0", in_language=True)  # fmt: skip
MEDIA = (
    PODCAST_FEED,
    Format("media-json", "media.json", _("Recordings as JSON (voctoweb)"), _("Video archives: each recording by the identifier of its session, with language and quality."),
           media.JSON_TYPE, "https://github.com/voc/voctoweb#public-json-api", "voctoweb", in_language=True),
)  # fmt: skip
OUTCOMES = (
    Format("outcomes-csv", "outcomes.csv", _("Outcomes of sessions as CSV"), _("Spreadsheets and statistics software: notes, decisions and commitments."), spreadsheets.CSV_TYPE, TABLE_SCHEMA, "Table Schema"),
    Format("outcomes-json", "outcomes.json", _("Outcomes of sessions as JSON"), _("Websites and programs that follow what came of the summit."), outcomes.MEDIA_TYPE),
)  # fmt: skip
CHANGES = Format("changes-atom", "changes.atom", _("Changes of the agenda (Atom)"), _("Feed readers: each published version, with what was before and what is now."),
                 ATOM, "https://www.rfc-editor.org/rfc/rfc4287", "RFC 4287", in_language=True)  # fmt: skip
BUNDLE = Format("bundle", "bundle.zip", _("Everything in one file"), _("Archives and research: all formats, a description of every column, checksums."),
                ZIP, "https://datapackage.org/standard/data-package/", "Data Package")  # fmt: skip
DATASET = Format("dataset-jsonld", "dataset.jsonld", _("Description of the data (DCAT)"), _("Open-data portals, which gather it from here."),
                 JSON_LD, "https://www.w3.org/TR/vocab-dcat-3/", "DCAT 3")  # fmt: skip
GROUPS = ((_("The agenda"), AGENDA), (_("Tables"), TABLES), (_("People and organisations"), PEOPLE),
          (_("Recordings"), MEDIA), (_("Outcomes"), OUTCOMES), (_("Open-government register"), REGISTER),
          (_("Following and archiving"), (CHANGES, BUNDLE, DATASET)))  # fmt: skip
ALL = (*AGENDA, *TABLES, *PEOPLE, *MEDIA, *OUTCOMES, *REGISTER, CHANGES, BUNDLE, DATASET)


def offered(summit: Summit) -> Iterator[Format]:
    """Everything there is to fetch now: a bundle comes with the first published version, recordings and outcomes with the first one,
    a table of the register with its first row."""
    archived = summit.agenda_is_published and summit.agenda_versions.exists()
    kept = {f"civic/{name}.csv" for name in register.kept(summit)}
    absent = {found for found in REGISTER if found.file not in kept} | (set() if archived else {BUNDLE})
    absent |= set() if recorded(summit) else set(MEDIA)
    absent |= set() if Outcome.objects.public(summit).exists() else set(OUTCOMES)
    yield from (found for found in ALL if found not in absent)


def recorded(summit: Summit) -> bool:
    """Whether there is a recording that the public may be told of."""
    return Material.objects.recordings().filter(session__in=Session.objects.published().filter(summit=summit)).exists()


def data_page(summit: Summit, language: str = "") -> str:
    return page(summit, lambda: reverse("sessions:data", args=[summit.code]), language)


def headers(summit: Summit, found: Format, language: str = "") -> dict[str, str]:
    """What every answer with open data carries: any website may read it, and where its licence and its kin are.

    ``Link`` (RFC 8288) leads to the licence, the description, the page for people, and the same data in the other
    formats and languages.
    """
    links = [
        f'<{LICENCE.url}>; rel="license"',
        f'<{DATASET.url(summit)}>; rel="describedby"; type="{DATASET.plain_type}"',
        f'<{data_page(summit, language)}>; rel="help"; type="text/html"',
    ]
    for group in (AGENDA, TABLES, PEOPLE, MEDIA, OUTCOMES):
        if found in group:
            links += [_alternate(other, summit, language) for other in group if other is not found]
    if found.in_language:
        links += [
            f'<{found.url(summit, other)}>; rel="alternate"; hreflang="{other}"; type="{found.plain_type}"'
            for other in summit.languages
            if other != language
        ]
    return {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Link",
        "Link": ", ".join(links),
        "Content-Language": language if found.in_language else ", ".join(summit.languages),
    }


def _alternate(other: Format, summit: Summit, language: str) -> str:
    return f'<{other.url(summit, language)}>; rel="alternate"; type="{other.plain_type}"'


PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": REMEMBERED,
}
