"""An account that nothing needs any more goes with all that is its own: addresses, sessions, factors, marks, mail.

An account comes with a registration, a profile or a role; where it has none of them left, nobody can have an account
without one.
"""

import json
import re
from collections.abc import Collection
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Lower
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
    return bool(needed([user], without=without))


def needed(users: Collection[User], *, without: QuerySet[Any] | None = None) -> set[int]:
    """Keys of those accounts that :func:`is_needed`; as many queries for many as for one."""
    found = {user.pk for user in users if user.is_staff or user.is_superuser}
    for relation in User._meta.related_objects:
        if relation.hidden or relation.related_model._meta.label_lower in OWN:
            continue
        name = relation.field.name
        rows = relation.related_model._default_manager.filter(**{f"{name}__in": [user.pk for user in users]})
        if without is not None and without.model is relation.related_model:
            rows = rows.exclude(pk__in=without.values("pk"))
        found.update(rows.order_by().values_list(name, flat=True).distinct())
    return found


def forget_unless_needed(user: User | None) -> bool:
    """Erase an account that nothing needs; returns whether it went. Of what it did, lines of history without its name
    stay."""
    return user is not None and bool(forget_unneeded([user]))


@transaction.atomic
def forget_unneeded(users: Collection[User]) -> int:
    """As :func:`forget_unless_needed`, for many in as many queries as for one; returns how many went."""
    kept = needed(users)
    gone = [user for user in users if user.pk not in kept]
    if not gone:
        return 0
    addresses, lines = [user.email for user in gone], HistoryEntry.objects.filter(subject_kind=User._meta.label_lower)
    about = lines.filter(Q(subject_key__in=[str(user.pk) for user in gone]) | Q(by__in=gone))
    history.erase(about, of=gone)
    theirs = Message.objects.filter(summit=None).alias(address=Lower("to"))
    outbox.forget(theirs.filter(address__in=[address.lower() for address in addresses]))
    forget_tasks(*addresses)
    user_sessions.forget(gone)
    User.objects.filter(pk__in=[user.pk for user in gone]).delete()
    return len(gone)


def forget_tasks(*addresses: str) -> int:
    """Delete queued and finished work that names one of these addresses; what is being done at this moment is not touched.
    Returns how many."""
    # As JSON the database keeps it, with and without escapes; in any case of letters, as a database looks.
    written = {each for address in addresses for each in (address, json.dumps(address)[1:-1])}
    named = re.compile("|".join(map(re.escape, sorted(written))), re.IGNORECASE)
    rows = DBTaskResult.objects.exclude(status="RUNNING").annotate(
        given=Cast("args_kwargs", TextField()), returned=Cast("return_value", TextField())
    )
    keys = [
        key
        for key, *said in rows.values_list("pk", "given", "returned", "traceback").iterator()
        if any(text and named.search(text) for text in said)
    ]
    return sum(int(DBTaskResult.objects.filter(pk__in=chunk).delete()[0]) for chunk in batched(keys, 500, strict=False))
