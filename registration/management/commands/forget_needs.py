from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registration import lifecycle
from summit.models import Summit

# As the privacy notice says.
KEPT_FOR = timedelta(days=30)


class Command(BaseCommand):
    help = "Erase access and dietary needs of summits that ended 30 days ago. Run it daily."

    def handle(self, **options: Any) -> None:
        for summit in Summit.objects.filter(ends_on__lt=(timezone.now() - KEPT_FOR).date()):
            count = lifecycle.forget_needs(summit)
            self.stdout.write(f"{summit.code}: {count}")
