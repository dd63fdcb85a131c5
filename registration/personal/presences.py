"""Who is in a session from elsewhere, and for how long: written when somebody comes in, and once a minute while a watch page
is open. No more is kept than a number of minutes."""

import threading
import time
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from registration.models import OpenVisit, Presence, Registration
from registration.models.presence import MARK
from sessions.models import Session

# Seconds between two beats of an open page, and after which beats are written down together.
BEATS_EVERY, WRITTEN_EVERY = 60, 10
# Two pages of one person do not make two minutes of one.
A_MINUTE = timedelta(seconds=BEATS_EVERY - 10)
# A page left open does not count for ever: a token is good for the longest session there is.
TOKEN_LASTS = timedelta(hours=25)
# Browsers of one person that are noted.
BROWSERS_KEPT = 20
SALT = "registration.personal.presences"


def enter(registration: Registration, session: Session, browser: str = "", now: datetime | None = None) -> Presence:
    """Somebody goes through the door; ``browser``: a secret of their browser, of which a short digest is kept."""
    made, _is_new = Presence.objects.get_or_create(
        registration=registration, session=session, defaults={"entered_at": now or timezone.now()}
    )
    known = made.browsers.split()
    mark = salted_hmac(SALT, browser, algorithm="sha256").hexdigest()[:MARK] if browser else ""
    if mark and mark not in known and len(known) < BROWSERS_KEPT:
        made.browsers = " ".join([*known, mark])
        made.save(update_fields=["browsers"])
    return made


def count_visit(session: Session) -> None:
    """Somebody follows an open session without a registration: one more, and nothing else."""
    if not OpenVisit.objects.filter(pk=session.pk).update(joined=F("joined") + 1):
        OpenVisit.objects.get_or_create(pk=session.pk, defaults={"joined": 1})


def token(presence: Presence) -> str:
    """What a watch page says that it is open with."""
    return signing.TimestampSigner(salt=SALT).sign(str(presence.pk))


class Beats:
    """The beats of the last seconds, written together in one statement: thousands of open pages cost a query in ten
    seconds. A process that dies loses them, and nobody more than a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: set[int] = set()
        self._written_at = time.monotonic()

    def hear(self, said: str, now: datetime | None = None) -> bool:
        """False for a token that is none of ours, or too old."""
        try:
            presence = int(signing.TimestampSigner(salt=SALT).unsign(said, max_age=TOKEN_LASTS))
        except (signing.BadSignature, ValueError):
            return False
        with self._lock:
            self._heard.add(presence)
            due = time.monotonic() - self._written_at >= WRITTEN_EVERY
        if due:
            self.write(now)
        return True

    def write(self, now: datetime | None = None) -> None:
        """One UPDATE for all that were heard of."""
        with self._lock:
            heard, self._heard, self._written_at = self._heard, set(), time.monotonic()
        now = now or timezone.now()
        due = Q(seen_at=None) | Q(seen_at__lte=now - A_MINUTE)
        if heard:
            Presence.objects.filter(due, pk__in=heard).update(minutes=F("minutes") + 1, seen_at=now)


beats = Beats()
