"""The end of everything that is kept of a summit's people: after the days that :mod:`registration.privacy` tells them, rows
are emptied as for one who asked to be erased, and the counts stay.

Batch after batch, each a transaction of its own with as many queries for many as for few; what is done stays done when a
worker ends. Accounts that nothing needs any more go along.
"""

from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registration.models import (
    BadgeJob,
    DelegationHead,
    Feedback,
    Invitation,
    Registration,
)
from registration.models.question import KEPT_FOR, days_since
from registration.models.registration import RegistrationQuerySet
from registration.registering import drafts, inviting
from registration.registering.erasing import (
    EMPTIED,
    INVITED,
    empty,
    empty_invitation,
    forget_rows,
    forget_uploads,
    former_addresses,
    lines_of,
)
from registration.registering.sealed_texts import LISTS
from sessions.live import forgetting as forgetting_asked
from sessions.models import Bookmark, PersonalAgenda
from summit import history
from summit.accounts import forgetting
from summit.mailing import outbox
from summit.models import ExportJob, HistoryEntry, Message, SavedView, SealedAddress, Summit, User
from summit.storage import delete_files

BATCH = 500


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


def forget_asked(summit: Summit) -> int:
    """Drop who asked, voted and gave feedback in the sessions of a summit, where the days are over for which that is kept."""
    if days_since(summit) <= forgetting_asked.KEPT_FOR:
        return 0
    told = Feedback.objects.filter(summit=summit).exclude(author="").update(author="")
    return forgetting_asked.forget_summit(summit) + told


def _left(summit: Summit) -> RegistrationQuerySet:
    """Whoever was entered after the summit, as into an archive, is kept for as long from then on."""
    before = timezone.now() - timedelta(days=KEPT_FOR)
    return summit.registrations.filter(erased_at=None, created_at__lt=before).order_by("pk")


@transaction.atomic
def _purge(summit: Summit, keys: list[int]) -> int:
    found = list(_left(summit).filter(pk__in=keys).select_for_update(of=("self",)))
    keys = [row.pk for row in found]
    users = User.objects.filter(pk__in={row.user_id for row in found if row.user_id})
    forget_rows(keys)
    Bookmark.objects.filter(user__in=users, session__summit=summit).delete()
    PersonalAgenda.objects.filter(user__in=users, summit=summit).delete()
    addresses = former_addresses(keys) | _forget_invitations(keys) | {row.email for row in found}
    outbox.forget(Message.objects.filter(summit=summit, to__in=addresses))
    SealedAddress.objects.filter(summit=summit, stand_in__in=[row.email for row in found if row.at_risk]).delete()
    history.erase(lines_of(keys))
    people, found_as = list(users), cast("Any", Registration._meta.get_field("found_as"))
    for row in found:
        empty(row)
        row.found_as = found_as.pre_save(row, add=False)
    Registration.objects.bulk_update(found, EMPTIED)
    forgetting.forget_unneeded(people)
    return len(found)


def _forget_invitations(keys: list[int]) -> set[str]:
    """Empty those by which these have registered, and return the addresses they went to."""
    found = list(Invitation.objects.filter(registration__in=keys))
    addresses = {row.email for row in found}
    kind, found_as = Invitation._meta.label_lower, cast("Any", Invitation._meta.get_field("found_as"))
    history.erase(HistoryEntry.objects.filter(subject_kind=kind, subject_key__in=[str(row.pk) for row in found]))
    for row in found:
        empty_invitation(row)
        row.found_as = found_as.pre_save(row, add=False)
    Invitation.objects.bulk_update(found, INVITED)
    return addresses


def _forget_around(summit: Summit) -> None:
    """Files of the summit in which people stand, who looked after delegations, what the team looked for by an
    address, and invitations that nobody followed."""
    DelegationHead.objects.filter(delegation__summit=summit).delete()
    summit.delegations.update(contact_name="", contact_email="", notes="")
    inviting.forget()
    drafts.forget(summit.drafts.all())
    delete_files(BadgeJob.objects.filter(summit=summit).exclude(file=""))
    exports = ExportJob.objects.filter(summit=summit, list_name__in=LISTS)
    delete_files(exports.exclude(file=""))
    exports.delete()
    forget_uploads(summit.pk)
    SavedView.objects.filter(Q(query__icontains="%40") | Q(query__icontains="@"), summit=summit).delete()
