"""Bodies of requests: how large one may be is decided before any of it is read, and reading it has an end.

A client that sends slowly, or not at all, holds one of the server's few threads for as long as somebody waits for it. So
a body is read whole here, within a time that its length allows, and only so many threads wait for slow ones that others
stay free for everybody else. A proxy that buffers requests (``deploy/``) spares us both.
"""

import io
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore, Event, Thread
from typing import IO, Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from summit.lib.body_limits import SMALL, TEXTS, largest_body
from summit.views import errors

logger = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
# Of these nobody reads a body (RFC 9110 9.3.1).
WITHOUT_BODY = {"GET", "HEAD", "OPTIONS", "TRACE"}
PIECE = 65_536
LONGEST = 18  # digits of a length
# What is longer waits on the disk.
IN_MEMORY = 1_048_576
# Seconds for a body of any length, and bytes a second beyond: the slowest telephone sends more.
PATIENCE, SLOWEST = 10.0, 16_384
# Seconds in which whoever has sent the body already, or a proxy, is done; later only so many threads wait.
AT_ONCE = 0.25
# Threads of each process that never wait for slow bodies.
KEPT_FREE = 2
# Seconds an answer takes to leave before the connection is broken.
LEAVES_WITHIN = 0.1
# Bytes that a proxy of ours holds whole before it asks us (``deploy/``): it hears no answer while it still passes them on.
HELD_BY_PROXY = 24_000_000


class Body:
    """A body on its way in, read by a thread of its own: whoever waits for it can stop waiting."""

    def __init__(self, stream: Any, length: int, file: IO[bytes] | None = None) -> None:
        self.file = file or SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  it outlives this function
        self.stream, self.length, self.read = stream, length, 0
        self.ended = Event()
        # When nobody waits any more, the answer breaks the connection, and with it ends this thread.
        Thread(target=self._pull, name="body", daemon=True).start()

    def _pull(self) -> None:
        try:
            while self.read < self.length and (piece := self.stream.read(min(PIECE, self.length - self.read))):
                self.file.write(piece)
                self.read += len(piece)
        except (OSError, ValueError, RuntimeError):  # the client is gone; the file was closed because nobody waits
            logger.debug("A body broke off", exc_info=True)
        finally:
            self.ended.set()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within ``seconds``, whole or not."""
        return self.ended.wait(seconds)

    @property
    def is_whole(self) -> bool:
        return self.ended.is_set() and self.read == self.length


class Bodies:
    """After the session is known, before anything reads what was sent (the check against forged requests does)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.waiting = BoundedSemaphore(max(1, settings.WEB_THREADS - KEPT_FREE))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if not (said.isascii() and said.isdecimal() and len(said) <= LONGEST):
            return unread(errors.bad_request(request))
        length = int(said)
        if length > SMALL and length > (most := self.largest(request)):
            if settings.SECURE_PROXY_SSL_HEADER and length <= HELD_BY_PROXY:
                thrown_away(request.META["wsgi.input"], length)
            return unread(errors.error_page(request, 413, message=too_large(most)))
        if request.method in WITHOUT_BODY:
            give(request, io.BytesIO(), 0)
            return self.get_response(request)
        if request.META.get("HTTP_TRANSFER_ENCODING"):  # in pieces, of which nobody knows the sum
            return unread(errors.error_page(request, 411))
        return self.received(request, length) if length else self.get_response(request)

    @staticmethod
    def largest(request: HttpRequest) -> int:
        """Bytes that this address takes from whoever asks."""
        try:
            found = resolve(request.path_info, getattr(request, "urlconf", None))
        except Resolver404:
            return SMALL
        return largest_body(found.func, found.kwargs, signed_in=lambda: get_user(request).is_authenticated)

    def received(self, request: HttpRequest, length: int) -> HttpResponse:
        """The answer once all of the body is here; 503 where too many wait already, 408 where it did not come in time."""
        body = Body(request.META["wsgi.input"], length)
        try:
            if not body.wait(AT_ONCE):
                if not self.waiting.acquire(blocking=False):
                    return CutOff(errors.busy(request, message=TOO_MANY_SLOW))
                try:
                    body.wait(PATIENCE + length / SLOWEST)
                finally:
                    self.waiting.release()
            if not body.is_whole:
                return CutOff(errors.error_page(request, 408))
            body.file.seek(0)
            give(request, body.file, length)
            return self.get_response(request)
        finally:
            body.file.close()


TOO_MANY_SLOW = _("Too many are sending slowly at this moment. Wait a few seconds, then go back and try again.")
SHORTEN = _("More was sent than this page takes. Shorten the text, then send it again.")
CHOOSE = _(
    "More was sent than this page takes, which is {size} MB. Go back, choose a smaller file, then send it again."
)


def too_large(most: int) -> Any:
    """What to do, for people; ``most`` is what would have been taken, in bytes."""
    return SHORTEN if most <= TEXTS else format_lazy(CHOOSE, size=most // 1_048_576)


def thrown_away(stream: Any, length: int) -> None:
    """Read what a proxy has already, and keep none of it: of a connection closed before, it would tell that nobody answers."""
    with Path(os.devnull).open("wb") as nowhere:
        Body(stream, length, nowhere).wait(PATIENCE)


def unread(response: HttpResponse) -> HttpResponse:
    """The server closes the connection: what comes on it is the rest of what nobody reads."""
    response["Cache-Control"] = "no-store"
    return response


class CutOff(HttpResponse):
    """An answer after which the connection is broken, and with it the reading of the thread that still waits.

    No WSGI server has a way to ask for that; each breaks a connection whose answer is shorter than it said, and may do so
    before all of it has left: the end is told a moment later.
    """

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__(answer.content, status=answer.status_code, headers=dict(answer.headers))
        self["Content-Length"] = str(len(answer.content) + 1)
        unread(self)

    def __iter__(self) -> Iterator[bytes]:
        yield from super().__iter__()
        time.sleep(LEAVES_WITHIN)


def give(request: HttpRequest, file: Any, length: int) -> None:
    """Have Django read ``file`` instead of the connection."""
    stream = LimitedStream(file, length)
    vars(request)["_stream"] = stream
    request.META["wsgi.input"] = stream
