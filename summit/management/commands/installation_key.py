"""A key for the first start in the browser."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from summit.accounts import installation


class Command(BaseCommand):
    help = "Print a key with which somebody makes the first operator in the browser; nothing once there is one."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        if installation.has_operator():
            return
        key = installation.make_key()
        self.stdout.write(f"\n  First start: {settings.SITE_URL}/")
        self.stdout.write(f"  Installation key: {key or 'as set by INSTALLATION_KEY'}\n\n")
