"""My agenda: bookmarked sessions, seats, the shared link, a suggested day. Works for strangers, too."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.models import Registration
from registration.personal import visitors
from registration.personal.visitors import Visitor, visitor
from registration.places import bookings
from registration.registering import sealed_sessions
from registration.views.personal.private_link import by_token
from registration.views.personal.push import number_of
from sessions.live import streams
from sessions.models import PersonalAgenda, Session, with_details
from sessions.personal import bookmarking, suggesting
from sessions.personal.days import plan
from sessions.reading.agenda import reader_label
from summit.errors import Refusal
from summit.models import Summit
from summit.ratelimit import client_address, take


def _public(code: str) -> Summit:
    return get_object_or_404(Summit.objects.public(), code=code)


def _settled(request: HttpRequest, response: HttpResponse, found: Visitor) -> HttpResponse:
    """Marks that were merged into an account are no longer kept in the browser."""
    if found.user is not None and bookmarking.cookie_name(found.summit) in request.COOKIES:
        bookmarking.keep_in_browser(response, found.summit, [], secure=request.is_secure())
    return response


@never_cache
def my_agenda(request: HttpRequest, summit: str) -> HttpResponse:
    found = visitor(request, _public(summit))
    agenda = PersonalAgenda.objects.filter(user=found.user, summit=found.summit).first() if found.user else None
    there = found.registration is None or found.registration.is_in_person
    own_plan = plan(found.summit, found.bookmarks(), in_room=there, reader=found.zone)
    context = {
        "summit": found.summit,
        "visitor": found,
        "plan": own_plan,
        "joinable": streams.joinable(found.summit, [entry.session for entry in own_plan.entries]),
        "bookings": found.bookings,
        "share_token": agenda.share_token if agenda else "",
        "is_known": found.user is not None or found.registration is not None,
        "told_browsers": number_of(found),
    }
    return _settled(request, render(request, "registration/personal/my_agenda.html", context), found)


@never_cache
def my_session(request: HttpRequest, summit: str, code: str) -> HttpResponse:
    """One session and what the reader may do with it: bookmark it, book a seat, take or leave an offered one."""
    found = visitor(request, _public(summit))
    rows = with_details(Session.objects.published().filter(summit=found.summit))
    session = get_object_or_404(rows, code=code)
    session.summit = found.summit
    if request.method == "POST":
        return _change(request, found, session)
    booking = found.bookings.get(code)
    context = {
        "summit": found.summit,
        "session": session,
        "visitor": found,
        "bookmarked": code in found.codes,
        "on_agenda": code in found.bookmarks(),
        "in_own_zone": reader_label(session, found.summit, found.zone),
        "booking": booking,
        "before_me": _before_me(booking) if booking and booking.state == "waitlisted" else 0,
        "joinable": streams.is_joinable(session),
        "refused": found.registration and bookings.refusal_of(found.registration, session),
        "needs_seat": session.seats is not None and session.mode != "online",
        "protects": found.registration is not None and sealed_sessions.asks(found.registration, session),
    }
    return _settled(request, render(request, "registration/personal/my_session.html", context), found)


def _before_me(booking: Any) -> int:
    waiting = list(booking.session.bookings.waiting().values_list("pk", flat=True))
    return waiting.index(booking.pk) if booking.pk in waiting else 0


def _change(request: HttpRequest, found: Visitor, session: Session) -> HttpResponse:
    action, wants_json = request.POST.get("action", ""), "application/json" in request.headers.get("Accept", "")
    codes = list(found.codes)
    if action in {"bookmark", "unbookmark"}:
        text = _bookmark(found, session, codes, add=action == "bookmark")
    elif action in {"book", "release", "accept"}:
        take("seats", str(found.registration.pk if found.registration else ""), limit=60, seconds=600)
        text = _seat(found, session, action, agreed="protected" in request.POST)
    else:
        raise Http404
    if wants_json:
        response: HttpResponse = JsonResponse(
            {"bookmarks": visitor(request, found.summit).bookmarks(), "message": text}
        )
    else:
        messages.success(request, text)
        back = _next(request)
        response = redirect(back) if back else redirect("registration:my-session", found.summit.code, session.code)
    if found.user is None:
        bookmarking.keep_in_browser(response, found.summit, codes, secure=request.is_secure())
        return response
    return _settled(request, response, found)


def _next(request: HttpRequest) -> str:
    """Where the button stood, if that is one of our own pages."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""


