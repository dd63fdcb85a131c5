"""One person registers several: by a form of up to twenty, or by a sheet that is looked at before anybody is registered."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from registration.forms.groups import (
    FIRST_ROWS,
    LARGEST_SHEET,
    MORE_ROWS,
    MOST_ROWS,
    ContactForm,
    MemberForm,
    SheetForm,
    table_in,
    tell_doubled,
)
from registration.registering import groups
from sessions.imports.tables.sheet import open_sheet
from summit.errors import Refusal
from summit.imports.table_format import Refused
from summit.models import Summit
from summit.ratelimit import client_address, limited, take

Members: Any = forms.formset_factory(MemberForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def _summit(code: str) -> Summit:
    found = get_object_or_404(Summit.objects.public(), code=code)
    if not found.registers_groups or found.registration_state() != "open":
        raise Http404
    return found


@never_cache
@limited("group", limit=60, seconds=600)
def group(request: HttpRequest, summit: str) -> HttpResponse:
    """Up to twenty people, each in a row; empty rows are left out."""
    found = _summit(summit)
    sent = request.POST.copy() if request.method == "POST" else None
    if sent is not None and sent.get("action") == "more":
        return _page(request, found, ContactForm(sent, summit=found), _rows(sent, more=MORE_ROWS, summit=found))
    contact = ContactForm(sent, summit=found)
    rows = _rows(sent, more=0, summit=found)
    if sent is None:
        return _page(request, found, contact, rows)
    filled = [row for row in rows if row.has_changed()]
    tell_doubled(filled)
    if not (all([contact.is_valid(), *(row.is_valid() for row in filled)]) and filled):
        if not filled:
            contact.add_error(None, _("Fill in at least one row."))
        return _page(request, found, contact, rows, status=422)
    return _done(request, found, contact, filled) or _page(request, found, contact, rows, status=409)


def _rows(sent: Any, *, more: int, summit: Summit) -> Any:
    if sent is None:
        return Members(form_kwargs={"summit": summit}, initial=[{}] * FIRST_ROWS)
    if more:
        total = sent.get("form-TOTAL_FORMS", "")
        sent["form-TOTAL_FORMS"] = min(MOST_ROWS, (int(total) if total.isdecimal() and len(total) < 4 else 0) + more)
    return Members(sent, form_kwargs={"summit": summit, "empty_permitted": True})


def _done(request: HttpRequest, summit: Summit, contact: ContactForm, rows: list[MemberForm]) -> HttpResponse | None:
    """Register them and lead on; None where a rule said no, which then stands at its place."""
    try:
        take("groups", client_address(request), limit=6, seconds=3600)
        people = [row.person(contact.cleaned_data) for row in rows]
        count = groups.register(summit, people, contact=contact.contact())
    except groups.NotAll as refusal:
        contact.add_error(None, str(refusal.message))
        for number, why in refusal.details["rows"].items():
            rows[number].add_error("email", why)
    except Refusal as refusal:
        contact.add_error(None, str(refusal.message))
    else:
        words = ngettext("%(n)d person gets a mail with the link to their own page.", "%(n)d people get a mail with the link to their own page.", count)  # fmt: skip
        messages.success(request, words % {"n": count})
        return redirect("registration:group", summit.code)
    return None


def _page(request: HttpRequest, summit: Summit, contact: ContactForm, rows: Any, *, status: int = 200) -> HttpResponse:
    context = {"summit": summit, "form": contact, "rows": rows, "may_add": rows.total_form_count() < MOST_ROWS}
    return render(request, "registration/attendee/group.html", context, status=status)


@never_cache
@limited("group_sheet", limit=30, seconds=600)
def group_sheet(request: HttpRequest, summit: str) -> HttpResponse:
    """A sheet: uploaded, its columns named, looked at, and only then registered. The page carries it along."""
    found = _summit(summit)
    context: dict[str, Any] = {"summit": found, "most": groups.MOST}
    status = 200
    if request.method == "POST" and "table" not in request.POST:
        try:
            table = _read(request)
            context |= {
                "sheet": SheetForm(table=table),
                "form": ContactForm(summit=found),
                "people": len(table["rows"]),
            }
        except Refused as refused:
            context["refused"], status = str(refused), 422
    elif request.method == "POST":
        answer = _mapped(request, found, context)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return render(request, "registration/attendee/group_sheet.html", context, status=status)


def _read(request: HttpRequest) -> dict[str, Any]:
    """The uploaded sheet. Raises ``Refused``."""
    file = request.FILES.get("file")
    if file is None:
        raise Refused(_("Choose a file."))
    if (file.size or 0) > LARGEST_SHEET:
        raise Refused(_("The file is too large for a group."))
    sheet = open_sheet(file.name or "", file.read())
    table = {"headings": sheet.headings, "rows": [cells for _place, cells in sheet.rows]}
    if len(sheet.rows) > groups.MOST:
        raise Refused(_("A sheet may have %(most)d people. Split it.") % {"most": groups.MOST})
    for place, why in sheet.refused.items():
        raise Refused(f"{place}: {why}")
    return table


def _mapped(request: HttpRequest, summit: Summit, context: dict[str, Any]) -> HttpResponse | int:
    """Look at the rows by what their columns mean, and register them where that is asked and all is well; else the
    status of the page."""
    table = table_in(request.POST.get("table", ""))
    if table is None:
        context["refused"] = _("The sheet has been lost. Upload it again.")
        return 422
    sheet, contact = SheetForm(request.POST, table=table), ContactForm(request.POST, summit=summit)
    context |= {"sheet": sheet, "form": contact, "people": len(table["rows"])}
    if not all([sheet.is_valid(), contact.is_valid()]):
        return 422
    members = sheet.members(summit)
    context["members"] = members
    tell_doubled(members)
    if not all(member.is_valid() for member in members):
        return 422
    if request.POST.get("action") == "register":
        return _done(request, summit, contact, list(members)) or 409
    return _looked_at(summit, contact, members, context)


def _looked_at(summit: Summit, contact: ContactForm, members: list[Any], context: dict[str, Any]) -> int:
    """Say of all rows whether they could be registered; the status of the page."""
    try:
        people = [member.person(contact.cleaned_data) for member in members]
        context["ready"] = groups.register(summit, people, contact=contact.contact(), dry=True)
    except groups.NotAll as refusal:
        for number, why in refusal.details["rows"].items():
            members[number].add_error("email", why)
        return refusal.status
    except Refusal as refusal:
        contact.add_error(None, str(refusal.message))
        return refusal.status
    return 200
