"""What the workspace's navigation offers hosts and speakers of a summit."""

from django.urls import reverse
from django.utils.translation import gettext as _

from speakers.models import Organisation, Speaker
from summit.models import Summit, User


def own_pages(user: User, summit: Summit) -> list[tuple[str, str]]:
    """(address, label) of the pages of somebody's own organisations and profiles here. Two queries."""
    pages = []
    if Organisation.objects.of(user).filter(summit=summit).exists():
        pages.append((reverse("sessions:hosting", args=[summit.code]), _("Sessions we host")))
    if Speaker.objects.of(user).filter(summit=summit).exists():
        pages.append((reverse("sessions:my-sessions", args=[summit.code]), _("My sessions")))
    return pages
