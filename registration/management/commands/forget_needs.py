from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registration.delegating import itineraries
from registration.registering import needs
from summit.models import Summit


class Command(BaseCommand):
    help = (
        "Erase needs and itineraries of summits that ended 30 days ago, and answers whose days are over. Run it daily."
    )

    def handle(self, **options: Any) -> None:
        for summit in Summit.objects.filter(ends_on__lt=timezone.now().date()):
            if count := needs.forget_needs(summit):
                self.stdout.write(f"{summit.code}: {count}")
            if gone := itineraries.forget(summit):
                self.stdout.write(f"{summit.code}, itineraries: {gone}")
