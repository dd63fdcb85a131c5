"""Photos for the desk and the badge: taken as pixels alone, in one shape, and looked at by somebody."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.accrediting import faces, vetting
from registration.accrediting.holding import held
from registration.models import Category, Photo, PhotoWanted, Registration
from registration.models.accreditation import lacks_photo
from summit import history
from summit.errors import Refusal
from summit.lib import pictures
from summit.models import User

MOST_BYTES = 5 * 1024 * 1024
# Pixels: the least of a photo that is taken, and the most that are kept of one.
LEAST, KEPT = (360, 480), (600, 800)
# Width by height that is cut to three by four: less than a square, more than a strip.
NARROWEST, WIDEST = 0.62, 0.92


class PhotoRefused(Refusal):
    code = "photo_not_taken"
    status = 422
    message: Any = _("Choose a photo as JPEG, PNG or WebP. This file is none, or is broken.")


class PhotoTooLarge(PhotoRefused):
    code = "photo_too_large"
    message: Any = _("The photo is larger than 5 MB or 40 megapixels. Make it smaller, then choose it again.")


class PhotoTooSmall(PhotoRefused):
    code = "photo_too_small"
    message: Any = _("The photo has too few pixels. Choose one of at least 360 by 480.")


class PhotoWrongShape(PhotoRefused):
    code = "photo_wrong_shape"
    message: Any = _(
        "The photo is not upright. Choose one that is higher than wide, about three to four, as in a passport."
    )


class NoPhotoAsked(Refusal):
    code = "no_photo_asked"
    message: Any = _("No photo is asked for in this category.")


class NoPhoto(Refusal):
    code = "no_photo"
    message: Any = _("There is no photo.")


def is_asked(registration: Registration) -> bool:
    """Whether the organisers want a photo of somebody; never of whoever is protected: it would tell who they are."""
    return registration.category.photo != PhotoWanted.NO and registration.is_in_person and not registration.at_risk


# What can be said of a photo; "" where none is asked for.
STANDS = {
    "missing": _("Missing or too old"),
    "doubtful": _("Doubtful"),
    "new": _("To be looked at"),
    "good": _("Looked at"),
}


def stands_at(registration: Registration) -> str:
    """Where somebody's photo stands, as a key of :data:`STANDS`, or "". The category and the photo are at hand."""
    if not is_asked(registration):
        return ""
    photo = getattr(registration, "photo", None)
    if photo is None or lacks_photo(registration.category, photo.sent_at):
        return "missing"
    if photo.looked_at:
        return "good"
    return "doubtful" if photo.is_doubtful else "new"


def are_asked_for(names: Mapping[str, Any]) -> bool:
    """Whether the summit in an address asks anybody for a photo."""
    code = names.get("summit")
    return bool(code) and Category.objects.filter(summit__code=code).exclude(photo=PhotoWanted.NO).exists()


def of(registration: Registration) -> Photo | None:
    """The photo there is."""
    return Photo.objects.filter(registration=registration).select_related("looked_at_by").first()


def read(content: bytes) -> tuple[bytes, Photo.Faces]:
    """What is kept of a file, and what a program sees on it. Raises :class:`PhotoRefused`."""
    try:
        picture = pictures.on_white(pictures.upright(content))
    except pictures.Oversized as error:
        raise PhotoTooLarge from error
    except pictures.Unreadable as error:
        raise PhotoRefused from error
    if not NARROWEST <= picture.width / picture.height <= WIDEST:
        raise PhotoWrongShape
    if picture.width < LEAST[0] or picture.height < LEAST[1]:
        raise PhotoTooSmall
    height = min(KEPT[1], picture.height, picture.width * 4 // 3)
    kept = pictures.filling(picture, height * 3 // 4, height)
    return pictures.encoded(kept, "JPEG"), faces.seen(kept)


@transaction.atomic
def put(registration: Registration, content: bytes, *, by: User | None, as_team: bool = False) -> Photo:
    """Keep a photo in place of the one there was. What the team sends it has looked at; whoever was
    cleared and has another photo sent is looked into again.

    Raises :class:`PhotoRefused`, :class:`NoPhotoAsked` and :class:`registration.accrediting.holding.NothingToAccredit`.
    """
    if len(content) > MOST_BYTES:
        raise PhotoTooLarge
    pixels, on_it = read(content)
    locked = held(registration)
    if not is_asked(locked):
        raise NoPhotoAsked
    photo = Photo.objects.filter(registration=locked).first() or Photo(registration=locked)
    _forget_file(photo)
    now = timezone.now()
    photo.faces, photo.sent_at = on_it, now
    photo.looked_at, photo.looked_at_by = (now, by) if as_team else (None, None)
    photo.file.save(f"{uuid4()}.jpg", ContentFile(pixels), save=False)
    photo.save()
    history.record("registration.photo", locked, by=by, summit=locked.summit)
    if not as_team:
        vetting.again(locked, by=by)
    return photo


@transaction.atomic
def take_away(registration: Registration, *, by: User | None) -> None:
    """Raises :class:`NoPhoto`."""
    locked = held(registration)
    photo = Photo.objects.filter(registration=locked).first()
    if photo is None:
        raise NoPhoto
    _forget_file(photo)
    photo.delete()
    history.record("registration.photo_away", locked, by=by, summit=locked.summit)
    vetting.again(locked, by=by)


@transaction.atomic
def look_at(registration: Registration, *, by: User) -> None:
    """Say that the photo shows one face, plainly. Raises :class:`NoPhoto`."""
    locked = held(registration)
    if not Photo.objects.filter(registration=locked).update(looked_at=timezone.now(), looked_at_by=by):
        raise NoPhoto
    history.record("registration.photo_looked_at", locked, by=by, summit=locked.summit)


def _forget_file(photo: Photo) -> None:
    """Once nobody can go back to it."""
    if name := photo.file.name:
        transaction.on_commit(partial(photo.file.storage.delete, name), robust=True)
