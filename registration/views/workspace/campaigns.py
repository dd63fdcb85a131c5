"""Messages to many: what was sent and how far it is, and one that is being written."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.forms.campaigns import CampaignForm, SendForm
from registration.mailing import campaigns
from registration.models import Campaign
from summit.errors import Refusal
from summit.lib.pages import page_number
from summit.lib.translated import own_name
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

PAGE = 30


@require_safe
@never_cache
@right_required(Right.SETTINGS)
def listed(request: SignedInRequest, summit: Summit) -> HttpResponse:
    page = Paginator(Campaign.objects.filter(summit=summit).select_related("by"), PAGE).get_page(
        page_number(request.GET.get("page"))
    )
    return render(request, "registration/organiser/campaigns.html", {"summit": summit, "page": page})


def _one(summit: Summit, guid: Any) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("summit", "by"), summit=summit, guid=guid)


@never_cache
@right_required(Right.SETTINGS)
def one(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Before it is sent the form and how it reads; afterwards how far it is. POST keeps the text."""
    found = _one(summit, guid)
    form = CampaignForm(request.POST or None, instance=found, summit=summit)
    if request.method != "POST":
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, _one(summit, guid), form, status=422)
    try:
        campaigns.write(found, subject=form.cleaned_data["subject"], text=form.cleaned_data["text"])
    except Refusal as refusal:
        return _page(request, _one(summit, guid), form, status=refusal.status, refusal=refusal)
    messages.success(request, _("Kept. Nothing is sent yet: look below how it reads."))
    return redirect("registration:campaign", summit.code, guid)


@never_cache
@require_POST
@right_required(Right.SETTINGS)
def send(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    found, form = _one(summit, guid), SendForm(request.POST)
    try:
        if not form.is_valid():
            raise campaigns.Changed
        seen, number = form.cleaned_data["seen"], form.cleaned_data["number"]
        sent = campaigns.send(found, seen=seen, number=number, by=request.user)
    except Refusal as refusal:
        found = _one(summit, guid)
        return _page(
            request, found, CampaignForm(instance=found, summit=summit), status=refusal.status, refusal=refusal
        )
    said = ngettext("It is on its way to %(n)d person.", "It is on its way to %(n)d people.", sent.total)
    messages.success(request, said % {"n": sent.total})
    return redirect("registration:campaign", summit.code, guid)


@never_cache
@require_POST
@right_required(Right.SETTINGS)
def test(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Mail it to whoever asks, in each language of the summit."""
    found = _one(summit, guid)
    person = campaigns.those_told(found).select_related("summit", "category").order_by("pk").first()
    try:
        if person is None:
            raise campaigns.NobodyToTell
        for language in summit.languages:
            campaigns.send_test(found, person, to=request.user, language=language)
        messages.success(request, _("A test is on its way to %(address)s.") % {"address": request.user.email})
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("registration:campaign", summit.code, guid)


@require_POST
@right_required(Right.SETTINGS)
def deletion(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Take a draft away."""
    try:
        campaigns.discard(_one(summit, guid))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("registration:campaign", summit.code, guid)
    messages.success(request, _("The draft was deleted."))
    return redirect("registration:campaigns", summit.code)


def _page(
    request: SignedInRequest, found: Campaign, form: CampaignForm, *, status: int = 200, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "summit": found.summit,
        "campaign": found,
        "form": form,
        "refusal": refusal,
        "placeholders": campaigns.PLACEHOLDERS.items(),
        **(_told(found) if found.sent_at else _preview(found)),
    }
    return render(request, "registration/organiser/campaign.html", context, status=status)


def _told(found: Campaign) -> dict[str, Any]:
    failed = found.recipients.filter(message__state="failed").select_related("registration", "message")
    return {"progress": campaigns.progress(found), "failed": failed[:PAGE]}


def _preview(found: Campaign) -> dict[str, Any]:
    """As one recipient of each language reads it; their own link is not shown."""
    people = campaigns.those_told(found).select_related("summit", "category").order_by("pk")
    shown = []
    for language in found.summit.languages:
        person = people.filter(language=language).first() if found.subject and found.text else None
        if person:
            shown.append((own_name(language), language, person, campaigns.drawn(found, person, link="https://…")))
    chosen, number = found.recipients.count(), campaigns.number_told(found)
    return {
        "previews": shown,
        "chosen": chosen,
        "number": number,
        "left_out": chosen - number,
        "seen": campaigns.version(found),
    }
