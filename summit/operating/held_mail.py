"""What operators do with mail that is held: look how old it is, discard what is too old, let the rest go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.errors import Refusal
from summit.mailing import holding, outbox
from summit.models import MailHold, Message, User

AGES: dict[str, tuple[timedelta, Any]] = {
    "hour": (timedelta(hours=1), _("an hour")),
    "day": (timedelta(days=1), _("a day")),
    "week": (timedelta(days=7), _("a week")),
}


class NotHeld(Refusal):
    code = "mail_not_held"
    message: Any = _("Mail is not held any more: somebody released it meanwhile.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """``older`` says of how many mails each key of :data:`AGES` is true, and ``backup`` how many the backup held."""

    count: int
    oldest: datetime | None
    older: dict[str, int]


def queued() -> QuerySet[Message]:
    return Message.objects.filter(state=Message.State.QUEUED)


def limits(hold: MailHold) -> dict[str, datetime]:
    """The moments before which mail may be discarded."""
    now = timezone.now()
    found = {name: now - age for name, (age, _label) in AGES.items()}
    return {"backup": hold.copied_at, **found} if hold.copied_at else found


def waiting(hold: MailHold) -> Waiting:
    counts = {name: Count("pk", filter=Q(created_at__lt=before)) for name, before in limits(hold).items()}
    told = queued().aggregate(waiting=Count("pk"), oldest=Min("created_at"), **counts)
    return Waiting(told["waiting"], told["oldest"], {name: told[name] for name in counts})


@transaction.atomic
def send_all(*, by: User | None = None) -> int:
    """Release the mail and queue all that waits; returns how many. Raises :class:`NotHeld`."""
    hold = _locked()
    guids = [str(guid) for guid in queued().order_by("created_at").values_list("guid", flat=True)]
    history.record("mail.release", hold, by=by, summit=None, changes={"mails": (None, len(guids))})
    holding.end()
    outbox.send_soon(guids)
    return len(guids)


@transaction.atomic
def discard(before: datetime, *, by: User | None = None) -> int:
    """Never send what was written before that moment; returns how many. Raises :class:`NotHeld`."""
    hold = _locked()
    count = queued().filter(created_at__lt=before).update(state=Message.State.DISCARDED)
    changes = {"mails": (None, count), "before": (None, before)}
    history.record("mail.discard", hold, by=by, summit=None, changes=changes)
    return count


def _locked() -> MailHold:
    hold = MailHold.objects.select_for_update().first()
    if hold is None:
        raise NotHeld
    return hold
