"""Which format a file is in, and reading it."""

from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from sessions.imports.schedules import frab_json, frab_xml, icalendar_files, sheets
from sessions.imports.schedules.file_guards import check_size
from sessions.imports.schedules.schedule import Schedule
from sessions.imports.schedules.shared_ids import separate
from summit.imports.table_format import Refused

READERS: dict[str, Callable[[bytes], Schedule]] = {
    "xml": frab_xml.read,
    "json": frab_json.read,
    "csv": sheets.read_csv,
    "xlsx": sheets.read_xlsx,
    "ical": icalendar_files.read,
}
FORMATS = tuple(READERS)
SUFFIXES = {".xml": "xml", ".json": "json", ".csv": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".ics": "ical"}


def open_schedule(name: str, content: bytes, *, format: str = "auto") -> Schedule:
    """The schedule in a file. Raises ``Refused``, with the name of the file."""
    try:
        check_size(content)
        kind = _format(name, content) if format == "auto" else format
        schedule = READERS[kind](content)
        separate(schedule)
        schedule.file = Path(name).name
        if not schedule.items and not schedule.refused:
            raise Refused(_("There is no session in the file."))
    except Refused as refused:
        raise Refused(f"{Path(name).name}: {refused}") from refused
    return schedule


def _format(name: str, content: bytes) -> str:
    """By its first bytes, then by its name: people rename files."""
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_("This is a workbook of the old kind (.xls). Save it as .xlsx and try again."))
    for mark, known in ((b"<", "xml"), (b"{", "json"), (b"[", "json"), (b"BEGIN:VCALENDAR", "ical")):
        if start.startswith(mark):
            return known
    if kind := SUFFIXES.get(Path(name).suffix.lower()):
        return kind
    raise Refused(_("This is no format read here. Known are schedule.xml, schedule.json, CSV, XLSX and iCalendar."))
