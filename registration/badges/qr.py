"""The ticket's QR code as PDF operators."""

from functools import cache

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData

# Any mask is valid; trying all eight for the prettiest takes six times as long, and a reprint should look the same.
MASK = 3


def modules(token: str) -> list[list[bool]]:
    """The code as rows of dark (True) and light modules, without quiet zone; error correction M."""
    matrix: list[list[bool]] = _encode(token, _version(len(token))).get_matrix()
    return matrix


def qr_operators(token: str, x: float, y: float, side: float) -> bytes:
    """Operators that draw the code in black with its lower left corner at ``x``, ``y``; lengths in points.

    A one-bit stencil keeps the file small; hexadecimal, because readers that look for the end of inline image data
    can mistake raw bytes for it.
    """
    rows = modules(token)
    count = len(rows)
    width = (count + 7) // 8 * 8
    data = "".join(
        f"{int(''.join('0' if dark else '1' for dark in row).ljust(width, '1'), 2):0{width // 4}X}" for row in rows
    )
    return (
        f"q 0 g {side:.3f} 0 0 {side:.3f} {x:.3f} {y:.3f} cm\n"
        f"BI /W {count} /H {count} /IM true /BPC 1 /F /AHx ID {data}>\nEI Q\n"
    ).encode()


@cache
def _version(length: int) -> int:
    """The smallest version that takes ``length`` alphanumeric characters; kept, as finding it encodes everything."""
    return int(_encode("A" * length, None).version)


def _encode(token: str, version: int | None) -> QRCode:
    code = QRCode(version=version, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(QRData(token, mode=MODE_ALPHA_NUM))
    code.make(fit=version is None)
    return code
