"""Badges and tickets as PDF: one's own, the desk's, and an organiser's many."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.badges import printing
from registration.forms.badges import BadgeJobForm
from registration.lists.badge_jobs import BADGE_JOBS
from registration.lists.registrations import REGISTRATIONS
from registration.models import BadgeJob, Desk, Registration
from registration.views.desk import at_desk
from registration.views.personal.private_link import by_token
from summit.errors import Refusal
from summit.lists.listing import Listing
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.views.private_files import give_out
from summit.views.workspace.listing import ListPages


def pdf(content: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{filename}.pdf"'
    return response


@by_token
def own_badge(request: HttpRequest, registration: Registration) -> HttpResponse:
    return pdf(printing.badge(registration), f"badge-{registration.reference}")


@by_token
def own_ticket(request: HttpRequest, registration: Registration) -> HttpResponse:
    from registration.papers import ticket_sheet  # loads WeasyPrint

    return pdf(ticket_sheet.ticket(registration), f"ticket-{registration.reference}")


@by_token
def own_confirmation(request: HttpRequest, registration: Registration) -> HttpResponse:
    from registration.papers import ticket_sheet  # loads WeasyPrint

    return pdf(ticket_sheet.confirmation(registration), f"confirmation-{registration.reference}")


@require_POST
@at_desk
def desk_badge(request: SignedInRequest, desk: Desk, guid: Any) -> HttpResponse:
    rows = Registration.objects.filter(summit=desk.summit).select_related("summit", "category")
    registration = get_object_or_404(rows, guid=guid)
    return pdf(printing.print_at_desk(registration, desk=desk, by=request.user), f"badge-{registration.reference}")


jobs = ListPages(BADGE_JOBS)


@never_cache
@right_required(Right.BADGES)
def new_job(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """GET asks for the layout; POST starts a job for chosen people, or for all that the list's filters show."""
    if request.method != "POST":
        context = {"summit": summit, "layouts": printing.LAYOUTS}
        return render(request, "registration/organiser/new_badges.html", context)
    form = BadgeJobForm(request.POST, summit=summit)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("registration:new-badges", summit.code)
    if form.cleaned_data["scope"] == "listed":
        wanted = Listing(REGISTRATIONS, summit, request).rows().order_by().values_list("pk", flat=True)
    else:
        wanted = summit.registrations.filter(guid__in=form.cleaned_data["chosen"]).values_list("pk", flat=True)
    try:
        job = printing.start_job(summit, wanted, layout=form.cleaned_data["layout"], by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("registration:new-badges", summit.code)
    return redirect("registration:badge-job", summit.code, job.guid)


@never_cache
@right_required(Right.BADGES)
def job(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """How far a job is; POST has one drawn anew that has failed."""
    found = get_object_or_404(summit.badge_jobs, guid=guid)
    if request.method == "POST":
        printing.try_again(found)
        return redirect("registration:badge-job", summit.code, guid)
    running = found.state in {BadgeJob.State.QUEUED, BadgeJob.State.RUNNING}
    response = render(
        request, "registration/organiser/badge_job.html", {"summit": summit, "job": found, "running": running}
    )
    if running:
        # Without scripts the page still follows; a script asks again more smoothly.
        response["Refresh"] = "2"
    return response


@never_cache
@right_required(Right.BADGES)
def job_file(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponseBase:
    found = get_object_or_404(summit.badge_jobs.filter(state=BadgeJob.State.DONE), guid=guid)
    if not found.file:
        raise Http404
    name = f"badges-{summit.code}.pdf"
    return give_out(found.file.storage, found.file.name or "", content_type="application/pdf", filename=name)
