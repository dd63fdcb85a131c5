"""The picture of one person: the person's own page, and the organisers'."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from speakers import portraits
from speakers.forms import PortraitForm
from speakers.models import Speaker
from speakers.views.profile import check_open, mine
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    found = mine(request, summit, code)
    return _portrait(request, found, reverse("speakers:my-profile", args=[summit, code]), own=True)


@never_cache
@right_required(Right.PROGRAMME)
@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(Speaker.objects.select_related("summit"), summit=summit, code=code)
    return _portrait(request, found, reverse("speakers:organiser-person", args=[summit.code, code]), own=False)


def _portrait(request: SignedInRequest, found: Speaker, back: str, *, own: bool) -> HttpResponse:
    """Put a picture there, or take it away; what cannot be used is told beside the form."""
    form = PortraitForm(request.POST, request.FILES) if request.method == "POST" else PortraitForm()
    removing, status = request.POST.get("action") == "remove", 200
    try:
        if own and request.method == "POST":
            check_open(found)
        if removing:
            portraits.remove_portrait(found, by=request.user)
            messages.success(request, _("The picture was removed."))
            return redirect(back)
        if form.is_valid():
            content = form.cleaned_data["portrait"].read(portraits.LARGEST + 1)
            portraits.set_portrait(found, content, cut=form.cut(), by=request.user)
            messages.success(request, _("The picture was saved. Place and camera were taken out of the file."))
            return redirect(back)
        status = 422 if form.is_bound else 200
    except Refusal as refusal:
        form.add_error(None if refusal.status == 403 else "portrait", str(refusal.message))
        status = refusal.status
    context = {"summit": found.summit, "speaker": found, "form": form, "back": back, "own": own}
    return render(request, "speakers/portrait.html", context, status=status)
