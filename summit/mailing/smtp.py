"""One connection to the mail server for several messages, and what its answers mean."""

import smtplib
import time
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, mailers

from summit.models import Message

# Seconds after which a server may have hung up.
IDLE = 10
# Answers about us, not about the message: who we are (RFC 4954), or that the server takes none now.
ABOUT_US = {530, 534, 535, 538}
# Enhanced status codes (RFC 3463): the first that fits counts.
MEANINGS = (
    ("5.1.", Message.Failure.ADDRESS),
    ("5.2.1", Message.Failure.ADDRESS),
    ("5.2.2", Message.Failure.FULL),
    ("5.7.", Message.Failure.REFUSED),
)
# Where there are none (RFC 5321 4.2.3).
CODES = {550: Message.Failure.ADDRESS, 551: Message.Failure.ADDRESS, 552: Message.Failure.FULL,
         553: Message.Failure.ADDRESS}  # fmt: skip


class Line:
    """A connection that is made for the first message and kept for the next ones.

    Where none can be made, what comes after fails with the same error instead of waiting for the server one by one.
    """

    def __init__(self) -> None:
        self._backend: Any = None
        self._no_server: Exception | None = None
        self._used_at = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, mail: EmailMessage) -> None:
        """Raises whatever the mail system says."""
        if self._no_server is not None:
            raise self._no_server
        if time.monotonic() - self._used_at > IDLE:
            self._hang_up()
        try:
            self._backend = self._backend or mailers.default
            self._backend.open()
        except Exception as error:
            self._no_server = error
            raise
        try:
            self._backend.send_messages([mail])
        except BaseException:
            # What was said last may be half a message: the next one begins anew.
            self._hang_up()
            raise
        self._used_at = time.monotonic()

    def _hang_up(self) -> None:
        if self._backend is not None:
            # The server may have hung up itself; smtplib's errors are of this kind, too.
            with suppress(OSError):
                self._backend.close()
            self._backend = None


def answer_of(error: Exception) -> tuple[int, str]:
    """(code, words) of the mail server, of one recipient where it named one; (0, "") where there was no answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        code, words = next(iter(error.recipients.values()))
        return code, _decoded(words)
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _decoded(error.smtp_error)
    return 0, ""


def _decoded(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def failure_of(error: Exception) -> str:
    """Why trying again is no use: the server has said so for good (5xx); "" where it may go well later.

    A refusal of our name, our password or our connection is for an operator to mend; the message waits.
    """
    if isinstance(error, ValueError) and str(error).startswith("Invalid address"):  # Django's word, before any server's
        return str(Message.Failure.ADDRESS)
    code, words = answer_of(error)
    if code < 500 or code in ABOUT_US or isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return ""
    for status, failure in MEANINGS:
        if status in words[:16]:
            return str(failure)
    return str(CODES.get(code, Message.Failure.REFUSED))
