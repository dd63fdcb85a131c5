"""Our template for agendas as CSV (RFC 4180) or XLSX (ECMA-376), and sheets with the column names of others.

A text in several languages has one column per language: ``title.ko``, ``title (en)``. Lists are separated by ``;``.
Times are wall time in the summit's zone; a sheet may give ``starts_at`` and ``ends_at`` whole, or ``date`` with hours.
"""

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from sessions.imports.schedules import parsing
from sessions.imports.schedules.file_guards import CELL, COLUMNS, ROWS, check_workbook, decoded
from sessions.imports.schedules.schedule import OWN, Human, Item, Place, Schedule, WebLink, Words
from sessions.imports.schedules.wording import markdown, one_line, unmarked_line
from sessions.models import Material
from summit.imports.table_format import Refused

Cells = list[Any]
Values = dict[str, dict[str, Any]]  # column -> language -> cell

# Our column and what others call it: Swapcard's sheet, Sched's, and Korean headings.
COLUMN_NAMES = {
    "code": ("session code", "코드", "세션 코드"),
    "guid": ("id", "internal id", "uid", "external id"),
    "title": ("name", "session title", "session name", "제목", "세션명"),
    "abstract": ("description", "summary", "설명", "내용", "요약"),
    "date": ("day", "start date", "날짜", "일자"),
    "starts_at": ("start", "start time", "starts", "begins at", "beginning", "시작", "시작 시간"),
    "ends_at": ("end", "end time", "ends", "종료", "종료 시간", "끝"),
    "duration": ("minutes", "length", "소요 시간"),
    "room": ("location", "place", "venue", "회의실", "장소"),
    "track": ("topic", "topics", "theme", "트랙"),
    "kind": ("type", "session type", "유형", "종류"),
    "mode": ("format", "진행 방식", "참여 방식"),
    "language": ("languages", "language spoken", "언어"),
    "interpretation": ("interpretation into", "통역"),
    "hosts": ("host", "exhibitors", "exhibitor", "organisation", "organization", "주관 기관", "주관"),
    "people": ("speakers", "speaker", "persons", "연사", "발표자"),
    "recording": ("video", "recording url", "녹화"),
    "slides": ("presentation", "documents", "자료"),
    "links": ("link", "url", "website", "링크"),
    "do_not_record": ("not recorded", "녹화 금지"),
    "cancelled": ("canceled", "취소"),
}
TRANSLATED = ("title", "abstract", "track", "room")
TEMPLATE = ("code", "guid", "title.ko", "title.en", "abstract.ko", "abstract.en", "starts_at", "ends_at", "room", "track", "kind",
            "mode", "language", "interpretation", "hosts", "people", "recording", "slides", "links", "do_not_record", "cancelled")  # fmt: skip
_KNOWN = {name: column for column, names in COLUMN_NAMES.items() for name in (column, column.replace("_", " "), *names)}
_LANGUAGE = re.compile(r"(.+?)\s*(?:\.|[(\[])\s*([^()\[\].]+?)\s*[)\]]?\Z")
YES = {"1", "true", "yes", "y", "x", "예", "네", "o"}
# What spreadsheets run as a formula (OWASP, CSV Injection): an exporter's leading apostrophe is taken away again.
FORMULA = re.compile(r"\A'(?=[=+\-@\t])")


def template() -> bytes:
    """An empty sheet with all our columns, as UTF-8 with the mark Excel wants."""
    return ("\ufeff" + ",".join(TEMPLATE) + "\r\n").encode()


def read_csv(content: bytes) -> Schedule:
    """Raises ``Refused`` for a file that is no table of sessions."""
    return _schedule("csv", rows_of_csv(content))


