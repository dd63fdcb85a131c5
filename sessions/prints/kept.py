"""Drawn documents, kept as files until the agenda's next revision; the slow ones are drawn by the worker.

Files lie where web server and worker both reach them. A file's name holds what it shows (the order), the summit's
revision and the build that drew it, so nothing old is ever found. A lock (``flock``) for each order lets nobody draw the
same thing twice at once; a note beside it says that the worker has been asked.
"""

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.tasks import task
from django.utils.module_loading import import_string

from sessions.models import Session
from sessions.prints.orders import Order
from summit.models import Summit
from summit.public_pages import build

# By name: who draws nothing does not wait for WeasyPrint, which takes as long to load as the rest of the house.
DRAW = {
    "booklet": "sessions.prints.booklet.draw",
    "day": "sessions.prints.sheets.day",
    "door": "sessions.prints.sheets.door",
    "cards": "sessions.prints.sheets.cards",
}
# What one session in one language weighs: in a booklet it brings abstract and people, and pages are set twice.
WEIGHT = {"booklet": 8, "day": 1, "door": 1, "cards": 1}
# Up to this weight a document takes about a second; anything above is the worker's.
DRAWN_AT_ONCE = 60
# A worker that has not answered for this long is asked again, in seconds.
ASK_AGAIN_AFTER = 300
# The last revision's file may still be on its way to somebody.
KEPT_FILES = 2


def folder(summit: Summit) -> Path:
    return Path(settings.PRIVATE_ROOT) / "prints" / summit.code


def stamp(summit: Summit) -> str:
    """Tells what is drawn apart: revision, build, and whose it is (a database made anew counts from one again)."""
    whose = hashlib.sha256(f"{summit.guid} {settings.SITE_URL} {summit.origin}".encode()).hexdigest()[:8]
    return f"{summit.agenda_revision}-{build()}-{whose}"


def file_of(summit: Summit, order: Order, mark: str) -> Path:
    return folder(summit) / f"{order.name}.{mark}.pdf"


def find(summit: Summit, order: Order) -> Path | None:
    """The document as it stands at the summit's revision, where it has been drawn."""
    path = file_of(summit, order, stamp(summit))
    return path if path.is_file() else None


def sessions(summit: Summit, order: Order) -> int:
    """How many sessions the document would show."""
    rows = Session.objects.published().filter(summit=summit)
    if order.room:
        rows = rows.filter(room__code=order.room, starts_at__isnull=False)
    if order.day:
        rows = rows.on_day(order.day, summit)
    return rows.count()


def is_quick(number: int, order: Order) -> bool:
    return number * len(order.languages) * WEIGHT[order.kind] <= DRAWN_AT_ONCE


def draw(summit: Summit, order: Order, mark: str) -> Path:
    """Draw and keep a document, or wait for whoever is drawing it. Raises ``LookupError`` where nothing is to be shown.

    ``mark`` is the ``stamp`` it was asked under: what is drawn is the agenda as it stands now, which is never older.
    """
    path = file_of(summit, order, mark)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent / f"{order.name}.lock"):
        if not path.is_file():
            content = import_string(DRAW[order.kind])(summit, order)
            handle, draft = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            # Made for this user alone; the web server and the worker may be different ones.
            Path(draft).chmod(0o644)
            Path(draft).replace(path)
            forget_old(path.parent, order)
        note(path).unlink(missing_ok=True)
    return path


@task(priority=-10)
def draw_print(summit: str, order: dict[str, Any], stamp: str) -> bool:
    """The worker's way to :func:`draw`; False where there is nothing left to show."""
    found = Summit.objects.filter(code=summit).first()
    if found is None:
        return False
    try:
        draw(found, Order.restored(order), stamp)
    except LookupError:
        return False
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One at a time among threads and processes of this machine."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def forget_old(where: Path, order: Order) -> None:
    files = sorted(where.glob(f"{order.name}.*.pdf"), key=lambda path: path.stat().st_mtime)
    for old in files[:-KEPT_FILES]:
        old.unlink(missing_ok=True)
        note(old).unlink(missing_ok=True)


def note(path: Path) -> Path:
    return path.with_suffix(".asked")


def ask(summit: Summit, order: Order) -> bool:
    """Have the worker draw a document; False where it has been asked already."""
    path = file_of(summit, order, stamp(summit))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not claimed(note(path)):
        return False
    draw_print.enqueue(summit.code, order.stored(), stamp(summit))
    return True


def claimed(path: Path) -> bool:
    """Whether this call, and no other, may ask: the note was not there, or is as old as if it had been lost."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o644))
    except FileExistsError:
        try:
            if time.time() - path.stat().st_mtime < ASK_AGAIN_AFTER:
                return False
        except FileNotFoundError:
            return False  # drawn this very moment
        path.touch()
    return True
