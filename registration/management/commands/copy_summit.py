from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registration.registering.copying import Sessions, copy_summit
from summit.errors import Refusal
from summit.lib.text import clean_line
from summit.lib.translated import Text, languages
from summit.models import Summit, User


class Command(BaseCommand):
    help = "Make a new summit from an earlier one, on new days: places, tracks, categories, pages and texts, no people."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("source", help="code of the summit to copy")
        parser.add_argument("code", help="code of the new one")
        parser.add_argument("starts_on", type=date.fromisoformat, help="its first day, YYYY-MM-DD")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="whose account owns the new summit")
        for language in languages():
            parser.add_argument(f"--name-{language}", default="", help=f"its name ({language})")
        parser.add_argument("--sessions", choices=Sessions.values, default=Sessions.NONE)

    def handle(self, **options: Any) -> None:
        source = Summit.objects.filter(code=options["source"]).first()
        if source is None:
            raise CommandError(f"There is no summit {options['source']!r}.")
        owner = User.objects.filter(email__address=options["owner"], is_active=True).first()
        if owner is None:
            raise CommandError(f"There is no account {options['owner']!r}.")
        name = Text({language: clean_line(options[f"name_{language}"]) for language in languages()})
        if not name:
            raise CommandError("Give the new summit a name in at least one language.")
        try:
            made = copy_summit(
                source, options["code"], name, options["starts_on"], sessions=options["sessions"], by=owner
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{made.code}: {made.starts_on} – {made.ends_on}")