def _bookmark(found: Visitor, session: Session, codes: list[str], *, add: bool) -> str:
    if found.user is not None:
        (bookmarking.add if add else bookmarking.remove)(found.user, session)
    elif add and session.code not in codes:
        codes.append(session.code)
    elif not add and session.code in codes:
        codes.remove(session.code)
    return _("Added to your agenda.") if add else _("Removed from your agenda.")


def _seat(found: Visitor, session: Session, action: str, *, agreed: bool) -> str:
    if found.registration is None:
        raise Refusal(_("Register to attend in person first, or open the link from your confirmation mail."))
    booking = found.bookings.get(session.code)
    if action == "book":
        made = sealed_sessions.take_seat(found.registration, session, agreed=agreed)
        booked = _("Your seat is booked.")
        return booked if made.state == "booked" else _("You are on the waitlist. You get a mail when a seat is free.")
    if booking is None:
        raise Refusal(_("You have no seat in this session."))
    if action == "accept":
        bookings.accept(booking)
        return _("Your seat is booked.")
    bookings.release(booking)
    return _("You gave your place back.")


@never_cache
def my_agenda_pdf(request: HttpRequest, summit: str) -> HttpResponse:
    from registration.personal import sheet  # loads WeasyPrint

    take("my_agenda_pdf", client_address(request), limit=20, seconds=600)
    found = visitor(request, _public(summit))
    response = HttpResponse(
        sheet.draw(found.summit, found.bookmarks(), reader=found.zone), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="my-agenda-{found.summit.code}.pdf"'
    return _settled(request, response, found)


@require_POST
@never_cache
def sharing(request: HttpRequest, summit: str) -> HttpResponse:
    """Make, renew or revoke the link under which others read one's bookmarked sessions."""
    found = visitor(request, _public(summit))
    if found.user is None:
        raise Refusal(_("Sign in first: the link belongs to your account."))
    if request.POST.get("action") == "revoke":
        bookmarking.stop_sharing(found.user, found.summit)
        messages.success(request, _("The shared link no longer works."))
    else:
        bookmarking.share(found.user, found.summit)
        messages.success(request, _("Whoever has this link sees your sessions, and nothing else about you."))
    return _settled(request, redirect("registration:my-agenda", found.summit.code), found)


@never_cache
def shared(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """Somebody's bookmarked sessions, read by whoever has the link. No name, no seats."""
    agenda = get_object_or_404(
        PersonalAgenda.objects.select_related("summit", "user").filter(share_token__gt=""),
        summit__code=summit,
        share_token=token,
    )
    bookmarks = dict.fromkeys(bookmarking.codes_of(agenda.user, agenda.summit), "bookmarked")
    context = {"summit": agenda.summit, "plan": plan(agenda.summit, bookmarks), "token": token}
    response = render(request, "registration/personal/shared.html", context)
    response["Referrer-Policy"] = "strict-origin"
    return response


@never_cache
def suggestion(request: HttpRequest, summit: str) -> HttpResponse:
    """The clash-free choice that keeps most of what was bookmarked, with reasons for what it leaves out."""
    found = visitor(request, _public(summit))
    tracks = [slug for slug in request.GET.getlist("track") if slug]
    hosts = [code for code in request.GET.getlist("host") if code]
    rows = list(with_details(Session.objects.published().filter(summit=found.summit).in_order()))
    for session in rows:
        session.summit = found.summit
    suggested = suggesting.suggest(rows, found.bookmarks(), tracks=tracks, hosts=hosts)
    context = {
        "summit": found.summit,
        "suggestion": suggested,
        "days": plan(found.summit, dict.fromkeys([s.code for s in suggested.chosen], "bookmarked")).days,
        "added": {session.code for session in suggested.added},
        "tracks": [(track, track.slug in tracks) for track in found.summit.tracks.all()],
        "hosts": [(host, host.code in hosts) for host in _hosts(found.summit)],
        "asked": bool(tracks or hosts or found.codes),
    }
    return _settled(request, render(request, "registration/personal/suggestion.html", context), found)


def _hosts(summit: Summit) -> Any:
    return summit.organisations.filter(hostings__session__published_at__isnull=False).distinct().order_by("code")


@by_token
def own_session(request: HttpRequest, registration: Registration, code: str) -> HttpResponse:
    """The way from a mail to a session: whoever knows the registration's link is its person."""
    _public(registration.summit.code)
    visitors.remember(request, registration)
    return redirect("registration:my-session", registration.summit.code, code)
