"""The 2021 OGP Global Summit, through the same importers an organiser uses."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from summit.accounts import demonstration
from summit.models import Summit, User

CODE = "ogp2021"
FILES = Path(settings.BASE_DIR) / "summit" / "seeds" / CODE


class Command(BaseCommand):
    help = "Build the 2021 OGP Global Summit in an empty migrated database (see --stage)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--stage", choices=("planning", "open", "running", "over"), default="open")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where any summit or account exists")
        parser.add_argument(
            "--among-people",
            action="store_true",
            help="also where others have accounts: log-ins with printed passwords",
        )

    def handle(self, **options: Any) -> None:
        if options["if_empty"] and (Summit.objects.exists() or User.objects.exists()):
            return
        if not options["among_people"] and demonstration.has_people():
            raise CommandError(
                "This database has people in it, and seed makes log-ins with passwords that it prints. "
                "Operators order the demonstration in the browser; --among-people does it here all the same."
            )
        stage, quiet = options["stage"], {"verbosity": options["verbosity"]}
        with transaction.atomic():
            call_command("import_summit", FILES / "summit.json", **quiet)
            call_command("import_summit", FILES / "pages.json", FILES / "civic.json", summit=CODE, **quiet)
            call_command("import_people", FILES / "organisations.json", FILES / "speakers.json", summit=CODE, **quiet)
            call_command("import_agenda", FILES / "tracks.json", FILES / "sessions.json", summit=CODE, **quiet)
            call_command("import_registrations", FILES / "registration.json", summit=CODE, **quiet)
            # Registering needs an open window; the stage asked for is set at the end.
            call_command(
                "stage_summit", summit=CODE, stage="open" if stage != "planning" else stage, stdout=self.stdout
            )
            if stage != "planning":
                call_command("import_registrations", FILES / "people.json", summit=CODE, **quiet)
                call_command("stage_summit", summit=CODE, stage=stage, stdout=self.stdout)
