"""Small edits of people and organisations, made in a list: one cell, or many rows at once."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from speakers.editing import portraits
from speakers.models import Organisation, Speaker
from summit import history
from summit.editing.revising import revise
from summit.errors import Refusal
from summit.models import Summit, User

# What translators write. A name in Latin letters is a name in the second script; the one as written is the person's own.
TEXTS_OF_SPEAKERS = ("name_romanised", "biography")
TEXTS_OF_ORGANISATIONS = ("name", "description")
# What people say about themselves is counted, and written down nowhere else.
DECLARED = frozenset({"gender", "region", "sector"})
# What nobody but the team reads; all else stands on public pages.
PRIVATE = frozenset({"email", "notes", "gender", "region", "sector", "contact_name", "contact_email"})


class HasSessions(Refusal):
    code = "has_sessions"
    message: Any = _("There are sessions with this. Take it out of them first.")


@transaction.atomic
def edit_speaker(speaker: Speaker, values: dict[str, Any], *, version: int | None, by: User | None) -> Speaker:
    """Set what differs; of whoever is protected nothing that is sealed. Raises :class:`summit.editing.revising.Overtaken`."""
    values = speaker.open_to_change(values)
    locked, changes = revise(
        speaker, values, version=version, by=by, summit=speaker.summit, action="speaker.edit", secret=DECLARED
    )
    _show(locked, speaker.summit, changes)
    return locked


@transaction.atomic
def edit_organisation(
    organisation: Organisation, values: dict[str, Any], *, version: int | None, by: User | None
) -> Organisation:
    """Set what differs. Raises :class:`summit.editing.revising.Overtaken`."""
    summit = organisation.summit
    locked, changes = revise(organisation, values, version=version, by=by, summit=summit, action="organisation.edit")
    _show(locked, summit, changes)
    return locked


@transaction.atomic
def delete_speaker(speaker: Speaker, *, by: User | None) -> None:
    """Take away somebody who is in no session. Raises :class:`HasSessions`."""
    locked = Speaker.objects.select_for_update(of=("self",)).get(pk=speaker.pk)
    _delete(locked, "appearances", "speaker.delete", by)
    portraits.forget(locked.portrait.name)


@transaction.atomic
def delete_organisation(organisation: Organisation, *, by: User | None) -> None:
    """Take away an organisation that hosts no session. Raises :class:`HasSessions`."""
    locked = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    _delete(locked, "hostings", "organisation.delete", by)


def _delete(locked: Any, sessions: str, action: str, by: User | None) -> None:
    if getattr(locked, sessions).exists():
        raise HasSessions
    history.record(action, locked, by=by, summit=locked.summit, changes={"name": (history.plain(locked.name), "")})
    locked.delete()


def _show(locked: models.Model, summit: Summit, changes: history.Changes) -> None:
    """Public pages, and the feeds of the sessions that name what has changed, follow."""
    if PRIVATE.issuperset(changes):
        return
    sessions: Any = locked.sessions  # type: ignore[attr-defined]  # of the app above, known by nothing but the relation
    sessions.filter(published_at__isnull=False).update(updated_at=timezone.now())
    summit.raise_revision()
