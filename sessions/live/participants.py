"""Who takes part in questions and polls: known by a keyed digest, so that each counts once and no list of them is kept."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.crypto import salted_hmac

PURPOSE = "sessions.live.participants"


@dataclass(frozen=True, slots=True)
class Participant:
    """``key`` differs between people and between summits and sessions of browsers; ``name`` is what may be shown, "" where
    nothing may; ``in_hall``: whoever asks sits in the room."""

    key: str
    name: str = ""
    in_hall: bool = False
    # Never shown by name, whatever they wish.
    at_risk: bool = False


def of_registration(guid: UUID) -> str:
    """The key of whoever is registered, the same on every device."""
    return _digest(f"registration:{guid}")


def of_browser(secret: str) -> str:
    """The key of somebody in the hall who has not signed in: of their browser, by the secret in its cookie."""
    return _digest(f"browser:{secret}")


def _digest(of: str) -> str:
    return salted_hmac(PURPOSE, of, algorithm="sha256").hexdigest()
