"""One person with two profiles becomes one: nothing of either is lost, and the old address leads to the one that stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import Appearance, Session
from speakers.editing import portraits, protected
from speakers.editing.inline_edits import DECLARED
from speakers.models import FormerCode, ProfileClaim, Speaker
from summit import history
from summit.errors import Refusal
from summit.models import User

# What may be taken from the profile that goes.
FIELDS = ("name", "name_romanised", "country", "email", "biography", "notes")


class CannotMerge(Refusal):
    code = "cannot_merge"
    message: Any = _("Choose another profile of this summit.")


class TwoAccounts(Refusal):
    code = "two_accounts"
    message: Any = _("Both profiles belong to an account. Ask one of the people to give theirs up first.")


@transaction.atomic
def merge(keep: Speaker, gone: Speaker, values: dict[str, Any], *, by: User | None) -> Speaker:
    """Move everything of ``gone`` to ``keep``, set ``values`` (of :data:`FIELDS`) on it, and delete ``gone``.

    An appearance in the same session and role stays as the kept person has it, and so does a portrait. Raises
    :class:`CannotMerge` across summits or with oneself, :class:`TwoAccounts` and
    :class:`speakers.editing.protected.ProfileProtected`.
    """
    if keep.pk == gone.pk or keep.summit_id != gone.summit_id:
        raise CannotMerge
    # Held in one order, whoever is kept: two merges at once wait for each other in a line.
    locked = {
        row.pk: row
        for row in Speaker.objects.select_for_update(of=("self",)).filter(pk__in=(keep.pk, gone.pk)).order_by("pk")
    }
    if len(locked) < 2:
        raise CannotMerge
    keep, gone, summit = locked[keep.pk], locked[gone.pk], keep.summit
    protected.check(keep, gone)
    if keep.user_id and gone.user_id and keep.user_id != gone.user_id:
        raise TwoAccounts
    touched = _move(keep, gone)
    wanted = {name: value for name, value in values.items() if name in FIELDS}
    wanted["user"] = keep.user or gone.user
    for name in ("portrait", "gender", "region", "sector"):
        wanted[name] = getattr(keep, name) or getattr(gone, name)
    changes = history.changed(keep, wanted)
    for name in changes:
        setattr(keep, name, wanted[name])
    keep.version += 1
    keep.save()
    history.record(
        "speaker.merge", keep, by=by, summit=summit, changes={**_plain(changes), "merged": (gone.code, keep.code)}
    )
    history.record("speaker.merge", gone, by=by, summit=summit, changes={"merged": (gone.code, keep.code)})
    gone.delete()
    # A portrait that did not come along is nobody's.
    if gone.portrait.name != keep.portrait.name:
        portraits.forget(gone.portrait.name)
    now = timezone.now()
    Session.objects.filter(pk__in=touched, published_at__isnull=False).update(updated_at=now)
    summit.raise_revision()
    return keep


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """A profile with what tells it from another under the same name: as what it is billed, and in which sessions."""

    speaker: Speaker
    billed: list[str]
    sessions: list[Session]


def distinguished(people: Sequence[Speaker]) -> list[ProfileFacts]:
    """One query, whatever the number of people."""
    rows = Appearance.objects.select_related("session").order_by("session__starts_at", "session__code", "order")
    prefetch_related_objects(people, Prefetch("appearances", rows))
    return [_facts(speaker, list(speaker.appearances.all())) for speaker in people]


def _facts(speaker: Speaker, appearances: list[Appearance]) -> ProfileFacts:
    bills = [" · ".join(filter(None, (str(row.job_title), str(row.affiliation)))) for row in appearances]
    sessions = [row.session for row in appearances]
    return ProfileFacts(speaker, list(dict.fromkeys(filter(None, bills))), list(dict.fromkeys(sessions)))


def _plain(changes: history.Changes) -> history.Changes:
    return {
        name: (str(a or ""), str(b or "")) if name in {"portrait", "user"} else (a, b)
        for name, (a, b) in changes.items()
        if name not in DECLARED
    }


def _move(keep: Speaker, gone: Speaker) -> set[int]:
    """Appearances, times, claim and old addresses; returns the sessions of either."""
    touched = set(Session.objects.filter(appearances__speaker__in=(keep, gone)).values_list("pk", flat=True))
    mine = set(keep.appearances.values_list("session", "role"))
    for appearance in gone.appearances.all():
        if (appearance.session_id, appearance.role) in mine:
            appearance.delete()
        else:
            appearance.speaker = keep
            appearance.save(update_fields=["speaker"])
    if not keep.availabilities.exists():
        gone.availabilities.update(speaker=keep)
    if not ProfileClaim.objects.filter(speaker=keep).exists():
        ProfileClaim.objects.filter(speaker=gone).update(speaker=keep)
    if keep.user_id or gone.user_id:
        # Whoever was invited to a profile that has its person is invited no more.
        ProfileClaim.objects.filter(speaker__in=(keep, gone), accepted_at__isnull=True).delete()
    gone.former_codes.update(speaker=keep)
    FormerCode.objects.create(summit_id=keep.summit_id, code=gone.code, guid=gone.guid, speaker=keep)
    return touched
