"""Slides as files: what was uploaded is looked at, kept under a name of ours, and linked from the session."""

import io
import secrets
import zipfile
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sessions.editing import materials
from sessions.models import Material, Session
from summit.errors import Refusal
from summit.models import User

LARGEST = 20 * 1024 * 1024  # bytes
MOST_PARTS = 5_000
# Uploaded for one session: nobody fills the disk with slides.
MOST_FILES = 10
MAIN_PART = {"pptx": "ppt/presentation.xml", "odp": "content.xml"}


class NotSlides(Refusal):
    code = "not_slides"
    status = 422
    message: Any = _("Upload slides as PDF, PPTX or ODP without macros, at most 20 MB.")


class TooManyFiles(Refusal):
    code = "too_many_files"
    message: Any = _("A session has at most ten uploaded files. Remove one, then add the new one, or add it as a link.")


def kind_of(content: bytes) -> str:
    """``pdf``, ``pptx`` or ``odp`` by what the file holds, whatever it is called. Raises :class:`NotSlides`."""
    if not content or len(content) > LARGEST:
        raise NotSlides
    if content.startswith(b"%PDF-"):
        return "pdf"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = {part.filename for part in book.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise NotSlides from error
    if len(names) > MOST_PARTS or any("vbaproject" in name.lower() or name.startswith("Basic/") for name in names):
        raise NotSlides
    found = next((kind for kind, part in MAIN_PART.items() if part in names), "")
    if not found:
        raise NotSlides
    return found


@transaction.atomic
def add_slides(
    session: Session, content: bytes, *, title: dict[str, str], language: str = "", by: User | None
) -> Material:
    """Keep the file and link it. Raises :class:`NotSlides` and :class:`TooManyFiles`."""
    kind = kind_of(content)
    if session.materials.filter(url__startswith=settings.MEDIA_URL).count() >= MOST_FILES:
        raise TooManyFiles
    name = default_storage.save(f"{_stem(session)}{secrets.token_hex(6)}.{kind}", ContentFile(content))
    made = materials.add(
        session, kind=Material.Kind.SLIDES, url=f"{settings.MEDIA_URL}{name}", title=title, language=language, by=by
    )
    # Nobody has to confirm a link to a file we keep.
    materials.confirm(made, by=by)
    return made


@transaction.atomic
def remove_slides(material: Material, *, by: User | None) -> None:
    """Take the link away, and the file with it where it is ours."""
    materials.remove(material, by=by)
    forget(material)


def forget(material: Material) -> None:
    """Delete the file after the transaction where it was uploaded for this very session; what it links to else stays."""
    name = material.url.removeprefix(settings.MEDIA_URL)
    if material.url.startswith(settings.MEDIA_URL) and name.startswith(_stem(material.session)):
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def _stem(session: Session) -> str:
    return f"slides/{session.guid.hex}-"
