"""Which format a file is in, and reading it."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from sessions.imports.schedules import frab_json, frab_xml, icalendar_files, sheets
from sessions.imports.schedules.file_guards import check_size
from sessions.imports.schedules.lengths import fit
from sessions.imports.schedules.schedule import Schedule
from sessions.imports.schedules.shared_ids import separate
from sessions.imports.schedules.table_files import OLD_WORKBOOK, ROWS_OF, ZIP, kind_of
from summit.imports.table_format import Refused
from summit.lib.encodings import CP949, as_utf8

READERS: dict[str, Callable[[bytes], Schedule]] = {
    "xml": frab_xml.read,
    "json": frab_json.read,
    "ical": icalendar_files.read,
}
FORMATS = (*READERS, *ROWS_OF)
SUFFIXES = {
    ".xml": "xml",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".ods": "ods",
    ".ics": "ical",
}


def open_schedule(name: str, content: bytes, *, format: str = "auto", days: Sequence[date] = ()) -> Schedule:
    """The schedule in a file; ``days`` are those of the summit, which a sheet may name by weekday or number.

    Raises ``Refused``, with the name of the file.
    """
    try:
        check_size(content)
        content, encoding = as_utf8(content)
        kind = _format(name, content) if format == "auto" else format
        schedule = sheets.read(kind, content, days) if kind in ROWS_OF else READERS[kind](content)
        if encoding == CP949:
            schedule.note(_("all of it"), _("The file is no UTF-8 and was read as Korean (CP949). Look at the names."))
        fit(schedule)
        separate(schedule)
        schedule.file = Path(name).name
        if not schedule.items and not schedule.refused:
            raise Refused(_("There is no session in the file."))
    except Refused as refused:
        raise Refused(f"{Path(name).name}: {refused}") from refused
    return schedule


def _format(name: str, content: bytes) -> str:
    """By its first bytes, then by its name: people rename files."""
    if content[:4] in (ZIP, OLD_WORKBOOK):
        return kind_of(name, content)
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    for mark, known in ((b"<", "xml"), (b"{", "json"), (b"[", "json"), (b"BEGIN:VCALENDAR", "ical")):
        if start.startswith(mark):
            return known
    if kind := SUFFIXES.get(Path(name).suffix.lower()):
        return kind
    raise Refused(
        _(
            "This is no format read here. Known are schedule.xml, schedule.json, CSV, XLSX, OpenDocument (.ods) and iCalendar."
        )
    )
