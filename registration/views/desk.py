"""The desk: scan or type, see the person, let them in, take it back."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from registration import standing
from registration.accrediting import photos, zones
from registration.door import checkin, tickets
from registration.forms.desk import CheckInForm, DeskAttendanceForm, ScanForm
from registration.models import CheckIn, Desk, Look, Registration
from registration.registering import lifecycle, looks
from registration.views import photo_form
from summit import refusals
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.ratelimit import take

# The QR decoder is WebAssembly; only this page may run some.
WITH_CAMERA: dict[str, Any] = {**settings.SECURE_CSP, "script-src": [CSP.SELF, CSP.WASM_UNSAFE_EVAL]}
View = Callable[..., HttpResponseBase]


@never_cache
@right_required(Right.DESK)
def desks(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return render(
        request, "registration/desk/desks.html", {"summit": summit, "desks": summit.desks.filter(is_open=True)}
    )


class Incomplete(Refusal):
    code = "incomplete"
    message: Any = _("The desk sent something incomplete. Scan or type again.")
    status = 422


def at_desk(view: View) -> View:
    @never_cache
    @csp_override(WITH_CAMERA)
    @right_required(Right.DESK)
    @wraps(view)
    def inner(request: SignedInRequest, summit: Summit, desk: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = get_object_or_404(summit.desks.select_related("summit", "zone"), code=desk)
        return view(request, found, *args, **kwargs)

    return inner


def answer(request: SignedInRequest, desk: Desk, *, status: int = 200, **result: Any) -> HttpResponse:
    """The desk page with what happened. Scripts swap only the result; without scripts the page is whole."""
    if registration := result.get("registration"):
        result["inside"] = registration.check_ins.standing().select_related("desk").first()
        result["printed"] = registration.badge_prints.good().count()
        result |= accredited(registration, desk)
        if registration.access_needs:  # the result shows them
            looks.note(desk.summit, [registration.pk], Look.What.NEEDS, by=request.user)
    context = {"summit": desk.summit, "desk": desk, "nonce": uuid4().hex, "form": ScanForm(), **result}
    return render(request, "registration/desk/scan.html", context, status=status)


def accredited(registration: Registration, desk: Desk) -> dict[str, Any]:
    """What the desk sees of photo, vetting and zones, and why it lets somebody in or not."""
    return {
        "barrier": checkin.barrier(registration, desk),
        "zones": zones.of(registration),
        "photo": photos.of(registration),
        "standing": standing.of_registration(registration),
    }


@at_desk
def scan(request: SignedInRequest, desk: Desk) -> HttpResponse:
    """GET is the empty desk; POST looks somebody up by ticket, reference or name."""
    if request.method != "POST":
        return answer(request, desk)
    take("desk_search", str(request.user.pk), limit=240, seconds=60)
    form = ScanForm(request.POST)
    if not form.is_valid():
        return answer(request, desk, status=422, form=form)
    shown = form.cleaned_data["shown"]
    try:
        return answer(request, desk, registration=tickets.registration_for(desk.summit, shown))
    except tickets.UnknownTicket as refusal:
        found = list(desk.summit.registrations.search(shown).select_related("category")[:8])
        if found:
            return answer(request, desk, found=found)
        return answer(request, desk, status=refusal.status, refusal=refusal)
    except tickets.ReplacedTicket as refusal:
        return replaced(request, desk, refusal)
    except tickets.BadTicket as refusal:
        refusals.note(refusals.TICKET, request)
        return answer(request, desk, status=refusal.status, refusal=refusal)


def replaced(request: SignedInRequest, desk: Desk, refusal: tickets.ReplacedTicket) -> HttpResponse:
    """Whose old ticket it is, and whether a badge with the new one was printed; it lets nobody in."""
    refusals.note(refusals.TICKET, request)
    newer = refusal.registration.badge_prints.good().first()
    return answer(request, desk, status=refusal.status, refusal=refusal, person=refusal.registration, newer_badge=newer)


def _registration(desk: Desk, guid: Any) -> Registration:
    rows = Registration.objects.filter(summit=desk.summit).select_related("summit", "category")
    return get_object_or_404(rows, guid=guid)


@require_POST
@at_desk
def check_ins(request: SignedInRequest, desk: Desk) -> HttpResponse:
    form = CheckInForm(request.POST)
    if not form.is_valid():
        return answer(request, desk, status=422, refusal=Incomplete())
    registration = _registration(desk, form.cleaned_data["guid"])
    said = {name: form.cleaned_data[name] for name in ("nonce", "issue")}
    try:
        arrival = checkin.check_in(registration, desk=desk, by=request.user, **said)
    except tickets.ReplacedTicket as refusal:
        return replaced(request, desk, refusal)
    except Refusal as refusal:
        return answer(request, desk, status=refusal.status, registration=registration, refusal=refusal)
    return answer(request, desk, registration=registration, arrival=arrival)


@at_desk
def photo(request: SignedInRequest, desk: Desk, guid: Any) -> HttpResponseBase:
    """Of whoever is registered at the summit: a desk compares faces."""
    return photo_form.given_out(_registration(desk, guid))


@require_POST
@at_desk
def undo(request: SignedInRequest, desk: Desk, pk: int) -> HttpResponse:
    rows = CheckIn.objects.filter(registration__summit=desk.summit).select_related(
        "registration__summit", "registration__category"
    )
    arrival = get_object_or_404(rows, pk=pk)
    try:
        checkin.undo_check_in(arrival, by=request.user)
    except Refusal as refusal:
        return answer(request, desk, status=refusal.status, registration=arrival.registration, refusal=refusal)
    return answer(request, desk, registration=arrival.registration, undone=True)


@require_POST
@at_desk
def attendance(request: SignedInRequest, desk: Desk) -> HttpResponse:
    """Somebody registered online stands at the door: change the attendance, if there is a place."""
    form = DeskAttendanceForm(request.POST)
    if not form.is_valid():
        return answer(request, desk, status=422, refusal=Incomplete())
    registration = _registration(desk, form.cleaned_data["guid"])
    try:
        lifecycle.change_attendance(registration, form.cleaned_data["attendance"], by=request.user, as_organiser=True)
    except Refusal as refusal:
        return answer(request, desk, status=refusal.status, registration=registration, refusal=refusal)
    return answer(request, desk, registration=registration)
