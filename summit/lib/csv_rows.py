"""Rows of CSV (RFC 4180) as spreadsheets of all countries write it: with commas, semicolons, tabs or bars.

A quotation mark that nothing closes would make one cell of all that follows, so it is told, not guessed.
"""

import csv
import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

SEPARATORS = ",;\t|"
# Excel's own way to name the separator, in a line before the table.
NAMED = re.compile(r'\s*"?sep=(.)"?[,;\t| ]*\Z', re.IGNORECASE)
QUOTED = re.compile(r'"(?:[^"]|"")*"')
LOOKED_AT = 100_000  # characters


class BrokenRow(ValueError):
    """A row that cannot be told from the next one; its words name the line and what to do."""


def separator_of(text: str) -> str:
    """The separator the first line names, else the one the first row with words has most of outside quotation marks."""
    if named := NAMED.match(text[:40].split("\n", 1)[0]):
        return named[1]
    row = QUOTED.sub("", text[:LOOKED_AT].lstrip("\n \r")).lstrip("\n \r").split("\n", 1)[0]
    return max(SEPARATORS, key=row.count)


def rows(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on, without the one that names the separator. Raises :class:`BrokenRow`."""
    reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
    line = 1
    try:
        for row in reader:
            if line > 1 or not NAMED.match(separator.join(row)):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise BrokenRow(_told(line, str(error))) from error


def _told(line: int, said: str) -> str:
    if "field limit" in said:
        return _("Line %(line)d: a cell has more than 131,072 characters. Shorten it, or close its quotation mark.") % {
            "line": line
        }
    if "end of data" in said:
        return _(
            'Line %(line)d: a cell begins with a quotation mark (") that nothing closes, so all that follows would be in it. Close it, or take it away.'
        ) % {"line": line}
    return _(
        'Line %(line)d: after a quotation mark (") the cell goes on, so it is not known where it ends. Write marks inside a cell twice (""), or close the one before.'
    ) % {"line": line}
