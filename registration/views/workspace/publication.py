"""Publishing the agenda: what is new, whom it concerns, at once or later, and taking it back."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration.forms.publication import PublicationForm, TakeBackForm
from registration.mailing import announcing
from sessions.models import ChangeKind, PlannedPublication, Session
from sessions.models.session import KEPT_BACK
from sessions.planning import changes, publishing, todo
from summit.errors import Refusal
from summit.lib import times
from summit.lib.pages import page_number
from summit.lib.text import number
from summit.lib.translated import active_language
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

VERSIONS = 20
ON_A_PAGE = 50  # changes


@never_cache
@right_required(Right.PUBLISH)
def publication(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """What publishing would tell the public and whom, and the versions there have been."""
    with timezone.override(summit.tz):
        act = ACTIONS.get(request.POST.get("action", "")) if request.method == "POST" else None
        if act is None:
            return _page(request, summit, None)
        form = PublicationForm(request.POST) if act in (_publish, _schedule) else None
        if form is not None and not form.is_valid():
            return _page(request, summit, form, status=422)
        if act is _publish and request.POST.get("confirmed") != "1":
            would = publishing.preview(summit)
            if _is_new(summit, would):
                return _question(request, summit, form, would)
        try:
            done = act(request, summit, form.cleaned_data if form else {})
        except Refusal as refusal:
            if form is None:
                messages.error(request, str(refusal.message))
                return _page(request, summit, None, status=refusal.status)
            form.add_error(None, str(refusal.message))
            return _page(request, summit, form, status=refusal.status)
        messages.success(request, done)
        return redirect("registration:publication", summit.code)


def _is_new(summit: Summit, would: list[Any]) -> bool:
    """Whether a version with the changes ``would`` makes anything public that is not so already."""
    # A session that is public for the first time is new to its readers even where a version has told of it before.
    return bool(would) or not summit.agenda_is_published or publishing.waiting(summit) > 0


def _question(request: SignedInRequest, summit: Summit, form: Any, would: list[Any]) -> HttpResponse:
    """Asked before a version is public: what it tells of, how many get a mail, and what is impossible in it."""
    seen = announcing.fingerprint(would)
    if form.cleaned_data["seen"] not in {"", seen}:
        form.add_error(None, str(announcing.PlanMoved.message))
        return _page(request, summit, form, status=announcing.PlanMoved.status)
    affected = announcing.affected(summit, would)
    context = {
        "summit": summit,
        "number": (summit.agenda_versions.values_list("number", flat=True).first() or 0) + 1,
        "kinds": _kinds(would),
        "becomes_public": 0
        if summit.agenda_is_published
        else Session.objects.filter(summit=summit).to_publish().count(),
        "changes": len(would),
        "tell": form.cleaned_data["tell"],
        "mailed": affected.mailed if form.cleaned_data["tell"] else 0,
        "affected": affected,
        "impossible": [row for row in todo.before_public(summit) if row.urgent],
        "kept": [
            (name, request.POST[name]) for name in form.data if name not in {"csrfmiddlewaretoken", "action", "seen"}
        ],
        "seen": seen,
    }
    return render(request, "registration/organiser/publish_question.html", context)


def _publish(request: SignedInRequest, summit: Summit, data: dict[str, Any]) -> str:
    note, tell, seen = data["note"].public(), data["tell"], data["seen"]
    version = announcing.publish(summit, note=note, tell=tell, seen=seen, by=request.user)
    return _("Version %(number)d is public.") % {"number": version.number}


def _schedule(request: SignedInRequest, summit: Summit, data: dict[str, Any]) -> str:
    note, tell = data["note"].public(), data["tell"]
    planned = announcing.schedule(summit, data["at"], note=note, tell=tell, by=request.user)
    when = times.moment_label(planned.at, summit.tz, active_language())
    return _("The agenda will be published by itself: %(when)s.") % {"when": when}


def _unschedule(request: SignedInRequest, summit: Summit, data: dict[str, Any]) -> str:
    rows = PlannedPublication.objects.filter(summit=summit).select_related("summit")
    announcing.unschedule(get_object_or_404(rows, pk=number(request.POST.get("planned", ""))), by=request.user)
    return _("The planned publication was cancelled.")


def _take_back(request: SignedInRequest, summit: Summit, data: dict[str, Any]) -> str:
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        raise publishing.OtherVersion
    version = announcing.take_back(summit, **form.cleaned_data, by=request.user)
    return _("Taken back: version %(number)d is public.") % {"number": version.number}


def _withdraw(request: SignedInRequest, summit: Summit, data: dict[str, Any]) -> str:
    publishing.withdraw(summit, by=request.user)
    return _("The agenda is no longer public.")


ACTIONS: dict[str, Callable[[SignedInRequest, Summit, dict[str, Any]], str]] = {
    "publish": _publish,
    "schedule": _schedule,
    "unschedule": _unschedule,
    "take-back": _take_back,
    "withdraw": _withdraw,
}


def _page(request: SignedInRequest, summit: Summit, form: PublicationForm | None, *, status: int = 200) -> HttpResponse:
    would = publishing.preview(summit)
    versions = list(summit.agenda_versions.select_related("by").defer("snapshot")[:VERSIONS])
    seen = announcing.fingerprint(would)
    if form is None:
        # The first version is news to everybody: nobody has a calendar that would be wrong.
        form = PublicationForm(initial={"tell": bool(versions), "seen": seen})
    else:
        # What is shown now is what is seen now.
        form.data = {**request.POST.dict(), "seen": seen}
    page = Paginator(would, ON_A_PAGE).get_page(page_number(request.GET.get("page")))
    new = _is_new(summit, would)
    context = {
        "summit": summit,
        "form": form,
        "page": page,
        "changes": changes.described(page.object_list, summit),
        "new": new or form.is_bound,
        "kinds": _kinds(would),
        "before": todo.before_public(summit),
        "affected": announcing.affected(summit, would),
        **_state(summit, versions),
    }
    return render(request, "registration/organiser/publication.html", context, status=status)


def _kinds(would: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    counts = Counter(change["kind"] for change in would)
    return [(kind.value, str(kind.label), counts[kind.value]) for kind in ChangeKind if counts[kind.value]]


def _state(summit: Summit, versions: list[Any]) -> dict[str, Any]:
    earlier = list(summit.planned_publications.select_related("by")[:5])
    waits = next((row for row in earlier if row.waits), None)
    newest = versions[0].published_at if versions else None
    # Said until something else has happened.
    failed = [row for row in earlier if row.failure and waits is None and (newest is None or row.done_at >= newest)]
    held = Count("pk", filter=KEPT_BACK)
    counts = Session.objects.filter(summit=summit).aggregate(all=Count("pk"), held=held)
    return {
        "total": counts["all"] - counts["held"],
        "held_back": counts["held"],
        "versions": versions,
        "newest": versions[0] if versions else None,
        "earlier": list(summit.agenda_versions.only("number", "published_at")[1:]),
        "planned": waits,
        "failed": [(row, announcing.FAILURES.get(row.failure, row.failure)) for row in failed[:1]],
    }
