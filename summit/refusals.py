"""How often somebody was refused, by kind and network: what operators are told of when it becomes many.

Counted is in the process, so that no refusal costs a query, and handed to the database once a minute by the thread that
looks for alarms (:mod:`summit.operating.alarms`); where nobody is to be told, nothing is counted. Networks are kept for
a day, addresses never.
"""

import threading
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Sum
from django.http import HttpRequest
from django.utils import timezone

from summit import history
from summit.models import RefusalTally
from summit.ratelimit import client_address

SIGN_IN, TICKET, REQUEST = "sign-in", "ticket", "request"
# Networks a process tells apart in a minute; of all further ones only how often.
MOST = 1000
ELSEWHERE = "elsewhere"
KEPT_FOR = timedelta(days=1)
_counts: Counter[tuple[str, str]] = Counter()
_lock = threading.Lock()


def note(kind: str, request: HttpRequest) -> None:
    if not settings.ALARM_TO:
        return
    key = (kind, history.network(client_address(request)))
    with _lock:
        _counts[key if key in _counts or len(_counts) < MOST else (kind, ELSEWHERE)] += 1


def hand_over() -> int:
    """Write down what was counted since the last time; returns how many refusals."""
    with _lock:
        found = dict(_counts)
        _counts.clear()
    minute = timezone.now().replace(second=0, microsecond=0)
    for (kind, network), count in found.items():
        row, made = RefusalTally.objects.get_or_create(
            kind=kind, network=network, minute=minute, defaults={"count": count}
        )
        if not made:
            RefusalTally.objects.filter(pk=row.pk).update(count=F("count") + count)
    RefusalTally.objects.filter(minute__lt=minute - KEPT_FOR).delete()
    return sum(found.values())


def lately(kind: str, within: timedelta) -> list[tuple[str, int]]:
    """(network, refusals) in that time, most first."""
    rows = RefusalTally.objects.filter(kind=kind, minute__gt=timezone.now() - within)
    return list(rows.values("network").annotate(sum=Sum("count")).order_by("-sum").values_list("network", "sum"))
