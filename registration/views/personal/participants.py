"""The list of participants, behind one's own link: reading it, being in it, writing to somebody in it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.forms.participants import MessageForm, ParticipantsForm
from registration.models import Registration, State
from registration.registering import participants as verbs
from registration.registering.refusals import NoList, NotListed
from registration.views.personal.private_link import by_token
from summit.lib.pages import page_number
from summit.models import Summit, User
from summit.ratelimit import TooMany, take

PAGE = 50


def _may_read(registration: Registration) -> None:
    try:
        verbs.may_read(registration)
    except NoList as refusal:
        raise Http404 from refusal


@never_cache
def door(request: HttpRequest, summit: str) -> HttpResponse:
    """The short address of the list: for whoever has signed in and may read it their own, else how one comes to it."""
    found = get_object_or_404(Summit.objects.public(), code=summit)
    if not found.lists_participants():
        raise Http404
    own = Registration.objects.none()
    if isinstance(request.user, User):
        own = Registration.objects.filter(summit=found, user=request.user, state=State.CONFIRMED).order_by("pk")
    if mine := own.first():
        return redirect("registration:participants", found.code, mine.token)
    context = {"summit": found, "signed_in": isinstance(request.user, User)}
    return render(request, "registration/attendee/participants_door.html", context)


@by_token
def participants(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Who wants to be found, some at a time."""
    _may_read(registration)
    take("participants", str(registration.pk), limit=120, seconds=60)
    query = request.GET.get("q", "")[:200]
    keys = Paginator(verbs.found(registration, query), PAGE).get_page(page_number(request.GET.get("page")))
    rows = Registration.objects.in_bulk(list(keys.object_list))
    context = {
        "summit": registration.summit,
        "registration": registration,
        "page": keys,
        "people": [rows[pk] for pk in keys.object_list if pk in rows],
        "query": query,
        "asked": urlencode({"q": query}) if query else "",
    }
    return render(request, "registration/attendee/participants.html", context)


@require_POST
@by_token
def choice(request: HttpRequest, registration: Registration) -> HttpResponse:
    _may_read(registration)
    form = ParticipantsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of what is offered."))
    else:
        verbs.choose(registration, form.cleaned_data["listed"], contactable=form.cleaned_data["contactable"])
        messages.success(request, _("Your choice was saved."))
    return redirect(registration.get_absolute_url() + "#participants")


@by_token
def message(request: HttpRequest, registration: Registration, guid: Any) -> HttpResponse:
    """GET shows the form, POST sends; the address of nobody is shown."""
    _may_read(registration)
    rows = Registration.objects.filter(summit=registration.summit_id, contactable=True).listed_to_others()
    to = get_object_or_404(rows.exclude(pk=registration.pk), guid=guid)
    form = MessageForm(request.POST if request.method == "POST" else None, sender=registration)
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        data = form.cleaned_data
        try:
            verbs.write_to(registration, to, data["text"], with_address=data.get("with_address", False))
        except (NotListed, TooMany) as refusal:
            form.add_error(None, str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("Your message is on its way to %(name)s.") % {"name": to.name})
            return redirect("registration:participants", registration.summit.code, registration.token)
    context = {"summit": registration.summit, "registration": registration, "to": to, "form": form}
    return render(request, "registration/attendee/participants_message.html", context, status=status)
