"""The team of a summit: who is in it, who is invited, who goes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from summit.accounts import team as verbs
from summit.errors import Refusal
from summit.forms.settings import InvitationForm
from summit.models import Membership, Right, Role, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@right_required(Right.TEAM)
def team(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """GET lists the members; POST invites one."""
    form = InvitationForm(request.POST or None, summit=summit)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.invite(summit, **form.cleaned_data, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("An invitation was sent to %(email)s.") % {"email": made.user.email})
            others = summit.memberships.filter(user=made.user_id).exclude(pk=made.pk)
            if taken := ", ".join(other.get_role_display() for other in others):
                messages.info(request, _("This person has another role here already (%(roles)s). Roles add up; remove the one that is no longer meant.") % {"roles": taken})  # fmt: skip
            if made.role == Role.TRACK_LEAD:
                messages.info(request, _("Choose on the page of a track who leads it."))
            return redirect("summit:team", summit.code)
    members = summit.memberships.select_related("user", "invited_by").order_by("-accepted_at", "pk")
    members = members.prefetch_related("tracks", "user__authenticator_set")
    explained = [(role, role.label, verbs.explained(role)) for role in Role]
    context = {"summit": summit, "form": form, "members": members, "roles": explained}
    return render(request, "summit/organiser/team.html", context, status=422 if form.errors else 200)


@require_POST
@right_required(Right.TEAM)
def member(request: SignedInRequest, summit: Summit, pk: int) -> HttpResponse:
    """Send the invitation again, make somebody something else, or take the role away."""
    found = get_object_or_404(summit.memberships.select_related("user", "summit"), pk=pk)
    if request.POST.get("action") == "role":
        return _change_role(request, found)
    again = request.POST.get("action") == "again"
    try:
        if again:
            verbs.invite_again(found, by=request.user)
        else:
            verbs.remove(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        done = _("The invitation was sent again.") if again else _("%(name)s no longer has this role.")
        messages.success(request, done if again else done % {"name": found.user})
    if not again and found.user_id == request.user.pk:
        return redirect("account:home")
    return redirect("summit:team", summit.code)


def _change_role(request: SignedInRequest, found: Membership) -> HttpResponse:
    role = request.POST.get("role", "")
    if role in Role.values:
        try:
            changed = verbs.change_role(found, role, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            told = {"name": changed.user, "role": changed.get_role_display()}
            messages.success(request, _("%(name)s is now: %(role)s.") % told)
    return redirect("summit:team", found.summit.code)
