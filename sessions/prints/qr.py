"""QR codes of addresses as small pictures (ISO/IEC 18004 inside PNG, RFC 2083)."""

import struct
import zlib

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

# Any mask is valid; trying all eight for the prettiest takes six times as long, and a reprint should look the same.
MASK = 3


def png(text: str) -> bytes:
    """A black and white picture with one pixel for each module, without quiet zone; error correction M."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(text)
    code.make(fit=True)
    rows: list[list[bool]] = code.get_matrix()
    side = len(rows)
    length = (side + 7) // 8
    # One bit a pixel, 1 is white; each row begins with its filter (none).
    lines = (
        b"\0" + int("".join("0" if dark else "1" for dark in row).ljust(length * 8, "1"), 2).to_bytes(length)
        for row in rows
    )
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
