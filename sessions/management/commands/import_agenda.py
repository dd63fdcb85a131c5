from typing import Any

from sessions.imports.loaders import loaders_for
from summit.imports.commands import ImportCommand
from summit.imports.table_format import Loader
from summit.models import Summit


class Command(ImportCommand):
    help = "Import tracks and sessions, with their hosts, people and materials."

    def loaders(self, summit: Summit | None, options: dict[str, Any]) -> dict[str, Loader]:
        assert summit is not None  # noqa: S101  the base command has refused an unknown one
        return loaders_for(summit)
