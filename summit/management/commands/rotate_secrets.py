"""Encrypt the secrets in the database anew, after ``SECRET_KEY`` was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from summit.accounts import factor_secrets


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of second factors with the present SECRET_KEY. Run it after the key was changed, while the former "
        "one stands in SECRET_KEY_FALLBACKS. It may run while people work, and again."
    )

    def handle(self, **options: Any) -> None:
        done, unreadable = factor_secrets.rotate()
        self.stdout.write(f"{done} secrets are encrypted with the present SECRET_KEY.")
        if unreadable:
            raise CommandError(
                f"{len(unreadable)} cannot be read with any key of SECRET_KEY and SECRET_KEY_FALLBACKS: "
                f"{', '.join(sorted(set(unreadable)))}. Add the key they were made with and run this again, or take these "
                "second factors away in the admin; their people then set up new ones."
            )
