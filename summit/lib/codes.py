"""Codes people read aloud and tokens nobody can guess."""

import secrets
from collections.abc import Callable

# No 0/O, 1/I/L, U/V, 5/S, 8/B, 2/Z: what is heard or handwritten is typed back right.
READABLE = "34679ACDEFGHJKMNPQRTWXY"


def reference(groups: int = 2, size: int = 4, pick: Callable[[str], str] = secrets.choice) -> str:
    """A reference such as ``K7QM-3FXD``: about 36 bits, unique by the database's constraint. ``pick`` chooses a letter."""
    return "-".join("".join(pick(READABLE) for _ in range(size)) for _ in range(groups))


def normal_reference(typed: str) -> str:
    """What somebody typed, as a reference is stored: upper case, without spaces, with its hyphen."""
    bare = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())
    return f"{bare[:4]}-{bare[4:]}" if len(bare) > 4 else bare


def token() -> str:
    """An unguessable address part: 192 bits, URL-safe."""
    return secrets.token_urlsafe(24)


def session_code(length: int = 6) -> str:
    """A session's public code, ``[0-9A-Z]{6}`` (frab schedule.xml, attribute ``code``)."""
    return "".join(secrets.choice(READABLE) for _ in range(length))
