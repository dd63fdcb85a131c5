"""Who may do what on a summit as a whole. Pages ask for rights; a role is a set of them (see models/team.py)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from summit.models import Right, Summit, User
from summit.models.team import RIGHTS

Somebody = User | AnonymousUser
# In the session of whoever sets the installation up, until the first summit has an owner.
FIRST_START = "first_start"
# In the session of whoever was stopped for want of a second factor: where they were going.
WAY_ON = "way_on"
# What counts as a second factor; recovery codes stand in for one of these and are none by themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def roles_of(user: Somebody, summit: Summit) -> frozenset[str]:
    """The roles somebody has taken up. One query."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(summit.memberships.accepted().filter(user_id=user.pk).values_list("role", flat=True))


def rights_of(user: Somebody, summit: Summit) -> frozenset[Right]:
    """All that somebody's roles allow together. One query."""
    return rights_in(roles_of(user, summit))


def rights_in(roles: frozenset[str]) -> frozenset[Right]:
    return frozenset().union(*(RIGHTS[role] for role in roles))


def may(user: Somebody, summit: Summit, *rights: Right) -> bool:
    """Whether somebody has one of these rights. One query."""
    return not rights_of(user, summit).isdisjoint(rights)


def needs_second_factor(roles: frozenset[str], summit: Summit) -> bool:
    """Whether one of these roles asks for a second factor: here, or everywhere in this installation."""
    return settings.STAFF_TWO_FACTORS or not roles.isdisjoint(summit.two_factor_roles)


View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """A request that has passed :func:`right_required`, or ``login_required``."""

    user: User
    rights: frozenset[Right]


def has_enrolled(user: Somebody) -> bool:
    """Whether somebody has a second factor, wherever they set it up. One query."""
    return is_mfa_enabled(user, FACTORS)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this very session has shown a second factor of its person: a code of their app, a recovery code or a passkey.

    The one answer for pages, API and admin. allauth notes in the session by what it was signed in and proven since; what
    another browser of the same person has shown or set up meanwhile says nothing about this one. A passkey that signs in
    alone was unlocked by its owner (user verification is required then) and counts as both. Somebody whose last factor
    was taken away has none to show. One query at most.
    """
    records = get_authentication_records(request, request.user)
    return any(each.get("method") == "mfa" for each in records) and has_enrolled(request.user)


def page_of(request: HttpRequest) -> str:
    """The path of the page a request was made from: its own for a GET, that of the form for whatever was sent."""
    origin = urlsplit(request.headers.get("Referer", ""))
    if request.method == "GET" or origin.netloc != request.get_host() or not origin.path.startswith("/"):
        return request.get_full_path()
    return urlunsplit(("", "", origin.path, origin.query, ""))


def _lead(request: HttpRequest, address: str) -> HttpResponse:
    """Elsewhere as a whole page, also where a part of one was asked for."""
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def lead_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To signing in, and back to the page; what was sent meanwhile is not saved, and says so."""
    if request.method != "GET":
        messages.warning(
            request, _("Nothing was saved: you are not signed in any more. Sign in, then send the form again.")
        )
    return _lead(request, redirect_to_login(page_of(request)).url)


def lead_to_second_factor(request: HttpRequest, where: str = "") -> HttpResponse:
    """To the page that asks for the second factor, or to where one is set up; ``where`` they were going is kept."""
    where = where or page_of(request)
    if request.method != "GET":
        messages.warning(
            request, _("Nothing was saved: your second factor is asked for first. Then send the form again.")
        )
    # A page asks for style sheets and scripts as well: nobody was going there.
    if "text/html" in request.headers.get("Accept", "text/html") or request.method != "GET":
        request.session[WAY_ON] = where
    if has_enrolled(request.user):
        app = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
        page = reverse("mfa_reauthenticate" if app else "mfa_reauthenticate_webauthn")
        return _lead(request, f"{page}?{urlencode({'next': where})}")
    return _lead(request, reverse("mfa_index"))


def _stopped(request: HttpRequest, needed: bool) -> HttpResponse | None:
    """The answer to a session that needs a second factor and has shown none."""
    if needed and not has_second_factor(request):
        return lead_to_second_factor(request)
    request.session.pop(WAY_ON, None)
    return None


def way_on(request: HttpRequest) -> str:
    """Where somebody was going who has shown the second factor they needed; "" for nobody else."""
    kept: str = request.session.get(WAY_ON, "") if request.user.is_authenticated else ""
    return kept if kept and has_second_factor(request) else ""


def stopped_for(request: HttpRequest) -> str:
    """Why somebody sees the pages of their second factor: ``enrol`` or ``show`` one; "" where nothing stopped them."""
    if not request.user.is_authenticated or not request.session.get(WAY_ON) or has_second_factor(request):
        return ""
    return "show" if has_enrolled(request.user) else "enrol"


def right_required(*rights: Right) -> Callable[[View], View]:
    """The view is for team members with one of these rights; it gets the summit instead of its code.

    Guests are sent to sign in. For everybody else the page is not there: 404, as for a summit that does not exist.
    A role that needs a second factor opens nothing until the session has shown one.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, summit: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return lead_to_sign_in(request)
            found = get_object_or_404(Summit, code=summit)
            roles = roles_of(request.user, found)
            request.rights = rights_in(roles)  # type: ignore[attr-defined]
            if request.rights.isdisjoint(rights):  # type: ignore[attr-defined]
                # What is not yours and what is not there look the same.
                raise Http404
            stopped = _stopped(request, needs_second_factor(roles, found))
            return stopped or view(request, found, *args, **kwargs)

        inner.rights = rights  # type: ignore[attr-defined]  # the matrix test reads them
        return inner

    return wrap


def operator_required(view: View) -> View:
    """The view is for operators of the installation. Guests are sent to sign in, for everybody else the page is not there.

    Operators need a second factor where staff do, except in the session that has just set the installation up: their
    first summit comes before their first telephone.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return lead_to_sign_in(request)
        if not request.user.is_superuser:
            raise Http404
        exempt = request.session.get(FIRST_START) or not settings.STAFF_TWO_FACTORS
        return _stopped(request, not exempt) or view(request, *args, **kwargs)

    inner.operators = True  # type: ignore[attr-defined]  # the matrix test reads it
    return inner


def rights_here(request: HttpRequest, summit: Summit) -> frozenset[Right]:
    """All that this session may: the rights of its person, and none where it has still to show a second factor."""
    roles = roles_of(request.user, summit)
    if roles and needs_second_factor(roles, summit) and not has_second_factor(request):
        return frozenset()
    return rights_in(roles)


def may_write(request: SignedInRequest, whole: Right = Right.PROGRAMME) -> bool:
    """Whether somebody changes a thing: all of it by the right ``whole``, or its texts."""
    return not request.rights.isdisjoint({whole, Right.TEXTS})


def texts_alone(request: SignedInRequest, whole: Right = Right.PROGRAMME) -> bool:
    """Whether somebody sees and sends of a thing's form its texts and nothing else."""
    return Right.TEXTS in request.rights and whole not in request.rights