def rows_of_csv(content: bytes) -> Iterator[tuple[str, Cells]]:
    """Each line as (place, cells), the separator guessed from the first one. Raises ``Refused``."""
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    first = text.split("\n", 1)[0][:CELL]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(_lines(text, separator), delimiter=separator, strict=False)
    line = 1
    try:
        for counted, row in enumerate(reader):
            place = _("line %(number)d") % {"number": line}
            _check_row(row, counted, place)
            yield place, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refused(_("Line %(line)d is not valid CSV: %(error)s") % {"line": line, "error": error}) from error


def _lines(text: str, separator: str) -> Iterator[str]:
    """The physical lines; one of millions of cells is refused before it becomes a list."""
    start, number = 0, 1
    while start < len(text):
        past = text.find("\n", start) + 1 or len(text)
        if past - start > COLUMNS * 1_000 and text.count(separator, start, past) > COLUMNS * 100:
            raise Refused(
                _("Line %(line)d has far too many cells. Keep only the columns of the template.") % {"line": number}
            )
        yield text[start:past]
        start, number = past, number + 1


def read_xlsx(content: bytes) -> Schedule:
    """The first sheet of a workbook. Raises ``Refused``."""
    return _schedule("xlsx", rows_of_xlsx(content))


def rows_of_xlsx(content: bytes) -> Iterator[tuple[str, Cells]]:
    """Each row of the first sheet as (place, cells). Raises ``Refused``."""
    check_workbook(content)
    import openpyxl  # slow to load, and only for this

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what the workbook holds besides cells
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = next((s for s in book.worksheets if hasattr(s, "iter_rows")), None)
            if sheet is None:
                raise Refused(_("The workbook has no sheet."))
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True, max_row=ROWS + 2, max_col=COLUMNS + 1)
            for number, row in enumerate(rows, 1):
                place = _("row %(number)d") % {"number": number}
                _check_row(list(row), number - 1, place)
                yield place, list(row)
        except Refused:
            raise
        except Exception as error:  # the library throws whatever it stumbles over
            raise Refused(_("The workbook is damaged. Save it again as .xlsx.")) from error


def blank(cells: Cells) -> bool:
    return not any(cell not in (None, "") and str(cell).strip() for cell in cells)


def _schedule(format: str, rows: Iterable[tuple[str, Cells]]) -> Schedule:
    schedule = Schedule(format)
    columns: list[tuple[str, str] | None] = []
    for place, cells in rows:
        if blank(cells):
            continue
        if not columns:
            columns = _columns(schedule, cells, place)
            continue
        values: Values = {}
        for column, cell in zip(columns, cells, strict=False):
            if column and cell not in (None, ""):
                values.setdefault(column[0], {})[column[1]] = cell
        try:
            schedule.items.append(_item(place, values))
        except Refused as refused:
            schedule.refused.append((place, str(refused)))
    if not columns:
        raise Refused(_("The file is empty."))
    return schedule


def _check_row(cells: Cells, counted: int, place: str) -> None:
    if counted > ROWS:
        raise Refused(_("The sheet has more than %(rows)d rows. Delete the empty ones, or split it.") % {"rows": ROWS})
    if len(cells) > COLUMNS and any(cell not in (None, "") for cell in cells[COLUMNS:]):
        raise Refused(
            _("%(place)s: more than %(columns)d columns. Keep only those of the template.")
            % {"place": place, "columns": COLUMNS}
        )
    if any(isinstance(cell, str) and len(cell) > CELL for cell in cells):
        raise Refused(
            _("%(place)s: a cell has more than %(length)d characters. Shorten it.") % {"place": place, "length": CELL}
        )


def _columns(schedule: Schedule, cells: Cells, place: str) -> list[tuple[str, str] | None]:
    """What each column means: (our name, language)."""
    found: list[tuple[str, str] | None] = []
    for cell in cells:
        column = _column(one_line(cell))
        if column is None and one_line(cell):
            schedule.note(place, _("The column “%(name)s” is not read.") % {"name": one_line(cell, longest=60)})
        if column and column in found:
            raise Refused(
                _("%(place)s: the column “%(name)s” stands there twice. Rename or delete one.")
                % {"place": place, "name": one_line(cell)}
            )
        found.append(column)
    if not any(column and column[0] == "title" for column in found):
        raise Refused(
            _("%(place)s: no column is called “title”. The first row names the columns: %(columns)s.")
            % {"place": place, "columns": ", ".join(TEMPLATE)}
        )
    return found


