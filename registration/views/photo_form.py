"""A photo sent or taken away, whoever does it: the person, the head of a delegation, the team."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from registration.accrediting import photos
from registration.forms.accreditation import PhotoForm
from registration.models import Registration
from summit.errors import Refusal
from summit.models import User
from summit.ratelimit import take
from summit.views.private_files import give_out


def edited(
    request: HttpRequest, found: Registration, template: str, back: str, *, by: User | None, as_team: bool = False, **more: Any
) -> HttpResponse:  # fmt: skip
    """The page of somebody's photo; POST sends another, or takes it away, and leads ``back``."""
    if not photos.is_asked(found):
        raise photos.NoPhotoAsked
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form, status = PhotoForm(*sent), 200
    if request.method == "POST":
        status = _done(request, found, form, by=by, as_team=as_team)
        if not status:
            return redirect(back)
    context = {
        "summit": found.summit,
        "registration": found,
        "photo": photos.of(found),
        "form": form,
        "way_back": back,
        **more,
    }
    return render(request, template, context, status=status)


def _done(request: HttpRequest, found: Registration, form: PhotoForm, *, by: User | None, as_team: bool) -> int:
    """0, or the status of the answer that says why not."""
    try:
        if request.POST.get("action") == "away":
            photos.take_away(found, by=by)
            messages.success(request, _("The photo was taken away."))
            return 0
        if not form.is_valid():
            return 422
        take("photo", str(found.pk), limit=30, seconds=3600)
        photo = photos.put(found, form.sent, by=by, as_team=as_team)
    except Refusal as refusal:
        form.add_error("photo" if form.is_bound else None, str(refusal.message))
        return refusal.status
    messages.success(request, _("The photo was saved."))
    if photo.is_doubtful:
        words = _("A program looked at it: %(faces)s. Somebody of the team looks at it, too; send another one if it does not show one face plainly.")  # fmt: skip
        messages.warning(request, words % {"faces": photo.get_faces_display()})
    return 0


def given_out(found: Registration) -> HttpResponseBase:
    """The file, or ``Http404``."""
    photo = photos.of(found)
    if photo is None or not photo.file:
        raise Http404
    name = f"photo-{found.reference}.jpg"
    return give_out(photo.file.storage, photo.file.name or "", content_type="image/jpeg", filename=name)
