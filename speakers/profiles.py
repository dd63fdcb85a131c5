"""Verbs on a speaker's profile."""

from django.db import transaction

from speakers.models import Speaker
from summit import history
from summit.lib.codes import token
from summit.models import User


@transaction.atomic
def share_calendar(speaker: Speaker, *, by: User) -> str:
    """A new address for the speaker's own calendar; the one before stops working at once."""
    speaker.calendar_token = token()
    speaker.save(update_fields=["calendar_token"])
    history.record("speaker.share_calendar", speaker, by=by, summit=speaker.summit)
    return speaker.calendar_token


@transaction.atomic
def revoke_calendar(speaker: Speaker, *, by: User) -> None:
    speaker.calendar_token = ""
    speaker.save(update_fields=["calendar_token"])
    history.record("speaker.revoke_calendar", speaker, by=by, summit=speaker.summit)
