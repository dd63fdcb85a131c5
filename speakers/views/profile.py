"""A speaker's own profile."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from speakers.editing import inline_edits, profiles
from speakers.forms import ProfileForm
from speakers.models import Speaker
from summit import history
from summit.editing.revising import Overtaken
from summit.errors import Refusal
from summit.forms.details import Spans
from summit.lib.body_limits import takes_texts
from summit.permissions import SignedInRequest

# What a person is not told of their own history: notes of the team, addresses others wrote, and what is counted only.
HIDDEN = inline_edits.DECLARED | {"notes", "email", "user"}


class Frozen(Refusal):
    code = "frozen"
    status = 403
    message: Any = gettext_lazy("The organisers have closed editing. Write to them if something must still change.")


def mine(request: SignedInRequest, summit: str, code: str) -> Speaker:
    """One's own profile; somebody else's is not there."""
    rows = Speaker.objects.of(request.user).select_related("summit")
    return get_object_or_404(rows, summit__code=summit, code=code)


def check_open(speaker: Speaker) -> None:
    """Raises :class:`Frozen` once the organisers have closed editing."""
    if speaker.summit.editing_frozen_at is not None:
        raise Frozen


@takes_texts
@never_cache
@login_required
def profile(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    found = mine(request, summit, code)
    with timezone.override(found.summit.tz):
        if request.method != "POST":
            spans = Spans(spans=list(found.availabilities.values_list("starts_at", "ends_at")))
            return _page(request, found, ProfileForm(instance=found, summit=found.summit), spans)
        form, spans = ProfileForm(request.POST, instance=found, summit=found.summit), Spans(request.POST, spans=[])
        if not (form.is_valid() and spans.is_valid()):
            return _page(request, found, form, spans, status=422)
        try:
            _save(request, found, form, spans)
        except Overtaken as refusal:
            lines = history.described(refusal.details["entries"], Speaker, hidden=HIDDEN)
            return _page(request, found, form.over(refusal), spans, status=409, overtaken=lines)
        except Frozen as refusal:
            messages.error(request, str(refusal.message))
            return _page(request, found, form, spans, status=refusal.status)
    messages.success(request, _("Your profile was saved."))
    return redirect("speakers:my-profile", summit, code)


@transaction.atomic
def _save(request: SignedInRequest, found: Speaker, form: ProfileForm, spans: Any) -> None:
    check_open(found)
    inline_edits.edit_speaker(found, form.values(), version=form.cleaned_data["version"] or 0, by=request.user)
    profiles.set_availability(found, spans.spans(), by=request.user)


def _page(
    request: SignedInRequest, found: Speaker, form: Any, spans: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"summit": found.summit, "speaker": found, "form": form, "spans": spans,
               "open": found.summit.editing_frozen_at is None, **more}  # fmt: skip
    return render(request, "speakers/personal/profile.html", context, status=status)
