"""Pictures people upload: read strictly and as pixels alone, so that nothing hidden in a file comes along."""

import io
from threading import Lock

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

LARGEST = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
_strict = Lock()


class Unreadable(ValueError):
    """No picture of a format we read, or a broken one."""


class Oversized(Unreadable):
    """More bytes or pixels than we read."""


def upright(content: bytes) -> Image.Image:
    """The picture as RGB or RGBA, turned as it is meant. Its size is looked at before a single pixel is decoded.

    Raises :class:`Unreadable`.
    """
    if len(content) > LARGEST:
        raise Oversized
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Oversized
            opened.seek(0)
            load_whole(opened)
            turned = ImageOps.exif_transpose(opened)
            return turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    except Unreadable:
        raise
    except Image.DecompressionBombError as error:
        raise Oversized from error
    # Whatever a broken file makes the decoder say, it is the file's fault.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise Unreadable from error


def load_whole(picture: Image.Image) -> None:
    """Decode every pixel; one that is cut off is an ``OSError``, though WeasyPrint tells Pillow to be lenient."""
    with _strict:
        lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            picture.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def on_white(picture: Image.Image) -> Image.Image:
    """What is transparent is white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground, above = Image.new("RGB", picture.size, "white"), picture.convert("RGBA")
    ground.paste(above, mask=above)
    return ground


def within(picture: Image.Image, width: int, height: int) -> Image.Image:
    """At most so wide and high, in its own proportions; never made larger."""
    share = min(1.0, width / picture.width, height / picture.height)
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def filling(picture: Image.Image, width: int, height: int) -> Image.Image:
    """Exactly so wide and high, from its middle."""
    return ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)


def encoded(picture: Image.Image, kind: str) -> bytes:
    """``WEBP``, or ``JPEG`` on white, of the pixels alone: no EXIF, no profile, no comment comes along."""
    bare = on_white(picture) if kind == "JPEG" else picture
    copy = Image.new(bare.mode, bare.size)
    copy.paste(bare)
    out = io.BytesIO()
    copy.save(out, kind, quality=85)
    return out.getvalue()
