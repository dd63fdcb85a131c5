"""Organisers: delegations, how far each is, who heads them, and the lists for protocol, motorcade, catering and seating."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.delegating import completeness, heads
from registration.delegating import delegations as verbs
from registration.forms.delegation import DelegationForm, HeadForm
from registration.lists.delegations import DELEGATIONS
from registration.models import Delegation, Look, Registration
from registration.papers import delegation_lists
from registration.places import delegations as places
from registration.registering import looks
from sessions.prints import tables
from summit import audit, history
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.models import HistoryEntry, Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.views.workspace.listing import ListPages
from summit.views.workspace.sheets import download

delegations = ListPages(DELEGATIONS)
HISTORY = 30


def _one(summit: Summit, code: str) -> Delegation:
    return get_object_or_404(Delegation.objects.select_related("summit"), summit=summit, code=code)


@never_cache
@right_required(Right.REGISTRATIONS)
def new(request: SignedInRequest, summit: Summit) -> HttpResponse:
    with timezone.override(summit.tz):
        return _edited(request, Delegation(summit=summit))


@never_cache
@right_required(Right.REGISTRATIONS)
def one(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    """Whom it sends, what is missing, its heads, and what it is."""
    with timezone.override(summit.tz):
        return _edited(request, _one(summit, code))


def _edited(request: SignedInRequest, found: Delegation) -> HttpResponse:
    form = DelegationForm(request.POST or None, instance=found, summit=found.summit)
    if request.method != "POST":
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        kept = _save(request, found, form)
    except Overtaken as refusal:
        lines = _history(refusal.details["entries"], found)
        return _page(request, found, form.over(refusal), status=refusal.status, overtaken=lines)
    messages.success(request, _("The delegation was saved."))
    return redirect("registration:delegation-kept", found.summit.code, kept.code)


def _save(request: SignedInRequest, found: Delegation, form: DelegationForm) -> Delegation:
    if found.pk is None:
        values = {**form.values(), "code": form.code()}
        return verbs.create(found.summit, values, form.given(), by=request.user)
    kept = verbs.edit(found, form.values(), form_versions=form.cleaned_data["form_versions"], by=request.user)
    verbs.set_places(kept, form.given(), by=request.user)
    return kept


def _history(entries: list[HistoryEntry], found: Delegation) -> list[dict[str, Any]]:
    labels, named = audit.fields_now(entries, found.summit), audit.namer(entries, found.summit)
    return history.described(entries, Delegation, labels=labels, named=named)


def _page(
    request: SignedInRequest, found: Delegation, form: DelegationForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "summit": found.summit,
        "form": form,
        "head_form": HeadForm(summit=found.summit, auto_id="head_%s"),
        **more,
    }
    if found.pk:
        rows = Registration.objects.active().filter(delegation=found)
        people = rows.select_related("category", "replaces").order_by("category__order", "category__code", "name", "pk")
        lacks = completeness.of_people(found.summit, rows)
        context |= {
            "delegation": found,
            "found": completeness.of_delegations(found.summit, [found.pk])[found.pk],
            "people": [(row, lacks.get(row.pk, [])) for row in people],
            "places": places.by_category(found),
            "heads": found.heads.all(),
            "history": _history(list(entries_of(found)[:HISTORY]), found),
        }
    return render(request, "registration/organiser/delegation.html", context, status=status)


def _do(request: SignedInRequest, found: Delegation, done: str, action: Callable[[], Any]) -> HttpResponse:
    try:
        action()
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("registration:delegation-kept", found.summit.code, found.code)


@require_POST
@right_required(Right.REGISTRATIONS)
def deletion(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = _one(summit, code)
    try:
        verbs.delete(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("registration:delegation-kept", summit.code, code)
    messages.success(request, _("The delegation was deleted."))
    return redirect("registration:delegations", summit.code)


@require_POST
@right_required(Right.REGISTRATIONS)
def new_head(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found, form = _one(summit, code), HeadForm(request.POST, summit=summit, auto_id="head_%s")
    if not form.is_valid():
        with timezone.override(summit.tz):
            shown = DelegationForm(None, instance=found, summit=summit)
            return _page(request, found, shown, status=422, head_form=form)
    return _do(request, found, _("The link to the page of the delegation is on its way."),
               lambda: heads.invite(found, form.cleaned_data, by=request.user))  # fmt: skip


@require_POST
@right_required(Right.REGISTRATIONS)
def renew_head(request: SignedInRequest, summit: Summit, code: str, pk: int) -> HttpResponse:
    found = _one(summit, code)
    head = get_object_or_404(found.heads.select_related("delegation__summit"), pk=pk)
    return _do(request, found, _("A new link is on its way; the one before opens nothing any more."),
               lambda: heads.renew_link(head, by=request.user))  # fmt: skip


@require_POST
@right_required(Right.REGISTRATIONS)
def remove_head(request: SignedInRequest, summit: Summit, code: str, pk: int) -> HttpResponse:
    found = _one(summit, code)
    head = get_object_or_404(found.heads.select_related("delegation__summit"), pk=pk)
    return _do(request, found, _("They no longer look after the delegation, and their link opens nothing any more."),
               lambda: heads.remove(head, by=request.user))  # fmt: skip


@require_POST
@right_required(Right.REGISTRATIONS)
def remind(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = _one(summit, code)
    return _do(request, found, _("The head and the deputies were told what is missing."),
               lambda: heads.remind(found, by=request.user))  # fmt: skip


@never_cache
@right_required(Right.REGISTRATIONS)
def lists(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """The lists there are, each on paper and as a sheet."""
    context = {
        "summit": summit,
        "sheets": delegation_lists.SHEETS.items(),
        "number": len(delegation_lists.delegates(summit, unnamed=True)),
        "left_out": delegation_lists.told_of(delegation_lists.protected(summit)),
    }
    return render(request, "registration/organiser/delegation_lists.html", context)


@never_cache
@require_safe
@right_required(Right.REGISTRATIONS)
def printed(request: SignedInRequest, summit: Summit, name: str, form: str) -> HttpResponse:
    """One list: ``form`` is ``pdf``, ``csv`` or ``xlsx``."""
    if name not in delegation_lists.SHEETS:
        raise Http404
    table = delegation_lists.table(summit, name)
    number, below = len(table.rows), delegation_lists.last_line(summit, name)
    table = replace(table, rows=[*table.rows, *below])
    if name in delegation_lists.TELLING:
        people = [one.person.pk for one in delegation_lists.delegates(summit)]
        looks.note_sensitive(summit, people, Look.What.EXPORT, by=request.user)
    if form == "pdf":
        response = HttpResponse(tables.pdf(summit, table), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{summit.code}-{table.name}.pdf"'
    else:
        response = download(table, summit, form)
    if request.method == "GET":
        changes = {"list": ("", name), "people": (0, number)}
        history.record("delegation.print", summit, by=request.user, summit=summit, changes=changes)
    return response
