"""A film for the browser's false camera: a card with a QR code, held a little askew and not quite sharp."""

import io
from pathlib import Path

import qrcode
from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)


def picture(text: str, *, angle: float = 6, blur: float = 0.8) -> Image.Image:
    scene = Image.new("RGB", SIZE, (120, 125, 130))
    if text:
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=5, border=4)
        code.add_data(text)
        card = Image.new("RGBA", (330, 400), (250, 250, 250, 255))
        ImageDraw.Draw(card).rectangle([0, 0, 330, 40], fill=(11, 80, 208))
        drawn = code.make_image().convert("RGB")
        card.paste(drawn, ((330 - drawn.width) // 2, 70))
        card = card.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
        scene.paste(card, ((SIZE[0] - card.width) // 2, (SIZE[1] - card.height) // 2), card)
    return scene.filter(ImageFilter.GaussianBlur(blur))


def show(film: Path, text: str) -> None:
    """Motion JPEG is pictures one after the other; two of the same make a film the browser repeats."""
    frame = io.BytesIO()
    picture(text).save(frame, "JPEG", quality=88)
    film.write_bytes(frame.getvalue() * 2)
