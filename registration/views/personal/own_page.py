"""A registrant's own page, behind an unguessable link: see, change attendance, correct, cancel, resend (to replace it: ``private_link``)."""

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registration import standing
from registration.accrediting import photos, vetting
from registration.delegating import itineraries
from registration.door import tickets
from registration.forms.asking import AskingForm
from registration.forms.delegation import ItineraryForm
from registration.forms.participants import ParticipantsForm
from registration.forms.person import AttendanceForm, DetailsForm
from registration.models import Attendance, Registration, State
from registration.models.accreditation import lacks_photo
from registration.models.attendance import offered
from registration.models.question import MOST_BYTES
from registration.models.vetting import BARRED
from registration.personal.visitors import remember
from registration.registering import (
    accompanying,
    answering,
    calendar_links,
    consents,
    lifecycle,
    lining_up,
    moving,
    participants,
    proving,
    transferring,
    uploads,
    visits,
    waitlist,
)
from registration.registering.categories import field_name
from registration.registering.refusals import NotOffered
from registration.views.answer_files import answer_file
from registration.views.personal.private_link import by_token
from summit import history
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.lib import qr
from summit.lib.body_limits import takes_files
from summit.lib.text import number
from summit.ratelimit import take


@by_token
def own(request: HttpRequest, registration: Registration) -> HttpResponse:
    """All about the registration; before its address is confirmed no more than the mail says."""
    if registration.state == State.UNPROVEN:
        context = {"summit": registration.summit, "registration": registration}
        return render(request, "registration/attendee/unproven.html", context)
    return _own(request, registration)


def _own(request: HttpRequest, registration: Registration) -> HttpResponse:
    summit = registration.summit
    _opened(request, registration)
    token = registration.calendar_token
    feed = reverse("registration-feeds:own", args=[summit.code, token]) if token else ""
    context = {
        "summit": summit,
        "registration": registration,
        "standing": standing.of_registration(registration),
        "venue": summit.venues.first(),
        "qr": qr.svg(
            tickets.token_for(registration), label=_("Ticket %(reference)s") % {"reference": registration.reference}
        ),
        "other_way": any(
            way != registration.attendance for way in registration.category.attendances(offered(summit.mode))
        ),
        **_accompanied(registration),
        "feed": feed,
        "answers": answering.said_by(registration),
        "unanswered": answering.unanswered(registration),
        "alarms": calendar_links.ALARMS,
        **_agreed_and_handed_over(registration),
        "position": waitlist.position(registration) if registration.state == State.WAITLISTED else 0,
    }
    return render(request, "registration/attendee/own.html", context)


def _opened(request: HttpRequest, registration: Registration) -> None:
    """Whoever looks at the page of somebody they bring along is not taken for them."""
    if registration.companion_of_id is None:
        remember(request, registration)
    visits.note(registration)


def _accompanied(registration: Registration) -> dict[str, Any]:
    """Whom the person brings along, how many more they may, and what is to be said of their accreditation."""
    return {
        **_accredited(registration),
        "companions": registration.companions.active().order_by("pk"),
        "may_bring": accompanying.left(registration) if standing.of_registration(registration).told else 0,
    }


def _accredited(registration: Registration) -> dict[str, Any]:
    """The photo, whether another one is asked for, and why somebody may not come in."""
    asked = photos.is_asked(registration)
    photo = photos.of(registration) if asked else None
    step = registration.vetting_steps.first() if registration.vetting in BARRED else None
    return {
        "photo": photo,
        "photo_asked": asked,
        "photo_lacks": asked and lacks_photo(registration.category, photo.sent_at if photo else None),
        "barred_because": step.reason if step else "",
    }


def _agreed_and_handed_over(registration: Registration) -> dict[str, Any]:
    """What the person agreed to, also to be found by, and who comes in their place."""
    prefetch_related_objects([registration], "consents")
    return {
        "participants": ParticipantsForm.of(registration) if participants.is_open_to(registration) else None,
        "consents": registration.consents.all(),
        "photographed": registration.may_be_photographed,
        "tells_sensitive": registration.has_agreed(consents.SENSITIVE),
        "agrees": registration.has_agreed(consents.PRIVACY),
        "may_transfer": transferring.is_possible(registration),
        "waiting_substitute": transferring.waiting(registration),
    }


