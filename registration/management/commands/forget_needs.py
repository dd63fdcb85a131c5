from typing import Any

from django.core.management.base import BaseCommand

from registration.delegating import itineraries
from registration.models.registration import needs_are_gone
from registration.registering import needs
from summit.models import Summit


class Command(BaseCommand):
    help = "Erase access and dietary needs, and itineraries, of summits that ended 30 days ago. Run it daily."

    def handle(self, **options: Any) -> None:
        for summit in filter(needs_are_gone, Summit.objects.all()):
            count = needs.forget_needs(summit)
            self.stdout.write(f"{summit.code}: {count}")
            if itineraries_gone := itineraries.forget(summit):
                self.stdout.write(f"{summit.code}, itineraries: {itineraries_gone}")
