"""A backup of the whole installation, while people go on using it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from summit.operating import backing_up
from summit.operating.manifest import BadBackup


class Command(BaseCommand):
    help = (
        "Write database, uploads and private files into a new folder, encrypted where BACKUP_KEY is set. "
        "Ends with 0, or with 1 and nothing left in the folder."
    )
    # A backup must be possible while something else is wrong.
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "target",
            nargs="?",
            help="a folder that is empty or not there; else one below BACKUP_ROOT, named by the time",
        )

    def handle(self, **options: Any) -> None:
        target = self.target(options["target"])
        try:
            made = backing_up.back_up(target, self.say if options["verbosity"] else lambda _word: None)
        except (BadBackup, DatabaseError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        if options["verbosity"]:
            self.tell(target, made)

    def target(self, named: str | None) -> Path:
        if named:
            return Path(named).resolve()
        if settings.BACKUP_ROOT is None:
            raise CommandError("Where to? Name a folder, or set BACKUP_ROOT.")
        return Path(settings.BACKUP_ROOT, datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")).resolve()

    def say(self, word: str) -> None:
        self.stderr.write(word)
        self.stderr.flush()

    def tell(self, target: Path, made: Any) -> None:
        size = sum(part.size for part in made.parts)
        how = "encrypted" if made.encryption else "not encrypted: set BACKUP_KEY"
        self.stdout.write(
            f"{target}: {sum(made.rows.values())} rows, {len(made.files)} files, {size / 1e6:.1f} MB, {how}"
        )
        self.stdout.write(
            f"Keep beside it, it is not in it: {', '.join([*made.keep_beside, *['BACKUP_KEY'] * bool(made.encryption)])}"
        )
