"""How often one client may do something: a counter in the cache, per address and per thing.

Where the cache is away, each process counts for itself (``summit/cache.py``): a limit is never off.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from summit.errors import Refusal


class TooMany(Refusal):
    code = "too_many_requests"
    message = _("That was too many tries in a short time. Wait a few minutes, then try again.")
    status = 429


def client_address(request: HttpRequest) -> str:
    """The client's address; ``X-Forwarded-For`` is believed only for as many proxies as the settings trust."""
    trusted = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def take(name: str, key: str, *, limit: int, seconds: int) -> None:
    """Count one use of ``name`` by ``key``; raises :class:`TooMany` past ``limit`` in ``seconds``."""
    if not settings.RATE_LIMITS:
        return
    where = f"limit:{name}:{sha256(key.encode()).hexdigest()[:24]}"
    cache.add(where, 0, seconds)
    try:
        used = cache.incr(where)
    except ValueError:  # it ran out between the two lines
        used = 1
        cache.set(where, used, seconds)
    if used == 1:
        # Redis counts on from nothing where it ran out within the last line, and then for ever.
        cache.touch(where, seconds)
    if used > limit:
        raise TooMany(retry_after=seconds)


def limited(
    name: str, *, limit: int, seconds: int
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorator: at most ``limit`` POSTs in ``seconds`` from one address."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                take(name, client_address(request), limit=limit, seconds=seconds)
            return view(request, *args, **kwargs)

        return inner

    return wrap