def _column(heading: str) -> tuple[str, str] | None:
    name = heading.casefold().strip(" *:")
    if name in _KNOWN:
        return _KNOWN[name], OWN
    if (split := _LANGUAGE.match(name)) and split[1] in _KNOWN and _KNOWN[split[1]] in TRANSLATED:
        if spoken := parsing.languages(split[2]):
            return _KNOWN[split[1]], spoken[0]
    return None


def _item(place: str, values: Values) -> Item:
    def words(column: str, clean: Any) -> Words:
        found = {language: clean(FORMULA.sub("", str(cell))) for language, cell in values.get(column, {}).items()}
        return {language: text for language, text in found.items() if text}

    def cell(column: str) -> Any:
        return next(iter(values.get(column, {}).values()), None)

    def text(column: str) -> str:
        return FORMULA.sub("", one_line(cell(column)))

    def parts(column: str) -> list[str]:
        return [part.strip() for part in text(column).split(";") if part.strip()]

    starts_at, ends_at = _times(cell("date"), cell("starts_at"), cell("ends_at"))
    room = words("room", unmarked_line)
    return Item(
        place=place,
        title=words("title", unmarked_line),
        guid=text("guid"),
        code=text("code"),
        abstract=words("abstract", markdown),
        track=words("track", unmarked_line) if "track" in values else None,
        kind=text("kind"),
        mode=text("mode"),
        language=text("language"),
        interpretation=parsing.languages(text("interpretation")) if "interpretation" in values else None,
        starts_at=starts_at,
        ends_at=ends_at,
        duration=parsing.length(text("duration")),
        room=Place(room) if room else None,
        has_room="room" in values,
        hosts=parts("hosts") if "hosts" in values else None,
        persons=[Human(name) for name in parts("people")] if "people" in values else None,
        links=[
            WebLink(url, "", str(kind))
            for column, kind in (
                ("recording", Material.Kind.RECORDING),
                ("slides", Material.Kind.SLIDES),
                ("links", ""),
            )
            for url in parts(column)
        ],
        do_not_record=text("do_not_record").casefold() in YES if "do_not_record" in values else None,
        cancelled=text("cancelled").casefold() in YES if "cancelled" in values else None,
    )


def _times(day: Any, start: Any, end: Any) -> tuple[datetime | None, datetime | None]:
    """Beginning and end; an hour alone lies on ``day``, an end before its beginning on the next."""
    on = day.date() if isinstance(day, datetime) else day if isinstance(day, date) else parsing.day(one_line(day))
    starts_at = _moment(start, on, "starts_at")
    ends_at = _moment(end, starts_at.date() if starts_at else on, "ends_at")
    only_an_hour = isinstance(end, time) or (isinstance(end, str) and parsing.clock(end) is not None)
    if starts_at and ends_at and only_an_hour and ends_at.replace(tzinfo=None) <= starts_at.replace(tzinfo=None):
        ends_at += timedelta(days=1)
    if starts_at and ends_at and ends_at.tzinfo is None and starts_at.tzinfo is not None and only_an_hour:
        ends_at = ends_at.replace(tzinfo=starts_at.tzinfo)
    return starts_at, ends_at


def _moment(value: Any, on: date | None, column: str) -> datetime | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value
    hour = value if isinstance(value, time) else parsing.clock(str(value))
    if hour is not None and on is not None:
        return datetime.combine(on, hour)
    found = parsing.moment(str(value).replace("/", "-")) if hour is None and isinstance(value, str) else None
    if found is None:
        raise Refused(
            _("“%(column)s” must be a time like 2021-12-15T10:00, or an hour beside a “date”.") % {"column": column}
        )
    return found
