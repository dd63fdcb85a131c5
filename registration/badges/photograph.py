"""The photo on a badge: its file as it is, drawn into a place of the card."""

import io

from pikepdf import Name, Object, Pdf, Stream
from PIL import Image

from registration.badges import design
from registration.badges.face import Face
from registration.badges.layout import CARD_HEIGHT

# Dots of the photo's height on paper, 250 to the inch: more nobody sees, and thousands of badges are one file.
DOTS = 355


def image(out: Pdf, content: bytes) -> Object:
    """A JPEG as an object of the file."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
        small = opened.convert("RGB")
        small.thumbnail((DOTS, DOTS), Image.Resampling.LANCZOS)
        kept = io.BytesIO()
        small.save(kept, "JPEG", quality=85)
    stream = Stream(out, kept.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=small.width, Height=small.height,
                    ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode)  # fmt: skip
    return out.make_indirect(stream)


def operators(face: Face, name: str) -> bytes:
    """Draws the image of this name at the right of the names, with a hair line around it."""
    left = design.MARGIN + design.TEXT_WIDTH - design.PHOTO_WIDTH
    bottom = CARD_HEIGHT - design.NAMES_TOP - design.strip_of(face) - design.PHOTO_HEIGHT
    box = f"{left:.3f} {bottom:.3f} {design.PHOTO_WIDTH:.3f} {design.PHOTO_HEIGHT:.3f}"
    drawn = f"q {design.PHOTO_WIDTH:.3f} 0 0 {design.PHOTO_HEIGHT:.3f} {left:.3f} {bottom:.3f} cm {name} Do Q"
    return f"{drawn}\nq 0.5 w 0.39 0.43 0.48 RG {box} re S Q\n".encode()
