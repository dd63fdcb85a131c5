"""JSON of files: the line and the sign where it stops being JSON, in words."""

import json
from typing import Any

from django.utils.translation import gettext as _


class BrokenJson(ValueError):
    """What is no JSON; its words name the place and what to do."""


def parsed(text: str) -> Any:
    """The value a text holds. Raises :class:`BrokenJson`."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        told = _(
            "Line %(line)d, sign %(sign)d: this is not valid JSON: a comma, a bracket or a quotation mark is wrong. Export the file again."
        )
        raise BrokenJson(told % {"line": error.lineno, "sign": error.colno}) from error
    except (ValueError, RecursionError) as error:
        raise BrokenJson(
            _("The file is not valid JSON: a number is too long, or lists lie too deep in each other.")
        ) from error
