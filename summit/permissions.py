"""Who may do what on a summit as a whole. Predicates ``(user, summit) -> bool``; one query each."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from summit.models import Role, Summit, User

ORGANISERS = (Role.OWNER, Role.ORGANISER)
DESKS = (Role.OWNER, Role.ORGANISER, Role.DESK)


def has_role(user: User | AnonymousUser, summit: Summit, roles: tuple[Role, ...]) -> bool:
    return user.is_authenticated and summit.memberships.filter(user_id=user.pk, role__in=roles).exists()


def is_organiser(user: User | AnonymousUser, summit: Summit) -> bool:
    return has_role(user, summit, ORGANISERS)


def is_desk_staff(user: User | AnonymousUser, summit: Summit) -> bool:
    return has_role(user, summit, DESKS)


View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """A request that has passed one of the gates below, or ``login_required``."""

    user: User


def _required(roles: tuple[Role, ...]) -> Callable[[View], View]:
    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, summit: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            found = get_object_or_404(Summit, code=summit)
            if not has_role(request.user, found, roles):
                # What is not yours and what is not there look the same.
                raise Http404
            if settings.STAFF_TWO_FACTORS and not is_mfa_enabled(request.user):
                if request.method == "GET":
                    return render(request, "summit/account/two_factors.html", {"summit": found}, status=403)
                return redirect("mfa_index")
            return view(request, found, *args, **kwargs)

        return inner

    return wrap


organiser_required = _required(ORGANISERS)
desk_required = _required(DESKS)
