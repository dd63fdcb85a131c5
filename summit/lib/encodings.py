"""How the letters of a text file are written: UTF-8, or CP949 (EUC-KR), in which Korean spreadsheets save CSV."""

import codecs
from collections import Counter

UTF_8, CP949 = "utf-8", "cp949"
# Names under which XML says that it is Korean (IANA, Character Sets).
KOREAN = {"euc-kr", "cp949", "ms949", "uhc", "windows-949", "ks_c_5601-1987", "ksc5601", "ks_c_5601"}
ENOUGH = 0.9
PIECE = 1 << 16  # bytes


def as_utf8(content: bytes) -> tuple[bytes, str]:
    """The file in UTF-8, and the encoding it came in; bytes that are neither come back as they are, as UTF-8."""
    text = "" if _is_utf8(content) else _korean(content)
    return (text.encode(), CP949) if text else (content, UTF_8)


def _is_utf8(content: bytes) -> bool:
    """Looked at piece by piece: a text takes four times its bytes in memory where one sign needs it."""
    decoder = codecs.getincrementaldecoder(UTF_8)()
    try:
        for start in range(0, len(content), PIECE):
            decoder.decode(content[start : start + PIECE], final=start + PIECE >= len(content))
    except UnicodeDecodeError:
        return False
    return True


def _korean(content: bytes) -> str:
    """The text where it is Korean in CP949, else "": other encodings decode as well, but to what nobody writes."""
    try:
        text = content.decode(CP949)
    except UnicodeDecodeError:
        return ""
    counted = Counter(text)
    words = {c: n for c, n in counted.items() if c > "\x7f" and c.isalpha()}
    common = sum(n for c, n in words.items() if "가" <= c <= "힣" and len(c.encode("euc_kr")) == 2)
    return text if words and common >= ENOUGH * sum(words.values()) else ""
