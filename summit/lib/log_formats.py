"""How log lines look: for people, or one JSON object a line for machines. Both name the request they belong to, and of what
was answered to somebody who is signed in the number of their account (OWASP ASVS 4.0.3, 7.2.2); nothing else of a person."""

import json
import logging
from datetime import UTC, datetime

from django.contrib.auth import SESSION_KEY

from summit.lib import request_ids
from summit.lib.logs import masked


def account_of(record: logging.LogRecord) -> str:
    """The number of the account whose session the request of a line has read; "" where it read none. Asks nothing: a line
    is written also where the database is away."""
    session = getattr(getattr(record, "request", None), "session", None)
    kept = getattr(session, "_session_cache", None)
    return str(kept.get(SESSION_KEY, "")) if isinstance(kept, dict) else ""


class Line(logging.Formatter):
    """``2026-11-30 09:00:00,123 WARNING django.request [1f0c…] account 17: Not Found: /en/``"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(number)s%(account)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        number, account = request_ids.current(), account_of(record)
        record.number = f" [{number}]" if number else ""
        record.account = f" account {account}" if account else ""
        return super().format(record)


class Json(logging.Formatter):
    """``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``, ``process``; ``request_id``, ``account`` and
    ``exception`` (the traceback) where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
            "process": record.process,
        }
        if number := request_ids.current():
            told["request_id"] = number
        if account := account_of(record):
            told["account"] = account
        if record.exc_info:
            told["exception"] = masked(record.exc_text or self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False, default=str)
