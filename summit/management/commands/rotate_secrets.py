"""Encrypt the secrets in the database anew, after ``SECRET_KEY`` was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from summit.accounts import factor_secrets
from summit.models import PushKey, SealedAddress

# What apps above have sealed, each by name only.
SEALED = ("registration.models.sealing.rotate",)


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of second factors, and what is sealed of people at risk, with the present SECRET_KEY. Run it after "
        "the key was changed, while the former one stands in SECRET_KEY_FALLBACKS. It may run while people work, and again."
    )

    def handle(self, **options: Any) -> None:
        done, unreadable = factor_secrets.rotate()
        shut: list[str] = []
        for rotate in (SealedAddress.objects.rotate, PushKey.objects.rotate, *map(import_string, SEALED)):
            number, left = rotate()
            done, shut = done + number, shut + left
        self.stdout.write(f"{done} secrets are encrypted with the present SECRET_KEY.")
        if shut:
            raise CommandError(
                f"What is sealed of these cannot be read with any key of SECRET_KEY and SECRET_KEY_FALLBACKS: "
                f"{', '.join(sorted(set(shut)))}. Add the key it was sealed with and run this again."
            )
        if unreadable:
            raise CommandError(
                f"{len(unreadable)} cannot be read with any key of SECRET_KEY and SECRET_KEY_FALLBACKS: "
                f"{', '.join(sorted(set(unreadable)))}. Add the key they were made with and run this again, or take these "
                "second factors away in the admin; their people then set up new ones."
            )
