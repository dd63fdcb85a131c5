"""A summit with all that its registration form is made of, read at most once in a moment in a process for those who come
without a session: in a rush each form that is sent would else ask the same anew.

How many places are left is not among it, and neither is who is registered.
"""

import time
from collections import OrderedDict

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from registration.models.consent import with_privacy
from registration.models.invitation import with_codes
from registration.registering.asking import form_of
from summit.kept_answers import edited
from summit.models import Summit
from summit.public_pages import LOOK_AGAIN_AFTER, revisions

# Seconds what was read is good for, and summits of a process.
FRESH, MOST = LOOK_AGAIN_AFTER, 16
# What django.contrib.messages keeps in a cookie would be shown on a page.
OWN = ("messages", settings.SESSION_COOKIE_NAME)
_read: OrderedDict[str, tuple[Summit, float]] = OrderedDict()


def is_anybodys(request: HttpRequest) -> bool:
    """Whether nothing is known of who asks: whoever has a session, or has just changed something, sees what is now."""
    return not any(name in request.COOKIES for name in OWN) and edited(request) is None


def summit_of(request: HttpRequest, code: str) -> Summit:
    """The public summit, or 404. What was read for one is shared with others, and nobody changes it."""
    if not is_anybodys(request):
        return get_object_or_404(with_codes(with_privacy(Summit.objects.public())), code=code)
    return known(request, code) or _whole(code)


def known(request: HttpRequest, code: str) -> Summit | None:
    """What was read of it, where that is good for this request."""
    found, read_at = _read.get(code, (None, 0.0))
    fresh = found is not None and time.monotonic() - read_at < FRESH and is_anybodys(request)
    return found if found and fresh and revisions.of(code) == found.agenda_revision else None


def _whole(code: str) -> Summit:
    rows = with_codes(with_privacy(Summit.objects.public()))
    found = get_object_or_404(rows.prefetch_related("venues") if FRESH else rows, code=code)
    if FRESH:
        vars(found)["known_form"] = form_of(found)
        vars(found)["known_categories"] = list(found.categories.all())
        _read[code] = (found, time.monotonic())
        while len(_read) > MOST:
            _read.popitem(last=False)
    return found


def forget() -> None:
    _read.clear()
