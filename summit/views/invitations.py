"""Taking up an invitation: the same page for a role in the team, a host's contact and a speaker's profile."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from summit.accounts import invitations
from summit.errors import Refusal
from summit.models import Invited, Membership, Role, Summit


def masked(email: str) -> str:
    """Enough of an address for its owner to know it again: ``g•••@people.example``."""
    name, at, host = email.partition("@")
    return f"{name[:1]}•••{at}{host}"


@never_cache
def team(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    found = get_object_or_404(
        Membership.objects.select_related("summit", "user", "invited_by"), summit__code=summit, token=token
    )
    words = _("Work on the summit as: %(role)s") % {"role": found.get_role_display()}
    return answer(request, found, found.summit, words=words, to=WORK_OF.get(found.role, "registration:dashboard"))


# Where those begin whose work is not on the overview.
WORK_OF: dict[str, str] = {Role.DESK: "registration:desks", Role.DESK_LEAD: "registration:desks"}


def answer(
    request: HttpRequest, row: Any, summit: Summit, *, words: str, to: str,
    accept: Callable[..., Invited] = invitations.accept,
) -> HttpResponse:  # fmt: skip
    """GET shows what somebody is asked for, POST takes it up; ``to`` is where they go then."""
    if not request.user.is_authenticated:
        messages.info(
            request,
            _("Sign in with the address the invitation was sent to: %(email)s") % {"email": masked(row.user.email)},
        )
        return redirect_to_login(request.get_full_path())
    # Whoever is invited to a closed summit is nobody there yet: its colours are not theirs to load.
    context = {"summit": summit, "row": row, "words": words, "address": masked(row.user.email), "without_theme": True}
    try:
        if request.method == "POST":
            accept(row, request.user, summit=summit)
            messages.success(request, _("You have accepted the invitation."))
            return redirect(to, summit.code)
        invitations.refuse(row, request.user)
    except Refusal as refusal:
        if refusal.code == "already_accepted":
            return redirect(to, summit.code)
        return render(request, "summit/invitation.html", {**context, "refusal": refusal}, status=refusal.status)
    return render(request, "summit/invitation.html", context)
