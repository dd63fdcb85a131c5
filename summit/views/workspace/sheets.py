"""One table as a file to download."""

import io

from django.http import Http404, HttpResponse

from summit.lib.spreadsheets import CSV_TYPE, XLSX_TYPE, Table
from summit.lists import exporting
from summit.models import Summit


def download(table: Table, summit: Summit, form: str) -> HttpResponse:
    """``form`` is ``csv`` or ``xlsx``; any other is a 404. Of a short table: long ones are jobs (``exporting``)."""
    if form not in exporting.FORMATS:
        raise Http404
    out = io.BytesIO()
    exporting.write(out, table, summit, form)
    response = HttpResponse(out.getvalue(), content_type=CSV_TYPE if form == "csv" else XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{summit.code}-{table.name}.{form}"'
    return response
