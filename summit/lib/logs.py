"""What must not stand in a log: addresses that are keys."""

import logging
import re

# The part after these opens somebody's own page, calendar or password.
PRIVATE = re.compile(r"(/(?:registrations|my|my-sessions|key)/)[^/\s\"'?]+")


def masked(text: str) -> str:
    return PRIVATE.sub(r"\1…", text)


class MaskPrivateAddresses(logging.Filter):
    """Takes tokens out of the paths Django logs with refused requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = masked(record.msg) if isinstance(record.msg, str) else record.msg
        if isinstance(record.args, tuple):
            record.args = tuple(masked(part) if isinstance(part, str) else part for part in record.args)
        return True