@by_token
def attendance(request: HttpRequest, registration: Registration) -> HttpResponse:
    """GET says what coming in the other way means and asks once, POST changes it."""
    if request.method != "POST":
        return _other_way(request, registration)
    if "line_up" in request.POST:
        return _line_up(request, registration)
    form = AttendanceForm(request.POST)
    if form.is_valid() and form.cleaned_data["attendance"] == registration.attendance:
        messages.info(request, _("You come this way already. Nothing was changed."))
    elif form.is_valid():
        take("attendance", str(registration.pk), limit=10, seconds=3600)
        lifecycle.change_attendance(registration, form.cleaned_data["attendance"])
        messages.success(request, _("Your attendance was changed. A new confirmation is on its way."))
    return redirect(registration)


@require_POST
@by_token
def prove(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The address is theirs: by a button, since what looks at links in mails opens them as well."""
    proving.prove(registration)
    messages.success(request, _("Your address is confirmed. A mail with all that follows is on its way."))
    return redirect(registration)


@require_POST
@by_token
def take_place(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Take the place that is kept for whoever waited."""
    waitlist.accept(registration)
    messages.success(request, _("The place is yours. A confirmation with your ticket is on its way."))
    return redirect(registration)


def _line_up(request: HttpRequest, registration: Registration) -> HttpResponse:
    take("attendance", str(registration.pk), limit=10, seconds=3600)
    lining_up.line_up(registration)
    messages.success(request, _("You are on the waitlist for a place in the hall. A mail about it is on its way."))
    return redirect(registration)


def _places(registration: Registration, wanted: str) -> dict[str, Any]:
    """How many are left the other way, and where none is, why, and whether one can wait for one."""
    return {
        "left": moving.left(registration, attendance=wanted),
        "shut": moving.shut(registration, attendance=wanted),
        "has_line": wanted == Attendance.IN_PERSON and lining_up.is_possible(registration),
    }


def _other_way(request: HttpRequest, registration: Registration) -> HttpResponse:
    summit = registration.summit
    ways = registration.category.attendances(offered(summit.mode))
    wanted = next((way for way in ways if way != registration.attendance), None)
    if wanted is None:
        raise NotOffered
    lifecycle.may_change(registration)
    vetting.may_come(registration, wanted)
    context = {
        "summit": summit,
        "registration": registration,
        "standing": standing.of_registration(registration),
        "then": standing.of(
            standing.Facts(registration.state, wanted, registration.vetted_as, may_book=registration.category.may_book)
        ),
        "wanted": wanted,
        **_places(registration, wanted),
        "companions": registration.companions.active().order_by("pk"),
        "seats": registration.bookings.standing().select_related("session").order_by("session__starts_at"),
    }
    return render(request, "registration/attendee/attendance.html", context)


@by_token
def answer(_request: HttpRequest, registration: Registration, question: int) -> HttpResponseBase:
    """A file that was sent as an answer."""
    return answer_file(registration, question)


@takes_files(2 * MOST_BYTES, of_anybody=uploads.are_asked_for)
@by_token
def details(request: HttpRequest, registration: Registration) -> HttpResponse:
    form = DetailsForm(request.POST or None, request.FILES or None, registration=registration)
    status, overtaken = 200, None
    if request.method != "POST":
        lifecycle.may_change(registration)  # nobody fills in what could not be saved
    elif not form.is_valid():
        status = 422
    else:
        try:
            _correct(registration, form)
        except Overtaken as refusal:
            form, status = form.over(refusal), refusal.status
            overtaken = _corrected(registration)
        except Refusal as refusal:  # the time ran out meanwhile: what was written stays on the page, to be copied
            form.add_error(None, str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("Your details were saved."))
            tell_left_out(request, form)
            return redirect(registration)
    context = {"summit": registration.summit, "registration": registration, "form": form, "overtaken": overtaken,
               "looked_at_again": _looked_at_again(registration)}  # fmt: skip
    return render(request, "registration/attendee/details.html", context, status=status)


def _correct(registration: Registration, form: DetailsForm) -> None:
    values, answers = form.cleaned_data, form.answers_now()
    lifecycle.correct(
        registration, values, answers=answers, consents=form.consents(), form_versions=values["form_versions"]
    )


def _looked_at_again(registration: Registration) -> list[str]:
    """The fields whose change sends somebody confirmed to the organisers again, as their labels."""
    category = registration.category
    if not (registration.is_confirmed and category.is_approved):
        return []
    return [field_name(name) for name in category.reviewed_again]


def tell_left_out(request: HttpRequest, form: AskingForm) -> None:
    """Say of an answer that it was not kept: its question went while the form was open."""
    if form.left_out:
        messages.warning(request, _("One of your answers was not kept: its question is no longer asked."))


def _corrected(registration: Registration) -> list[dict[str, Any]]:
    """The last corrections as their person may read them: that it was the organisers, not who of them."""
    entries = entries_of(registration).filter(action__in=lifecycle.CORRECTIONS)[:5]
    lines = history.described(entries, Registration)
    return [{**line, "by": line["by"] and _("The organisers")} for line in lines]


@by_token
def itinerary(request: HttpRequest, registration: Registration) -> HttpResponse:
    """When and how whoever comes with a delegation arrives and leaves."""
    if registration.delegation is None:
        raise Http404
    with timezone.override(registration.summit.tz):
        form, status = ItineraryForm(request.POST or None, instance=itineraries.of(registration)), 200
        if request.method == "POST" and form.is_valid():
            try:
                itineraries.put(registration, form.values(), form_versions=form.cleaned_data["form_versions"])
            except Overtaken as refusal:
                form, status = form.over(refusal), refusal.status
                form.add_error(None, str(refusal.message))
            else:
                messages.success(request, _("Your arrival and departure were saved."))
                return redirect(registration)
        elif request.method == "POST":
            status = 422
        context = {"summit": registration.summit, "registration": registration, "form": form}
        return render(request, "registration/attendee/itinerary.html", context, status=status)


@by_token
def cancellation(request: HttpRequest, registration: Registration) -> HttpResponse:
    """GET names what is given back and asks once, POST cancels."""
    if registration.is_active:
        lifecycle.may_cancel(registration)
    if request.method == "POST":
        held = registration.holds_place and registration.is_in_person
        lifecycle.cancel(registration)
        free = _("Your registration was cancelled. Your place is free for somebody else.")
        messages.success(request, free if held else _("Your registration was cancelled."))
        return redirect(registration)
    return render(
        request,
        "registration/attendee/cancellation.html",
        {
            "summit": registration.summit,
            "registration": registration,
            "standing": standing.of_registration(registration),
            "companions": registration.companions.active().order_by("pk"),
            "seats": registration.bookings.standing().select_related("session").order_by("session__starts_at"),
            "registers": registration.summit.registration_state() == "open",
        },
    )


@require_POST
@by_token
def consent(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Withdraw the consent to photographs, or give it, at any time; give that to the privacy notice, where the team entered
    the person."""
    match request.POST.get("photography"):
        case "withdraw":
            consents.withdraw(registration, consents.PHOTOGRAPHY)
            messages.success(request, _("Your consent to photographs was withdrawn. The organisers and the desk see it from now on."))  # fmt: skip
        case "give":
            consents.give(registration, consents.PHOTOGRAPHY)
            messages.success(
                request, _("You have agreed to photographs and films. You can withdraw it here at any time.")
            )
    if request.POST.get("sensitive") == "withdraw":
        consents.withdraw(registration, consents.SENSITIVE)
        messages.success(request, _("Your consent was withdrawn, and what you said about health, religion and the like is erased."))  # fmt: skip
    if request.POST.get("privacy") == "give":
        consents.give(registration, consents.PRIVACY)
        messages.success(request, _("Your agreement to the privacy notice was kept."))
    return redirect(registration.get_absolute_url() + "#consents")


@require_POST
@by_token
def resend(request: HttpRequest, registration: Registration) -> HttpResponse:
    take("remind", str(registration.pk), limit=4, seconds=3600)
    lifecycle.resend(registration)
    sealed, open_ = (
        _("The mail was sent again."),
        _("The mail was sent again to %(email)s.") % {"email": registration.email},
    )
    messages.success(request, sealed if registration.at_risk else open_)
    return redirect(registration)


@require_POST
@by_token
def calendar(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Make, renew or revoke the address of the personal calendar."""
    if request.POST.get("action") == "revoke":
        calendar_links.revoke_calendar(registration)
        messages.success(request, _("The calendar address no longer works."))
    elif request.POST.get("action") == "alarm":
        calendar_links.set_alarm(registration, number(request.POST.get("minutes", ""), digits=5))
        messages.success(request, _("Your reminder was saved. Your calendar app reads it with its next refresh."))
    else:
        calendar_links.share_calendar(registration)
        messages.success(request, _("Here is your calendar address. Keep it to yourself."))
    return redirect(registration.get_absolute_url() + "#calendar")
