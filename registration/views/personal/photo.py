"""The photo for the badge, sent by the person or by the head of their delegation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from registration.accrediting import photos
from registration.models import DelegationHead, Registration
from registration.views import photo_form
from registration.views.personal.delegation import actor, by_head, delegate
from registration.views.personal.private_link import by_token
from summit.lib.body_limits import takes_files


@takes_files(photos.MOST_BYTES, of_anybody=photos.are_asked_for)
@by_token
def own(request: HttpRequest, registration: Registration) -> HttpResponse:
    back = registration.get_absolute_url()
    return photo_form.edited(request, registration, "registration/attendee/photo.html", back, by=None)


@by_token
def own_file(request: HttpRequest, registration: Registration) -> HttpResponseBase:
    return photo_form.given_out(registration)


@takes_files(photos.MOST_BYTES, of_anybody=photos.are_asked_for)
@by_head
def of_delegate(request: HttpRequest, head: DelegationHead, guid: Any) -> HttpResponse:
    found, by = delegate(head, guid), actor(request, head)
    template, back = "registration/delegation/photo.html", head.get_absolute_url()
    return photo_form.edited(request, found, template, back, by=by, head=head, delegation=head.delegation)


@by_head
def of_delegate_file(request: HttpRequest, head: DelegationHead, guid: Any) -> HttpResponseBase:
    return photo_form.given_out(delegate(head, guid))
