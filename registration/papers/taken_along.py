"""Everything about somebody with the files of it, as one archive: to read, for machines, and what was made for them."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import PurePath
from typing import IO

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.translation import get_language

from registration import standing
from registration.badges import printing
from registration.mailing import emails
from registration.models import Photo, Registration
from registration.papers import ticket_sheet
from registration.papers.everything import everything, for_machines

# Below this an archive is made in memory.
IN_MEMORY = 2_000_000


def archive(registration: Registration) -> IO[bytes]:
    """A ZIP file at its beginning, to be closed by whoever sends it."""
    with ExitStack() as failing:
        out = failing.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in _files(registration):
                made.writestr(name, content)
        out.seek(0)
        failing.pop_all()
    return out


def _files(registration: Registration) -> Iterator[tuple[str, bytes]]:
    sections, stands = everything(registration), standing.of_registration(registration)
    context = {
        "registration": registration,
        "summit": registration.summit,
        "sections": sections,
        "language": get_language(),
    }
    yield "everything.html", render_to_string("registration/attendee/everything_file.html", context).encode()
    told = json.dumps(for_machines(sections), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    yield "everything.json", told.encode()
    for answer in registration.answers.exclude(file=""):
        # One that the storage has lost is named among the answers; the rest comes all the same.
        with suppress(FileNotFoundError), answer.file.open() as sent:
            yield f"answers/{answer.question_id}-{PurePath(answer.words).name}", sent.read()
    for photo in Photo.objects.filter(registration=registration).exclude(file=""):
        with suppress(FileNotFoundError), photo.file.open() as sent:
            yield "photo.jpg", sent.read()
    if stands.confirmation:
        yield "confirmation.pdf", ticket_sheet.confirmation(registration)
    if stands.ticket:
        yield "ticket.pdf", ticket_sheet.ticket(registration)
        yield "summit.ics", emails.entry(registration).content
    if stands.badge:
        yield "badge.pdf", printing.badge(registration)
