"""The browsers somebody is signed in with: which they are, and ending them."""

import logging
import time
from collections.abc import Collection
from datetime import timedelta
from importlib import import_module
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, update_session_auth_hash
from django.contrib.auth import logout as sign_out
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from summit import history
from summit.models import User, UserSession
from summit.ratelimit import client_address

logger = logging.getLogger(__name__)
# In a session: when it was last used (seconds since 1970), as kept at most once in so many seconds; its row in our list,
# and the key under which that row knows it.
LAST_SEEN, ROW, KNOWN_AS = "last_seen", "user_session", "user_session_key"
KEPT_EVERY = 300


def note(request: HttpRequest) -> None:
    """Keep that a session was used: two queries, once in five minutes. A database that is busy is not waited for twice:
    what the view has answered counts more."""
    session, now = request.session, time.time()
    known = session.get(KNOWN_AS) == session.session_key
    if session.session_key is None or (known and now - session.get(LAST_SEEN, 0) < KEPT_EVERY):
        return
    values: dict[str, Any] = {
        "session_key": session.session_key,
        "last_seen_at": timezone.now(),
        "network": history.network(client_address(request)),
        "device": request.headers.get("User-Agent", "")[:200],
    }
    try:
        with transaction.atomic():
            session[ROW] = _kept(session.get(ROW), session[SESSION_KEY], values)
    except DatabaseError as error:
        logger.warning("It was not kept that a session was used", exc_info=error)
    else:
        session[LAST_SEEN], session[KNOWN_AS] = now, session.session_key


def _kept(pk: int | None, user: str, values: dict[str, Any]) -> int:
    if pk and UserSession.objects.filter(pk=pk, user_id=user).update(**values):
        return pk
    defaults = {**values, "user_id": user}
    row, _made = UserSession.objects.update_or_create(session_key=values["session_key"], defaults=defaults)
    return int(row.pk)


def present(request: HttpRequest, user: User | AnonymousUser) -> User | AnonymousUser:
    """Who is signed in; nobody where they have left this browser alone for too long, or signed in too long ago.

    When a session was last used is known to :data:`KEPT_EVERY` seconds; the doubt is theirs.
    """
    if not user.is_authenticated:
        return user
    if _signed_in_for(request) > settings.SESSION_HOURS * 3600:
        said = _("You were signed out because it was long ago that you signed in here.")
    elif _left_alone(request, user):
        said = _("You were signed out because nobody had used this browser for a while.")
    else:
        return user
    UserSession.objects.filter(pk=request.session.get(ROW) or 0).delete()
    request.session.flush()
    messages.info(request, said, fail_silently=True)
    return AnonymousUser()


def _signed_in_for(request: HttpRequest) -> float:
    """Seconds since somebody proved who they are in this session, by what the library notes in it."""
    proofs = [float(each["at"]) for each in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, ()) if "at" in each]
    return time.time() - max(proofs) if proofs else 0


def _left_alone(request: HttpRequest, user: User | AnonymousUser) -> bool:
    idle = time.time() - request.session.get(LAST_SEEN, time.time()) - KEPT_EVERY
    staff, others = settings.STAFF_IDLE_MINUTES * 60, settings.ATTENDEE_IDLE_MINUTES * 60
    if not any(0 < limit < idle for limit in (staff, others)):
        return False
    limit = staff if _works_here(user) else others
    return 0 < limit < idle


def _works_here(user: User | AnonymousUser) -> bool:
    if not isinstance(user, User) or user.is_staff or user.is_superuser:
        return isinstance(user, User)
    return user.memberships.accepted().exists()


def _store(key: str | None = None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def of(user: User) -> list[UserSession]:
    """Where somebody is signed in now, last used first. Rows of what has ended otherwise go. A query for each."""
    alive: list[UserSession] = []
    gone: list[UserSession] = []
    for row in user.sessions.all():
        data = _store(row.session_key).load()
        good = data.get(HASH_SESSION_KEY) == user.get_session_auth_hash() and data.get(SESSION_KEY) == str(user.pk)
        (alive if good else gone).append(row)
    UserSession.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return alive


def _delete(rows: Any) -> None:
    """The sessions themselves first: a row that is left over shows nothing that is not so."""
    _store().model.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()


def end(row: UserSession) -> None:
    """Sign one browser out."""
    _delete([row])


@transaction.atomic
def end_all(user: User) -> None:
    """Sign somebody out wherever they are signed in, also where no row tells of it."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])
    _delete(list(user.sessions.all()))


def forget(users: Collection[User]) -> None:
    """The sessions of accounts that go, and the rows that tell of them."""
    _delete(list(UserSession.objects.filter(user__in=users)))


@transaction.atomic
def end_others(request: HttpRequest, user: User) -> None:
    """Sign somebody out everywhere but here."""
    if request.user.pk != user.pk:
        end_all(user)
        return
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])
    _delete(list(user.sessions.exclude(pk=request.session.get(ROW) or 0)))
    update_session_auth_hash(request, user)


def end_everywhere(request: HttpRequest, user: User) -> None:
    """Sign somebody out everywhere, here as well."""
    end_all(user)
    sign_out(request)


def forget_ended() -> int:
    """Delete rows of sessions that are over; returns how many."""
    oldest = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    deleted, _kinds = UserSession.objects.filter(last_seen_at__lt=oldest).delete()
    return deleted
