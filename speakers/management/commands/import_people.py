from typing import Any

from speakers.imports import loaders_for
from summit.imports.commands import ImportCommand
from summit.imports.table_format import Loader
from summit.models import Summit


class Command(ImportCommand):
    help = "Import organisations and speakers."

    def loaders(self, summit: Summit | None, options: dict[str, Any]) -> dict[str, Loader]:
        assert summit is not None  # noqa: S101  the base command has refused an unknown one
        return loaders_for(summit)
