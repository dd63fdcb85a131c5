"""Kinds of parts in an address."""

from django.urls.converters import StringConverter


class SummitCode(StringConverter):
    """A summit's code in an address: ``[a-z0-9_]{4,32}``."""

    regex = "[a-z0-9_]{4,32}"
