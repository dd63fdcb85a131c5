"""One standing page in the workspace."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from summit import history
from summit.editing import pages as verbs
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.forms.details import PageForm
from summit.models import Page, Right, Summit
from summit.permissions import SignedInRequest, may_write, right_required, texts_alone

# Where the table is kept that the public page shows below its text.
TABLES_BELOW = {"members": "summit:member-governments", "past-chairs": "summit:chairs", "committee": "summit:committee",
                "action-plan": "summit:plans"}  # fmt: skip


@never_cache
@right_required(Right.WORKSPACE)
def page(request: SignedInRequest, summit: Summit, slug: str) -> HttpResponse:
    found = get_object_or_404(summit.pages.select_related("summit"), slug=slug)
    form = PageForm(request.POST or None, instance=found, summit=summit, texts_alone=texts_alone(request))
    if request.method != "POST":
        return _page(request, found, form)
    if not may_write(request):
        return _page(request, found, form, status=403)
    preview = request.POST.get("action") == "preview"
    if preview or not form.is_valid():
        return _page(request, found, form, status=200 if preview else 422, preview=preview)
    try:
        verbs.edit(found, form.values(), form_versions=form.cleaned_data["form_versions"], by=request.user)
    except Overtaken as refusal:
        lines = history.described(refusal.details["entries"], Page)
        return _page(request, found, form.over(refusal), status=409, overtaken=lines)
    messages.success(request, _("The page was saved."))
    return redirect("summit:organiser-page", summit.code, slug)


def _page(request: SignedInRequest, found: Page, form: PageForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"summit": found.summit, "form": form, "may": may_write(request), **more}
    if found.pk:
        context |= {"page": found, "history": history.described(entries_of(found)[:30], Page)}
        context["needed"] = found.slug in verbs.NEEDED
        writes = not request.rights.isdisjoint({Right.SETTINGS, Right.TEXTS})
        context["table_below"] = TABLES_BELOW.get(found.slug, "") if writes else ""
    return render(request, "summit/organiser/page.html", context, status=status)


@never_cache
@right_required(Right.PROGRAMME)
def new_page(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = PageForm(request.POST or None, instance=Page(summit=summit), summit=summit)
    preview = request.POST.get("action") == "preview"
    if request.method != "POST" or preview or not form.is_valid():
        status = 422 if form.is_bound and not preview else 200
        return _page(request, form.instance, form, status=status, preview=preview)
    made = verbs.create(summit, {**form.values(), "slug": form.cleaned_data["slug"]}, by=request.user)
    messages.success(request, _("The page was added."))
    return redirect("summit:organiser-page", summit.code, made.slug)


@require_POST
@right_required(Right.PROGRAMME)
def deletion(request: SignedInRequest, summit: Summit, slug: str) -> HttpResponse:
    found = get_object_or_404(summit.pages.select_related("summit"), slug=slug)
    try:
        verbs.delete(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("summit:organiser-page", summit.code, slug)
    messages.success(request, _("The page was deleted."))
    return redirect("summit:organiser-pages", summit.code)
