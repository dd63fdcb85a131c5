from typing import Any

from summit.imports.commands import ImportCommand
from summit.imports.loaders import loaders_for
from summit.imports.table_format import Loader
from summit.models import Summit


class Command(ImportCommand):
    help = "Import a summit with its venues and rooms, its pages, and the civic register."
    needs_summit = False

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("--summit", default="", help="code of the summit, where the file is not the summit itself")

    def loaders(self, summit: Summit | None, options: dict[str, Any]) -> dict[str, Loader]:
        return loaders_for(summit)
