from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registration.registering import needs
from summit.models import Summit


class Command(BaseCommand):
    help = "Erase needs of summits that ended 30 days ago, and answers whose days are over. Run it daily."

    def handle(self, **options: Any) -> None:
        for summit in Summit.objects.filter(ends_on__lt=timezone.now().date()):
            if count := needs.forget_needs(summit):
                self.stdout.write(f"{summit.code}: {count}")
