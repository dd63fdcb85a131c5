"""One table as a file to download."""

from django.http import Http404, HttpResponse
from django.utils import timezone

from summit.lib.spreadsheets import CSV_TYPE, XLSX_TYPE, Table, as_csv, as_workbook
from summit.models import Summit


def download(table: Table, summit: Summit, form: str) -> HttpResponse:
    """``form`` is ``csv`` or ``xlsx``; any other is a 404."""
    if form == "csv":
        response = HttpResponse(as_csv(table), content_type=CSV_TYPE)
    elif form == "xlsx":
        content = as_workbook([table], title=f"{summit} · {table.title}", changed_at=timezone.now())
        response = HttpResponse(content, content_type=XLSX_TYPE)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{summit.code}-{table.name}.{form}"'
    return response
