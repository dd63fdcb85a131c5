"""The numbers in the workspace's navigation."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registration.accrediting import vetting
from registration.models import Attendance, Delegation, Registration, State
from registration.registering import decisions
from sessions.models import Placement, Session, Track
from sessions.models.session import KEPT_BACK
from speakers.models import Organisation, Speaker
from summit.models import Page, Room, Summit


def counts(summit: Summit) -> dict[str, int]:
    """How many there are of what the navigation leads to; ``changes`` are those that wait to be published. One query."""
    waiting = Placement.objects.exclude(session__in=Session.objects.filter(KEPT_BACK))
    numbers = {
        "sessions": _number(Session.objects.all()),
        "people": _number(Speaker.objects.all()),
        "organisations": _number(Organisation.objects.all()),
        "tracks": _number(Track.objects.all()),
        "rooms": _number(Room.objects.all()),
        "pages": _number(Page.objects.all()),
        "registrations": _number(Registration.objects.active()),
        "delegations": _number(Delegation.objects.all()),
        "waiting": _number(Registration.objects.filter(state=State.PENDING)),
        "vetting": _number(Registration.objects.active().filter(vetting.to_do(), attendance=Attendance.IN_PERSON)),
        "changes": _number(waiting, "session__summit"),
    }
    [found] = Summit.objects.filter(pk=summit.pk).values_list(*numbers.values())
    return dict(zip(numbers, found, strict=True))


def _number(rows: QuerySet[Any], summit: str = "summit") -> Coalesce:
    """How many of these rows belong to the summit of the query around it."""
    counted = rows.order_by().filter(**{summit: OuterRef("pk")}).values(summit).annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def settings_above(summit: Summit) -> dict[str, list[str]]:
    """What is set in the sections of the settings whose rows ``summit`` does not know, by their addresses."""
    due = summit.deadlines.count()
    open_now = registration_in_words(summit)
    return {
        "registration:settings-registration": [open_now],
        "registration:categories": [_joined(summit.categories.on_the_form())],
        "registration:quotas": [_joined(summit.quotas.filter(is_basic=False)[:5])],
        "registration:sections": [_joined(summit.sections.all()[:5])],
        "registration:reasons": [_joined(summit.reason_templates.all()[:3])],
        "registration:tags": [_joined(summit.tags.all()[:5])],
        "registration:reviewers": [_joined(decisions.reviewers(summit).values_list("user__email", flat=True))],
        "registration:zones": [_joined(zone.code for zone in summit.zones.all())],
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
