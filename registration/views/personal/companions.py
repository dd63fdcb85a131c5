"""Whoever may bring people along registers them from the own page."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from registration.forms.companions import CompanionForm
from registration.models import Registration
from registration.registering import accompanying, lifecycle
from registration.views.personal.private_link import by_token
from summit.errors import Refusal
from summit.ratelimit import take


@by_token
def bring(request: HttpRequest, registration: Registration) -> HttpResponse:
    lifecycle.may_change(registration)
    form = CompanionForm(request.POST or None, summit=registration.summit, initial={"nonce": uuid4().hex})
    status = 200
    if request.method != "POST" and not accompanying.left(registration):
        raise accompanying.NoMoreCompanions
    if form.is_bound and form.is_valid():
        try:
            take("companions", str(registration.pk), limit=20, seconds=3600)
            accompanying.bring(registration, form.companion(), nonce=form.cleaned_data["nonce"])
        except Refusal as refusal:  # what was written stays on the page
            form.add_error(None, str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("They are registered; the ticket is on its way."))
            return redirect(registration)
    elif form.is_bound:
        status = 422
    context = {"summit": registration.summit, "registration": registration, "form": form}
    return render(request, "registration/attendee/companion.html", context, status=status)
