"""Settings of the workspace: who can see the summit, deadlines and reminders, freezing, second factors."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from sessions.forms.settings import DeadlinesForm
from sessions.models import Task
from sessions.planning import reminding
from summit import history
from summit.editing import opening as verbs
from summit.editing import summit_settings
from summit.editing.revising import Overtaken
from summit.errors import Refusal
from summit.forms.settings import EditingRulesForm
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@right_required(Right.SETTINGS)
def settings(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form, refusal = EditingRulesForm(request.POST or None, summit=summit), None
    if request.method == "POST" and form.is_valid():
        try:
            summit_settings.set_editing_rules(
                summit, form.values(), form_versions=form.cleaned_data["form_versions"], by=request.user
            )
        except Overtaken as overtaken:
            form, refusal = form.over(overtaken), overtaken
        else:
            messages.success(request, _("The settings were saved."))
            return redirect("sessions:settings", summit.code)
    with timezone.override(summit.tz):
        return _page(request, summit, form, DeadlinesForm(summit=summit), refusal)


@never_cache
@right_required(Right.SETTINGS)
def opening(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Asks first, naming what becomes readable or goes away; then opens the summit to the public, or closes it."""
    action, seen = request.POST.get("action", ""), request.POST.get("seen", "")
    if action not in {"open", "close"}:
        return _ask(request, summit)
    try:
        if action == "open":
            verbs.open_to_public(summit, seen=seen, by=request.user)
            done = _("The summit is open: everybody can read its pages.")
        else:
            verbs.close_to_public(summit, seen=seen, by=request.user)
            done = _("The summit is closed: nobody but the team and the people taking part reaches it.")
    except Refusal as refusal:
        return _ask(request, Summit.objects.get(pk=summit.pk), refusal)
    messages.success(request, done)
    return redirect("summit:settings", summit.code)


def _ask(request: SignedInRequest, summit: Summit, refusal: Refusal | None = None) -> HttpResponse:
    context = {"summit": summit, "reach": verbs.reach(summit), "refusal": refusal,
               "registration": summit.registration_state()}  # fmt: skip
    return render(request, "sessions/organiser/opening.html", context, status=refusal.status if refusal else 200)


@never_cache
@right_required(Right.SETTINGS)
def deadlines(request: SignedInRequest, summit: Summit) -> HttpResponse:
    if request.method != "POST":  # the other language of a page that was refused
        return redirect("sessions:settings", summit.code)
    with timezone.override(summit.tz):
        form = DeadlinesForm(request.POST, summit=summit)
        if not form.is_valid():
            return _page(request, summit, EditingRulesForm(summit=summit), form)
        try:
            reminding.set_deadlines(
                summit, form.due(), form_versions=form.cleaned_data["form_versions"], by=request.user
            )
        except Overtaken as refusal:
            return _page(request, summit, EditingRulesForm(summit=summit), form.over(refusal), refusal)
    messages.success(request, _("The deadlines were saved."))
    return redirect("sessions:settings", summit.code)


def _page(
    request: SignedInRequest,
    summit: Summit,
    form: EditingRulesForm,
    due: DeadlinesForm,
    refusal: Overtaken | None = None,
) -> HttpResponse:
    debtors = reminding.debtors(summit, Task.values)
    owing = reminding.owing(debtors)
    rows = [{"field": due[task], "task": task, "label": label, "owing": owing[task], "reminded": due.reminded(task)}
            for task, label in Task.choices]  # fmt: skip
    context: dict[str, Any] = {"summit": summit, "form": form, "deadlines": due, "rows": rows,
                               "owing": len(debtors)}  # fmt: skip
    status = 422 if form.errors or due.errors else 200
    if refusal:
        status = refusal.status
        context["overtaken"] = history.described(refusal.details["entries"], Summit, labels=dict(Task.choices))
    return render(request, "sessions/organiser/settings.html", context, status=status)


@right_required(Right.SETTINGS)
def reminders(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Remind now of one task, or of all."""
    if request.method != "POST":
        return redirect("sessions:settings", summit.code)
    asked = request.POST.get("task", "")
    tasks = {asked} if asked in Task.values else set(Task.values)
    try:
        sent = reminding.remind(summit, tasks, by=request.user)
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        words = ngettext("%(number)d person was reminded.", "%(number)d people were reminded.", sent)
        messages.success(request, words % {"number": sent})
    return redirect("sessions:settings", summit.code)
