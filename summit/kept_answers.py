"""Kept answers: what a public address was answered, in both encodings, and how a reader comes by one that is not there.

The shelf belongs to one process. What one process has drawn others take from Redis, where there is one.
"""

import contextlib
import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import ResponseHeaders

from summit import single_flight
from summit.public_pages import DRAW_AGAIN_AFTER, OLD_AT_MOST, build, revisions

# While the database is away, answers go on being given that were drawn at most so long ago.
WITHOUT_DATABASE_AT_MOST = 86_400  # seconds
KEEP_AT_MOST = 64 * 1024 * 1024  # bytes of bodies in one process
# What a 304 repeats of the full answer (RFC 9110 15.4.5).
SAME = {
    "Vary",
    "Cache-Control",
    "Last-Modified",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Link",
}


def headers(plain: dict[str, str], **more: str) -> ResponseHeaders:
    """Checked once when an answer is kept; answers made from it share the object, which nobody changes."""
    return ResponseHeaders({**plain, **{name.replace("_", "-"): value for name, value in more.items()}})


@dataclass(slots=True)
class Kept:
    """One answer as it was given, in both encodings, with the headers of each."""

    summit: str
    revision: int
    drawn_at: float
    etag: str
    plain: bytes
    packed: bytes
    plain_headers: ResponseHeaders
    packed_headers: ResponseHeaders
    same_headers: ResponseHeaders
    same_packed_headers: ResponseHeaders

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed) + 2000


Address = tuple[str, str, str, str]
# What public pages ask of an address. Anything else (a campaign's marks, noise) is answered, but not kept.
PARAMETERS = {
    *(
        "access",
        "at",
        "day",
        "host",
        "interpretation",
        "kind",
        "lang",
        "language",
        "languages",
        "letter",
        "mode",
        "page",
        "page_size",
        "paper",
        "q",
        "recording",
        "room",
        "seats",
    ),
    *("speaker", "track", "tz", "v"),
}
LONGEST_QUERY = 300


def worth_keeping(query: str) -> bool:
    return len(query) <= LONGEST_QUERY and all(
        part.partition("=")[0] in PARAMETERS for part in query.split("&") if part
    )


