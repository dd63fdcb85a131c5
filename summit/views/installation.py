"""The first start in the browser (key, operator, summit, owner), and the operators' summits afterwards."""

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from summit.accounts import demonstration as demonstrations
from summit.accounts import installation, team
from summit.accounts.password_forms import tell_strength
from summit.editing import deleting, opening
from summit.editing import new_summit as verbs
from summit.errors import Refusal
from summit.forms.installation import KeyForm, NewSummitForm, OperatorForm, OwnerForm
from summit.lib import pictures
from summit.lib.body_limits import takes_files
from summit.lib.translated import active_language
from summit.mailing import holding
from summit.models import Membership, Role, Summit
from summit.permissions import FIRST_START, SignedInRequest, operator_required
from summit.ratelimit import client_address, take

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# In the session of a browser in which the key was typed: its fingerprint.
KEY = "installation_key"


@sensitive_post_parameters()
@never_cache
def set_up(request: HttpRequest) -> HttpResponse:
    """First the key, then the operator; not there once somebody operates the installation."""
    if not installation.waits_for_operator():
        if request.method == "POST":
            return _too_late(request)
        raise Http404
    mark = request.session.get(KEY, "")
    if not installation.is_good(mark):
        return _ask_for_key(request)
    form = OperatorForm(request.POST if "email" in request.POST else None)
    if form.is_valid():
        data = form.cleaned_data
        facts = {name: data[name] for name in ("email", "name", "password")}
        try:
            user = installation.make_operator(mark, **facts, language=active_language())
        except installation.AlreadySetUp:
            return _too_late(request)
        except Refusal as refusal:
            form.add_error("email" if refusal.code == "address_taken" else None, str(refusal.message))
        else:
            tell_strength(request, data["password"])
            return _begin(request, user)
    return _step(request, 2, form, "summit/installation/operator.html")


def _ask_for_key(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST if "key" in request.POST else None)
    if request.method == "POST":
        take("installation-key", client_address(request), limit=10, seconds=600)
    if form.is_valid():
        try:
            mark = installation.check_key(form.cleaned_data["key"])
        except Refusal as refusal:
            form.add_error("key", str(refusal.message))
        else:
            request.session.cycle_key()
            request.session[KEY] = mark
            return redirect("set-up")
    return _step(request, 1, form, "summit/installation/key.html")


def _begin(request: HttpRequest, user: Any) -> HttpResponse:
    """Signed in as allauth would have it, so that a second factor can be set up at once."""
    login(request, user, backend=BACKEND)
    record_authentication(request, user, method="password", email=user.email)
    request.session.pop(KEY, None)
    request.session[FIRST_START] = True
    return redirect("new-summit")


def _too_late(request: HttpRequest) -> HttpResponse:
    request.session.pop(KEY, None)
    refusal = installation.AlreadySetUp()
    context = {"refusal": refusal}
    return render(request, "summit/installation/too_late.html", context, status=refusal.status)


def _step(request: HttpRequest, step: int, form: Any, template: str, **context: Any) -> HttpResponse:
    """One step of the first start; its number shows only in the session that goes through all of them."""
    first = step < 3 or request.session.get(FIRST_START)
    context |= {"form": form, "step": step if first else 0}
    wrong = form.errors and not context.get("preview")
    return render(request, template, context, status=422 if wrong else 200)


@never_cache
@operator_required
def summits(request: SignedInRequest) -> HttpResponse:
    """Every summit of the installation, with its owners."""
    found = Membership.objects.filter(role=Role.OWNER).select_related("user").order_by("pk")
    rows = Summit.objects.prefetch_related(Prefetch("memberships", found, to_attr="owners"))
    listed = [(each, any(owner.is_accepted for owner in each.owners)) for each in rows]
    return render(request, "summit/installation/summits.html", {"listed": listed, "hold": holding.held()})


@never_cache
@require_POST
@operator_required
def current(request: SignedInRequest, code: str) -> HttpResponse:
    """Whether ``/`` leads to this summit."""
    summit = get_object_or_404(Summit, code=code)
    if request.POST.get("current"):
        opening.set_current(summit, True, by=request.user)
        said = (
            _("Visitors of “/” come to %(summit)s.")
            if summit.is_public
            else _("Visitors of “/” come to %(summit)s once it is open to the public.")
        )
        messages.success(request, said % {"summit": summit})
    else:
        opening.set_current(summit, False, by=request.user)
        messages.success(request, _("Visitors of “/” come to the latest summit that is open to the public."))
    return redirect("summits")


