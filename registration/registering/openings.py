"""Counting how often the registration form is opened and begun: one number a day, without a cookie or an address.

Each process adds up what it sees and writes it down every few seconds, so that a rush does not wait for one row. What a
process that ends has not written yet is lost: at most those seconds.
"""

import threading
import time
from collections import Counter
from hashlib import sha256

from django.core.cache import cache
from django.db.models import F, Sum
from django.utils import timezone

from registration.models import FormOpening
from summit.lib.busy import BUSY
from summit.models import Summit

# Seconds between two writes of a process, and for which a form is known to have been begun.
EVERY, REMEMBERED = 5.0, 86_400
Key = tuple[int, str, str]


class _Tally:
    """Keyed by summit, day (ISO 8601) and what is counted."""

    def __init__(self) -> None:
        self._seen: Counter[Key] = Counter()
        self._written = 0.0
        self._lock = threading.Lock()

    def add(self, key: Key) -> None:
        with self._lock:
            self._seen[key] += 1
            if time.monotonic() - self._written < EVERY:
                return
            seen, self._seen, self._written = self._seen, Counter(), time.monotonic()
        try:
            _write(seen)
        except BUSY:
            # A number for the organisers is no reason to keep somebody from registering.
            with self._lock:
                self._seen.update(seen)

    def forget(self) -> None:
        with self._lock:
            self._seen, self._written = Counter(), 0.0


tally = _Tally()


def opened(summit: Summit) -> None:
    """The form was shown, empty."""
    tally.add((summit.pk, _today(summit), "opened"))


def begun(summit: Summit, nonce: str) -> None:
    """A form was sent; what is sent again, since something was wrong, is the same form (``nonce``)."""
    if nonce and cache.add(f"begun:{summit.pk}:{sha256(nonce.encode()).hexdigest()}", 1, REMEMBERED):
        tally.add((summit.pk, _today(summit), "begun"))


def _today(summit: Summit) -> str:
    return timezone.now().astimezone(summit.tz).date().isoformat()


def _write(seen: Counter[Key]) -> None:
    there = set(Summit.objects.filter(pk__in={key[0] for key in seen}).values_list("pk", flat=True))
    for (summit, day, what), number in seen.items():
        if summit not in there:
            continue
        row, _made = FormOpening.objects.get_or_create(summit_id=summit, day=day)
        FormOpening.objects.filter(pk=row.pk).update(**{what: F(what) + number})


def counted(summit: Summit) -> tuple[int, int]:
    """(opened, begun) so far."""
    sums = FormOpening.objects.filter(summit=summit).aggregate(opened=Sum("opened"), begun=Sum("begun"))
    return sums["opened"] or 0, sums["begun"] or 0
