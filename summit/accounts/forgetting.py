"""An account that nothing needs any more goes with all that is its own: addresses, sessions, factors, marks, mail.

An account comes with a registration, a profile or a role; where it has none of them left, nobody can have an account
without one.
"""

import json
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django_tasks_db.models import DBTaskResult

from summit import history
from summit.accounts import user_sessions
from summit.mailing import outbox
from summit.models import HistoryEntry, Message, User

# What is the account's own, and no reason to keep it; of apps above and beside by their names.
OWN = {"account.emailaddress", "mfa.authenticator", "summit.usersession", "summit.savedview", "admin.logentry", "agenda.bookmark",
       "agenda.personalagenda"}  # fmt: skip


def is_needed(user: User, *, without: QuerySet[Any] | None = None) -> bool:
    """Whether somebody has a registration, a profile, a role or an invitation, or operates the installation; ``without``
    are rows that do not count."""
    if user.is_staff or user.is_superuser:
        return True
    for relation in User._meta.related_objects:
        if relation.hidden or relation.related_model._meta.label_lower in OWN:
            continue
        rows = relation.related_model._default_manager.filter(**{relation.field.name: user.pk})
        if without is not None and without.model is relation.related_model:
            rows = rows.exclude(pk__in=without.values("pk"))
        if rows.exists():
            return True
    return False


@transaction.atomic
def forget_unless_needed(user: User | None) -> bool:
    """Erase an account that nothing needs; returns whether it went. Of what it did, lines of history without its name
    stay."""
    if user is None or is_needed(user):
        return False
    address = user.email
    lines = HistoryEntry.objects.filter(subject_kind=user._meta.label_lower, subject_key=str(user.pk))
    history.erase(lines, of=user)
    history.erase(HistoryEntry.objects.filter(by=user, subject_kind=user._meta.label_lower), of=user)
    outbox.forget(Message.objects.filter(summit=None, to__address=address))
    forget_tasks(address)
    user_sessions.end_all(user)
    user.delete()
    return True


def forget_tasks(address: str) -> int:
    """Delete queued and finished work that names an address; what is being done at this moment is not touched. Returns
    how many."""
    # As JSON the database keeps it, with and without escapes.
    written = {address, json.dumps(address)[1:-1]}
    rows = DBTaskResult.objects.exclude(status="RUNNING").alias(
        given=Cast("args_kwargs", TextField()), returned=Cast("return_value", TextField())
    )
    asked = Q()
    for each in written:
        asked |= Q(given__icontains=each) | Q(returned__icontains=each) | Q(traceback__icontains=each)
    return int(rows.filter(asked).delete()[0])
