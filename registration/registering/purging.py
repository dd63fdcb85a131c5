"""The end of everything that is kept of a summit's people: after the days that :mod:`registration.privacy` tells them, rows
are emptied as for one who asked to be erased, and the counts stay.

Batch after batch, each a transaction of its own with as many queries for many as for few; what is done stays done when a
worker ends. Accounts that nothing needs any more go one by one: each takes what is its own along.
"""

from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registration.models import (
    Answer,
    BadgeJob,
    DelegationHead,
    FormerKey,
    Itinerary,
    Look,
    Note,
    NotTheSame,
    Registration,
    Sealed,
    SecondOpinion,
)
from registration.models.question import KEPT_FOR, days_since
from registration.models.registration import RegistrationQuerySet
from registration.registering.erasing import EMPTY, LISTS
from sessions.models import Bookmark, ImportJob, PersonalAgenda
from summit import history
from summit.accounts import forgetting
from summit.accounts.known_addresses import nobody
from summit.lib.codes import reference, token
from summit.mailing import outbox
from summit.models import ExportJob, HistoryEntry, Message, SavedView, SealedAddress, Summit, User
from summit.storage import delete_files

BATCH = 500
KEYS = ["guid", "token", "email", "reference", "found_as", "erased_at", "updated_at"]


def is_over(summit: Summit) -> bool:
    """Whether the days are over for which people of a summit are kept."""
    return days_since(summit) > KEPT_FOR


def purge(summit: Summit, *, by: User | None = None) -> int:
    """Erase all people of a summit whose days are over; returns how many there were. One line of history says so."""
    if not is_over(summit):
        return 0
    count = 0
    while keys := list(_left(summit).values_list("pk", flat=True)[:BATCH]):
        count += _purge(summit, keys)
    if count:
        _forget_around(summit)
        history.record("registration.purge", summit, by=by, summit=summit, changes={"people": (count, 0)})
    return count


def _left(summit: Summit) -> RegistrationQuerySet:
    """Whoever was entered after the summit, as into an archive, is kept for as long from then on."""
    before = timezone.now() - timedelta(days=KEPT_FOR)
    return summit.registrations.filter(erased_at=None, created_at__lt=before).order_by("pk")


@transaction.atomic
def _purge(summit: Summit, keys: list[int]) -> int:
    found = list(_left(summit).filter(pk__in=keys).select_for_update(of=("self",)))
    keys = [row.pk for row in found]
    users = User.objects.filter(pk__in={row.user_id for row in found if row.user_id})
    answers = Answer.objects.filter(registration__in=keys)
    delete_files(answers.exclude(file=""))
    answers.delete()
    for model in (Note, FormerKey, SecondOpinion, Itinerary, Sealed, Look):
        model._default_manager.filter(registration__in=keys).delete()
    Registration.tags.through._default_manager.filter(registration__in=keys).delete()
    NotTheSame.objects.filter(Q(one__in=keys) | Q(other__in=keys)).delete()
    Bookmark.objects.filter(user__in=users, session__summit=summit).delete()
    PersonalAgenda.objects.filter(user__in=users, summit=summit).delete()
    lines = HistoryEntry.objects.filter(subject_kind=Registration._meta.label_lower, subject_key__in=map(str, keys))
    changed = lines.filter(action="registration.change_address").values_list("changes", flat=True)
    former = {str(side) for changes in changed for side in changes.get("email", [])}
    outbox.forget(Message.objects.filter(summit=summit, to__in=former | {row.email for row in found}))
    SealedAddress.objects.filter(summit=summit, stand_in__in=[row.email for row in found if row.at_risk]).delete()
    kind = ContentType.objects.get_for_model(Registration)
    LogEntry.objects.filter(content_type=kind, object_id__in=map(str, keys)).update(object_repr="", change_message="")
    history.erase(lines)
    now, people, found_as = timezone.now(), list(users), cast("Any", Registration._meta.get_field("found_as"))
    for row in found:
        for name, nothing in EMPTY.items():
            setattr(row, name, nothing)
        row.guid, row.token, row.email, row.reference = uuid4(), token(), nobody(), reference()
        row.erased_at = row.updated_at = now
        row.found_as = found_as.pre_save(row, add=False)
    Registration.objects.bulk_update(found, [*EMPTY, *KEYS])
    for user in people:
        forgetting.forget_unless_needed(user)
    return len(found)


def _forget_around(summit: Summit) -> None:
    """Files of the summit in which people stand, who looked after delegations, and what the team looked for by an address."""
    DelegationHead.objects.filter(delegation__summit=summit).delete()
    summit.delegations.update(contact_name="", contact_email="", notes="")
    delete_files(BadgeJob.objects.filter(summit=summit).exclude(file=""))
    exports = ExportJob.objects.filter(summit=summit, list_name__in=LISTS)
    delete_files(exports.exclude(file=""))
    exports.delete()
    uploads = ImportJob.objects.filter(summit=summit, table="registrations").exclude(state=ImportJob.State.RUNNING)
    delete_files(uploads.exclude(file=""))
    uploads.update(refused=[], report=[])
    SavedView.objects.filter(Q(query__icontains="%40") | Q(query__icontains="@"), summit=summit).delete()
