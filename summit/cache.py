"""Redis as a cache that may be away, hang or be slow: then each process remembers for itself, and the site goes on.

Reading misses then, and limits count in each process apart. A circuit breaker sees to it that a server that does not
answer is waited for once in five seconds, and not at every call.

Whoever can write to Redis must not be able to run code here: what is kept there is signed, and what we have not signed
under this name is a miss. Whole numbers stand there as Redis counts them, unsigned.
"""

import logging
import re
import threading
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError, ResponseError

from summit.lib import signed_pickles
from summit.lib.circuit_breaker import CircuitBreaker

KEPT_MEANWHILE = 5000  # entries in a process
NUMBER = re.compile(rb"-?\d{1,19}")
# Redis: under this name lies something that is neither of ours nor a number.
OTHER_KIND = ("WRONGTYPE", "value is not an integer")
logger = logging.getLogger(__name__)
# Django makes a cache for each thread; what is known of a server is known to the process.
_breakers: dict[tuple[str, float], CircuitBreaker] = {}
_making = threading.Lock()


def _breaker(server: Any, patience: float) -> CircuitBreaker:
    with _making:
        return _breakers.setdefault((str(server), patience), CircuitBreaker("The cache", patience))


class AsItIs:
    """Django's client has each value signed under its name instead (:class:`SigningClient`)."""

    def dumps(self, kept: Any) -> Any:
        return kept

    def loads(self, kept: Any) -> Any:
        return kept


def _signed(key: str, value: Any) -> Any:
    return value if type(value) is int else signed_pickles.sign(key, value)


def _is_of_another_kind(error: ResponseError) -> bool:
    return str(error).startswith(OTHER_KIND)


class SigningClient(RedisCacheClient):
    """Writes whole numbers and signed pickles; whatever else it finds is not there."""

    def __init__(self, servers: Any, **options: Any) -> None:
        super().__init__(servers, **{**options, "serializer": AsItIs})

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return super().add(key, _signed(key, value), timeout)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        super().set(key, _signed(key, value), timeout)

    def set_many(self, data: Any, timeout: Any) -> None:
        super().set_many({key: _signed(key, value) for key, value in data.items()}, timeout)

    def get(self, key: Any, default: Any) -> Any:
        try:
            kept = super().get(key, None)
        except ResponseError as error:
            if not _is_of_another_kind(error):
                raise
            return default
        return self._read({key: kept}).get(key, default)

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return self._read(super().get_many(keys))

    def incr(self, key: Any, delta: Any) -> Any:
        try:
            return super().incr(key, delta)
        except ResponseError as error:
            if not _is_of_another_kind(error):
                raise
            raise ValueError(f"Under {key!r} there is no number") from error

    @staticmethod
    def _read(found: dict[Any, bytes | None]) -> dict[Any, Any]:
        read: dict[Any, Any] = {}
        for key, kept in found.items():
            if kept is None:
                continue
            try:
                read[key] = int(kept) if NUMBER.fullmatch(kept) else signed_pickles.read(key, kept)
            except signed_pickles.NotOurs:
                logger.warning("The cache held something under one of our names that is not ours")
        return read


class ForgivingRedisCache(RedisCache):
    """Every call with every argument is answered by Redis or, while that is away, by a cache of this process.

    ``OPTIONS["patience"]``: seconds that connecting and each answer may take.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        options = dict(params.get("OPTIONS", {}))
        patience = float(options.pop("patience", 0.3))
        options |= {"socket_connect_timeout": patience, "socket_timeout": patience, "socket_keepalive": True}
        super().__init__(server, {**params, "OPTIONS": options})
        self._class = SigningClient
        self._meanwhile = LocMemCache(f"instead of {server}", {**params, "OPTIONS": {"MAX_ENTRIES": KEPT_MEANWHILE}})
        self.breaker = _breaker(server, patience)

    @property
    def is_away(self) -> bool:
        """Whether the next call would be answered by this process alone."""
        return self.breaker.is_resting

    def _ask(self, name: str, *args: Any) -> Any:
        if self.breaker.admits():
            began = time.monotonic()
            try:
                answer = getattr(super(), name)(*args)
            except RedisError as error:
                self.breaker.failed(error)
            except ValueError:  # a no of the cache's own: nothing to count there
                self.breaker.answered(time.monotonic() - began)
                raise
            else:
                self.breaker.answered(time.monotonic() - began)
                return answer
        return getattr(self._meanwhile, name)(*args)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        keys = list(keys)
        return self._ask("get_many", keys, version) if keys else {}

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return self._ask("has_key", key, version)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask("add", key, value, timeout, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version)

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        return self._ask("set_many", data, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask("touch", key, timeout, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._ask("incr", key, delta, version)

    # What is deleted shall not come back when Redis is away the next time.

    def delete(self, key: Any, version: int | None = None) -> bool:
        there = self._meanwhile.delete(key, version)
        return self._ask("delete", key, version) or there

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        keys = list(keys)
        self._meanwhile.delete_many(keys, version)
        self._ask("delete_many", keys, version)

    def clear(self) -> None:
        self._meanwhile.clear()
        self._ask("clear")
