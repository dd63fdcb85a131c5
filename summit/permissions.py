"""Who may do what on a summit as a whole. Pages ask for rights; a role is a set of them (see models/team.py)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from summit.models import Right, Summit, User
from summit.models.team import RIGHTS

Somebody = User | AnonymousUser
# In the session of whoever sets the installation up, until the first summit has an owner.
FIRST_START = "first_start"
# In the session of whoever was stopped for want of a second factor: where they were going.
WAY_ON = "way_on"


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


def _stopped(request: HttpRequest, needed: bool, **context: Any) -> HttpResponse | None:
    """The answer to somebody who needs a second factor and has none. Where they were going is kept for afterwards."""
    if not needed or is_mfa_enabled(request.user):
        request.session.pop(WAY_ON, None)
        return None
    if request.method != "GET":
        return redirect("mfa_index")
    # A page asks for style sheets and scripts as well: nobody was going there.
    if "text/html" in request.headers.get("Accept", "text/html"):
        request.session[WAY_ON] = request.get_full_path()
    return render(request, "summit/account/two_factors.html", context, status=403)


def way_on(request: HttpRequest) -> str:
    """Where somebody was going who has set up the second factor they needed; "" for nobody else."""
    kept: str = request.session.get(WAY_ON, "") if request.user.is_authenticated else ""
    return kept if kept and is_mfa_enabled(request.user) else ""


def right_required(*rights: Right) -> Callable[[View], View]:
    """The view is for team members with one of these rights; it gets the summit instead of its code.

    Guests are sent to sign in. For everybody else the page is not there: 404, as for a summit that does not exist.
    A role that needs a second factor opens nothing until the person has one.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, summit: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            found = get_object_or_404(Summit, code=summit)
            roles = roles_of(request.user, found)
            request.rights = rights_in(roles)  # type: ignore[attr-defined]
            if request.rights.isdisjoint(rights):  # type: ignore[attr-defined]
                # What is not yours and what is not there look the same.
                raise Http404
            stopped = _stopped(request, needs_second_factor(roles, found), summit=found)
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
            return redirect_to_login(request.get_full_path())
        if not request.user.is_superuser:
            raise Http404
        exempt = request.session.get(FIRST_START) or not settings.STAFF_TWO_FACTORS
        return _stopped(request, not exempt) or view(request, *args, **kwargs)

    inner.operators = True  # type: ignore[attr-defined]  # the matrix test reads it
    return inner


def may_write(request: SignedInRequest, whole: Right = Right.PROGRAMME) -> bool:
    """Whether somebody changes a thing: all of it by the right ``whole``, or its texts."""
    return not request.rights.isdisjoint({whole, Right.TEXTS})


def texts_alone(request: SignedInRequest, whole: Right = Right.PROGRAMME) -> bool:
    """Whether somebody sees and sends of a thing's form its texts and nothing else."""
    return Right.TEXTS in request.rights and whole not in request.rights
