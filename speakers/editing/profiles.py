"""Verbs on a speaker's profile."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from speakers.models import Availability, Organisation, Speaker
from summit import history
from summit.lib.codes import token
from summit.lib.times import intervals
from summit.models import Summit, User


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


@transaction.atomic
def create_speaker(summit: Summit, values: dict[str, Any], *, by: User | None) -> Speaker:
    """A profile nobody sees before the person is in a published session."""
    made = Speaker.objects.create(summit=summit, **values)
    history.record("speaker.create", made, by=by, summit=summit, changes={"name": ("", made.name)})
    return made


@transaction.atomic
def create_organisation(summit: Summit, values: dict[str, Any], *, by: User | None) -> Organisation:
    """``values`` are those of the form, with ``code``."""
    made = Organisation.objects.create(summit=summit, **values)
    history.record("organisation.create", made, by=by, summit=summit, changes={"name": ("", history.plain(made.name))})
    return made


@transaction.atomic
def set_availability(speaker: Speaker, spans: Iterable[tuple[datetime, datetime]], *, by: User | None) -> None:
    """When the person can come, in UTC or any zone; nothing means: throughout. The same again writes nothing."""
    before, wanted = list(speaker.availabilities.values_list("starts_at", "ends_at")), sorted(spans)
    if before == wanted:
        return
    speaker.availabilities.all().delete()
    Availability.objects.bulk_create(
        Availability(speaker=speaker, starts_at=starts, ends_at=ends) for starts, ends in wanted
    )
    # Forms made before know nothing of these times.
    Speaker.objects.filter(pk=speaker.pk).update(version=F("version") + 1)
    history.record(
        "speaker.edit",
        speaker,
        by=by,
        summit=speaker.summit,
        changes={"availability": (intervals(before), intervals(wanted))},
    )
