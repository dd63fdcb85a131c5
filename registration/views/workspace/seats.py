"""Organisers' view of one session's seats: how many there are, who has one, who waits."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration.forms.seats import SeatsForm
from registration.places import bookings
from sessions.models import Session
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@right_required(Right.PROGRAMME)
def seats(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    session = get_object_or_404(Session.objects.select_related("summit"), summit=summit, code=code)
    form = SeatsForm(request.POST or None, initial={"seats": session.seats})
    if request.method == "POST" and form.is_valid():
        try:
            bookings.set_seats(session, form.cleaned_data["seats"], by=request.user)
        except Refusal as refusal:
            form.add_error("seats", str(refusal.message))
        else:
            messages.success(request, _("The seats were saved."))
            return redirect("registration:session-seats", summit.code, code)
    standing = session.bookings.standing().select_related("registration").order_by("queued_at", "pk")
    context = {"summit": summit, "session": session, "form": form, "bookings": standing}
    return render(request, "registration/organiser/seats.html", context, status=422 if form.errors else 200)
