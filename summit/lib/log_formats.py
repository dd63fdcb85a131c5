"""How log lines look: for people, or one JSON object a line for machines. Both name the request they belong to."""

import json
import logging
from datetime import UTC, datetime

from summit.lib import request_ids
from summit.lib.logs import masked


class Line(logging.Formatter):
    """``2026-11-30 09:00:00,123 ERROR django.request [1f0c…]: Internal Server Error: /en/``"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(request)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        number = request_ids.current()
        record.request = f" [{number}]" if number else ""
        return super().format(record)


class Json(logging.Formatter):
    """``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``, ``process``; ``request_id`` and ``exception`` (the
    traceback) where there is one."""

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
        if record.exc_info:
            told["exception"] = masked(record.exc_text or self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False, default=str)
