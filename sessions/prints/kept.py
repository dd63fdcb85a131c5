"""Drawn documents, kept as files until the agenda's next revision; the slow ones are drawn by the worker.

They lie in the private storage, where web servers and workers of all machines reach them. A file's name holds what it
shows (the order), the summit's revision and the build that drew it, so nothing old is ever found. A lock (``flock``) for
each order lets nobody on this machine draw the same thing twice at once; who has asked the worker says so in the cache.
Two machines, or processes without a cache between them, may both draw or ask: then the same is there, once.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.tasks import task
from django.utils.module_loading import import_string

from sessions.models import Session
from sessions.prints.orders import Order
from summit.lib import own_files
from summit.models import Summit
from summit.public_pages import build
from summit.storage import private_files

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


def folder(summit: Summit) -> str:
    return f"prints/{summit.code}"


def stamp(summit: Summit) -> str:
    """Tells what is drawn apart: revision, build, and whose it is (a database made anew counts from one again)."""
    whose = hashlib.sha256(f"{summit.guid} {settings.SITE_URL} {summit.origin}".encode()).hexdigest()[:8]
    return f"{summit.agenda_revision}-{build()}-{whose}"


def file_of(summit: Summit, order: Order, mark: str) -> str:
    return f"{folder(summit)}/{order.name}.{mark}.pdf"


def find(summit: Summit, order: Order) -> str | None:
    """The name of the document as it stands at the summit's revision, where it has been drawn."""
    name = file_of(summit, order, stamp(summit))
    return name if private_files().exists(name) else None


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


def draw(summit: Summit, order: Order, mark: str) -> str:
    """Draw and keep a document, or wait for whoever on this machine is drawing it; returns its name.

    ``mark`` is the ``stamp`` it was asked under: what is drawn is the agenda as it stands now, which is never older.
    Raises ``LookupError`` where nothing is to be shown.
    """
    name, files = file_of(summit, order, mark), private_files()
    with locked(f"{summit.code}-{order.name}"):
        if not files.exists(name):
            content = import_string(DRAW[order.kind])(summit, order)
            kept = files.save(name, ContentFile(content))
            if kept != name:  # another machine was quicker
                files.delete(kept)
            forget_old(folder(summit), order)
    return name


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
def locked(name: str) -> Iterator[None]:
    """One at a time among threads and processes of this machine."""
    where = Path(settings.VAR) / "locks"
    own_files.make_folder(where)
    with (where / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def forget_old(where: str, order: Order) -> None:
    files, ages = private_files(), list[tuple[datetime, str]]()
    for found in files.listdir(where)[1]:
        if found.startswith(f"{order.name}.") and found.endswith(".pdf"):
            # Another may just have forgotten it.
            with suppress(FileNotFoundError):
                ages.append((files.get_modified_time(f"{where}/{found}"), f"{where}/{found}"))
    for _age, old in sorted(ages)[:-KEPT_FILES]:
        files.delete(old)


def ask(summit: Summit, order: Order) -> bool:
    """Have the worker draw a document; False where this has been asked lately, as far as the cache knows."""
    mark = stamp(summit)
    if not cache.add(f"print:{summit.guid}:{order.name}:{mark}", 1, ASK_AGAIN_AFTER):
        return False
    draw_print.enqueue(summit.code, order.stored(), mark)
    return True
