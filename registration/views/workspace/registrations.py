"""Organisers: numbers, the list of registrations, one registration."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.first_steps import steps
from registration.forms.decision import NoteForm
from registration.forms.own_page import AddressForm, ErasureForm
from registration.forms.person import AttendanceForm, CancelForm, DetailsForm, EntryForm, PullForwardForm, ReissueForm
from registration.forms.tags import TagsForm
from registration.lists.registrations import REGISTRATIONS
from registration.models import Attendance, CheckIn, Look, Registration, State
from registration.models.question import MOST_BYTES
from registration.permissions import audiences_of
from registration.places import capacity
from registration.registering import (
    addresses,
    answering,
    consents,
    decisions,
    erasing,
    from_programme,
    lifecycle,
    looks,
    proving,
    refusals,
    reissuing,
    stats,
    tagging,
    waitlist,
)
from registration.views.personal.private_link import question as reissue_question
from sessions.models import Deadline
from sessions.permissions import planned_by_team
from sessions.planning import todo
from summit import audit, history
from summit.editing.revising import Overtaken
from summit.errors import Refusal
from summit.lib.body_limits import takes_files
from summit.models import HistoryEntry, Message, Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.views.workspace.listing import ListPages

# The newest mails that failed, by name.
FAILED_SHOWN = 5


def _programme(request: SignedInRequest, summit: Summit) -> todo.Overview:
    """What is to be done, with links to what this member of the team may open."""
    register = not request.rights.isdisjoint({Right.SETTINGS, Right.TEXTS})
    return todo.overview(summit, planned_by_team(request.user, summit, request.rights), register=register)


@never_cache
@right_required(Right.WORKSPACE, Right.NUMBERS)
def dashboard(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """What is next and what is wrong, and the summit in numbers: each part for those who may see it."""
    first = steps(summit, request.rights) if Right.WORKSPACE in request.rights else []
    failed = summit.messages.filter(state=Message.State.FAILED)
    failed_mail = failed.count()
    people = Right.REGISTRATIONS in request.rights
    context: dict[str, Any] = {
        "summit": summit,
        "steps": first if any(not step.done for step in first) else [],
        "numbers": stats.numbers(summit) if Right.NUMBERS in request.rights else None,
        "days": stats.by_day(summit) if Right.NUMBERS in request.rights else [],
        "ways": Attendance.choices,
        "programme": _programme(request, summit) if Right.WORKSPACE in request.rights else None,
        "deadlines": Deadline.objects.filter(summit=summit) if Right.WORKSPACE in request.rights else [],
        "without_part": from_programme.to_ask_about(summit).count() if people else 0,
        "failed_mail": failed_mail,
        "failed_mails": failed[:FAILED_SHOWN] if failed_mail and people else [],
        "waiting_mail": summit.messages.filter(state__in=[Message.State.QUEUED, Message.State.SENDING]).count(),
        "registration_state": summit.registration_state(),
    }
    return render(request, "registration/organiser/dashboard.html", context)


registrations = ListPages(REGISTRATIONS)


@never_cache
@right_required(Right.REGISTRATIONS)
def new_registration(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Enter somebody by hand, whether registration is open or not."""
    form = EntryForm(request.POST or None, summit=summit, quotas=capacity.quotas(summit))
    if request.method == "POST" and form.is_valid():
        try:
            nonce = form.cleaned_data["nonce"]
            made = lifecycle.register(summit, form.person(), nonce=nonce, by=request.user, entered=True)
        except refusals.AlreadyRegistered as refusal:
            form.add_error("email", str(refusal.message))
        except Refusal as refusal:
            form.add_error("attendance", str(refusal.message))
        else:
            messages.success(request, _("The registration was added and the person told."))
            return redirect("registration:registration", summit.code, made.guid)
    context = {"summit": summit, "form": form}
    return render(request, "registration/organiser/new_registration.html", context, status=422 if form.errors else 200)


# What its page tells beside a registration itself.
WITH = ("summit", "category", "access_code", "invitation")


