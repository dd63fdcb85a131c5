"""Who reads a personal agenda, and what their bookmarks are: with an account, by their registration's link, or neither."""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Value
from django.http import HttpRequest
from django.middleware.csrf import get_token

from registration.models import Booking, Registration
from sessions.models import Bookmark
from sessions.personal import bookmarking
from summit.models import Summit, User

# Where a session remembers, per summit, the registration whose link was opened in this browser.
OPENED = "opened_registrations"


@dataclass(slots=True)
class Visitor:
    """``user`` is None for strangers; their bookmarks are ``codes`` from the cookie."""

    summit: Summit
    user: User | None
    registration: Registration | None
    codes: list[str] = field(default_factory=list)
    bookings: dict[str, Booking] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo | None:
        """Their own zone, where they have told one when they registered."""
        return self.registration.zone if self.registration else None

    def bookmarks(self) -> dict[str, str]:
        """Session code: ``booked``, ``offered``, ``waitlisted`` or ``bookmarked``, whatever is strongest."""
        bookmarks = dict.fromkeys(self.codes, "bookmarked")
        bookmarks.update({code: booking.state for code, booking in self.bookings.items()})
        return bookmarks


def bookmarks_of(registration: Registration) -> dict[str, str]:
    """The bookmarks of a registration's person, as :meth:`Visitor.bookmarks`. One query."""
    bookmarks = Bookmark.objects.filter(user=registration.user_id, session__summit=registration.summit_id)
    bookmarked = bookmarks.values_list("session__code", Value("bookmarked"), Value(0))
    booked = registration.bookings.standing().order_by().values_list("session__code", "state", Value(1))
    # A booking says more than a bookmark of the same session: it comes later.
    return {code: bookmark for code, bookmark, _rank in sorted(bookmarked.union(booked), key=lambda row: row[2])}


def bookmarks_state(registration: Registration) -> str:
    """Differs whenever a bookmark or booking has changed; of a registration fetched ``with_bookmarks()``."""
    moments = (registration.bookmarked_at, registration.booked_at)  # type: ignore[attr-defined]
    stamps = [f"{moment.timestamp():.6f}" if moment else "" for moment in moments]
    return "-".join([str(registration.bookmarks_count or 0), *stamps, str(registration.calendar_alarm)])  # type: ignore[attr-defined]


def remember(request: HttpRequest, registration: Registration) -> None:
    """The link of a registration was opened here: its person may book seats in this browser without signing in."""
    opened = dict(request.session.get(OPENED, {}))
    if opened.get(registration.summit.code) != registration.token:
        opened[registration.summit.code] = registration.token
        request.session[OPENED] = opened


def visitor(request: HttpRequest, summit: Summit) -> Visitor:
    """Whoever asks. Marks kept in the browser are merged into the account on the first visit after signing in."""
    registration = _registration(request, summit)
    user = request.user if request.user.is_authenticated else registration.user if registration else None
    found = Visitor(summit, user, registration)
    if user is None:
        found.codes = bookmarking.in_browser(request, summit)
        return found
    if waiting := bookmarking.in_browser(request, summit):
        bookmarking.merge(user, summit, waiting)
    found.codes = bookmarking.codes_of(user, summit)
    if registration:
        rows = registration.bookings.standing().select_related("session")
        found.bookings = {booking.session.code: booking for booking in rows}
    return found


def _registration(request: HttpRequest, summit: Summit) -> Registration | None:
    rows = summit.registrations.active().select_related("summit", "user")
    if request.user.is_authenticated:
        return rows.filter(user=request.user).first()
    opened = request.session.get(OPENED, {}).get(summit.code)
    return rows.filter(token=opened).first() if opened else None


def bookmarks(request: HttpRequest, code: str) -> dict[str, Any]:
    """What ``/me.json?summit=`` lays over a summit's public pages: bookmarks, and the token a script needs to change
    them. Nothing for strangers: their bookmarks are in the cookie."""
    summit = Summit.objects.public().filter(code=code).first()
    if summit is None:
        return {}
    found = visitor(request, summit)
    if found.user is None:
        return {"bookmarks": {}, "own": False}
    # An answer that comes late must not set back a cookie that was changed meanwhile, as signing in does: one that is
    # there and good is not sent again.
    renewed = request.META.get("CSRF_COOKIE_NEEDS_UPDATE", False) or settings.CSRF_COOKIE_NAME not in request.COOKIES
    token = get_token(request)
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = renewed
    return {"bookmarks": found.bookmarks(), "own": True, "csrf": token}
