"""Our template for agendas as CSV, XLSX or OpenDocument, and sheets with the column names of others.

A text in several languages has one column per language: ``title.ko``, ``title (en)``. Lists are separated by ``;``.
Times are wall time in the summit's zone; a sheet may give ``starts_at`` and ``ends_at`` whole, or ``date`` with hours.
A date may be a weekday or the number of a day of the summit.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from sessions.imports.schedules import dates, parsing
from sessions.imports.schedules.names import lines_in, people_in
from sessions.imports.schedules.schedule import OWN, Human, Item, Place, Schedule, WebLink, Words
from sessions.imports.schedules.table_files import ROWS_OF, Cells, blank, check_formulas, check_width
from sessions.imports.schedules.wording import block, markdown, one_line, unmarked_line
from sessions.models import Material
from summit.imports.table_format import Refused

Values = dict[str, dict[str, Any]]  # column -> language -> cell

# Our column and what others call it: Swapcard's sheet, Sched's, and Korean headings.
COLUMN_NAMES = {
    "code": ("session code", "코드", "세션 코드"),
    "guid": ("id", "internal id", "uid", "external id"),
    "title": ("name", "session title", "session name", "제목", "세션명"),
    "abstract": ("description", "summary", "설명", "내용", "요약"),
    "date": ("day", "start date", "weekday", "날짜", "일자", "요일", "일차"),
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
NO = {"", "0", "false", "no", "n", "-", "아니요", "아니오"}
# What spreadsheets run as a formula (OWASP, CSV Injection): an exporter's leading apostrophe is taken away again.
FORMULA = re.compile(r"\A'(?=[=+\-@\t])")


def template() -> bytes:
    """An empty sheet with all our columns, as UTF-8 with the mark Excel wants."""
    return ("\ufeff" + ",".join(TEMPLATE) + "\r\n").encode()


def read(kind: str, content: bytes, days: Sequence[date] = ()) -> Schedule:
    """The first sheet of a file of that kind; ``days`` are those of the summit. Raises ``Refused`` for no table of sessions."""
    return _Reader(Schedule(kind), days).read(ROWS_OF[kind](content))


@dataclass(slots=True)
class _Reader:
    """One sheet while it is read. ``headings`` is what each of our columns is called in it."""

    schedule: Schedule
    days: Sequence[date]
    columns: list[tuple[str, str] | None] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    with_commas: list[str] = field(default_factory=list)

    def read(self, rows: Iterable[tuple[str, Cells]]) -> Schedule:
        for place, cells in rows:
            if blank(cells):
                continue
            if self.columns:
                self._row(place, cells)
            else:
                self._head(place, cells)
        if not self.columns:
            raise Refused(_("The file is empty."))
        if self.with_commas:
            text = _(
                "Commas part people in some cells (%(count)d), as in “%(cell)s”. Part them by semicolons where a name has a comma."
            )
            self.schedule.note(
                self.headings["people"], text % {"count": len(self.with_commas), "cell": self.with_commas[0]}
            )
        return self.schedule

    def _row(self, place: str, cells: Cells) -> None:
        values: Values = {}
        for column, cell in zip(self.columns, cells, strict=False):
            if column and cell not in (None, ""):
                values.setdefault(column[0], {})[column[1]] = cell
        try:
            if words := check_width(cells, len(self.columns), is_text=self.schedule.format == "csv"):
                self.schedule.note(place, words)
            check_formulas({name: cell for name, said in values.items() for cell in said.values()})
            self.schedule.items.append(self._item(place, values))
        except Refused as refused:
            self.schedule.refused.append((place, refused.message_for(self.headings)))

    def _head(self, place: str, cells: Cells) -> None:
        """What each column means: (our name, language)."""
        found = [_column(one_line(cell)) for cell in cells]
        for number, cell in enumerate(cells):
            name, column = one_line(cell, longest=60), found[number]
            if column is None and name:
                self.schedule.note(place, _("The column “%(name)s” is not read.") % {"name": name})
            elif column and (first := found.index(column)) < number:
                self._choose(place, cells, found, first, number)
        if not any(column and column[0] == "title" for column in found):
            raise Refused(
                _("%(place)s: no column is called “title”. The first row names the columns: %(columns)s.")
                % {"place": place, "columns": ", ".join(TEMPLATE)}
            )
        while found and found[-1] is None and not one_line(cells[len(found) - 1]):
            found.pop()
        self.columns = found
        pairs = [(column[0], one_line(cell, longest=60)) for column, cell in zip(found, cells, strict=False) if column]
        self.headings = dict(reversed(pairs))

    def _choose(self, place: str, cells: Cells, found: list[tuple[str, str] | None], first: int, second: int) -> None:
        """Of two columns that mean the same, the one that is called more like ours; the other is noted."""
        one, other = one_line(cells[first]), one_line(cells[second])
        if _bare(one) == _bare(other):
            raise Refused(
                _("%(place)s: the column “%(name)s” stands there twice. Rename or delete one.")
                % {"place": place, "name": other}
            )
        column: Any = found[second]
        names = (column[0], column[0].replace("_", " "), *COLUMN_NAMES[column[0]])
        ranks = [names.index(_bare(name)) if _bare(name) in names else len(names) for name in (one, other)]
        loser = first if ranks[1] < ranks[0] else second
        found[loser] = None
        text = _("The column “%(name)s” is not read, because “%(other)s” stands for the same.")
        pair = (one, other) if loser == first else (other, one)
        self.schedule.note(place, text % {"name": pair[0], "other": pair[1]})

    def _item(self, place: str, values: Values) -> Item:
        row = _Row(values)
        starts_at, ends_at = self._times(place, row)
        room = row.words("room", unmarked_line)
        interpretation = parsing.languages(row.text("interpretation"))
        if row.text("interpretation") and not interpretation:
            text = _("“%(language)s” names no language that is known.")
            self.schedule.note(place, text % {"language": row.text("interpretation")[:60]})
        return Item(
            place=place,
            title=row.words("title", unmarked_line),
            guid=row.text("guid"),
            code=row.text("code"),
            abstract=row.words("abstract", markdown),
            track=row.words("track", unmarked_line) if "track" in values else None,
            kind=row.text("kind"),
            mode=row.text("mode"),
            language=row.text("language"),
            interpretation=interpretation if "interpretation" in values else None,
            starts_at=starts_at,
            ends_at=ends_at,
            duration=dates.length_of(row.cell("duration"), "duration"),
            room=Place(room) if room else None,
            has_room="room" in values,
            hosts=row.parts("hosts") if "hosts" in values else None,
            persons=self._people(place, row) if "people" in values else None,
            links=row.links(),
            do_not_record=row.flag("do_not_record"),
            cancelled=row.flag("cancelled"),
        )

    def _people(self, place: str, row: "_Row") -> list[Human]:
        people = people_in(block(row.whole("people")))
        if people.doubt:
            self.schedule.note(place, people.doubt)
        elif people.commas:
            self.with_commas.append(people.commas)
        return [Human(one_line(one.name), role=one.role) for one in people.named]

    def _times(self, place: str, row: "_Row") -> tuple[datetime | None, datetime | None]:
        cells = (row.cell("date"), row.cell("starts_at"), row.cell("ends_at"))
        on, starts_at, ends_at = dates.span_of(*cells, self.days)
        if on and not starts_at:
            self.schedule.note(place, _("It has a day and no hour, so its time stays open."))
        return starts_at, ends_at


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one row by column and language."""

    values: Values

    def cell(self, column: str) -> Any:
        return next(iter(self.values.get(column, {}).values()), None)

    def whole(self, column: str) -> str:
        """The text with its line breaks."""
        return _said(self.cell(column))

    def text(self, column: str) -> str:
        return one_line(self.whole(column))

    def parts(self, column: str) -> list[str]:
        return [one_line(part) for part in lines_in(block(self.whole(column)))]

    def words(self, column: str, clean: Any) -> Words:
        found = {language: clean(_said(cell)) for language, cell in self.values.get(column, {}).items()}
        return {language: text for language, text in found.items() if text}

    def flag(self, column: str) -> bool | None:
        """Yes or no; None where the sheet has no such column or the cell is empty. Raises ``Refused``."""
        if column not in self.values:
            return None
        word = self.text(column).casefold()
        if word not in YES | NO:
            raise Refused(_("“%(column)s”: “%(value)s” is neither yes nor no."), column=column, value=word[:60])
        return word in YES

    def links(self) -> list[WebLink]:
        kinds = (("recording", Material.Kind.RECORDING), ("slides", Material.Kind.SLIDES), ("links", ""))
        return [WebLink(url, "", str(kind)) for column, kind in kinds for url in self.parts(column)]


def _said(cell: Any) -> str:
    """A cell as text, without the apostrophe that keeps a formula from running; whole numbers without a point."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return FORMULA.sub("", "" if cell is None else str(cell))


def _bare(heading: str) -> str:
    return " ".join(heading.casefold().strip(" *:\ufeff").split())


def _column(heading: str) -> tuple[str, str] | None:
    name = _bare(heading)
    if name in _KNOWN:
        return _KNOWN[name], OWN
    if (split := _LANGUAGE.match(name)) and split[1] in _KNOWN and _KNOWN[split[1]] in TRANSLATED:
        if spoken := parsing.languages(split[2]):
            return _KNOWN[split[1]], spoken[0]
    return None
