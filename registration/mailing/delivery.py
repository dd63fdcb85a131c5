"""What became of the newest mail to somebody registered."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from registration.models.registration import RegistrationQuerySet
from summit.models import Message, Summit

WAITING, SENT, FAILED, KEPT, NONE = "waiting", "sent", "failed", "kept", "none"
STATES = {
    WAITING: (Message.State.QUEUED, Message.State.SENDING),
    SENT: (Message.State.SENT,),
    FAILED: (Message.State.FAILED,),
    KEPT: (Message.State.DISCARDED,),
}
WORDS = {
    WAITING: _("Waiting"),
    SENT: _("Sent"),
    FAILED: _("Failed"),
    KEPT: _("Not to be sent"),
    NONE: _("None yet"),
}
_OF = {state.value: name for name, states in STATES.items() for state in states}


def last_states(summit: Summit, addresses: Iterable[str]) -> dict[str, str]:
    """By address (lower case) a key of :data:`STATES`; whoever was never written to is missing. One query."""
    rows = _addressed(summit).filter(address__in=[each.lower() for each in addresses])
    return {address: _OF[state] for address, state in rows.order_by("created_at").values_list("address", "state")}


def standing_so(found: RegistrationQuerySet, summit: Summit, wanted: str) -> RegistrationQuerySet:
    """Those whose newest mail stands so: a key of :data:`WORDS`.

    Few mails wait or have failed at a time, so it is looked from them; most were sent, so those are what is left.
    """
    people: Any = found.alias(address=Lower("email"))
    those: RegistrationQuerySet
    written = summit.messages.filter(to__address=OuterRef("email"))
    others = [state for name, states in STATES.items() if name != SENT for state in states]
    if wanted == NONE:
        those = people.exclude(Exists(written))
    elif wanted == SENT:
        those = people.filter(Exists(written)).exclude(address__in=_newest(summit, others))
    else:
        those = people.filter(address__in=_newest(summit, STATES[wanted]))
    return those


def _addressed(summit: Summit) -> Any:
    return summit.messages.annotate(address=Lower("to"))


def _newest(summit: Summit, states: Iterable[str]) -> Any:
    """The addresses whose newest mail is in one of these states."""
    later = summit.messages.filter(to__address=OuterRef("to"), created_at__gt=OuterRef("created_at"))
    rows = _addressed(summit).order_by().filter(state__in=states).exclude(Exists(later))
    return rows.values("address")