def _one(summit: Summit, guid: Any) -> Registration:
    rows = Registration.objects.filter(summit=summit).select_related(*WITH).prefetch_related("tags")
    return get_object_or_404(CheckIn.objects.arrivals_of(rows), guid=guid)


@never_cache
@right_required(Right.REGISTRATIONS)
def registration(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    return _page(request, _one(summit, guid))


def _page(request: SignedInRequest, found: Registration, *, status: int = 200, **forms: Any) -> HttpResponse:
    """All about one registration; ``forms`` are those that were filled in so that they could not be saved."""
    summit = found.summit
    told = HistoryEntry.objects.filter(subject_kind=found._meta.label_lower, subject_key=str(found.pk))
    entries = list(told.select_related("by")[:50])
    looks.note_sensitive(summit, [found.pk], Look.What.NEEDS, by=request.user)
    context = {
        "summit": summit,
        "registration": found,
        "history": history.described(entries, Registration, named=audit.namer(entries, summit)),
        "mails": Message.objects.filter(summit=summit, to__address=found.email)[:20],
        "consents": found.consents.all(),
        "answers": answering.said_by(found, audiences_of(request.user, found.summit)),
        "companions": found.companions.active().order_by("pk"),
        "notes": found.notes.select_related("by"),
        "tags_form": TagsForm(registration=found),
        "note_form": NoteForm(auto_id="note_%s"),
        "cancel_form": CancelForm(),
        "admit_form": PullForwardForm(auto_id="admit_%s"),
        **forms,
    }
    return render(request, "registration/organiser/registration.html", context, status=status)


def _do(request: SignedInRequest, found: Registration, done: str, action: Any) -> HttpResponse:
    try:
        action()
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("registration:registration", found.summit.code, found.guid)


@never_cache
@require_POST
@right_required(Right.REGISTRATIONS)
def tags(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    found = _one(summit, guid)
    form = TagsForm(request.POST, registration=found)
    if not form.is_valid():
        return _page(request, found, status=422, tags_form=form)
    versions = {"tagged": form.cleaned_data["token"] or "-"}
    return _do(request, found, _("The tags were saved."),
               lambda: tagging.set_tags(found, form.cleaned_data["tags"], form_versions=versions, by=request.user))  # fmt: skip


@never_cache
@require_POST
@right_required(Right.REGISTRATIONS)
def note(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    found, form = _one(summit, guid), NoteForm(request.POST, auto_id="note_%s")
    if not form.is_valid():
        return _page(request, found, status=422, note_form=form)
    return _do(request, found, _("The note was kept."),
               lambda: decisions.note(found, form.cleaned_data["text"], by=request.user))  # fmt: skip


@require_POST
@right_required(Right.REGISTRATIONS)
def attendance(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    found, form = _one(summit, guid), AttendanceForm(request.POST)
    if not form.is_valid():
        return redirect("registration:registration", summit.code, guid)
    wanted = form.cleaned_data["attendance"]
    return _do(request, found, _("The attendance was changed and the person told."),
               lambda: lifecycle.change_attendance(found, wanted, by=request.user, as_organiser=True))  # fmt: skip


@takes_files(2 * MOST_BYTES)
@never_cache
@right_required(Right.REGISTRATIONS)
def details(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Correct somebody's details for them, also when the time for changes is over."""
    found = _one(summit, guid)
    readers = audiences_of(request.user, summit)
    form = DetailsForm(request.POST or None, request.FILES or None, registration=found, audiences=readers)
    if request.method != "POST":
        # Nobody fills in what could not be saved.
        may = partial(lifecycle.may_change, found, as_organiser=True)
        return _details(request, found, form) if found.is_active else _do(request, found, "", may)
    if not form.is_valid():
        return _details(request, found, form, status=422)
    answers, form_versions = form.answers_now(), form.cleaned_data["form_versions"]
    try:
        consents.correct_for(found, form.cleaned_data, answers=answers, consents=form.consents(),
                             form_versions=form_versions, by=request.user, as_organiser=True)  # fmt: skip
    except Overtaken as refusal:
        lines = history.described(refusal.details["entries"], Registration)
        return _details(request, found, form.over(refusal), status=409, overtaken=lines)
    except Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return _details(request, found, form, status=refusal.status)
    messages.success(request, _("The details were saved."))
    return redirect("registration:registration", summit.code, guid)


def _details(
    request: SignedInRequest, found: Registration, form: DetailsForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    looks.note_sensitive(found.summit, [found.pk], Look.What.NEEDS, by=request.user)
    context = {"summit": found.summit, "registration": found, "form": form, **more}
    return render(request, "registration/organiser/details.html", context, status=status)


@require_POST
@right_required(Right.REGISTRATIONS)
def cancellation(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    found, form = _one(summit, guid), CancelForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("registration:registration", summit.code, guid)
    reason = form.cleaned_data["reason"]
    return _do(request, found, _("The registration was cancelled and the person told."),
               lambda: lifecycle.cancel(found, by=request.user, as_organiser=True, reason=reason))  # fmt: skip


@require_POST
@right_required(Right.REGISTRATIONS)
def pull_forward(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Confirm somebody on the waitlist before the others; the reason stays in the history."""
    found, form = _one(summit, guid), PullForwardForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _do(request, found, _("Admitted before the others, and the person was told."),
               lambda: waitlist.pull_forward(found, reason=reason, by=request.user))  # fmt: skip


@require_POST
@right_required(Right.APPROVAL)
def review(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Have a confirmed registration looked at again."""
    found = get_object_or_404(
        decisions.decided_by(request.user, summit).select_related("summit", "category"), guid=guid
    )
    return _do(request, found, _("It waits for a decision again, and the person was told."),
               lambda: decisions.review(found, by=request.user))  # fmt: skip


@require_POST
@right_required(Right.REGISTRATIONS)
def reinstatement(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    found = _one(summit, guid)
    return _do(request, found, _("The registration was reinstated and the person told."),
               lambda: decisions.reinstate(found, by=request.user))  # fmt: skip


@never_cache
@right_required(Right.REGISTRATIONS)
def reissue(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """GET asks once more, POST replaces ticket, private link and calendar address."""
    found = _one(summit, guid)
    form = ReissueForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return reissue_question(request, found, form, "registration/organiser/reissue.html")
    return _do(request, found, _("The ticket and the link were replaced and the person told."),
               lambda: reissuing.reissue(found, issue=form.cleaned_data["issue"], by=request.user, by_team=True))  # fmt: skip


@require_POST
@right_required(Right.REGISTRATIONS)
def resend(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """The link once more; of whoever has not confirmed the address yet the hours begin anew."""
    found = _one(summit, guid)
    again = proving.ask_again if found.state == State.UNPROVEN else lifecycle.resend
    return _do(request, found, _("The mail was sent again."), lambda: again(found, by=request.user))


@require_POST
@right_required(Right.REGISTRATIONS)
def prove(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Confirm the address for somebody, as at the telephone."""
    found = _one(summit, guid)
    return _do(request, found, _("The address was confirmed and the person told."),
               lambda: proving.prove(found, by=request.user, as_organiser=True))  # fmt: skip


@never_cache
@right_required(Right.REGISTRATIONS)
def address(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Put a registration under another address, without its owner's word; both addresses are told."""
    found, form = _one(summit, guid), AddressForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            addresses.change(found, form.cleaned_data["email"], by=request.user, as_organiser=True)
        except Refusal as refusal:
            form.add_error("email", str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("The address was changed, and both addresses were told."))
            return redirect("registration:registration", summit.code, guid)
    context = {"summit": summit, "registration": found, "form": form}
    return render(request, "registration/organiser/address.html", context, status=status)


@never_cache
@right_required(Right.REGISTRATIONS)
def erasure(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """GET says what goes and what stays, POST erases the person; nobody is told by mail."""
    found, form = _one(summit, guid), ErasureForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"summit": summit, "registration": found, "form": form, "account_stays": erasing.account_stays(found)}
        return render(request, "registration/organiser/erasure.html", context, status=422 if form.is_bound else 200)
    try:
        erasing.erase(found, by=request.user, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The person was erased. What is counted stays."))
    return redirect("registration:registrations", summit.code)
