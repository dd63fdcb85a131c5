"""Whoever was registered by the team for the programme says that they come."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from registration.forms.programme import SayToComeForm
from registration.models import Registration
from registration.models.question import MOST_BYTES
from registration.registering import from_programme, lifecycle, uploads
from registration.views.personal.private_link import by_token
from summit.errors import Refusal
from summit.lib.body_limits import takes_files


@takes_files(2 * MOST_BYTES, of_anybody=uploads.are_asked_for)
@by_token
def say_to_come(request: HttpRequest, registration: Registration) -> HttpResponse:
    lifecycle.may_change(registration)
    if not registration.awaits_person:
        return redirect(registration)
    form = SayToComeForm(request.POST or None, request.FILES or None, registration=registration)
    status = 422 if form.is_bound and not form.is_valid() else 200
    if form.is_bound and status == 200:
        try:
            _say(registration, form)
        except Refusal as refusal:  # the last place may have gone meanwhile: what was written stays on the page
            form.add_error(None, str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("Thank you: the organisers know that you come."))
            return redirect(registration)
    context = {"summit": registration.summit, "registration": registration, "form": form}
    return render(request, "registration/attendee/say_to_come.html", context, status=status)


def _say(registration: Registration, form: SayToComeForm) -> None:
    attendance = form.cleaned_data["attendance"]
    from_programme.say_to_come(
        registration,
        form.values(),
        attendance=attendance,
        consents=form.consents(),
        answers=form.answers(attendance, registration.category_id),
    )
