"""Sessions somebody wants to see: kept with the account, or in the browser until there is one.

Without an account the codes are kept in one cookie per summit, readable by scripts: the same list shows with and
without JavaScript, and signing in merges it.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from sessions.models import Bookmark, PersonalAgenda, Session
from summit.lib.codes import token
from summit.models import Summit, User

# A cookie holds 4 kB (RFC 6265 6.1); this many codes stay well below.
KEPT_IN_BROWSER = 300
KEPT_FOR = timedelta(days=365)
CODE = re.compile(r"[0-9A-Z]{6}")


def cookie_name(summit: Summit) -> str:
    return f"bookmarks_{summit.code}"


def in_browser(request: HttpRequest, summit: Summit) -> list[str]:
    """Codes from the cookie, in the order they were bookmarked; whatever else stands there is ignored."""
    written = request.COOKIES.get(cookie_name(summit), "")
    return list(dict.fromkeys(CODE.findall(written)))[:KEPT_IN_BROWSER]


def keep_in_browser(response: HttpResponse, summit: Summit, codes: Iterable[str], *, secure: bool) -> None:
    value = ".".join(list(codes)[-KEPT_IN_BROWSER:])
    if value:
        response.set_cookie(cookie_name(summit), value, max_age=KEPT_FOR, samesite="Lax", secure=secure)
    else:
        response.delete_cookie(cookie_name(summit), samesite="Lax")


def codes_of(user: User, summit: Summit) -> list[str]:
    rows = Bookmark.objects.filter(user=user, session__summit=summit).order_by("created_at", "pk")
    return list(rows.values_list("session__code", flat=True))


def add(user: User, session: Session) -> bool:
    """Mark a session; returns whether it was new. Twice is once."""
    return Bookmark.objects.get_or_create(user=user, session=session)[1]


def remove(user: User, session: Session) -> bool:
    return bool(Bookmark.objects.filter(user=user, session=session).delete()[0])


@transaction.atomic
def merge(user: User, summit: Summit, codes: Iterable[str]) -> int:
    """Take what was bookmarked in the browser into the account; returns how many sessions were new there."""
    wanted = Session.objects.published().filter(summit=summit, code__in=list(codes))
    before = Bookmark.objects.filter(user=user, session__summit=summit).count()
    Bookmark.objects.bulk_create([Bookmark(user=user, session=session) for session in wanted], ignore_conflicts=True)
    return Bookmark.objects.filter(user=user, session__summit=summit).count() - before


def share(user: User, summit: Summit) -> PersonalAgenda:
    """A new address under which others may read the bookmarked sessions; the one before it stops working at once."""
    agenda, _made = PersonalAgenda.objects.get_or_create(user=user, summit=summit)
    agenda.share_token = token()
    agenda.save(update_fields=["share_token"])
    return agenda


def stop_sharing(user: User, summit: Summit) -> None:
    PersonalAgenda.objects.filter(user=user, summit=summit).update(share_token="")
