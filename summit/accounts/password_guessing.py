"""Wrong passwords: whoever types many is made to wait, in their own network, and the person whose account it is hears of it.

Counted is by address and network together, so that a stranger elsewhere keeps nobody out; by network alone at a higher
figure; and by address alone only to leave less room to those who guess from many networks: the first try from each
network is always heard. Passkeys and mailed codes are not counted here: they are a way in at any time. NIST SP 800-63B-4
3.2.2 asks for at most 100 consecutive failures without a pause.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from math import ceil

from django.conf import settings
from django.core.cache import cache
from django.tasks import task
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from summit import history
from summit.accounts import sign_in_mails
from summit.errors import Refusal
from summit.lib.text import clean_line
from summit.mailing import outbox
from summit.models import Message, User

# Seconds after which wrong passwords are forgotten.
REMEMBERED = 3600
# Wrong passwords for one address after which each network has one try before it waits (NIST SP 800-63B-4, 3.2.2).
FROM_EVERYWHERE = 100
# Tries for one address, heard or not, after which its person is told.
TELL_AFTER = 10
TOLD_ONCE_IN = timedelta(hours=1)
MAIL = "account/email/wrong_passwords"
KIND = "wrong_passwords"


class Wait(Refusal):
    code = "wait"
    status = 429

    def __init__(self, seconds: int) -> None:
        minutes = ceil(seconds / 60)
        said = (
            ngettext("Wait %(n)d second.", "Wait %(n)d seconds.", seconds) % {"n": seconds}
            if seconds < 60
            else ngettext("Wait %(n)d minute.", "Wait %(n)d minutes.", minutes) % {"n": minutes}
        )
        way = _("Too many wrong passwords from your network. %(wait)s A mailed code or a passkey signs you in at once.")
        super().__init__(str(way) % {"wait": said}, retry_after=seconds)


def _key(name: str, *parts: str) -> str:
    return f"wrong:{name}:{sha256(chr(0).join(parts).encode()).hexdigest()[:24]}"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong passwords cost nothing; from then on each opens a pause, twice as long as the one before."""

    free: int
    first: int  # seconds of the first pause
    longest: int  # and at most so many

    def take(self, where: str, free: int) -> int:
        """Count one try; returns the seconds to wait before it may be made, 0 where it may be made now.

        Of tries at the same time only one passes: the one that begins the next pause.
        """
        used = _count(where)
        if used < free:
            return 0
        pause = min(self.longest, self.first * 2 ** min(used - free, 16))
        now = time.time()
        if cache.add(f"{where}:pause", now + pause, pause):
            return 0
        _uncount(where)
        return max(1, ceil(cache.get(f"{where}:pause", now) - now))


def _count(where: str) -> int:
    cache.add(where, 0, REMEMBERED)
    try:
        used: int = cache.incr(where)
    except ValueError:  # it ran out between the two lines
        cache.set(where, 1, REMEMBERED)
        return 1
    cache.touch(where, REMEMBERED)
    return used


def _uncount(where: str) -> None:
    try:
        cache.decr(where)
    except ValueError:
        return


PAIR = Limit(free=5, first=15, longest=900)
NETWORK = Limit(free=100, first=1, longest=30)


@dataclass(slots=True)
class Try:
    """One password typed for one address from one network; counted as wrong until :meth:`was_right`."""

    email: str
    network: str
    pair: str = ""
    counted: list[str] = field(default_factory=list)

    def was_right(self) -> None:
        """Not a wrong one. The network's pause stays: whoever has an account of their own must not end it at will."""
        for where in self.counted:
            _uncount(where)
        cache.delete(f"{self.pair}:pause")

    def was_wrong(self) -> None:
        _count(_key("address", self.email))
        _tell(self.email, self.network)


def _try(email: str, address: str) -> Try:
    # Kept in tasks and lines of history, so without what no database takes.
    return Try(clean_line(email).lower(), history.network(address) or address)


def begin(email: str, address: str) -> Try:
    """Before a password is looked at. ``address`` is the client's. Raises :class:`Wait`."""
    made = _try(email, address)
    crowded = (cache.get(_key("address", made.email)) or 0) >= FROM_EVERYWHERE
    made.pair = _key("pair", made.email, made.network)
    limits = ((PAIR, made.pair, 1 if crowded else PAIR.free), (NETWORK, _key("network", made.network), NETWORK.free))
    for limit, where, free in limits:
        if wait := limit.take(where, free):
            if made.counted:
                made.was_right()
            _tell(made.email, made.network)
            raise Wait(wait)
        made.counted.append(where)
    return made


def forget(email: str, address: str) -> None:
    """Whoever has proven an address otherwise begins anew in their network."""
    made = _try(email, address)
    where = _key("pair", made.email, made.network)
    cache.delete_many([where, f"{where}:pause"])


def _tell(email: str, network: str) -> None:
    """Have the person told once so many tries were made; the worker looks whether there is one, so that no answer tells
    known addresses from unknown ones."""
    told = _key("told", email)
    if _count(_key("tries", email)) >= TELL_AFTER and cache.add(told, 1, TOLD_ONCE_IN.total_seconds()):
        tell.enqueue(email, network, timezone.now().isoformat())


@task(priority=10)
def tell(email: str, network: str, at: str) -> bool:
    """Mail the person of an account that many wrong passwords were typed, at most once an hour; whether one was written."""
    user = User.objects.filter(email__address=email, is_active=True).first()
    recent = Message.objects.filter(kind=KIND, to=email, created_at__gt=timezone.now() - TOLD_ONCE_IN)
    if user is None or recent.exists():
        return False
    with translation.override(user.language):
        link = settings.SITE_URL + reverse("account_reset_password")
        context = {"timestamp": parse_datetime(at), "ip": network, "password_reset_url": link}
        outbox.queue(sign_in_mails.message(MAIL, user.email, None, context, kind=KIND))
    return True
