"""The one exception that means: a rule said no."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A rule said no.

    ``code`` is for machines and never translated; ``message`` is a lazy sentence for the reader that says what to do;
    ``details`` are facts a page may show. ``status`` is the HTTP status the doors answer with.
    """

    code = "refused"
    message: Any = _("This is not possible.")
    status = 409

    def __init__(self, message: Any = None, **details: Any) -> None:
        if message is not None:
            self.message = message
        self.details = details
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)
