"""Whom the team invites, one by one or from an earlier summit, and the codes it gives out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.forms.inviting import ActOnInvitationForm, CodeForm, EarlierForm, GuestForm, NewCodesForm
from registration.lists.access_codes import ACCESS_CODES, MOST_PRINTED, chip, uses
from registration.lists.invitations import INVITATIONS
from registration.lists.invitations import chip as state_chip
from registration.models import AccessCode, Invitation
from registration.models.invitation import GOING
from registration.registering import access_codes, inviting, segments
from registration.registering.inviting import Outcome, end_of
from summit import audit, history
from summit.errors import Refusal
from summit.models import HistoryEntry, Message, Right, Summit
from summit.permissions import SignedInRequest, has_second_factor, right_required
from summit.views.workspace.listing import ListPages

invitations = ListPages(INVITATIONS)
codes = ListPages(ACCESS_CODES)
# Registrations made with a code that its page names.
USERS_SHOWN = 200


def _told(row: Any) -> list[dict[str, Any]]:
    """What has happened to it, the newest first."""
    rows = HistoryEntry.objects.filter(subject_kind=row._meta.label_lower, subject_key=str(row.pk))
    entries = list(rows.select_related("by")[:50])
    return history.described(entries, type(row), named=audit.namer(entries, row.summit))


# invitations


@never_cache
@right_required(Right.REGISTRATIONS)
def new_invitation(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Invite one person: at once, or to be sent later."""
    form = GuestForm(request.POST or None, summit=summit)
    status = 200 if not form.is_bound else 422
    if form.is_bound and form.is_valid():
        try:
            outcome = inviting.prepare(summit, [form.guest()], form.terms(), by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
            status = refusal.status
        else:
            if outcome.done:
                return _prepared(request, outcome.done[0])
            form.add_error("email", outcome.left[0][1])
    context = {"summit": summit, "form": form}
    return render(request, "registration/organiser/new_invitation.html", context, status=status)


def _prepared(request: SignedInRequest, made: Invitation) -> HttpResponse:
    """Send it where that was asked for, and lead to its page."""
    if "keep" in request.POST:
        messages.success(request, _("The invitation was prepared. It is not sent yet."))
    else:
        _say(request, inviting.send(made.summit, [made], by=request.user), _("The invitation is on its way."))
    return redirect("registration:invitation", made.summit.code, made.guid)


def _say(request: SignedInRequest, outcome: Outcome, done: str) -> None:
    if outcome.done:
        messages.success(request, done)
    for row, reason in outcome.left:
        messages.warning(request, f"{row}: {reason}")


@never_cache
@right_required(Right.REGISTRATIONS)
def invitation(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """One invitation: how far it is, and what can be done about it."""
    rows = Invitation.objects.filter(summit=summit).select_related("summit", "category", "registration", "by")
    found = get_object_or_404(rows, guid=guid)
    form = ActOnInvitationForm(request.POST or None, invitation=found)
    if form.is_bound and form.is_valid():
        try:
            return _acted(request, found, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
    context = {
        "summit": summit,
        "invitation": found,
        "chip": state_chip(found),
        "is_draft": found.pk not in inviting.unsendable([found]),
        "is_revocable": found.pk not in inviting.irrevocable([found]),
        "is_going": found.state in GOING,
        "not_yet": inviting.irremindable([found]).get(found.pk),
        "link": summit.address(found.get_absolute_url()) if found.is_going else "",
        "form": form,
        "history": _told(found),
        "mails": Message.objects.filter(summit=summit, to__address=found.email)[:20],
    }
    return render(request, "registration/organiser/invitation.html", context, status=422 if form.errors else 200)


def _acted(request: SignedInRequest, found: Invitation, form: ActOnInvitationForm) -> HttpResponse:
    summit, by, data = found.summit, request.user, form.cleaned_data
    match data["action"]:
        case "send":
            _say(request, inviting.send(summit, [found], by=by), _("The invitation is on its way."))
        case "remind":
            outcome = inviting.remind(summit, [found], by=by, anyway=data["anyway"])
            _say(request, outcome, _("The reminder is on its way."))
        case "revoke":
            _say(request, inviting.revoke(summit, [found], by=by), _("The invitation was revoked."))
        case _:
            outcome = inviting.extend(summit, [found], end_of(data["until"], summit), by=by)
            _say(request, outcome, _("The end was changed."))
    return redirect("registration:invitation", summit.code, found.guid)


@never_cache
@right_required(Right.REGISTRATIONS)
def earlier(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Invite people of another summit: first which one, then whom, then how many that are."""
    offered = segments.sources(request.user, summit, factor_shown=has_second_factor(request))
    chosen = request.GET.get("summit", "")
    source = next((each for each in offered if each.code == chosen), None)
    if chosen and source is None:
        raise Http404
    context: dict[str, Any] = {"summit": summit, "sources": offered, "source": source}
    if source is None:
        return render(request, "registration/organiser/invite_earlier.html", context)
    form = EarlierForm(request.POST or None, summit=summit, source=source)
    status = 422 if form.is_bound and not form.is_valid() else 200
    if form.is_bound and not form.errors:
        try:
            return _counted(request, form, context)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
            status = refusal.status
    return render(request, "registration/organiser/invite_earlier.html", {**context, "form": form}, status=status)


def _counted(request: SignedInRequest, form: EarlierForm, context: dict[str, Any]) -> HttpResponse:
    """Say how many it would be; where that was said and is true, prepare their invitations."""
    summit, segment = form.summit, form.segment()
    terms = inviting.checked(summit, form.terms())
    preview, status = segments.preview(segment, summit), 200
    if "prepare" in request.POST:
        if preview.number and preview.number == form.cleaned_data["number"]:
            outcome = inviting.prepare(summit, segments.guests(segment, summit), terms, by=request.user)
            number = len(outcome.done)
            said = ngettext("%(n)d invitation was prepared. It is not sent yet.",
                            "%(n)d invitations were prepared. They are not sent yet.", number)  # fmt: skip
            messages.success(request, said % {"n": number})
            return redirect(reverse("registration:invitations", args=[summit.code]) + "?state=draft")
        status = 409
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["number"] = str(preview.number)  # type: ignore[index]
    context |= {"form": form, "preview": preview, "moved": status == 409}
    return render(request, "registration/organiser/invite_earlier.html", context, status=status)


# codes


@never_cache
@right_required(Right.REGISTRATIONS)
def new_codes(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Make one code, or many alike."""
    with timezone.override(summit.tz):
        form = NewCodesForm(request.POST or None, summit=summit)
        status = 200 if not form.is_bound else 422
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            try:
                made = access_codes.make(
                    summit, form.terms(), number=data["number"], code=data["code"], by=request.user
                )
            except Refusal as refusal:
                form.add_error("code" if data["code"] else None, str(refusal.message))
                status = refusal.status
            else:
                return _made(request, summit, made)
        context = {"summit": summit, "form": form}
        return render(request, "registration/organiser/new_access_codes.html", context, status=status)


def _made(request: SignedInRequest, summit: Summit, made: list[AccessCode]) -> HttpResponse:
    said = ngettext("%(n)d code was made.", "%(n)d codes were made.", len(made)) % {"n": len(made)}
    messages.success(request, said)
    if len(made) == 1:
        return redirect("registration:access-code", summit.code, made[0].guid)
    return redirect("registration:access-codes", summit.code)


@never_cache
@right_required(Right.REGISTRATIONS)
def code(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """One code: what it opens, which can be changed, and who used it."""
    rows = AccessCode.objects.filter(summit=summit).select_related("summit", "by").prefetch_related("categories")
    found = get_object_or_404(rows, guid=guid)
    with timezone.override(summit.tz):
        active = request.POST.get("active") if request.method == "POST" else None
        form = CodeForm(
            request.POST if request.method == "POST" and active is None else None, summit=summit, code=found
        )
        if active is not None or form.is_valid():
            try:
                return _changed(request, found, form, active)
            except Refusal as refusal:
                if form.is_bound:
                    form.add_error(None, str(refusal.message))
                else:
                    messages.error(request, str(refusal.message))
        return _code_page(request, found, form)


def _changed(request: SignedInRequest, found: AccessCode, form: CodeForm, active: str | None) -> HttpResponse:
    if active is None:
        access_codes.edit(found, form.terms(), by=request.user)
        messages.success(request, _("The code was changed."))
    elif access_codes.set_active(found, active == "1", by=request.user):
        said = _("The code can be used again.") if active == "1" else _("The code was stopped.")
        messages.success(request, said)
    return redirect("registration:access-code", found.summit.code, found.guid)


def _code_page(request: SignedInRequest, found: AccessCode, form: CodeForm) -> HttpResponse:
    users = access_codes.users_of(found)
    with_code = f"{reverse('registration:register', args=[found.summit.code])}?code={found.code}"
    context = {
        "summit": found.summit,
        "code": found,
        "chip": chip(found),
        "uses": uses(found),
        "link": found.summit.address(with_code),
        "form": form,
        "users": users[:USERS_SHOWN],
        "more": max(0, users.count() - USERS_SHOWN),
        "is_over": found.is_over(),
        "history": _told(found),
    }
    return render(request, "registration/organiser/access_code.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
@right_required(Right.REGISTRATIONS)
def sheet(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """The chosen codes, or all of them, to be cut apart; those that are over are left out."""
    from registration.papers import code_sheet  # loads WeasyPrint

    rows = AccessCode.objects.filter(summit=summit).select_related("summit").prefetch_related("categories")
    if "codes" in request.GET:
        keys = [int(key) for key in request.GET["codes"].split() if key.isascii() and key.isdigit()]
        rows = rows.filter(pk__in=[key for key in keys if key < 2**63])
    found = access_codes.printable(rows.order_by("note", "code"))[:MOST_PRINTED]
    if not found:
        raise Http404
    response = HttpResponse(code_sheet.sheet(summit, found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="codes-{summit.code}.pdf"'
    return response
