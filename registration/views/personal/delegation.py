"""The page of a delegation for its head and deputies, behind a private link: whom it sends, and what is missing."""

from collections.abc import Callable
from dataclasses import replace as with_
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration import standing
from registration.delegating import attending, completeness, heads, itineraries, nominating
from registration.forms.delegation import DelegateForm, ItineraryForm, NominationForm, SeatsForm
from registration.models import DelegationHead, Itinerary, Registration
from registration.places import capacity
from registration.places import delegations as places
from registration.registering import consents, lifecycle, refusals, sealed_sessions
from registration.views.personal.private_link import key_in_address
from sessions.models import Session
from summit import history
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.models import Summit, User
from summit.ratelimit import take

View = Callable[..., HttpResponseBase]


def by_head(view: View) -> View:
    """Fetching is the check: whoever knows the link of a head or deputy is let in, everybody else gets a 404. Moments are
    those of the summit's zone."""

    @wraps(view)
    def inner(request: HttpRequest, summit: str, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = DelegationHead.objects.select_related("delegation__summit")
        head = get_object_or_404(rows, delegation__summit__code=summit, token=token)
        with timezone.override(head.summit.tz):
            try:
                return view(request, head, *args, **kwargs)
            except Refusal as refusal:
                messages.error(request, str(refusal.message))
                return redirect(head)

    return key_in_address(inner)


def actor(request: HttpRequest, head: DelegationHead) -> User | None:
    """The account of the head, where they are signed in with it."""
    user = request.user
    return user if isinstance(user, User) and user.email.lower() == head.email.lower() else None


def delegate(head: DelegationHead, guid: Any) -> Registration:
    """One of the delegation, or 404."""
    rows = Registration.objects.active().select_related("summit", "category", "delegation", "replaces")
    return get_object_or_404(rows, delegation=head.delegation, guid=guid)


@never_cache
@login_required
def mine(request: HttpRequest, summit: str) -> HttpResponse:
    """The delegations at a summit of whoever is signed in; where it is one, the way leads there."""
    found = get_object_or_404(Summit, code=summit)
    rows = DelegationHead.objects.under(getattr(request.user, "email", "")).filter(delegation__summit=found)
    heads = list(rows.select_related("delegation__summit"))
    if len(heads) == 1:
        return redirect(heads[0])
    return render(request, "registration/delegation/mine.html", {"summit": found, "heads": heads})


@by_head
def page(request: HttpRequest, head: DelegationHead) -> HttpResponse:
    delegation, summit = head.delegation, head.summit
    rows = (
        Registration.objects.active().filter(delegation=delegation).select_related("category", "replaces", "itinerary")
    )
    people = sorted(rows, key=lambda row: (row.category.order, row.category.code, row.name, row.pk))
    lacks = completeness.of_people(summit, Registration.objects.active().filter(delegation=delegation))
    context = {
        "summit": summit,
        "head": head,
        "delegation": delegation,
        "people": [(row, lacks.get(row.pk, [])) for row in people],
        "places": places.by_category(delegation),
        "found": completeness.of_delegations(summit, [delegation.pk])[delegation.pk],
        "frozen": delegation.names_are_frozen(),
        "sessions": attending.booked_sessions(summit).exists(),
    }
    return render(request, "registration/delegation/page.html", context)


def _nominated(
    request: HttpRequest, head: DelegationHead, instead_of: Registration | None, verb: Callable[..., Registration]
) -> HttpResponse:
    """The form of somebody new, and what ``verb`` makes of it."""
    form = NominationForm(request.POST or None, delegation=head.delegation, language=head.language,
                          instead_of=instead_of, quotas=capacity.quotas(head.summit))  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                take("nominate", str(head.pk), limit=300, seconds=3600)
                named = with_(form.person(), registered_by=heads.as_told(head))
                made = verb(named, nonce=form.cleaned_data["nonce"], by=actor(request, head))
            except Refusal as refusal:
                form.add_error(_field(refusal, form), str(refusal.message))
                status = refusal.status
            else:
                messages.success(request, _said(made))
                return redirect(head)
    context = {"summit": head.summit, "head": head, "delegation": head.delegation, "form": form, "instead_of": instead_of,
               "frozen": head.delegation.names_are_frozen()}  # fmt: skip
    return render(request, "registration/delegation/nominate.html", context, status=status)


def _field(refusal: Refusal, form: NominationForm) -> str | None:
    """Where of the form a refusal is told."""
    name = "email" if isinstance(refusal, refusals.AlreadyRegistered) else "category"
    return name if name in form.fields else None


def _said(made: Registration) -> str:
    words = _("%(name)s is registered and was mailed their own page.")
    if not made.is_confirmed:
        words = _("%(name)s waits for the organisers, who decide since the deadline.")
    return words % {"name": made.name}


@by_head
def nominate(request: HttpRequest, head: DelegationHead) -> HttpResponse:
    def verb(person: Any, **kwargs: Any) -> Registration:
        return nominating.nominate(head.delegation, person, **kwargs)

    return _nominated(request, head, None, verb)


@by_head
def replacement(request: HttpRequest, head: DelegationHead, guid: Any) -> HttpResponse:
    """Somebody who comes instead. A form sent twice finds the one before ended already."""
    rows = Registration.objects.select_related("summit", "category", "delegation")
    found = get_object_or_404(rows, delegation=head.delegation, guid=guid)
    if request.method != "POST" and not found.is_active:
        raise refusals.NotActive

    def verb(person: Any, **kwargs: Any) -> Registration:
        return nominating.replace(found, person, **kwargs)

    return _nominated(request, head, found, verb)


@by_head
def person(request: HttpRequest, head: DelegationHead, guid: Any) -> HttpResponse:
    """Details of somebody, as far as the head corrects them."""
    found = delegate(head, guid)

    def save(form: DelegateForm) -> None:
        versions = form.cleaned_data["form_versions"]
        consents.correct_for(found, form.values(), consents=form.consents(), said_by=heads.as_told(head),
                             form_versions=versions, by=actor(request, head))  # fmt: skip

    return edited(request, head, found, DelegateForm(request.POST or None, registration=found), save)


@by_head
def itinerary(request: HttpRequest, head: DelegationHead, guid: Any) -> HttpResponse:
    found = delegate(head, guid)
    form = ItineraryForm(request.POST or None, instance=itineraries.of(found))

    def save(form: ItineraryForm) -> None:
        versions = form.cleaned_data["form_versions"]
        itineraries.put(found, form.values(), form_versions=versions, by=actor(request, head))

    return edited(request, head, found, form, save)


def edited(
    request: HttpRequest, head: DelegationHead, found: Registration, form: Any, save: Callable[[Any], None]
) -> HttpResponse:
    """A form about one delegate: shown, refused or saved."""
    status, overtaken = 200, None
    if request.method != "POST":
        lifecycle.may_change(found)
    elif not form.is_valid():
        status = 422
    else:
        try:
            save(form)
        except Overtaken as refusal:
            form, status, overtaken = form.over(refusal), refusal.status, _changed(found)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("It was saved."))
            return redirect(head)
    context = {"summit": head.summit, "head": head, "delegation": head.delegation, "person": found, "form": form,
               "overtaken": overtaken}  # fmt: skip
    name = "itinerary" if isinstance(form, ItineraryForm) else "person"
    return render(request, f"registration/delegation/{name}.html", context, status=status)


