"""What a password must be besides Django's own rules."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext

from summit.accounts.leaked_passwords import is_leaked
from summit.accounts.password_strength import WORDS, Strength, strength


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


class NotLeaked:
    """None that stands in lists of leaked passwords (OWASP ASVS 4.0.3, 2.1.7)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ``ValidationError``."""
        if is_leaked(password):
            said = gettext("This password is known from a leak: whoever guesses tries it first. Choose another.")
            raise ValidationError(said, code="password_leaked")

    def get_help_text(self) -> str:
        return gettext("Your password can’t be one that is known from a leak.")


class NotEasy:
    """None that repeats itself or follows the keyboard (NIST SP 800-63B-4 3.1.1.2)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ``ValidationError``."""
        if strength(password) == Strength.WEAK:
            raise ValidationError(WORDS[Strength.WEAK], code="password_easy")

    def get_help_text(self) -> str:
        return gettext("Several words that belong together for you alone make a good one.")
