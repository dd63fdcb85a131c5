"""The vetting desk: whoever is looked into, in a list and one after the other, and the zones of each."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.accrediting import photos, vetting, zones
from registration.forms.accreditation import VettingFilterForm, VettingForm, ZonesForm
from registration.models import Registration
from registration.permissions import audiences_of
from registration.registering import answering, decisions
from registration.registering.decisions import Reason
from registration.registering.vetting_queue import MOST, Outcome, VettingQueue, move_together, preview
from summit.errors import Refusal
from summit.lib.pages import page_number
from summit.lib.translated import own_name
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

PAGE = 50
BESIDE = ("summit", "category", "delegation", "photo")


def _queue(request: SignedInRequest, summit: Summit) -> tuple[VettingQueue, VettingFilterForm]:
    form = VettingFilterForm(request.GET, summit=summit)
    return VettingQueue(summit, request.user, form.wanted), form


def _way(request: SignedInRequest, summit: Summit, found: Registration | None) -> str:
    """The page of somebody, or the list, as it is filtered."""
    return _address(summit, found, VettingFilterForm(request.GET, summit=summit).wanted)


def _address(summit: Summit, found: Registration | None, wanted: dict[str, str]) -> str:
    name = "registration:vetting-one" if found else "registration:vetting"
    address = reverse(name, args=[summit.code, *([found.guid] if found else [])])
    return f"{address}?{urlencode(wanted)}" if wanted else address


@never_cache
@right_required(Right.APPROVAL)
def queue(request: SignedInRequest, summit: Summit) -> HttpResponse:
    waiting, form = _queue(request, summit)
    rows = waiting.rows.select_related(*BESIDE)
    page = Paginator(rows, PAGE).get_page(page_number(request.GET.get("page")))
    wanted = form.wanted
    people = [(row, _address(summit, row, wanted), photos.stands_at(row)) for row in page]
    context = {"summit": summit, "page": page, "people": people, "filters": form, "wanted": urlencode(wanted),
               "verbs": vetting.MOVES, "together": VettingForm(summit=summit, auto_id="together_%s"), "most": MOST}  # fmt: skip
    return render(request, "registration/organiser/vetting_queue.html", context)


@never_cache
@right_required(Right.APPROVAL)
def one(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Somebody, and what can be done about their vetting; after it comes the next."""
    found = _found(request, summit, guid)
    form = VettingForm(request.POST or None, summit=summit)
    if request.method != "POST":
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    after = _queue(request, summit)[0].after(found)
    reason: Reason = form.cleaned_data["reason"] or Reason()
    verb, fits = form.cleaned_data["verb"], form.cleaned_data["photo_fits"]
    try:
        vetting.move(found, verb, by=request.user, reason=reason.told_in(found.language), photo_fits=fits)
    except Refusal as refusal:
        return _page(request, found, form, status=refusal.status, refusal=refusal)
    said = _("Vetting of %(name)s: %(state)s") % {"name": found.name, "state": found.vetted_as.label}
    messages.success(request, said)
    return redirect(_way(request, summit, after))


@require_POST
@right_required(Right.APPROVAL)
def zones_of(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """The zones that somebody has, whatever the category gives."""
    found = _found(request, summit, guid)
    form = ZonesForm(request.POST, registration=found, had=zones.of(found), auto_id="zones_%s")
    if not form.is_valid():
        return _page(request, found, VettingForm(summit=summit), status=422, zones_form=form)
    try:
        zones.give(found, form.cleaned_data["zones"], reason=form.cleaned_data["why"], by=request.user)
    except Refusal as refusal:
        form.add_error("why", str(refusal.message))
        return _page(request, found, VettingForm(summit=summit), status=refusal.status, zones_form=form)
    messages.success(request, _("It was saved."))
    return redirect(_way(request, summit, found))


@require_POST
@never_cache
@right_required(Right.APPROVAL)
def together(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """First names whom it concerns, and does it once that is confirmed."""
    form, queue = VettingForm(request.POST, summit=summit), _queue(request, summit)[0]
    chosen = list(queue.everybody.filter(guid__in=_guids(request)).select_related(*BESIDE).order_by("created_at", "pk"))
    if not form.is_valid() or not chosen:
        said = _("Choose people first.") if not chosen else _said(form)
        messages.error(request, said)
        return redirect(_way(request, summit, None))
    verb, reason = form.cleaned_data["verb"], form.cleaned_data["reason"] or Reason()
    if "sure" not in request.POST:
        context = {"summit": summit, "outcome": preview(chosen, verb), "verb": verb, "form": form,
                   "way_back": _way(request, summit, None), "query": request.GET.urlencode()}  # fmt: skip
        return render(request, "registration/organiser/vetting_together.html", context)
    _tell(request, move_together(chosen, verb, reason=reason, by=request.user))
    return redirect(_way(request, summit, None))


def _guids(request: SignedInRequest) -> list[str]:
    """Of a page at most, and none that is no key."""
    return [each for each in request.POST.getlist("chosen")[:MOST] if _is_guid(each)]


def _is_guid(given: str) -> bool:
    return len(given) == 36 and given.replace("-", "").isalnum() and all(c in "0123456789abcdef-" for c in given)


def _said(form: VettingForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _tell(request: SignedInRequest, outcome: Outcome) -> None:
    number = len(outcome.moved)
    if number:
        words = ngettext("%(n)d person was moved.", "%(n)d people were moved.", number)
        messages.success(request, words % {"n": number})
    for row, why in outcome.stays[:10]:
        messages.warning(request, f"{row}: {why}")
    if len(outcome.stays) > 10:
        messages.warning(request, _("and %(n)d more") % {"n": len(outcome.stays) - 10})


def _found(request: SignedInRequest, summit: Summit, guid: Any) -> Registration:
    rows = decisions.decided_by(request.user, summit).select_related("summit", "category", "delegation")
    return get_object_or_404(rows, guid=guid)


def _page(
    request: SignedInRequest, found: Registration, form: VettingForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    waiting, filters = _queue(request, found.summit)
    wanted, summit = filters.wanted, found.summit
    before, after, has, photo = waiting.before(found), waiting.after(found), zones.of(found), photos.of(found)
    context = {
        "summit": found.summit, "registration": found, "form": form, "wanted": urlencode(wanted),
        "previous": _address(summit, before, wanted) if before else "",
        "next": _address(summit, after, wanted) if after else "",
        "back": _address(summit, None, wanted), "number": waiting.rows.count(), "verbs": vetting.verbs_of(found),
        "mail_language": own_name(found.language), "asked": photos.is_asked(found), "photo": photo, "old": photo and photo.is_old(found.category),
        "steps": found.vetting_steps.select_related("by"), "zones": has,
        "exceptions": found.zone_exceptions.select_related("zone", "by").order_by(F("zone__order"), "zone__code"),
        "zones_form": ZonesForm(registration=found, had=has, auto_id="zones_%s") if found.summit.zones.exists() else None,
        "answers": answering.said_by(found, audiences_of(request.user, found.summit)),
        "page_keys": "registration/organiser/_vetting_keys.html", **more,
    }  # fmt: skip
    return render(request, "registration/organiser/vetting.html", context, status=status)
