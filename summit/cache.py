"""Redis as a cache that may be away: then everything is a miss, and the site goes on."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _or(answer: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def wrap(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def inner(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except RedisError as error:
                logger.warning("The cache does not answer: %s", error)
                return kwargs.get("default") if answer is None else answer

        return inner

    return wrap


class ForgivingRedisCache(RedisCache):
    """Rate limits do not count and calendars are drawn anew while Redis is away; nothing fails."""

    add = _or(True)(RedisCache.add)
    get = _or(None)(RedisCache.get)
    set = _or(False)(RedisCache.set)
    touch = _or(False)(RedisCache.touch)
    delete = _or(False)(RedisCache.delete)
    get_many = _or({})(RedisCache.get_many)
    has_key = _or(False)(RedisCache.has_key)
    incr = _or(1)(RedisCache.incr)
    set_many = _or([])(RedisCache.set_many)
    delete_many = _or(False)(RedisCache.delete_many)
    clear = _or(False)(RedisCache.clear)
