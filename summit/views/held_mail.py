"""Operators' page of mail that is held: how much waits since when, and the two questions before it leaves or does not."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from summit.errors import Refusal
from summit.mailing import holding
from summit.operating import held_mail
from summit.permissions import SignedInRequest, operator_required


@never_cache
@operator_required
def mail(request: SignedInRequest) -> HttpResponse:
    hold = holding.held()
    context: dict[str, Any] = {"hold": hold}
    if hold:
        waiting = held_mail.waiting(hold)
        ages = [(name, label, waiting.older[name]) for name, (_age, label) in held_mail.AGES.items()]
        context |= {"waiting": waiting, "ages": ages, "in_backup": waiting.older.get("backup")}
        context["can_be_discarded"] = any(waiting.older.values())
    return render(request, "summit/installation/mail.html", context)


@never_cache
@operator_required
def send(request: SignedInRequest) -> HttpResponse:
    """Asks by GET, does it by POST."""
    if request.method != "POST":
        hold = holding.held()
        context = {"waiting": held_mail.waiting(hold)} if hold else {}
        return render(request, "summit/installation/mail_question.html", context) if hold else redirect("held-mail")
    try:
        count = held_mail.send_all(by=request.user)
    except Refusal as refusal:
        messages.info(request, str(refusal.message))
    else:
        said = ngettext("%(n)d mail is on its way.", "%(n)d mails are on their way.", count) % {"n": count}
        messages.success(request, said)
    return redirect("held-mail")


@never_cache
@operator_required
def discard(request: SignedInRequest) -> HttpResponse:
    """By GET ``older`` names an age; by POST ``before`` is the moment that was asked about."""
    hold = holding.held()
    if hold is None:
        messages.info(request, str(held_mail.NotHeld.message))
        return redirect("held-mail")
    if request.method != "POST":
        before = held_mail.limits(hold).get(request.GET.get("older", ""))
        if before is None:
            raise Http404
        count = held_mail.queued().filter(created_at__lt=before).count()
        return render(request, "summit/installation/mail_question.html", {"before": before, "count": count})
    count = held_mail.discard(_moment(request.POST.get("before", "")), by=request.user)
    said = ngettext("%(n)d mail will not be sent.", "%(n)d mails will not be sent.", count) % {"n": count}
    messages.success(request, said)
    return redirect("held-mail")


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise Http404
    return moment
