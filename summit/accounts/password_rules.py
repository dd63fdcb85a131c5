"""What a password must be besides Django's own rules."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext


class MaximumLength:
    """At most so many characters (OWASP ASVS 4.0.3, 2.1.2): whole texts are no passwords, and each costs its hashing."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ``ValidationError``."""
        if len(password) > self.max_length:
            said = ngettext(
                "This password is too long. It may have %d character.",
                "This password is too long. It may have %d characters.",
                self.max_length,
            )
            raise ValidationError(said % self.max_length, code="password_too_long")

    def get_help_text(self) -> str:
        return ngettext(
            "Your password may have at most %(max_length)d character.",
            "Your password may have at most %(max_length)d characters.",
            self.max_length,
        ) % {"max_length": self.max_length}
