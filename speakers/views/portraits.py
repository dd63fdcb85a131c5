"""The picture of one person: the person's own page, and the organisers'."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from speakers.editing import portraits
from speakers.forms import PortraitForm
from speakers.models import Speaker
from speakers.views.profile import check_open, mine
from summit.errors import Refusal
from summit.lib import pictures
from summit.lib.body_limits import takes_files
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@takes_files(pictures.LARGEST)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    found = mine(request, summit, code)
    return _portrait(request, found, reverse("speakers:my-profile", args=[summit, code]), own=True)


@takes_files(pictures.LARGEST)
@never_cache
@right_required(Right.PROGRAMME)
@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(Speaker.objects.select_related("summit"), summit=summit, code=code)
    return _portrait(request, found, reverse("speakers:organiser-person", args=[summit.code, code]), own=False)


def _portrait(request: SignedInRequest, found: Speaker, back: str, *, own: bool) -> HttpResponse:
    """Put a picture there, or take it away; what cannot be used is told beside the form."""
    form = PortraitForm(request.POST, request.FILES) if request.method == "POST" else PortraitForm()
    status = 422 if form.is_bound else 200
    try:
        if own and form.is_bound:
            check_open(found)
        if done := _done(request, found, form):
            messages.success(request, done)
            return redirect(back)
    except Refusal as refusal:
        if request.POST.get("action") == "remove":
            messages.error(request, str(refusal.message))
            return redirect(back)
        form.add_error(None if refusal.status == 403 else "portrait", str(refusal.message))
        status = refusal.status
    context = {"summit": found.summit, "speaker": found, "form": form, "back": back, "own": own,
               "open": not own or found.summit.editing_frozen_at is None}  # fmt: skip
    return render(request, "speakers/portrait.html", context, status=status)


def _done(request: SignedInRequest, found: Speaker, form: PortraitForm) -> str:
    """What was done, in words; "" where nothing was."""
    if request.POST.get("action") == "remove":
        portraits.remove_portrait(found, by=request.user)
        return _("The picture was removed.")
    if not form.is_valid():
        return ""
    content = form.cleaned_data["portrait"].read(portraits.LARGEST + 1)
    portraits.set_portrait(found, content, cut=form.cut(), by=request.user)
    return _("The picture was saved. Place and camera were taken out of the file.")
