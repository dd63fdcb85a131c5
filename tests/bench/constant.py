"""The least a WSGI server can answer: so many bytes as the address says, and nothing asked of Django.

``/20000`` is twenty thousand bytes. Kept pages are held against it on the same server with the same processes.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

__test__ = False


@cache
def body(size: int) -> bytes:
    return b"." * size


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    size = int(environ["PATH_INFO"].strip("/") or 0)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(size))])
    return [body(size)]
