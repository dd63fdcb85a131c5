"""Files that people send as answers: looked at, cleaned and kept apart until the answer stands."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from registration.models import Question, Upload
from registration.models.question import MOST_BYTES
from registration.models.upload import SENT
from summit.errors import Refusal
from summit.lib import pictures
from summit.lib.text import clean_line

# What a file begins with that is taken (its first bytes), and how it is called then.
BEGINNINGS = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
# Pixels of a picture's longer side that are kept.
LONGEST_SIDE = 2_000


class FileTooLarge(Refusal):
    code = "file_too_large"
    status = 422
    message = _("The file is larger than 5 MB. Make it smaller, then choose it again.")


class FileNotTaken(Refusal):
    code = "file_not_taken"
    status = 422
    message = _("Choose a PDF, PNG or JPEG file. This one is none, or is broken.")


class PictureNotTaken(Refusal):
    code = "picture_not_taken"
    status = 422
    message = _("Choose a picture as JPEG, PNG or WebP. This file is none, or is broken.")


def receive(question: Question, name: str, sent: BinaryIO, size: int) -> Upload:
    """Keep a file of ``size`` bytes. Pictures are kept as their pixels alone, at most 2,000 a side.

    Raises :class:`FileTooLarge`, :class:`FileNotTaken` and :class:`PictureNotTaken`.
    """
    if size > MOST_BYTES:
        raise FileTooLarge
    content = sent.read(MOST_BYTES + 1)
    if question.kind == Question.Kind.PICTURE:
        content, ending = _picture(content), "jpg"
    else:
        ending = next((kind for start, kind in BEGINNINGS if content.startswith(start)), "")
        if not ending:
            raise FileNotTaken
    stem = clean_line(PurePath(name.replace("\\", "/")).stem)[:150] or str(_("file"))
    upload = Upload(question=question, name=f"{stem}.{ending}")
    upload.file.save(f"{uuid4()}.{ending}", ContentFile(content), save=False)
    upload.save(force_insert=True)
    return upload


def _picture(content: bytes) -> bytes:
    try:
        return pictures.encoded(pictures.within(pictures.upright(content), LONGEST_SIDE, LONGEST_SIDE), "JPEG")
    except pictures.Unreadable as error:
        raise PictureNotTaken from error


def are_asked_for(names: Mapping[str, Any]) -> bool:
    """Whether the form of the summit in an address asks for a file."""
    code, kinds = names.get("summit"), (Question.Kind.FILE, Question.Kind.PICTURE)
    return bool(code) and Question.objects.asked().filter(summit__code=code, kind__in=kinds).exists()


def find(question: Question, given: str) -> Upload | None:
    """The upload that a form's answer to ``question`` stands for; None where it was taken or forgotten."""
    try:
        guid = UUID(given.removeprefix(SENT)) if given.startswith(SENT) else None
    except ValueError:
        guid = None
    return Upload.objects.filter(question=question, pk=guid).first() if guid else None


def content_type(name: str) -> str:
    return TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def forget(*, older_than: datetime) -> int:
    """Those that became no answer and are in no draft; their files go with the strays. Returns how many."""
    return Upload.objects.filter(draft=None, created_at__lt=older_than).delete()[0]
