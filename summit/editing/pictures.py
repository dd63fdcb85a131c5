"""Pictures of a summit: its logo, what stands beside shared links, the maps of its venues."""

import secrets
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from summit.errors import Refusal
from summit.lib import pictures


class NotAPicture(Refusal):
    code = "not_a_picture"
    status = 422
    message: Any = _("This is no picture we can read. Use a JPEG, PNG or WebP file.")


class TooLarge(NotAPicture):
    code = "picture_too_large"
    message: Any = _("The picture is too large. Use one of at most 10 MB and 40 megapixels.")


class TooSmall(NotAPicture):
    code = "picture_too_small"
    message: Any = _("The picture is too small. Use one of at least %(width)d by %(height)d pixels.")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a picture is kept: in its own proportions within ``size`` pixels, or cut to exactly that; and the least of it."""

    name: str
    size: tuple[int, int]
    least: tuple[int, int]
    cut: bool = False
    encoding: str = "WEBP"


MAP = Kind("map", (1600, 1200), (200, 150))
PLAN = Kind("plan", (2000, 2000), (300, 200))
LOGO = Kind("logo", (640, 160), (32, 32))
SOCIAL = Kind("social", (1200, 630), (600, 315), cut=True, encoding="JPEG")


def read(content: bytes, kind: Kind) -> bytes:
    """The picture as it is kept. Raises :class:`NotAPicture`."""
    try:
        found = pictures.upright(content)
    except pictures.Oversized as error:
        raise TooLarge from error
    except pictures.Unreadable as error:
        raise NotAPicture from error
    if found.width < kind.least[0] or found.height < kind.least[1]:
        raise TooSmall(TooSmall.message % {"width": kind.least[0], "height": kind.least[1]})
    shaped = pictures.filling(found, *kind.size) if kind.cut else pictures.within(found, *kind.size)
    return pictures.encoded(shaped, kind.encoding)


def store(content: bytes, kind: Kind) -> str:
    """Keep it under a new name, so that no cache shows an old one; returns the name. Raises :class:`NotAPicture`."""
    suffix = "jpg" if kind.encoding == "JPEG" else "webp"
    return default_storage.save(
        f"pictures/{kind.name}-{secrets.token_hex(10)}.{suffix}", ContentFile(read(content, kind))
    )


def duplicate(name: str | None) -> str:
    """The name of a copy, for another summit; "" where there is nothing to copy."""
    if not name or not default_storage.exists(name):
        return ""
    kind = PurePosixPath(name).name.partition("-")[0]
    with default_storage.open(name) as file:
        return default_storage.save(f"pictures/{kind}-{secrets.token_hex(10)}{PurePosixPath(name).suffix}", file)


def forget(name: str | None) -> None:
    """Delete the file once nobody can go back to it."""
    if name:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
