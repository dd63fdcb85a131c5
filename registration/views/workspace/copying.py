"""A new summit from this one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration.forms.copying import CopyForm
from registration.registering.copying import copy_summit
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@right_required(Right.SETTINGS)
def copy(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form, status = CopyForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = copy_summit(summit, by=request.user, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, str(refusal.message))
                status = refusal.status
            else:
                messages.success(request, _("“%(name)s” was made. It is not public yet.") % {"name": made.name})
                return redirect("registration:dashboard", made.code)
    return render(request, "registration/organiser/copy.html", {"summit": summit, "form": form}, status=status)
