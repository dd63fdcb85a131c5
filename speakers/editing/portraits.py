"""Portraits: whatever people upload becomes a small square picture without anything that was hidden in the file."""

import io
import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from speakers.editing import protected
from speakers.models import Speaker
from summit import history
from summit.errors import Refusal
from summit.lib.pictures import FORMATS, LARGEST, MOST_PIXELS, load_whole, on_white
from summit.models import User

SIDES = (640, 160)
NEAREST = 400  # per cent
SMALL = "-160"


class NotAPortrait(Refusal):
    code = "not_a_portrait"
    status = 422
    message: Any = _("This is no picture we can read. Use a JPEG, PNG or WebP file.")


class TooLarge(NotAPortrait):
    code = "portrait_too_large"
    message: Any = _("The picture is too large. Use one of at most 10 MB and 40 megapixels.")


class TooSmall(NotAPortrait):
    code = "portrait_too_small"
    message: Any = _("The picture is too small. Use one of at least 160 by 160 pixels.")


@dataclass(frozen=True, slots=True)
class Cut:
    """Which square of a picture is kept.

    ``near`` is the size of the largest square in per cent of the one kept (100: all of it); ``across`` and ``down``
    are how far from the left and the top it lies, in per cent of the way it can go.
    """

    across: int = 50
    down: int = 50
    near: int = 100


WHOLE = Cut()


@dataclass(frozen=True, slots=True)
class Picture:
    """A portrait as it is stored: one WebP of each of :data:`SIDES`, largest first."""

    sizes: tuple[bytes, ...]


def read(content: bytes, *, cut: Cut = WHOLE) -> Picture:
    """The square of ``cut``, upright, without any metadata.

    The size is looked at before a single pixel is decoded. Raises :class:`NotAPortrait`.
    """
    if len(content) > LARGEST:
        raise TooLarge
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise TooLarge
            if min(opened.size) < SIDES[-1]:
                raise TooSmall
            opened.seek(0)
            load_whole(opened)
            upright = on_white(ImageOps.exif_transpose(opened))
    except Refusal:
        raise
    except Image.DecompressionBombError as error:
        raise TooLarge from error
    # Whatever a broken file makes the decoder say, it is the file's fault.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotAPortrait from error
    square = _square(upright, cut)
    return Picture(tuple(_webp(square, min(side, square.width)) for side in SIDES))


def _square(picture: Image.Image, cut: Cut) -> Image.Image:
    side = max(round(min(picture.size) * 100 / max(100, cut.near)), SIDES[-1])
    at = (max(0, min(100, each)) for each in (cut.across, cut.down))
    left, top = (round((length - side) * each / 100) for length, each in zip(picture.size, at, strict=True))
    return picture.crop((left, top, left + side, top + side))


def _webp(picture: Image.Image, side: int) -> bytes:
    # A new picture of the pixels alone: no EXIF, no profile, no comment comes along.
    bare = Image.new("RGB", (side, side))
    bare.paste(picture.resize((side, side), Image.Resampling.LANCZOS))
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def small(name: str) -> str:
    """The name of the small picture beside the one of that name."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}{SMALL}{path.suffix}"))


@transaction.atomic
def set_portrait(speaker: Speaker, content: bytes, *, cut: Cut = WHOLE, by: User | None) -> Speaker:
    """Store the portrait under a new name, so that no cache shows an old one. Raises :class:`NotAPortrait` and
    :class:`speakers.editing.protected.ProfileProtected`."""
    picture = read(content, cut=cut)
    locked = Speaker.objects.select_for_update(of=("self",)).select_related("summit").get(pk=speaker.pk)
    protected.check(locked)
    before = locked.portrait.name
    name = f"portraits/{locked.guid.hex}-{secrets.token_hex(4)}.webp"
    locked.portrait.name = default_storage.save(name, ContentFile(picture.sizes[0]))
    default_storage.save(small(locked.portrait.name), ContentFile(picture.sizes[1]))
    _saved(locked, bool(before), True, by)
    forget(before)
    return locked


@transaction.atomic
def remove_portrait(speaker: Speaker, *, by: User | None) -> Speaker:
    locked = Speaker.objects.select_for_update(of=("self",)).select_related("summit").get(pk=speaker.pk)
    before = locked.portrait.name
    if before:
        locked.portrait = ""
        _saved(locked, True, False, by)
        forget(before)
    return locked


def _saved(locked: Speaker, before: bool, after: bool, by: User | None) -> None:
    locked.save(update_fields=["portrait", "updated_at"])
    history.record("speaker.portrait", locked, by=by, summit=locked.summit, changes={"portrait": (before, after)})
    locked.summit.raise_revision()


def forget(name: str | None) -> None:
    """Delete the files once nobody can go back to them."""
    if name:
        for each in (name, small(name)):
            transaction.on_commit(partial(default_storage.delete, each), robust=True)
