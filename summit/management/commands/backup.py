"""A backup of the whole installation, while people go on using it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from summit.errors import Refusal
from summit.operating import backing_up, backup_targets
from summit.operating.backup_place import BackupPlace
from summit.operating.manifest import BadBackup


class Command(BaseCommand):
    help = (
        "Write database, uploads and private files into a new folder or bucket, encrypted where BACKUP_KEY is set. "
        "Ends with 0, or with 1 and nothing left there."
    )
    # A backup must be possible while something else is wrong.
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "target",
            nargs="?",
            help="a folder, or s3://bucket/folder, that is empty or not there; else one below BACKUP_ROOT, named by the time",
        )

    def handle(self, **options: Any) -> None:
        try:
            place = backup_targets.place(options["target"] or backup_targets.named_by_the_time())
            made = backing_up.back_up(place, self.say if options["verbosity"] else lambda _word: None)
        except (BadBackup, Refusal, DatabaseError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        if options["verbosity"]:
            self.tell(place, made)

    def say(self, word: str) -> None:
        self.stderr.write(word)
        self.stderr.flush()

    def tell(self, place: BackupPlace, made: Any) -> None:
        size = sum(part.size for part in made.parts)
        how = "encrypted" if made.encryption else "not encrypted: set BACKUP_KEY"
        self.stdout.write(
            f"{place}: {sum(made.rows.values())} rows, {len(made.files)} files, {size / 1e6:.1f} MB, {how}"
        )
        self.stdout.write(
            f"Keep beside it, it is not in it: {', '.join([*made.keep_beside, *['BACKUP_KEY'] * bool(made.encryption)])}"
        )
