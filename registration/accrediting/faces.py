"""How many faces a program sees on a photo. It never decides: programs see some people's faces worse than others', so what
it says is told to whoever sends the photo and to whoever looks at it.

OpenCV is an extra (``faces`` in ``pyproject.toml``), loaded when the first photo is sent; without it nothing is said.
"""

from functools import cache
from typing import Any

from PIL import Image

from registration.models import Photo

CASCADE = "haarcascade_frontalface_default.xml"
# Of the photo's height: what is smaller than the first is no face, than the second not one of a passport photo.
SMALLEST, EXPECTED = 0.12, 0.3
# How sure it must be: of how many windows beside each other.
NEIGHBOURS = 6


@cache
def _detector() -> Any:
    """OpenCV's classifier; None where it is not installed, or is a version without one."""
    try:
        import cv2  # the extra
    except ImportError:
        return None
    found = getattr(cv2, "CascadeClassifier", None)
    detector = found and found(f"{cv2.data.haarcascades}{CASCADE}")
    return detector if detector and not detector.empty() else None


def seen(picture: Image.Image) -> Photo.Faces:
    """What is on an upright ``picture``; ``UNKNOWN`` where no library runs here."""
    detector = _detector()
    if detector is None:
        return Photo.Faces.UNKNOWN
    import numpy as np  # comes with OpenCV

    side = round(picture.height * SMALLEST)
    grey = np.asarray(picture.convert("L"))
    found = detector.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=NEIGHBOURS, minSize=(side, side))
    return said(picture.height, [int(height) for _left, _top, _width, height in found])


def said(height: int, faces: list[int]) -> Photo.Faces:
    """What ``faces`` of these heights on a photo of this ``height`` (pixels) come to."""
    if len(faces) != 1:
        return Photo.Faces.MANY if faces else Photo.Faces.NONE
    return Photo.Faces.ONE if faces[0] >= height * EXPECTED else Photo.Faces.SMALL