def _changed(found: Registration) -> list[dict[str, Any]]:
    """What happened to somebody lately, without who did it."""
    lines = history.described(entries_of(found)[:5], Registration, beside=[Itinerary])
    return [{**line, "by": ""} for line in lines]


@by_head
def withdrawal(request: HttpRequest, head: DelegationHead, guid: Any) -> HttpResponse:
    """GET asks once more, POST ends the registration; the place is the delegation's again."""
    found = delegate(head, guid)
    if request.method == "POST":
        lifecycle.cancel(found, by=actor(request, head))
        messages.success(request, _("%(name)s no longer comes and was told.") % {"name": found.name})
        return redirect(head)
    lifecycle.may_change(found)
    context = {"summit": head.summit, "head": head, "delegation": head.delegation, "person": found}
    return render(request, "registration/delegation/withdrawal.html", context)


@by_head
def sessions(request: HttpRequest, head: DelegationHead) -> HttpResponse:
    """Who attends which session that is booked: all of them in one form."""
    delegation = head.delegation
    people = [row for row in attending.may_attend(delegation) if standing.of_registration(row).seats]
    found = list(attending.booked_sessions(head.summit).prefetch_related("bookings"))
    if request.method == "POST":
        _choose(request, head, SeatsForm(request.POST, sessions=found, people=people), found)
        return redirect("registration:delegation-sessions", head.summit.code, head.token)
    keys = {row.pk for row in people}
    rows = []
    for session in found:
        here = {each.registration_id: each for each in session.bookings.all() if each.registration_id in keys}
        stands = {key: each for key, each in here.items() if each.state in {"booked", "offered", "waitlisted"}}
        rows.append((session, [(one, stands.get(one.pk)) for one in people]))
    context = {"summit": head.summit, "head": head, "delegation": delegation, "rows": rows, "people": people}
    return render(request, "registration/delegation/sessions.html", context)


def _choose(request: HttpRequest, head: DelegationHead, form: SeatsForm, found: list[Session]) -> None:
    """Book and give back seats where something was ticked or unticked."""
    if not form.is_valid():
        gone = _("Somebody among them does not come with the delegation any more. Look at the list again.")
        messages.error(request, gone)
        return
    outcome, by, read = attending.Outcome(), actor(request, head), request.POST.getlist("protected")
    for session in found:
        chosen, stood = form.of(session)
        if chosen != stood:
            try:
                attending.choose(head.delegation, session, chosen, stood=stood, agreed=str(session.pk) in read,
                                 outcome=outcome, by=by)  # fmt: skip
            except sealed_sessions.ProtectionFirst as refusal:
                messages.error(request, f"{session.title}: {refusal.message}")
    _tell(request, outcome)


def _tell(request: HttpRequest, outcome: attending.Outcome) -> None:
    messages.success(
        request,
        _("Seats booked: %(booked)d · given back: %(released)d")
        % {"booked": outcome.booked, "released": outcome.released},
    )
    if outcome.waiting:
        messages.warning(request, _("On the waitlist: %(names)s") % {"names": ", ".join(outcome.waiting)})
    for name, why in outcome.refused:
        messages.error(request, f"{name}: {why}")
