"""What the commands that import have in common: files in, report out, exit status 1 where a row was refused."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from summit.imports.table_format import Loader, Report, run
from summit.models import Summit


def tell(command: BaseCommand, report: Report, options: dict[str, Any]) -> None:
    """What a command says of an import. Raises ``CommandError`` (exit status 1) where rows were refused."""
    if options["verbosity"] or report.refused:
        for line in report.lines():
            command.stdout.write(line)
    if report.refused:
        raise CommandError(_("%(count)d rows were refused; nothing was written.") % {"count": len(report.refused)})
    if options["dry_run"]:
        command.stdout.write(_("Dry run: nothing was written."))


class ImportCommand(BaseCommand):
    """Base of the ``import_…`` commands: files in, report out, exit status 1 when a row was refused."""

    needs_summit = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSON or CSV, see summit/imports.py")
        parser.add_argument("--dry-run", action="store_true", help="report only; write nothing")
        if self.needs_summit:
            parser.add_argument("--summit", required=True, help="code of the summit the rows belong to")

    def loaders(self, summit: Summit | None, options: dict[str, Any]) -> dict[str, Loader]:
        raise NotImplementedError

    def handle(self, **options: Any) -> None:
        summit = None
        if self.needs_summit or options["summit"]:
            summit = Summit.objects.filter(code=options["summit"]).first()
            if summit is None:
                raise CommandError(_("There is no summit “%(code)s”.") % {"code": options["summit"]})
        try:
            files = [(str(path), path.read_bytes()) for path in options["files"]]
        except OSError as error:
            raise CommandError(str(error)) from error
        report = run(files, self.loaders(summit, options), dry_run=options["dry_run"], summit=summit)
        tell(self, report, options)
