"""People of a delegation from a sheet: sent or pasted, its columns looked at, and nominated all at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registration.delegating import heads, nominating
from registration.forms.delegation import SheetColumnsForm, SheetForm, sheet_again
from registration.models import DelegationHead
from registration.views.personal.delegation import actor, by_head
from sessions.imports.tables.importing import TableReport
from sessions.imports.tables.sheet import Sheet
from summit.imports.table_format import Refused
from summit.ratelimit import take

SAMPLES = 3


@by_head
def sheet(request: HttpRequest, head: DelegationHead) -> HttpResponse:
    """The sheet is sent, then its columns; nothing is kept in between but in the form itself."""
    if "table_of" in request.POST:
        return _mapped(request, head)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data["sheet"]
        columns = SheetColumnsForm(sheet=found, summit=head.summit)
        guessed = [columns.fields[name].initial for name in columns.names]
        return _columns(request, head, found, columns, _tried(head, found, guessed))
    context = _context(head, form=form)
    return render(request, "registration/delegation/sheet.html", context, status=422 if form.errors else 200)


def _mapped(request: HttpRequest, head: DelegationHead) -> HttpResponse:
    found = sheet_again(request.POST["table_of"])
    if found is None:
        messages.error(request, _("The sheet did not arrive whole. Send it again."))
        return redirect("registration:delegation-sheet", head.summit.code, head.token)
    columns = SheetColumnsForm(request.POST, sheet=found, summit=head.summit)
    if not columns.is_valid():
        return _columns(request, head, found, columns, None, status=422)
    agreed = columns.cleaned_data["agreed"]
    if request.POST.get("action") != "nominate":
        return _columns(request, head, found, columns, _tried(head, found, columns.columns(), agreed=agreed))
    take("nominate-sheet", str(head.pk), limit=20, seconds=3600)
    report = nominating.from_sheet(head.delegation, found, columns.columns(), language=head.language, dry_run=False,
                                   agreed=agreed, named_by=heads.as_told(head), by=actor(request, head))  # fmt: skip
    if report.refused:
        return _columns(request, head, found, columns, report, status=422)
    number = sum(report.new.values())
    messages.success(
        request, ngettext("%(n)d person was nominated.", "%(n)d people were nominated.", number) % {"n": number}
    )
    return redirect(head)


def _tried(head: DelegationHead, found: Sheet, columns: list[str], *, agreed: bool = True) -> TableReport | None:
    """What nominating them would do; None where the columns make no sense yet. Before anybody was asked whether they agree
    the other faults are told."""
    try:
        return nominating.from_sheet(
            head.delegation, found, columns, language=head.language, dry_run=True, agreed=agreed
        )
    except Refused:
        return None


def _columns(
    request: HttpRequest,
    head: DelegationHead,
    found: Sheet,
    form: SheetColumnsForm,
    report: TableReport | None,
    *,
    status: int = 200,
) -> HttpResponse:
    rows = [(form[name], [cells[n] for _place, cells in found.samples(SAMPLES)]) for n, name in enumerate(form.names)]
    number = sum(report.new.values()) if report else 0
    context = _context(head, form=form, rows=rows, report=report, number=number, total=len(found.rows))
    return render(request, "registration/delegation/sheet_columns.html", context, status=status)


def _context(head: DelegationHead, **more: Any) -> dict[str, Any]:
    return {"summit": head.summit, "head": head, "delegation": head.delegation, **more}
