"""The list of participants for those taking part: who wants to be found in it, and writing to them through us.

Everybody decides for themselves, nobody is in it unasked, and an address is shown to nobody. It ends on a day.
"""

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from registration.mailing import emails
from registration.models import Listed, Registration
from registration.registering import refusals, states
from summit import history
from summit.lib import finding
from summit.ratelimit import take

# Messages of one person: in a day, and to the same one.
MOST_A_DAY, MOST_TO_ONE, DAY = 20, 3, 86400


def is_open_to(registration: Registration) -> bool:
    """Whether somebody may read the list, and be in it."""
    return registration.is_confirmed and registration.summit.lists_participants()


def may_read(registration: Registration) -> None:
    """Raises :class:`refusals.NoList`."""
    if not is_open_to(registration):
        raise refusals.NoList


def found(registration: Registration, words: str) -> list[int]:
    """The keys of those whom the reader finds, by name: in what they show, never in what they do not. Two queries at most."""
    rows = Registration.objects.filter(summit=registration.summit_id).listed_to_others()
    if not (asked := finding.words_of(words)):
        # Words of which nothing is left to look for find nobody.
        return [] if words.strip() else list(rows.order_by(Lower("name"), "pk").values_list("pk", flat=True))
    shown = ("pk", "listed", "name", "name_romanised", "organisation")
    near = rows.search(words).order_by(Lower("name"), "pk").values_list(*shown)
    return [
        pk
        for pk, listed, name, romanised, body in near
        if finding.has_words([name, romanised, body if listed == Listed.BODY else ""], asked)
    ]


@transaction.atomic
def choose(registration: Registration, listed: str, *, contactable: bool) -> Registration:
    """What of oneself others read, and whether they may write. Raises :class:`refusals.NoList`.

    Whoever is at risk is in no list.
    """
    locked = states.locked(registration)
    may_read(locked)
    listed = Listed.NOTHING if locked.at_risk else Listed(listed)
    wanted = {"listed": listed.value, "contactable": contactable and listed != Listed.NOTHING}
    if changes := history.changed(locked, wanted):
        for name, value in wanted.items():
            setattr(locked, name, value)
        locked.updated_at = timezone.now()
        locked.save(update_fields=[*wanted, "updated_at"])
        history.record("registration.participants", locked, by=None, summit=locked.summit, changes=changes)
    return locked


@transaction.atomic
def write_to(sender: Registration, to: Registration, text: str, *, with_address: bool) -> None:
    """Send a message of one participant to another, with the sender's name, and their address where they want that.

    Raises :class:`refusals.NoList`, :class:`refusals.NotListed` or :class:`summit.ratelimit.TooMany`.
    """
    may_read(sender)
    rows = Registration.objects.filter(summit=sender.summit_id, contactable=True).listed_to_others()
    reader = rows.select_related("summit", "category").filter(pk=to.pk).exclude(pk=sender.pk).first()
    if reader is None:
        raise refusals.NotListed
    take("participant_to_one", f"{sender.pk} {reader.pk}", limit=MOST_TO_ONE, seconds=DAY)
    take("participant_messages", str(sender.pk), limit=MOST_A_DAY, seconds=DAY)
    answer_to = sender.email if with_address and not sender.at_risk else ""
    emails.from_participant(reader, sender=sender, text=text, answer_to=answer_to)
    # To whom, so that a complaint can be looked into; what was written stays between them.
    history.record("registration.write_to", sender, by=None, summit=sender.summit,
                   changes={"person": ("", reader.reference)})  # fmt: skip
