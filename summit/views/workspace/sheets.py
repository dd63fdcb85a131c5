"""One table as a file to download."""

import io
from collections.abc import Iterator

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from summit.lib.spreadsheets import CSV_TYPE, XLSX_TYPE, Table, csv_pieces
from summit.lists import exporting
from summit.models import Summit


def download(table: Table, summit: Summit, form: str) -> HttpResponseBase:
    """``form`` is ``csv`` or ``xlsx``; any other is a 404. Long ones are handed out as they are read."""
    if form not in exporting.FORMATS:
        raise Http404
    content_type = CSV_TYPE if form == "csv" else XLSX_TYPE
    response: HttpResponseBase
    if form == "csv" and len(table.rows) > exporting.IMMEDIATE:
        response = StreamingHttpResponse(_spoken(table, translation.get_language()), content_type=content_type)
    else:
        # Packed: a workbook of 100,000 people is some ten megabytes.
        out = io.BytesIO()
        exporting.write(out, table, summit, form)
        response = HttpResponse(out.getvalue(), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{summit.code}-{table.name}.{form}"'
    return response


def _spoken(table: Table, language: str) -> Iterator[bytes]:
    """In the language of the request, which is over when the rows are read."""
    pieces = csv_pieces(table)
    while True:
        with translation.override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
