from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from sessions.imports.schedules import FORMATS, import_schedule, open_schedule
from summit.imports.commands import tell
from summit.imports.table_format import LARGEST, Refused
from summit.models import Summit


class Command(BaseCommand):
    help = "Import an agenda from frab XML, frab or pretalx JSON, our sheet as CSV, XLSX or ODS, or iCalendar."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--summit", required=True, help="code of the summit the sessions belong to")
        parser.add_argument("--dry-run", action="store_true", help="report only; write nothing")
        parser.add_argument("--format", choices=["auto", *FORMATS], default="auto")
        parser.add_argument("--language", default="", help="language of the file's texts, where it does not say")
        parser.add_argument("--cancel-gone", action="store_true", help="cancel sessions the file does not have")

    def handle(self, **options: Any) -> None:
        summit = Summit.objects.filter(code=options["summit"]).first()
        if summit is None:
            raise CommandError(_("There is no summit “%(code)s”.") % {"code": options["summit"]})
        if options["language"] and options["language"] not in summit.languages:
            raise CommandError(
                _("The languages of the summit are: %(known)s.") % {"known": ", ".join(summit.languages)}
            )
        try:
            # A file of gigabytes is refused, not read.
            with options["file"].open("rb") as stream:
                content = stream.read(LARGEST + 1)
            schedule = open_schedule(str(options["file"]), content, format=options["format"], days=summit.days)
        except OSError as error:
            raise CommandError(str(error)) from error
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        del content
        report = import_schedule(
            summit,
            schedule,
            dry_run=options["dry_run"],
            cancel_gone=options["cancel_gone"],
            language=options["language"],
            progress=self.bar if self.stdout.isatty() else None,
        )
        tell(self, report, options)

    def bar(self, done: int, total: int) -> None:
        """A line that fills, drawn a hundred times at most."""
        if done == total or done % max(1, total // 100) == 0:
            filled = 30 * done // total
            self.stdout.write(
                f"\r[{'█' * filled}{'·' * (30 - filled)}] {done}/{total}", ending="\n" if done == total else ""
            )
            self.stdout.flush()
