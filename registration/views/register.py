"""The registration form and what comes right after it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration.forms.bringing import code_is_asked_about
from registration.forms.own_page import AddressForm
from registration.forms.person import LostLinkForm, RegistrationForm
from registration.models import AccessCode, Attendance, Choice, Draft, Invitation, Registration, State
from registration.models.question import MOST_BYTES
from registration.personal import just_sent
from registration.places import capacity
from registration.registering import (
    addresses,
    admitting,
    answering,
    drafts,
    inviting,
    lifecycle,
    openings,
    refusals,
    said_before,
    uploads,
)
from registration.registering.lifecycle import send_link
from registration.registering.making import Person
from registration.views import blank_fields, blank_pages, read_forms
from registration.views.personal.own_page import tell_left_out
from registration.views.personal.private_link import key_in_address
from summit.errors import Refusal
from summit.lib import countries, times
from summit.lib.body_limits import takes_files
from summit.lib.text import number
from summit.lib.translated import active_language, own_name
from summit.models import Summit
from summit.ratelimit import client_address, limited, take
from summit.templatetags.summit_tags import moment

# Where a session remembers the address a link was asked for, and the draft that was saved last.
ASKED, SAVED = "asked_for_link", "saved_draft"
# The button that saves the form instead of sending it.
SAVE = "save_draft"


@takes_files(2 * MOST_BYTES, of_anybody=uploads.are_asked_for)
@never_cache
@limited("register", limit=300, seconds=600)
def register(request: HttpRequest, summit: str) -> HttpResponse:
    """The form; a refusal shows it again with all that was filled in and says what to do."""
    if begun := blank_pages.form_of(request):
        return begun
    found = read_forms.summit_of(request, summit)
    state = _counted(request, found)
    is_sent = request.method == "POST"
    typed = (request.POST if is_sent else request.GET).get("code", "")[:200]
    code, wrong = code_of(found, typed, client_address(request))
    before = None if is_sent else said_before.last_of(request.user, found)
    fills = before is not None and request.GET.get("fill") == before.summit.code
    initial = (said_before.initial(before, found) if before and fills else {}) | {"code": typed}
    form = RegistrationForm(request.POST or None, request.FILES or None, summit=found, quotas=capacity.quotas(found),
                            code=code, initial=initial)  # fmt: skip
    if is_sent and SAVE in request.POST:
        return saved(request, form)
    if is_sent and code_is_asked_about(form, request.POST, wrong):
        missing = refusals.CodeMissing() if not typed.strip() else wrong
        return page(request, form.code_alone(missing), wrong=missing)
    if wrong and form.is_bound:
        form.add_error("code", str(wrong.message))
    if is_sent:
        return registered(request, form)
    shown = page(request, form, wrong=wrong, before=before, filled=fills, said=_said(before) if before else [])
    return blank_pages.keep_form(request, shown, form, counts=state == "open")


def code_of(summit: Summit, typed: str, address: str) -> tuple[AccessCode | None, Refusal | None]:
    """The code somebody typed, or why there is none: who tries many hears to wait."""
    if not typed.strip():
        return None, None
    try:
        take("code", address, limit=60, seconds=600)
        return admitting.find_code(summit, typed), None
    except Refusal as refusal:
        return None, refusal


@takes_files(2 * MOST_BYTES, of_anybody=uploads.are_asked_for)
@limited("register", limit=300, seconds=600)
@key_in_address
def invited(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """The form for whoever was invited: filled in as far as is known, in their category, until the invitation ends."""
    rows = Invitation.objects.select_related("summit", "category", "by").exclude(sent_at=None)
    found = rows.filter(summit__code=summit, token=token).first()
    if found is None:
        public = get_object_or_404(Summit.objects.public(), code=summit)
        return render(request, "registration/attendee/no_invitation.html", {"summit": public}, status=404)
    try:
        admitting.refuse_ended(found)
    except Refusal as refusal:
        context = {"summit": found.summit, "refusal": refusal}
        return render(request, "registration/attendee/no_invitation.html", context, status=refusal.status)
    inviting.begun(found) if request.method == "POST" else inviting.opened(found)
    quotas = capacity.quotas(found.summit)
    form = RegistrationForm(request.POST or None, request.FILES or None, summit=found.summit, quotas=quotas,
                            invitation=found)  # fmt: skip
    if request.method != "POST":
        return page(request, form)
    return saved(request, form) if SAVE in request.POST else registered(request, form)


def registered(request: HttpRequest, form: RegistrationForm, **filled: Any) -> HttpResponse:
    """Register what was sent; where it does not go, the form again. ``filled``: what :func:`page` shows with it."""
    if request.user.is_authenticated:
        form.read_at.add(request.user.email.lower())
    if not form.is_valid():
        return page(request, form, status=422, **filled)
    sent_on = redirect("registration:sent", form.summit.code)
    if refusal := _try(request, form.summit, form, sent_on):
        return page(request, form, refusal=refusal, status=refusal.status, **filled)
    tell_left_out(request, form)
    return sent_on


def saved(request: HttpRequest, form: RegistrationForm, draft: Draft | None = None) -> HttpResponse:
    """Keep what was sent as a draft, or in the ``draft`` it was gone on with; without an address the form again."""
    filled, more = form.for_draft(), cast("dict[str, Any]", {"draft": draft})
    if filled is None:
        return page(request, form, status=422, **more)
    language = get_language() or form.summit.languages[0]
    try:
        take("drafts", client_address(request), limit=30, seconds=600)
        if draft:
            version = number(request.POST.get("draft_version", ""), digits=9) or 0
            kept = drafts.save_again(draft, filled, version=version, language=language)
        else:
            seen = request.session.get(SAVED, {})
            kept = drafts.save(
                form.summit, filled, language=language, seen=(seen.get("draft", 0), seen.get("version", 0))
            )
    except Refusal as refusal:
        return page(request, form, refusal=refusal, status=refusal.status, **more)
    _tell_saved(request, form, kept)
    if not kept.mailed:
        return redirect(kept.draft)
    request.session[SAVED] = {"summit": form.summit.code, "email": kept.draft.email, "draft": kept.draft.pk,
                              "version": kept.draft.version, "until": kept.draft.expires_at.isoformat()}  # fmt: skip
    return redirect("registration:draft-saved", form.summit.code)


def _tell_saved(request: HttpRequest, form: RegistrationForm, kept: drafts.Saved) -> None:
    summit = form.summit
    if not kept.mailed:
        messages.success(request, _("Your draft was saved. The link in your mail opens it on any device."))
    if kept.overtaken_at:
        at = times.moment_label(kept.overtaken_at, summit.tz, active_language())
        told = _("This draft had been saved on another device (%(moment)s). What you saved now has replaced that.")
        messages.warning(request, told % {"moment": at})
    if form.unkept:
        told = _("Not kept, because you have not agreed to it: %(fields)s")
        messages.warning(request, told % {"fields": ", ".join(form.unkept)})


def page(
    request: HttpRequest,
    form: RegistrationForm,
    *,
    refusal: Refusal | None = None,
    wrong: Refusal | None = None,
    status: int = 200,
    **filled: Any,
) -> HttpResponse:
    """The form as it is; ``wrong``: why the code in the address opens nothing. ``filled``: what of an earlier summit is."""
    summit, is_filled = form.summit, form.is_bound or filled.get("filled")
    brings = form.invitation or form.access_code or form.initial.get("code")
    context: dict[str, Any] = filled | {
        "summit": summit,
        "form": form,
        "state": "open" if form.invitation else summit.registration_state(),
        "refusal": refusal,
        "code_refusal": None if form.is_bound else wrong,
        "privacy": None if summit.is_public else summit.pages.filter(slug="privacy").first(),
        "blank_fields": None if is_filled or brings else blank_fields.of(form),
    }
    response = render(request, "registration/attendee/register.html", context, status=wrong.status if wrong else status)
    if (said := refusal or wrong) and "retry_after" in said.details:
        response["Retry-After"] = str(said.details["retry_after"])
    return response


def _counted(request: HttpRequest, summit: Summit) -> str:
    """The state of registration; that the form was opened, or begun, is counted: a number, and nothing of who did."""
    state = summit.registration_state()
    if request.method == "POST":
        openings.begun(summit, request.POST.get("nonce", ""))
    elif request.method == "GET" and state == "open":
        openings.opened(summit)
    return state


def _said(before: Registration) -> list[tuple[str, str]]:
    """What would be filled in, as (field, words)."""
    words = {"country": countries.name(before.country, active_language()), "language": own_name(before.language)}
    names = [name for name in (*said_before.TAKEN, "email") if name not in said_before.NOT_LISTED]
    labels = {name: str(capfirst(str(Registration._meta.get_field(name).verbose_name))) for name in names}  # type: ignore[union-attr]
    said = {name: words.get(name) or str(getattr(before, name)) for name in names}
    return [(labels[name], value) for name, value in said.items() if value]


def _try(request: HttpRequest, summit: Summit, form: RegistrationForm, response: HttpResponse) -> Refusal | None:
    """Register, or mail somebody who already is: both look the same from outside. ``response`` takes along what the page
    after it tells.

    Only what would be kept counts for the limit of an address, behind which a whole ministry may be; what was filled in
    comes back with the word to wait.
    """
    person = form.person()
    try:
        take("registered", client_address(request), limit=60, seconds=600)
        nonce = form.cleaned_data["nonce"]
        made = lifecycle.register(summit, person, nonce=nonce, quotas=form.quotas, asked=form.questions)
        just_sent.keep(request, response, _sent_with(form, person, made, made))
    except refusals.AlreadyRegistered as known:
        shown = known.shown or known.registration
        send_link.enqueue(summit.pk, known.registration.email, shown.reference)
        just_sent.keep(request, response, _sent_with(form, person, shown, known.registration))
    except refusals.NoPlaceLeft as refusal:
        form.add_error("attendance", str(refusal.message))
        return refusal
    except Refusal as refusal:
        return refusal
    return None


def _sent_with(form: RegistrationForm, person: Person, shown: Registration, of: Registration) -> just_sent.Sent:
    """``of``: the registration that ``shown`` is, or the one its address had before."""
    return just_sent.Sent(
        summit=of.summit.code, registration=of.pk, reference=shown.reference, state=shown.state,
        attendance=shown.attendance, email=form.cleaned_data["email"].lower(), nonce=form.cleaned_data["nonce"],
        at=timezone.now().timestamp(), form=addresses.keep(person), unmade=shown.pk != of.pk,
        ends=shown.proof_ends_at.timestamp() if shown.proof_ends_at else 0.0, becomes=shown.becomes,
        waits=answering.waited_for(person.answers, form.questions, of if shown.pk == of.pk else None),
    )  # fmt: skip


@never_cache
def sent(request: HttpRequest, summit: str) -> HttpResponse:
    """What became of a form, for the browser that sent it: nothing here opens anything. Whoever looks for a link gets one
    if the address is registered, and is not told."""
    found = _where_sent(request, summit)
    if "link" in request.GET and (asked := request.session.get(ASKED)):
        return render(request, "registration/attendee/link_sent.html", {"summit": found, "email": asked})
    return _sent(request, found, AddressForm())


def _where_sent(request: HttpRequest, code: str) -> Summit:
    """Whoever was invited to a summit that is not public has just registered there."""
    with suppress(Http404):
        return read_forms.summit_of(request, code)
    sent = any(each.summit == code for each in just_sent.all_of(request))
    return get_object_or_404(Summit.objects.all() if sent else Summit.objects.public(), code=code)


def _sent(
    request: HttpRequest, summit: Summit, form: AddressForm, sent: just_sent.Sent | None = None, status: int = 200
) -> HttpResponse:
    sent = sent or just_sent.find(request, summit)
    context: dict[str, Any] = {"summit": summit, "sent": sent, "form": form}
    if sent is None:
        return render(request, "registration/attendee/sent.html", context, status=status)
    correctable = _correctable(sent)
    context |= {"state": State(sent.state), "way": Attendance(sent.attendance), "correctable": correctable}
    context["becomes"] = sent.becomes

    def draw(own: Mapping[str, str]) -> HttpResponse:
        return render(request, "registration/attendee/sent.html", context | {"own": own}, status=status)

    until = moment(sent.until or sent.sent_at + addresses.AT_ONCE, summit)
    own = {"reference": sent.reference, "email": sent.email, "until": until, "waits": _waited_for(sent)}
    context["waits"] = bool(own["waits"])
    if form.is_bound:
        return draw(own)
    return blank_pages.filled(
        request, summit, draw, own, sent.state, sent.attendance, sent.becomes, str(correctable), str(context["waits"])
    )


def _waited_for(sent: just_sent.Sent) -> str:
    """The choices for which a place is waited for, as the page names them."""
    rows = Choice.objects.filter(pk__in=sent.waits).select_related("question").order_by("pk") if sent.waits else []
    return ", ".join(f"{row.question}: {row}" for row in rows)


def _correctable(sent: just_sent.Sent) -> bool:
    registration = Registration.objects.filter(pk=sent.registration).only("opened_at").first()
    return bool(registration and not sent.settled and addresses.may_correct(registration, sent.sent_at, sent.until))


@never_cache
@limited("correct_address", limit=20, seconds=600)
def correct_address(request: HttpRequest, summit: str) -> HttpResponse:
    """Correct the address right after the form, in the browser that sent it."""
    found = _where_sent(request, summit)
    sent = just_sent.find(request, found, request.POST.get("reference", "-"))
    if request.method != "POST" or sent is None:
        return redirect("registration:sent", found.code)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _sent(request, found, form, sent, status=422)
    email = form.cleaned_data["email"]
    try:
        now = _correct(found, sent, email)
    except Refusal as refusal:
        form.add_error("email", str(refusal.message))
        return _sent(request, found, form, sent, status=refusal.status)
    messages.success(request, _("The address was corrected."))
    response = redirect("registration:sent", found.code)
    just_sent.corrected(request, response, sent, email=email.lower(), registration=now.pk)
    return response


def _correct(summit: Summit, sent: just_sent.Sent, email: str) -> Registration:
    registration = get_object_or_404(Registration, pk=sent.registration)
    if sent.settled or not addresses.may_correct(registration, sent.sent_at, sent.until):
        raise refusals.AddressSettled
    if sent.unmade and email.lower() != sent.email:
        return addresses.correct_unmade(summit, sent.form, email, sent.reference)
    return registration if sent.unmade else addresses.correct(registration, email, sent_at=sent.sent_at)


@never_cache
@limited("lost_link", limit=10, seconds=600)
def lost_link(request: HttpRequest, summit: str) -> HttpResponse:
    """Mail the link to one's own page again. The answer is the same whether or not the address is known."""
    found = get_object_or_404(Summit.objects.public(), code=summit)
    form = LostLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # The worker looks the address up: nobody can tell by the time of the answer whether it is known.
        send_link.enqueue(found.pk, form.cleaned_data["email"])
        request.session[ASKED] = form.cleaned_data["email"]
        return redirect(f"{reverse('registration:sent', args=[found.code])}?link")
    status = 422 if form.is_bound else 200
    context = {"summit": found, "form": form, "language": get_language()}
    return render(request, "registration/attendee/lost_link.html", context, status=status)
