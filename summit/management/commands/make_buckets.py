"""The buckets that the settings name."""

from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Make the two buckets of S3_PUBLIC_BUCKET and S3_PRIVATE_BUCKET in an object storage that has none yet; nothing "
        "where they are, and where files lie in folders. Neither becomes open to the public."
    )
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        for alias, name in (("default", settings.S3_PUBLIC_BUCKET), ("private", settings.S3_PRIVATE_BUCKET)):
            if name and storages[alias].make():  # type: ignore[attr-defined]  # it is one of ours (summit/buckets.py)
                self.stdout.write(f"Made the bucket {name}.")
