"""Texts in CSV files that a spreadsheet would take for a formula (OWASP, "CSV Injection").

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-`` or ``@``, also after a tab or line break, and with their
full-width twins where people write Korean, Chinese or Japanese. An apostrophe in front says "text". Written and read
back, every text is itself again: one that brings its own apostrophes gets one more, and loses exactly one.
"""

import re

FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def neutral(text: str) -> str:
    """The text as a CSV cell may hold it."""
    return f"'{text}" if FORMULA.match(text) else text


def as_written(cell: str) -> str:
    """The text of a cell that :func:`neutral` made; any other cell stays as it is."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
