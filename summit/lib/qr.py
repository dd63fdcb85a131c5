"""Text to QR code as SVG; drawing knows no domain."""

import io

import qrcode
from qrcode.image.svg import SvgPathImage


def svg(text: str, *, label: str = "") -> str:
    """An inline SVG of a QR code (error correction M) with a title for screen readers; no style attributes."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2, image_factory=SvgPathImage)
    code.add_data(text)
    out = io.BytesIO()
    code.make_image().save(out)
    markup = out.getvalue().decode()
    markup = markup[markup.index("<svg") :]
    escaped = label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return markup.replace("<svg", f'<svg role="img" aria-label="{escaped}" class="qr"', 1)