class Shelf:
    """Answers by address, the least recently used thrown out first. Safe among threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Address, Kept] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, address: Address) -> Kept | None:
        kept = self._kept.get(address)
        if kept is None or not _is_present(kept):
            return None
        with contextlib.suppress(KeyError):  # another thread has just thrown it out
            self._kept.move_to_end(address)
        return kept

    def before(self, address: Address) -> Kept | None:
        """What may be given while somebody draws the present one: the answer of a moment ago."""
        kept = self._kept.get(address)
        return None if kept is None or _is_gone(kept) else kept

    def of_before_it_went(self, address: Address) -> Kept | None:
        """What may be given while the database is away, and nobody can know of a later one."""
        kept = self._kept.get(address)
        young = kept is not None and time.monotonic() - kept.drawn_at <= WITHOUT_DATABASE_AT_MOST
        return kept if kept and young and not revisions.is_known_to_be_closed(kept.summit) else None

    def drop(self, address: Address) -> None:
        with self._lock:
            gone = self._kept.pop(address, None)
            self._size -= gone.size if gone else 0

    def put(self, address: Address, kept: Kept) -> None:
        with self._lock:
            old = self._kept.pop(address, None)
            self._size += kept.size - (old.size if old else 0)
            self._kept[address] = kept
            while self._size > KEEP_AT_MOST:
                self._size -= self._kept.popitem(last=False)[1].size

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0
            revisions.forget()


shelf = Shelf()
flights = single_flight.Flights()


class Wanted:
    """An answer that is not on the shelf, for one reader; ``patient`` is who takes none of before."""

    def __init__(self, address: Address, *, patient: bool) -> None:
        self.address, self.patient = address, patient
        self.until = time.monotonic() + single_flight.CLAIMED_FOR
        self.is_mine = self.is_claimed = False

    def from_another(self) -> Kept | None:
        """What others have drawn; None for who shall draw it."""
        while time.monotonic() < self.until:
            flight, self.is_mine = flights.join(self.address)
            if self.is_mine:
                return self._from_another_process()
            kept: Kept | None = self._of_before() or flight.wait(self.until - time.monotonic())
            if kept is None:  # nothing that could be kept, or it takes too long
                return None
            if _is_present(kept) or not (self.patient or _is_gone(kept)):
                return kept
        return None

    def _of_before(self) -> Kept | None:
        return None if self.patient else shelf.before(self.address)

    def _from_another_process(self) -> Kept | None:
        if not (single_flight.shared() and worth_keeping(self.address[2])):
            return None
        key = (self.address, build())
        until = min(self.until, time.monotonic() + single_flight.WAIT_FOR_PROCESSES)
        while time.monotonic() < until and single_flight.shared():
            self.is_claimed = single_flight.claim(key)
            drawn = single_flight.handed_over(key)
            if drawn and _is_present(kept := drawn.kept()):
                shelf.put(self.address, kept)
                return kept
            if self.is_claimed:
                return None
            if before := self._of_before():
                return before
            single_flight.pause()
        return None

    def land(self, kept: Kept | None) -> None:
        """Let the others go on, whatever has become of it."""
        if self.is_claimed and time.monotonic() < self.until:
            single_flight.release((self.address, build()))
        if self.is_mine:
            flights.land(self.address, kept)


def _is_gone(kept: Kept) -> bool:
    """Whether not even somebody who does not wait may have it."""
    too_old = time.monotonic() - kept.drawn_at > OLD_AT_MOST
    return too_old or not revisions.is_hardly_behind(kept.summit, kept.revision, kept.drawn_at)


def _is_present(kept: Kept) -> bool:
    revision = revisions.of(kept.summit)
    fresh = time.monotonic() - kept.drawn_at <= DRAW_AGAIN_AFTER
    return fresh and revision is not None and kept.revision >= revision


@dataclass(slots=True)
class Drawn:
    """One answer as a view gave it, in the form in which processes hand it over to each other."""

    summit: str
    revision: int
    drawn_at: float  # by the clock of the day, which processes share
    packed: bytes
    headers: dict[str, str]

    def kept(self, plain: bytes | None = None) -> Kept:
        """As it is given; ``plain`` is what was packed, where it is at hand."""
        plain = gzip.decompress(self.packed) if plain is None else plain
        packed, common = self.packed, self.headers
        etag = f"{hashlib.sha256(plain).hexdigest()[:16]}-{build()}"
        same = {k: v for k, v in common.items() if k in SAME}
        return Kept(
            summit=self.summit,
            revision=self.revision,
            drawn_at=time.monotonic() - max(time.time() - self.drawn_at, 0),
            etag=etag,
            plain=plain,
            packed=packed,
            plain_headers=headers(common, ETag=f'"{etag}"', Content_Length=str(len(plain))),
            packed_headers=headers(
                common, ETag=f'"{etag}-gz"', Content_Length=str(len(packed)), Content_Encoding="gzip"
            ),
            same_headers=headers(same, ETag=f'"{etag}"'),
            same_packed_headers=headers(same, ETag=f'"{etag}-gz"'),
        )


# Who has just edited: the summit's code and the revision they must see at least, for as long as anybody may not know it.
EDITED, EDITED_FOR = "edited", 30  # seconds
EDITED_COOKIE = re.compile(rf"(?:^|;\s*){EDITED}=([0-9a-z_]{{1,32}})\.(\d{{1,10}})(?:;|$)")


def edited(request: HttpRequest) -> tuple[str, int] | None:
    """(code, revision) that this reader made a moment ago and must see."""
    said = request.META.get("HTTP_COOKIE", "")
    found = EDITED_COOKIE.search(said) if f"{EDITED}=" in said else None
    return (found[1], int(found[2])) if found else None
