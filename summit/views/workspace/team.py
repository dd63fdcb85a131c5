"""The team of a summit: who is in it, who is invited, who goes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from summit.accounts import team as verbs
from summit.errors import Refusal
from summit.forms.settings import InvitationForm, RoleForm
from summit.lists.team import TEAM, rows, state_chip
from summit.models import Membership, Right, Role, Summit
from summit.permissions import SignedInRequest, may, right_required
from summit.views.workspace.listing import ListPages


class TeamPages(ListPages):
    """Whoever took their own role away has no list to go back to."""

    def do(self, request: SignedInRequest, listing: Any, *args: Any) -> HttpResponse:
        done = super().do(request, listing, *args)
        return _gone(request, listing.summit) or done

    def answer(self, request: SignedInRequest, listing: Any, *args: Any) -> HttpResponse:
        return _gone(request, listing.summit) or super().answer(request, listing, *args)


team = TeamPages(TEAM)


def _gone(request: HttpRequest, summit: Summit) -> HttpResponse | None:
    """The way home for whoever no longer works on the team."""
    if may(request.user, summit, Right.TEAM):
        return None
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": reverse("account:home")})
    return redirect("account:home")


@never_cache
@right_required(Right.TEAM)
def invite(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = InvitationForm(request.POST or None, summit=summit)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.invite(summit, **form.cleaned_data, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
        else:
            _tell(request, made)
            return redirect("summit:team", summit.code)
    context = {"summit": summit, "form": form}
    return render(request, "summit/organiser/team_invitation.html", context, status=422 if form.errors else 200)


def _tell(request: SignedInRequest, made: Membership) -> None:
    """What was done, and what is still to be thought of."""
    messages.success(request, _("An invitation was sent to %(email)s.") % {"email": made.user.email})
    others = made.summit.memberships.filter(user=made.user_id).exclude(pk=made.pk)
    if taken := ", ".join(other.get_role_display() for other in others):
        messages.info(request, _("This person has another role here already (%(roles)s). Roles add up; remove the one that is no longer meant.") % {"roles": taken})  # fmt: skip
    if made.role == Role.TRACK_LEAD:
        messages.info(request, _("Choose on the page of a track who leads it."))


@never_cache
@right_required(Right.TEAM)
def member(request: SignedInRequest, summit: Summit, pk: int) -> HttpResponse:
    """GET shows one member; POST sends the invitation again, makes them something else, or takes the role away."""
    found = get_object_or_404(rows(summit), pk=pk)
    if request.method == "POST":
        return _changed(request, found)
    others = summit.memberships.filter(user=found.user_id).exclude(pk=pk)
    context = {
        "summit": summit,
        "member": found,
        "state": state_chip(found),
        "form": RoleForm(initial={"role": found.role}),
        "others": others,
        "signs_out": found.is_accepted and verbs.may_sign_out(summit, request.user),
    }
    return render(request, "summit/organiser/team_member.html", context)


def _changed(request: SignedInRequest, found: Membership) -> HttpResponse:
    summit, verb = found.summit, CHANGES.get(request.POST.get("action", ""))
    if verb is None:
        raise BadRequest("No such change")
    try:
        said = verb(request, found)
    except verbs.RoleChanged as refusal:
        messages.error(request, str(refusal.message))
        return redirect("summit:team-member", summit.code, found.pk)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        if said:
            messages.success(request, said)
    return _gone(request, summit) or redirect("summit:team", summit.code)


def _change_role(request: SignedInRequest, found: Membership) -> str:
    role = request.POST.get("role", "")
    if role not in Role.values:
        return ""
    changed = verbs.change_role(found, role, seen=request.POST.get("seen", ""), by=request.user)
    return _("%(name)s is now: %(role)s.") % {"name": changed.user, "role": changed.get_role_display()}


def _invite_again(request: SignedInRequest, found: Membership) -> str:
    verbs.invite_again(found, by=request.user)
    return _("The invitation was sent again.")


def _remove(request: SignedInRequest, found: Membership) -> str:
    verbs.remove(found, seen=request.POST.get("seen", ""), by=request.user)
    return _("%(name)s no longer has this role.") % {"name": found.user}


def _sign_out(request: SignedInRequest, found: Membership) -> str:
    verbs.sign_out(found, by=request.user)
    return _("%(name)s is signed out everywhere.") % {"name": found.user}


CHANGES = {"role": _change_role, "again": _invite_again, "remove": _remove, "sign-out": _sign_out}
