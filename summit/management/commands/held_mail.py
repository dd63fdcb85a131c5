"""Mail that is held, from the command line: whoever signs in by a mailed code gets none while it is held."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from summit.errors import Refusal
from summit.mailing import holding
from summit.operating import held_mail

OLDER = ("backup", *held_mail.AGES)


class Command(BaseCommand):
    help = (
        "Say how much mail is held since a restore and how old it is; discard what is too old, or send the rest. "
        "The page /en/my/mail/ does the same."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--discard", choices=OLDER, metavar="AGE", help=f"never send what is older: {', '.join(OLDER)}"
        )
        parser.add_argument("--send", action="store_true", help="then send all that waits, and hold no mail any more")

    def handle(self, **options: Any) -> None:
        hold = holding.held()
        if hold is None:
            self.stdout.write("No mail is held.")
            return
        try:
            if age := options["discard"]:
                limits = held_mail.limits(hold)
                if age not in limits:
                    raise CommandError("Nobody knows when the backup was made. Choose another age.")
                self.stdout.write(f"Mails that will not be sent: {held_mail.discard(limits[age])}")
            if options["send"]:
                self.stdout.write(f"Mails on their way: {held_mail.send_all()}")
        except Refusal as refusal:
            raise CommandError(str(refusal.message)) from refusal
        if not options["discard"] and not options["send"]:
            found = held_mail.waiting(hold)
            ages = "".join(f", older than {name}: {count}" for name, count in found.older.items())
            self.stdout.write(f"Held since {hold.since:%Y-%m-%d %H:%M} UTC: {found.count} mails{ages}")
