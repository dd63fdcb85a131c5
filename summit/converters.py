"""Kinds of parts in an address."""

from django.urls.converters import StringConverter

from summit.lib import hosts


class SummitCode(StringConverter):
    """A summit's code in an address: ``[a-z0-9_]{4,32}``."""

    regex = "[a-z0-9_]{4,32}"


class SummitOfHost(SummitCode):
    """The same with its slash, at a summit's own host: nothing stands for that summit, nothing is ever taken away.

    Reversing another summit's code keeps it; such an address leads to the installation.
    """

    regex = f"(?:{SummitCode.regex}/)??"

    def to_python(self, value: str) -> str:
        return hosts.served() or value.rstrip("/")

    def to_url(self, value: str) -> str:
        return "" if value == hosts.served() else f"{value}/"
