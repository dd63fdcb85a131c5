"""What must not stand in a log: addresses that are keys, and what people typed.

Records are masked where they are made (:func:`record`), so that every handler, formatter and error report of this
process sees them so: Django's, the web server's access log, the worker's, tracebacks among them.
"""

import logging
import logging.config
import re
from collections.abc import Mapping
from numbers import Number
from typing import Any

# What comes after one of these steps opens somebody's own page, calendar, invitation or password; words of our own
# addresses are shorter. A slash may be percent-encoded, as in ``?next=``.
STEPS = ("registrations", "my", "my-sessions", "shared-agendas", "shared", "team-invitations", "host-invitations",
         "profile-claims", "delegations", "invitations", "drafts", "captions", "key", "confirm-email")  # fmt: skip
PRIVATE = re.compile(rf"((?:/|%2F)(?:{'|'.join(map(re.escape, STEPS))})(?:/|%2F))[^/\s\"'?&#%<>]{{12,}}", re.IGNORECASE)
# Parameters that hold a key, or words of a person: what is looked for is a name as often as not.
NAMES = ("token", "key", "code", "secret", "password", "signature", "q", "email")
PARAMETER = re.compile(
    rf"((?:^|[?&;'\"]|%3F|%26)(?:{'|'.join(NAMES)})(?:=|%3D))[^&;\s\"'#<>]+", re.IGNORECASE | re.MULTILINE
)


def masked(text: str) -> str:
    """The text with an ellipsis in place of every key in an address."""
    return PARAMETER.sub(r"\1…", PRIVATE.sub(r"\1…", text))


def _argument(value: Any) -> Any:
    """Numbers stay what the format is for, text stays text; everything else is written as text sooner or later."""
    if isinstance(value, str):
        return masked(value)
    return value if value is None or isinstance(value, Number) else _Masked(value)


class _Masked:
    """Something a log line is made with, masked when it is written."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __str__(self) -> str:
        return masked(str(self.value))

    def __repr__(self) -> str:
        return masked(repr(self.value))


_plain = logging.Formatter()
_make = logging.LogRecord


def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A record as :mod:`logging` makes it, without keys: in the message, what it is made with, and the traceback, which
    formatters take from ``exc_text`` where it is there."""
    made = _make(*args, **kwargs)
    made.msg = masked(made.msg) if isinstance(made.msg, str) else _Masked(made.msg)
    if isinstance(made.args, Mapping):
        made.args = {name: _argument(value) for name, value in made.args.items()}
    elif made.args:
        made.args = tuple(map(_argument, made.args))
    if made.exc_info and made.exc_info[0]:
        made.exc_text = masked(_plain.formatException(made.exc_info))
    if made.stack_info:
        made.stack_info = masked(made.stack_info)
    return made


def configure(config: dict[str, Any]) -> None:
    """Django's ``LOGGING_CONFIG``: as the settings say, with records that are masked."""
    logging.setLogRecordFactory(record)
    logging.config.dictConfig(config)
