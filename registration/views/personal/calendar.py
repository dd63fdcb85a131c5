"""Calendars of one person's own: what they bookmarked and booked, and the sessions they share."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from registration.models import Booking, FormerKey, Registration
from registration.personal.visitors import bookmarks_of, bookmarks_state
from sessions.models import PersonalAgenda, Session
from sessions.personal import bookmarking
from sessions.reading import ical
from sessions.views.public.feeds import asked_language, calendar_response, conditional, private
from summit.lib import times


def own(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """The agenda as it concerns one person: rooms for those who come, session pages for those online.

    What they bookmarked and booked; everything as long as they have bookmarked nothing. At most five queries when its
    components are warm; 304 costs one.
    """
    rows = (
        Booking.objects.with_bookmarks(Registration.objects.all())
        .select_related("summit")
        .filter(calendar_token__gt="")
    )
    if (registration := rows.filter(summit__code=summit, calendar_token=token).first()) is None:
        return _former(summit, token)
    found = registration.summit
    language = asked_language(request, found) if "lang" in request.GET else registration.language
    etag, unchanged = conditional(
        request, found, registration.updated_at, language, bookmarks=bookmarks_state(registration)
    )
    if unchanged is not None:
        return unchanged
    response = private(calendar_response(_own(registration, language), "my-summit", language))
    response["ETag"] = etag
    return response


def _former(summit: str, token: str) -> HttpResponse:
    """410 with a sentence in each language of the summit: calendar apps show it, or at least stop asking (RFC 9110
    15.5.11). A 404 for what never was an address."""
    former = FormerKey.objects.matching(summit, FormerKey.Kind.CALENDAR, token)
    if former is None:
        raise Http404
    lines = []
    for language in former.summit.languages:
        with override(language):
            day = times.date_label(former.at.astimezone(former.summit.tz).date(), language)
            said = _(
                "This calendar address was replaced or revoked on %(day)s. The page of your registration has the new one."
            )
            lines.append(said % {"day": day})
    return private(HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", status=410))


def _own(registration: Registration, language: str) -> bytes:
    summit, bookmarks = registration.summit, bookmarks_of(registration)
    sessions = Session.objects.filter(summit=summit)
    return ical.feed(
        summit,
        sessions.filter(code__in=bookmarks) if bookmarks else sessions,
        name=f"{summit.brand.in_language(language)} · {registration.names[0]}",
        language=language,
        feed_id="mine",
        online=not registration.is_in_person,
        bookmarks=bookmarks,
        alarm=registration.calendar_alarm,
    )


def shared(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """The sessions somebody shares, without a name and without seats. 304 costs one query."""
    rows = PersonalAgenda.objects.with_bookmarks().select_related("summit", "user").filter(share_token__gt="")
    agenda = get_object_or_404(rows, summit__code=summit, share_token=token)
    found = agenda.summit
    language = asked_language(request, found)
    changed_at, count = agenda.bookmarked_at or found.revised_at, agenda.bookmarks_count  # type: ignore[attr-defined]
    etag, unchanged = conditional(request, found, changed_at, language, bookmarks=f"shared-{count}")
    if unchanged is not None:
        return unchanged
    with override(language):
        name = f"{found.brand.in_language(language)} · {_('A shared agenda')}"
    sessions = Session.objects.filter(summit=found, code__in=bookmarking.codes_of(agenda.user, found))
    source = f"{reverse('registration-feeds:shared', args=[summit, token])}?lang={language}"
    content = ical.feed(found, sessions, name=name, language=language, feed_id="shared", source=source)
    response = private(calendar_response(content, "shared-agenda", language))
    response["ETag"] = etag
    return response
