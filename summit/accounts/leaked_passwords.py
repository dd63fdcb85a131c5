"""Whether a password stands in a list of leaked ones (OWASP ASVS 4.0.3, 2.1.7).

``leaked_passwords.bin`` holds the first six bytes of the SHA-256 of each, in small letters, sorted: one is found by
halving the file, nothing is kept in memory, nobody's words lie readable in it, and of all passwords not in the list one
in six thousand million is taken for one that is. ``leaked_passwords.md`` says where the list is from and how the file is made.
"""

from bisect import bisect_left
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

FILE = Path(__file__).with_suffix(".bin")
WIDTH = 6
# Shorter ones are refused anyway, and longer ones than anybody may have.
SHORTEST, LONGEST = 12, 128


def _digest(password: str) -> bytes:
    return sha256(password.strip().lower().encode()).digest()[:WIDTH]


def is_leaked(password: str) -> bool:
    kept, wanted = FILE.read_bytes(), _digest(password)
    count = len(kept) // WIDTH
    place = bisect_left(range(count), wanted, key=lambda number: kept[number * WIDTH : (number + 1) * WIDTH])
    return place < count and kept[place * WIDTH : (place + 1) * WIDTH] == wanted


def packed(passwords: Iterable[str]) -> bytes:
    """What the file holds, of such passwords as our rules would take otherwise."""
    return b"".join(sorted({_digest(each) for each in passwords if SHORTEST <= len(each.strip()) <= LONGEST}))
