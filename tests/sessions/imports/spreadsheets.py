"""Workbooks as LibreOffice and Excel save them, and tables as text."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from xml.sax.saxutils import escape

import openpyxl

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(f'xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "table", "text", "manifest"))
MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"


def as_csv(*rows, separator=",", encoding="utf-8"):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(*rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def ods_cell(value, *, times=1):
    repeat = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    match value:
        case None:
            return f"<table:table-cell{repeat}/>"
        case bool():
            said, shown = f'boolean" office:boolean-value="{str(value).lower()}', str(value).upper()
        case int() | float():
            said, shown = f'float" office:value="{value}', str(value)
        case datetime() | date():
            said, shown = f'date" office:date-value="{value.isoformat()}', f"{value:%d/%m/%y}"
        case time():
            said, shown = f'time" office:time-value="PT{value:%HH%MM%SS}', f"{value:%H:%M}"
        case _:
            said, shown = "string", value
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n"))
    return f'<table:table-cell{repeat} office:value-type="{said}">{paragraphs}</table:table-cell>'


def ods_row(*cells, times=1):
    repeat = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeat}>{''.join(cell if str(cell).startswith('<table:') else ods_cell(cell) for cell in cells)}</table:table-row>"


def repeated(value, *, rows=1, columns=1):
    return ods_row(ods_cell(value, times=columns), times=rows)


def as_ods(*rows):
    """Padded to the end of the sheet with repeated empty cells and rows, as LibreOffice does."""
    padded = [ods_row(*row, ods_cell(None, times=16_384 - len(row))) for row in rows]
    return opendocument("".join(padded) + ods_row(ods_cell(None, times=16_384), times=1_048_576 - len(rows)))


def opendocument(rows, *, head="", manifest=""):
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<office:document-content {SPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1"><table:table-column/>{rows}</table:table>'
        f'<table:table table:name="Sheet2">{ods_row("another sheet")}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(zipfile.ZipInfo("mimetype"), MIMETYPE)
        book.writestr("content.xml", content)
        book.writestr("META-INF/manifest.xml", f"<manifest:manifest {SPACES}>{manifest}</manifest:manifest>")
    return out.getvalue()
