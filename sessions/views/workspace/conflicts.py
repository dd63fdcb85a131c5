"""What clashes in the plan, in words, and what somebody lets stand."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.forms.board import AcceptForm
from sessions.permissions import edited_by_team
from sessions.planning import plan, scheduling
from sessions.planning.conflicts import Conflict
from summit.lib.pages import page_number
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

ON_A_PAGE = 50


def _decided_by(request: SignedInRequest, summit: Summit, conflicts: list[Conflict]) -> set[str]:
    """Keys of the conflicts this person may decide on: every session of them is theirs to change."""
    if Right.PROGRAMME in request.rights:
        return {conflict.key for conflict in conflicts}
    mine = set(edited_by_team(request.user, summit, request.rights).order_by().values_list("code", flat=True))
    return {conflict.key for conflict in conflicts if mine.issuperset(conflict.sessions)}


@never_cache
@right_required(Right.WORKSPACE)
def conflicts(request: SignedInRequest, summit: Summit) -> HttpResponse:
    found = plan.clashes(summit)
    mine = _decided_by(request, summit, found)
    form = AcceptForm(request.POST or None)
    if request.method == "POST":
        answer = _decide(request, summit, found, mine, form)
        if answer is not None:
            return answer
    standing = plan.accepted(summit)
    pages = Paginator([each for each in found if each.key not in standing], ON_A_PAGE)
    page = pages.get_page(page_number(request.GET.get("page")))
    context = {
        "summit": summit,
        "page": page,
        "conflicts": plan.described(summit, list(page.object_list)),
        "accepted": plan.described(summit, [each for each in found if each.key in standing][:ON_A_PAGE]),
        "mine": mine,
        "form": form,
    }
    return render(request, "sessions/organiser/conflicts.html", context, status=422 if form.is_bound else 200)


def _decide(request: SignedInRequest, summit: Summit, found: list[Conflict], mine: set[str], form: AcceptForm) -> Any:
    """Accept or reopen one; None where the reason must be mended first. What is not one's own is not there."""
    key = request.POST.get("key", "")
    if key in {conflict.key for conflict in found} - mine or (not mine and Right.PROGRAMME not in request.rights):
        raise Http404
    if key not in mine:
        messages.warning(request, _("That conflict is gone: the plan has changed meanwhile."))
    elif request.POST.get("action") == "reopen":
        scheduling.reopen_conflict(summit, key, by=request.user)
        messages.success(request, _("The conflict is open again."))
    elif form.is_valid():
        scheduling.accept_conflict(summit, key, form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("The conflict was accepted."))
    else:
        return None
    return redirect("sessions:conflicts", summit.code)
