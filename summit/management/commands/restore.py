"""A backup comes back into an empty installation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from summit.errors import Refusal
from summit.models import Message
from summit.operating import backup_targets, manifest, restoring
from summit.operating.manifest import BadBackup


class Command(BaseCommand):
    help = (
        "Bring a backup back into an installation that is empty. Checks all of it first, and holds all mail until an operator "
        "releases it. Ends with 0, or with 1 and the installation as empty as it was."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("source", help="the folder, or s3://bucket/folder, that `backup` wrote")

    def handle(self, **options: Any) -> None:
        try:
            found = restoring.restore(
                backup_targets.place(options["source"]), self.say if options["verbosity"] else lambda _word: None
            )
        except (BadBackup, Refusal, DatabaseError, OSError) as error:
            raise CommandError(f"Not restored. {error}") from error
        for sentence in manifest.foreign_secrets(found):
            self.stderr.write(self.style.WARNING(sentence))
        if options["verbosity"]:
            self.tell(found)

    def say(self, word: str) -> None:
        self.stderr.write(word)
        self.stderr.flush()

    def tell(self, found: manifest.Manifest) -> None:
        self.stdout.write(f"Restored: the state of {found.begun}, {len(found.rows)} tables with {sum(found.rows.values())} rows "
                          f"and {len(found.files)} files, as many as were backed up.")  # fmt: skip
        waiting = Message.objects.filter(state=Message.State.QUEUED).count()
        self.stdout.write(f"Mail is held ({waiting} waiting). Release it at {settings.SITE_URL}/en/my/mail/")
