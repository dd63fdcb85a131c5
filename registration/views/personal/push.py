"""Notifications on the day: a browser is told from now on, or no more."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration.mailing import push_subscriptions
from registration.models import PushSubscription
from registration.personal.visitors import Visitor, visitor
from summit.lib.translated import active_language
from summit.lib.web_push import encoded, public_point
from summit.models import PushKey, Summit
from summit.ratelimit import client_address, take


@never_cache
def push(request: HttpRequest, summit: str) -> HttpResponse:
    """GET tells the script the key of this installation, POST turns notifications on or off. Without a script they can be
    turned off for all browsers of whoever asks."""
    found = visitor(request, get_object_or_404(Summit.objects.public(), code=summit))
    if found.user is None and found.registration is None:
        raise push_subscriptions.NobodyKnown
    if request.method != "POST":
        return JsonResponse({"key": encoded(public_point(PushKey.objects.own().public_key()))})
    take("push", client_address(request), limit=60, seconds=600)
    if request.POST.get("action") == "subscribe":
        try:
            _subscribe(request, found)
        except push_subscriptions.NotABrowser as refusal:
            return JsonResponse({"code": refusal.code, "message": str(refusal.message)}, status=refusal.status)
        return JsonResponse({"on": True})
    endpoint = request.POST.get("endpoint", "")
    push_subscriptions.unsubscribe(found.summit, endpoint, user=found.user, registration=found.registration)
    if endpoint:
        return JsonResponse({"on": False})
    messages.success(request, _("None of your devices is notified any more."))
    return redirect("registration:my-agenda", found.summit.code)


def _subscribe(request: HttpRequest, found: Visitor) -> PushSubscription:
    said = request.POST
    return push_subscriptions.subscribe(
        found.summit,
        endpoint=said.get("endpoint", ""),
        key=said.get("key", "")[:200],
        secret=said.get("secret", "")[:200],
        language=active_language(),
        user=found.user,
        registration=found.registration,
    )


def number_of(found: Visitor) -> int:
    """How many browsers of somebody are told. One query."""
    mine = push_subscriptions.of(found.summit, found.user, found.registration)
    return PushSubscription.objects.filter(mine).count()
