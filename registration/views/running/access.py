"""Who runs a session: fetching it is the check."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from sessions.models import Session
from sessions.permissions import run_by
from summit.models import Summit
from summit.permissions import SignedInRequest, lead_to_second_factor, rights_here, rights_in, roles_of

View = Callable[..., HttpResponseBase]


def runs_session(view: View) -> View:
    """The view is for the team, and for whoever moderates the session, which it gets instead of the two codes. For
    everybody else the page is not there; whoever has yet to show a second factor is led there."""

    @wraps(view)
    def inner(request: SignedInRequest, summit: str, code: str, **kwargs: Any) -> HttpResponseBase:
        found = get_object_or_404(Summit, code=summit)
        request.rights = rights_here(request, found)
        session = _one(request, found, code, request.rights)
        if session is None:
            if _one(request, found, code, rights_in(roles_of(request.user, found))):
                return lead_to_second_factor(request)
            raise Http404
        session.summit = found
        return view(request, session, **kwargs)

    return never_cache(login_required(inner))


def _one(request: SignedInRequest, summit: Summit, code: str, rights: Any) -> Session | None:
    rows = run_by(request.user, summit, rights).select_related("room", "track").filter(code=code)
    return rows.first()
