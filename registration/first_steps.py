"""The first steps of a new summit, in order, each ticked by the data."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from summit.models import Right, Summit


@dataclass(frozen=True, slots=True)
class Step:
    """``address`` is "" for readers who may not take it."""

    label: Any
    hint: Any
    done: bool
    address: str = ""


def steps(summit: Summit, rights: frozenset[Right]) -> list[Step]:
    """From a name to a public agenda. Five queries."""
    named = all(summit.name.get(code) for code in summit.languages)
    here = [
        (_("Name and dates"), _("In every language of the summit, with its days and an address people may write to."),
         named and bool(summit.contact_email), "summit:settings-general", Right.SETTINGS),
        (_("Rooms"), _("Where sessions take place, and how many people fit."),
         summit.rooms.exists(), "summit:organiser-new-room", Right.PROGRAMME),
        (_("Tracks"), _("The lines of the programme, each with a colour."),
         summit.tracks.exists(), "sessions:organiser-new-track", Right.TRACKS),
        (_("First session"), _("By hand, or many at once from a table or another tool."),
         summit.sessions.exists(), "sessions:organiser-new-session", Right.PROGRAMME),
        (_("Team"), _("Invite those who work with you, each with a role of their own."),
         summit.memberships.count() > 1, "summit:team-invite", Right.TEAM),
        (_("Registration"), _("From when people may register, and as what."),
         summit.registration_state() != "unscheduled", "registration:settings-registration", Right.SETTINGS),
        (_("Publish"), _("Open the summit to the public and publish its agenda."),
         summit.is_public and summit.agenda_is_published, "registration:publication", Right.PUBLISH),
    ]  # fmt: skip
    return [
        Step(label, hint, done, reverse(name, args=[summit.code]) if right in rights else "")
        for label, hint, done, name, right in here
    ]
