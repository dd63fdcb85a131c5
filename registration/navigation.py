"""The numbers in the workspace's navigation."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registration.models import Registration
from sessions.models import Placement
from sessions.models.session import KEPT_BACK
from summit.models import Summit


def counts(summit: Summit) -> dict[str, int]:
    """How many there are of what the navigation leads to; ``changes`` are those that wait to be published."""
    waiting = Placement.objects.filter(session__summit=summit).exclude(session__in=summit.sessions.filter(KEPT_BACK))
    return {
        "sessions": summit.sessions.count(),
        "people": summit.speakers.count(),
        "organisations": summit.organisations.count(),
        "tracks": summit.tracks.count(),
        "rooms": summit.rooms.count(),
        "pages": summit.pages.count(),
        "registrations": Registration.objects.active().filter(summit=summit).count(),
        "changes": waiting.count(),
    }


def settings_above(summit: Summit) -> dict[str, list[str]]:
    """What is set in the sections of the settings whose rows ``summit`` does not know, by their addresses."""
    due = summit.deadlines.count()
    open_now = registration_in_words(summit)
    return {
        "registration:settings-registration": [open_now],
        "registration:categories": [_joined(summit.categories.filter(is_open=True))],
        "registration:desks-kept": [_joined(summit.desks.filter(is_open=True))],
        "sessions:settings": [
            ngettext("%(number)d deadline", "%(number)d deadlines", due) % {"number": due},
            _("Editing is closed for hosts and speakers")
            if summit.editing_frozen_at
            else _("Hosts and speakers may edit"),
        ],
    }


def registration_in_words(summit: Summit) -> str:
    """What visitors find now."""
    return {
        "unscheduled": _("Registration is not open."),
        "not_yet": _("Registration opens by itself."),
        "open": _("Registration is open."),
        "closed": _("Registration has closed."),
    }[summit.registration_state()]


def _joined(rows: Iterable[Any]) -> str:
    return " · ".join(str(row) for row in rows) or _("None yet")
