"""One person and one organisation in the workspace."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from speakers.editing import inline_edits, invitations, profiles
from speakers.forms import InviteForm, OrganisationForm, PersonForm
from speakers.models import Organisation, Speaker
from summit import history
from summit.accounts.invitations import remove
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.forms.details import Spans
from summit.lib.text import number
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, may_write, right_required, texts_alone

SHOWN = 30


def _hidden(request: SignedInRequest) -> frozenset[str]:
    """Fields this member of the team may not read, nor what they were."""
    private = (
        frozenset()
        if Right.PROGRAMME in request.rights
        else frozenset({"email", "contact_name", "contact_email", "user"})
    )
    notes = frozenset() if Right.NOTES in request.rights else frozenset({"notes"})
    return inline_edits.DECLARED | private | notes


def _may_edit(request: SignedInRequest, speaker: Speaker) -> bool:
    """The whole programme's editors; track leads where the person has confirmed to appear in their track, or is new and
    appears nowhere else: nobody is theirs because they wrote the name down."""
    if Right.PROGRAMME in request.rights:
        return True
    mine = {"session__track__leads__user": request.user, "session__track__leads__accepted_at__isnull": False}
    rows: Any = speaker.appearances
    if Right.OWN_TRACKS not in request.rights:
        return False
    here = rows.filter(**mine)
    if here.filter(state="confirmed").exists():
        return True
    return here.exists() and speaker.user_id is None and not rows.exclude(pk__in=here.values("pk")).exists()


def _texts_alone(request: SignedInRequest, speaker: Speaker) -> bool:
    """Those who write texts alone see and send nothing else."""
    return Right.TEXTS in request.rights and not _may_edit(request, speaker)


def _person_form(request: SignedInRequest, speaker: Speaker, data: Any = None) -> PersonForm:
    only = inline_edits.TEXTS_OF_SPEAKERS if _texts_alone(request, speaker) else None
    return PersonForm(data, instance=speaker, summit=speaker.summit, private=Right.PROGRAMME in request.rights,
                      notes=Right.NOTES in request.rights, only=only)  # fmt: skip


def _spans(request: SignedInRequest, speaker: Speaker, data: Any = None) -> Any:
    """When the person can come; None for those who write texts alone."""
    if _texts_alone(request, speaker):
        return None
    if data is not None:
        return Spans(data, spans=[])
    return Spans(spans=list(speaker.availabilities.values_list("starts_at", "ends_at")))


@never_cache
@right_required(Right.WORKSPACE)
def person(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(Speaker.objects.select_related("summit", "user"), summit=summit, code=code)
    with timezone.override(summit.tz):
        if request.method != "POST":
            return _person_page(request, found, _person_form(request, found), _spans(request, found))
        form, spans = _person_form(request, found, request.POST), _spans(request, found, request.POST)
        if not (_may_edit(request, found) or Right.TEXTS in request.rights):
            return _person_page(request, found, form, spans, status=403)
        if not (form.is_valid() and (spans is None or spans.is_valid())):
            return _person_page(request, found, form, spans, status=422)
        try:
            _save_person(request, found, form, spans)
        except Overtaken as refusal:
            lines = history.described(refusal.details["entries"], Speaker, hidden=_hidden(request))
            return _person_page(request, found, form.over(refusal), spans, status=409, overtaken=lines)
    messages.success(request, _("The profile was saved."))
    return redirect("speakers:organiser-person", summit.code, code)


@transaction.atomic
def _save_person(request: SignedInRequest, found: Speaker, form: PersonForm, spans: Any) -> None:
    version = form.cleaned_data["version"] or 0
    inline_edits.edit_speaker(found, form.values(), version=version, by=request.user)
    if spans is not None:
        profiles.set_availability(found, spans.spans(), by=request.user)


def _person_page(
    request: SignedInRequest, found: Speaker, form: PersonForm, spans: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    appearances: Any = found.appearances
    context = {
        "summit": found.summit, "speaker": found, "form": form, "spans": spans,
        "may": Right.TEXTS in request.rights or _may_edit(request, found),
        "appearances": appearances.select_related("session").order_by("session__starts_at", "pk"),
        "claim": getattr(found, "claim", None), "history": history.described(entries_of(found)[:SHOWN], Speaker, hidden=_hidden(request)), **more,
    }  # fmt: skip
    return render(request, "speakers/organiser/person.html", context, status=status)


@never_cache
@right_required(Right.PROGRAMME)
def new_person(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = PersonForm(request.POST or None, instance=Speaker(summit=summit), summit=summit, private=True, notes=True)
    if request.method == "POST" and form.is_valid():
        made = profiles.create_speaker(summit, form.values(), by=request.user)
        messages.success(request, _("The profile was added."))
        return redirect("speakers:organiser-person", summit.code, made.code)
    context = {"summit": summit, "form": form, "may": True}
    return render(request, "speakers/organiser/person.html", context, status=422 if form.errors else 200)


@require_POST
@right_required(Right.PROGRAMME)
def invite_person(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    """Mail the link by which a person takes over their profile."""
    found = get_object_or_404(summit.speakers.select_related("summit"), code=code)
    form = InviteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write an e-mail address such as name@example.org."))
        return redirect("speakers:organiser-person", summit.code, code)
    try:
        claim = invitations.invite_speaker(found, form.cleaned_data["email"], by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("An invitation was sent to %(email)s.") % {"email": claim.user.email})
    return redirect("speakers:organiser-person", summit.code, code)


@require_POST
@right_required(Right.PROGRAMME)
def person_deletion(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(summit.speakers.select_related("summit"), code=code)
    try:
        inline_edits.delete_speaker(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("speakers:organiser-person", summit.code, code)
    messages.success(request, _("The profile was deleted."))
    return redirect("speakers:organiser-people", summit.code)


@never_cache
@right_required(Right.WORKSPACE)
def organisation(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(Organisation.objects.select_related("summit"), summit=summit, code=code)
    form = _organisation_form(request, found)
    if request.method != "POST":
        return _organisation_page(request, found, form)
    if not may_write(request):
        return _organisation_page(request, found, form, status=403)
    if not form.is_valid():
        return _organisation_page(request, found, form, status=422)
    try:
        inline_edits.edit_organisation(found, form.values(), version=form.cleaned_data["version"] or 0, by=request.user)
    except Overtaken as refusal:
        lines = history.described(refusal.details["entries"], Organisation, hidden=_hidden(request))
        return _organisation_page(request, found, form.over(refusal), status=409, overtaken=lines)
    messages.success(request, _("The organisation was saved."))
    return redirect("speakers:organiser-organisation", summit.code, code)


def _organisation_form(request: SignedInRequest, found: Organisation) -> OrganisationForm:
    whole = Right.PROGRAMME in request.rights
    only = inline_edits.TEXTS_OF_ORGANISATIONS if texts_alone(request) else None
    return OrganisationForm(request.POST or None, instance=found, summit=found.summit, private=whole, only=only)


def _organisation_page(
    request: SignedInRequest, found: Organisation, form: OrganisationForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    sessions: Any = found.sessions
    context = {
        "summit": found.summit, "organisation": found, "form": form,
        "may": may_write(request),
        "sessions": sessions.all(), "members": found.members.select_related("user"),
        "history": history.described(entries_of(found)[:SHOWN], Organisation, hidden=_hidden(request)), **more,
    }  # fmt: skip
    return render(request, "speakers/organiser/organisation.html", context, status=status)


@never_cache
@right_required(Right.PROGRAMME)
def new_organisation(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = OrganisationForm(request.POST or None, instance=Organisation(summit=summit), summit=summit, private=True)
    if request.method == "POST" and form.is_valid():
        made = profiles.create_organisation(summit, {**form.values(), "code": form.code()}, by=request.user)
        messages.success(request, _("The organisation was added."))
        return redirect("speakers:organiser-organisation", summit.code, made.code)
    context = {"summit": summit, "form": form, "may": True}
    return render(request, "speakers/organiser/organisation.html", context, status=422 if form.errors else 200)


@require_POST
@right_required(Right.PROGRAMME)
def organisation_members(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    """Invite a contact, or take one away."""
    found = get_object_or_404(summit.organisations.select_related("summit"), code=code)
    form, member = InviteForm(request.POST), number(request.POST.get("member", ""))
    try:
        if member is not None:
            row = get_object_or_404(found.members.select_related("user"), pk=member)
            remove(row, summit=summit, by=request.user)
            messages.success(request, _("%(name)s no longer looks after these sessions.") % {"name": row.user})
        elif form.is_valid():
            invited = invitations.invite_host(
                found, form.cleaned_data["email"], form.cleaned_data["name"], by=request.user
            )
            messages.success(request, _("An invitation was sent to %(email)s.") % {"email": invited.user.email})
        else:
            messages.error(request, _("Write an e-mail address such as name@example.org."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("speakers:organiser-organisation", summit.code, code)


@require_POST
@right_required(Right.PROGRAMME)
def organisation_deletion(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(summit.organisations.select_related("summit"), code=code)
    try:
        inline_edits.delete_organisation(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("speakers:organiser-organisation", summit.code, code)
    messages.success(request, _("The organisation was deleted."))
    return redirect("speakers:organiser-organisations", summit.code)
