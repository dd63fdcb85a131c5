"""A draft of the registration form: what is said once it is saved, the form as it was left, and throwing it away."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration.forms.bringing import code_is_asked_about
from registration.forms.drafting import data_of, misfits
from registration.forms.person import RegistrationForm
from registration.models import AccessCode, Draft
from registration.models.invitation import with_codes
from registration.models.question import MOST_BYTES
from registration.places import capacity
from registration.registering import admitting, drafts, inviting, openings, refusals, uploads
from registration.views.personal.private_link import key_in_address
from registration.views.register import SAVE, SAVED, code_of, page, registered, saved
from summit.errors import Refusal
from summit.lib.body_limits import takes_files
from summit.lib.text import number
from summit.models import Summit
from summit.ratelimit import client_address, limited


@never_cache
def draft_saved(request: HttpRequest, summit: str) -> HttpResponse:
    """That a link is on its way, to whoever saved the form in this browser."""
    told = request.session.get(SAVED) or {}
    if told.get("summit") != summit:
        return redirect("registration:register", summit)
    context = {
        "summit": get_object_or_404(Summit, code=summit),
        "email": told["email"],
        "until": datetime.fromisoformat(told["until"]),
    }
    return render(request, "registration/attendee/draft_saved.html", context)


@takes_files(2 * MOST_BYTES, of_anybody=uploads.are_asked_for)
@limited("register", limit=300, seconds=600)
@key_in_address
def draft(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """The form as it was left; sent from here it is the registration, and the draft ends."""
    found = drafts.find(summit, token)
    if found is None:
        return _gone(request, summit)
    if ended := _invitation_ended(request, found):
        return ended
    is_sent = request.method == "POST"
    typed = request.POST.get("code", "")[:200] if is_sent else "".join(found.said.get("code", []))
    code, wrong = code_of(found.summit, typed, client_address(request))
    if not is_sent and found.invitation is None and found.summit.registration_state() != "open":
        return page(request, _form(found, None, None), draft=found)
    if not is_sent:
        form, lost = _as_left(found, code)
        if wrong and "code" in form.fields:
            form.add_error("code", str(wrong.message))
        return page(request, form, draft=found, lost=lost)
    form = _form(found, code, request.POST, request.FILES)
    if SAVE in request.POST:
        return saved(request, form, found)
    if code_is_asked_about(form, request.POST, wrong):
        return page(request, form.code_alone(refusals.CodeMissing() if not typed.strip() else wrong), draft=found)
    if wrong:
        form.add_error("code", str(wrong.message))
    return _sent(request, form, found)


def _sent(request: HttpRequest, form: RegistrationForm, found: Draft) -> HttpResponse:
    """Register what was sent, unless it was saved elsewhere meanwhile, which its person shall know of first."""
    inviting.begun(found.invitation) if found.invitation else openings.begun(found.summit, found.nonce)
    form.read_at.add(found.email.lower())
    try:
        drafts.refuse_overtaken(found, number(request.POST.get("draft_version", ""), digits=9) or 0)
    except Refusal as refusal:
        form.full_clean()
        return page(request, form.as_left(), refusal=refusal, status=refusal.status, draft=found, overtaken=True)
    answer = registered(request, form, draft=found)
    if answer.status_code == 302:
        drafts.end(Draft.objects.filter(pk=found.pk))
    return answer


def _form(found: Draft, code: AccessCode | None, data: Any, files: Any = None) -> RegistrationForm:
    summit, invitation = with_codes(Summit.objects.filter(pk=found.summit_id)).get(), found.invitation
    return RegistrationForm(data, files, summit=summit, quotas=capacity.quotas(summit),
                            code=None if invitation else code, invitation=invitation)  # fmt: skip


def _as_left(found: Draft, code: AccessCode | None) -> tuple[RegistrationForm, list[str]]:
    """The form, and what of the draft no longer fits and was left out of it."""
    data = data_of(found)
    lost = misfits(_form(found, code, data.copy()), found)
    for name in lost:
        data.pop(name, None)
    return _form(found, code, data).as_left(), list(dict.fromkeys(lost.values()))


def _invitation_ended(request: HttpRequest, found: Draft) -> HttpResponse | None:
    if found.invitation is None:
        get_object_or_404(Summit.objects.public(), pk=found.summit_id)
        return None
    try:
        admitting.refuse_ended(found.invitation)
    except Refusal as refusal:
        context = {"summit": found.summit, "refusal": refusal}
        return render(request, "registration/attendee/no_invitation.html", context, status=refusal.status)
    return None


def _gone(request: HttpRequest, code: str) -> HttpResponse:
    """No such draft, or none any more. What was typed on a page of it is shown, to be sent by the form of everybody."""
    summit = get_object_or_404(with_codes(Summit.objects.public()), code=code)
    if request.method != "POST":
        return render(request, "registration/attendee/no_draft.html", {"summit": summit}, status=404)
    given, _wrong = code_of(summit, request.POST.get("code", "")[:200], client_address(request))
    form = RegistrationForm(request.POST, request.FILES, summit=summit, quotas=capacity.quotas(summit), code=given)
    refusal, form_page = refusals.DraftGone(), reverse("registration:register", args=[code])
    return page(request, form.as_left(), refusal=refusal, status=refusal.status, sent_to=form_page)


@limited("register", limit=300, seconds=600)
@key_in_address
def throw_away(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """GET asks once, POST erases the draft."""
    found = drafts.find(summit, token)
    if found is None:
        return _gone(request, summit) if request.method != "POST" else redirect("registration:register", summit)
    if request.method != "POST":
        return render(request, "registration/attendee/draft_deletion.html", {"summit": found.summit, "draft": found})
    drafts.throw_away(found)
    request.session.pop(SAVED, None)
    messages.success(request, _("The draft was erased. Its link opens nothing any more."))
    return redirect("registration:register", summit)