@never_cache
@operator_required
def deletion(request: SignedInRequest, code: str) -> HttpResponse:
    """Asks with numbers, and for the address by hand; then the summit is gone."""
    summit, refusal = get_object_or_404(Summit, code=code), None
    if request.method == "POST":
        typed, seen = request.POST.get("typed", ""), request.POST.get("seen", "")
        try:
            deleting.delete_summit(summit, typed=typed, seen=seen, as_operator=True, by=request.user)
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, _("The summit was deleted."))
            return redirect("summits")
    # Not under the name the shell knows: the operator may be nobody in the summit's workspace.
    context = {"made": summit, "losses": deleting.losses(summit), "refusal": refusal}
    return render(request, "summit/installation/deletion.html", context, status=refusal.status if refusal else 200)


@takes_files(pictures.LARGEST)
@never_cache
@operator_required
def new_summit(request: SignedInRequest) -> HttpResponse:
    """Sent twice, the form makes one summit and leads on both times."""
    form = NewSummitForm(request.POST or None, request.FILES or None)
    preview = request.POST.get("action") == "preview"
    made: Summit | None = None
    if form.is_valid() and not preview:
        try:
            made = verbs.make_summit(
                form.cleaned_data["code"], form.facts(), venue=form.venue(), logo=form.logo(), by=request.user
            )
            messages.success(request, _("The summit is made. It is closed to the public until you open it."))
        except Refusal as refusal:
            form.add_error("code" if refusal.code == "code_taken" else "logo_file", str(refusal.message))
    if made is None and not preview and "code" in form.errors:
        made = verbs.just_made(form.data.get("code", ""), form.name_meant(), by=request.user)
    if made is not None:
        return redirect("summit-owner", made.code)
    offered = not Summit.objects.filter(code=demonstrations.CODE).exists()
    return _step(request, 3, form, "summit/installation/new_summit.html", demonstration=offered, preview=preview)


@never_cache
@require_POST
@operator_required
def demonstration(request: SignedInRequest) -> HttpResponse:
    try:
        number = demonstrations.order(by=request.user)
    except demonstrations.DemonstrationExists as refusal:
        messages.info(request, str(refusal.message))
        return redirect("summits")
    return redirect("demonstration-building", number)


@never_cache
@operator_required
def building(request: SignedInRequest, number: UUID) -> HttpResponse:
    """Waits for the worker, asking again by itself."""
    state = demonstrations.state(str(number))
    if not state:
        raise Http404
    if state == "done":
        request.session.pop(FIRST_START, None)
        if not request.user.memberships.accepted().filter(summit__code=demonstrations.CODE, role=Role.OWNER).exists():
            messages.success(request, _("The demonstration is ready."))
            return redirect("summits")
        messages.success(request, _("The demonstration is ready. You own it."))
        return redirect("registration:dashboard", demonstrations.CODE)
    return render(request, "summit/installation/building.html", {"state": state})


@never_cache
@operator_required
def owner(request: SignedInRequest, code: str) -> HttpResponse:
    """Whose a new summit is. One that has an owner leads to where it is listed."""
    summit = get_object_or_404(Summit, code=code)
    if summit.memberships.accepted().filter(role=Role.OWNER).exists():
        return redirect("summits")
    form = OwnerForm(request.POST or None, summit=summit)
    if form.is_valid():
        try:
            return _owned(request, summit, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
    # Not under the name the shell knows: the operator is nobody in the summit's workspace yet.
    return _step(request, 4, form, "summit/installation/owner.html", made=summit)


def _owned(request: SignedInRequest, summit: Summit, data: dict[str, Any]) -> HttpResponse:
    if data["owner"] == "myself":
        installation.become_owner(summit, by=request.user)
        request.session.pop(FIRST_START, None)
        return redirect("registration:dashboard", summit.code)
    invited = team.invite(
        summit, data["email"], Role.OWNER, name=data["name"], language=data["language"], by=request.user
    )
    request.session.pop(FIRST_START, None)
    messages.success(request, _("An invitation was sent to %(email)s.") % {"email": invited.user.email})
    return redirect("summits")
