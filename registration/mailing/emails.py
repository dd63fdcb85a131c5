"""One function per message. Each is called inside the transaction of the change it tells of."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid5

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from registration import standing
from registration.models import Booking, Choice, Draft, Invitation, Photo, PhotoWanted, Pick, Registration, State
from registration.models.accreditation import lacks_photo
from sessions.reading import ical
from summit.lib import times
from summit.mailing import outbox
from summit.models import Message, User

FOLDER = "registration/emails"
# A message that is not written yet, and what goes with it.
type Letter = tuple[Message, list[outbox.Attached]]


def own_page(registration: Registration) -> str:
    """Address of the person's own page in their language."""
    with translation.override(registration.language):
        summit = registration.summit
        return summit.address(reverse("registration:own", args=[summit.code, registration.token]))


def agenda_page(registration: Registration) -> str:
    """Address of the person's own agenda, where the links of their sessions stand, in their language."""
    with translation.override(registration.language):
        summit = registration.summit
        return summit.address(reverse("registration:my-agenda", args=[summit.code]))


def entry(registration: Registration) -> outbox.Attached:
    """The summit as one calendar entry: the venue for those who come, *online* for the others.

    Calendars are shown to others and kept by their providers: the address of the own page, which is a key, is not there.
    """
    stands = standing.of_registration(registration)
    with translation.override(registration.language):
        home = registration.summit.address(registration.summit.get_absolute_url())
    calendar = ical.summit_entry(
        registration.summit,
        language=registration.language,
        uid=f"registration-{registration.guid}",
        in_person=stands.place != standing.Place.ONLINE,
        cancelled=stands.entry == standing.Entry.CANCELLED,
        sequence=registration.sequence,
        stamp=registration.updated_at,
        url=home,
    )
    return outbox.Attached("summit.ics", "text/calendar; charset=utf-8; method=PUBLISH", calendar)


def first_of(registration: Registration) -> UUID:
    """The key of the mail that tells of a registration: whoever has it has been told."""
    return uuid5(registration.guid, "confirmed")


def _send(
    name: str,
    registration: Registration,
    *,
    with_entry: bool = False,
    secret: bool = True,
    guid: UUID | None = None,
    send: bool = True,
) -> Message:
    """``guid``: of the message, where it is known before; ``send``: have it leave by a task of its own."""
    drawn = _drawn(name, registration, secret=secret)
    drawn.guid = guid or drawn.guid
    return outbox.queue(drawn, [entry(registration)] if with_entry else None, send=send)


def _drawn(name: str, registration: Registration, *, to: str = "", secret: bool = True, **more: object) -> Message:
    return outbox.drawn(
        f"{FOLDER}/{name}",
        to=to or registration.email,
        language=registration.language,
        summit=registration.summit,
        context={
            "registration": registration,
            "own_page": own_page(registration),
            "agenda_page": agenda_page(registration),
            "standing": standing.of_registration(registration),
            "lacks_photo": _lacks_photo(registration),
            # Asked where a mail tells it.
            "waits_for": SimpleLazyObject(lambda: waited_for([registration]).get(registration.pk, [])),
            **more,
        },
        secret=secret,
    )


# What tells of a registration in each state, and whether a calendar entry goes with it.
WELCOMES = {State.CONFIRMED: ("confirmed", True), State.PENDING: ("applied", False), State.WAITLISTED: ("waitlisted", False),
            State.UNPROVEN: ("unproven", False)}  # fmt: skip


def waited_for(registrations: Iterable[Registration]) -> dict[int, list[Choice]]:
    """The choices for which each of these (by their keys) waits for a place. One query."""
    found: dict[int, list[Choice]] = defaultdict(list)
    for pick in Pick.objects.waiting().filter(answer__registration__in=[row.pk for row in registrations]):
        found[pick.answer.registration_id].append(pick.choice)
    return found


def welcome(registration: Registration, guid: UUID, waits_for: Sequence[Choice] = ()) -> Letter:
    """The mail of the state an active registration is in, which is not written yet; ``waits_for``: see :func:`waited_for`."""
    name, with_entry = WELCOMES[State(registration.state)]
    unproven = registration.state == State.UNPROVEN
    drawn = _drawn_unproven(registration) if unproven else _drawn(name, registration, waits_for=waits_for)
    drawn.guid = guid
    return drawn, [entry(registration)] if with_entry else []


def _lacks_photo(registration: Registration) -> bool:
    """Whether the person is still to send one; of a category that asks for none without a question."""
    if registration.category.photo == PhotoWanted.NO or registration.at_risk:
        return False
    sent = Photo.objects.filter(registration=registration).values_list("sent_at", flat=True).first()
    return lacks_photo(registration.category, sent)


def seat_offered(booking: Booking) -> Message:
    """A seat is free for somebody who has waited; it is kept until the offer ends."""
    registration, session = booking.registration, booking.session
    with translation.override(registration.language):
        until, tz, language = booking.offer_ends_at or booking.queued_at, registration.summit.tz, registration.language
        ends = times.moment_label(until, tz, language)
        there = times.for_reader(until, None, tz, registration.zone, language)
        zone = " · ".join(filter(None, [times.zone_in_mail(until, tz, language), there]))
        way = [registration.summit.code, registration.token, session.code]
        page = registration.summit.address(reverse("registration:own-session", args=way))
    context = {"registration": registration, "session": session, "ends": ends, "own_page": own_page(registration),
               "page": page, "zone": zone}  # fmt: skip
    return outbox.post(
        f"{FOLDER}/seat_offered",
        to=registration.email,
        language=registration.language,
        summit=registration.summit,
        context=context,
    )


def campaign(registration: Registration, said: object, *, to: str = "", is_test: bool = False) -> Message:
    """A message to many as ``said`` for this recipient, which is not written yet. A test leaves no link that opens anything."""
    return _drawn("campaign", registration, to=to, secret=not is_test, campaign=said, is_test=is_test)


def confirmed(registration: Registration, *, guid: UUID | None = None, send: bool = True) -> Message:
    return _send("confirmed", registration, with_entry=True, guid=guid, send=send)


def applied(registration: Registration, *, guid: UUID | None = None, send: bool = True) -> Message:
    """What was sent has come in, and the organisers decide: no ticket, no calendar entry."""
    return _send("applied", registration, guid=guid, send=send)


def waitlisted(registration: Registration, *, guid: UUID | None = None, send: bool = True) -> Message:
    """No place is left, and the person waits for one."""
    return _send("waitlisted", registration, guid=guid, send=send)


def unproven(
    registration: Registration, *, sent_again_as: str = "", guid: UUID | None = None, send: bool = True
) -> Message:
    """Whether the address is the person's: until they say so on their page nothing is promised."""
    drawn = _drawn_unproven(registration, sent_again_as=sent_again_as)
    drawn.guid = guid or drawn.guid
    return outbox.queue(drawn, send=send)


def _drawn_unproven(registration: Registration, *, sent_again_as: str = "") -> Message:
    ends = _moment(registration, registration.proof_ends_at or registration.updated_at)
    return _drawn("unproven", registration, ends=ends, sent_again_as=sent_again_as)


def draft_saved(draft: Draft, language: str) -> Message:
    """The link that opens a form as it was left, and how long; nothing of what was filled in."""
    summit = draft.summit
    with translation.override(language):
        page = summit.address(draft.get_absolute_url())
        zone = times.zone_in_mail(draft.expires_at, summit.tz, language)
        until = f"{times.moment_label(draft.expires_at, summit.tz, language)} ({zone})"
    context: dict[str, object] = {"page": page, "until": until}
    return outbox.post(f"{FOLDER}/draft_saved", to=draft.email, language=language, summit=summit, context=context)


def place_offered(registration: Registration) -> Message:
    """A place is kept for whoever waited, until a moment that is told in their own zone as well."""
    ends = _moment(registration, registration.offer_ends_at or registration.updated_at)
    return outbox.queue(_drawn("place_offered", registration, ends=ends))


def _moment(registration: Registration, moment: datetime) -> str:
    """A moment of the summit, in the person's own zone as well."""
    summit, language = registration.summit, registration.language
    with translation.override(language):
        there = times.for_reader(moment, None, summit.tz, registration.zone, language)
        here = f"{times.moment_label(moment, summit.tz, language)} ({times.zone_in_mail(moment, summit.tz, language)})"
        return " · ".join(filter(None, [here, there]))


def choice_place(registration: Registration, choice: Choice) -> Message:
    """Whoever waited for a place of a choice in the form has it now."""
    return outbox.queue(_drawn("choice_place", registration, choice=choice))


def offer_ended(registration: Registration) -> Message:
    return _send("offer_ended", registration)


def waitlist_ended(registration: Registration) -> Message:
    return _send("waitlist_ended", registration, secret=False)


def reviewed(registration: Registration) -> Message:
    """A confirmed registration is looked at again: until then its ticket opens no door, and its place is kept."""
    return _send("reviewed", registration)


def vetting_cleared(registration: Registration) -> Message:
    """Whoever was looked into may come in: with the ticket there was none of before."""
    return _send("vetting_cleared", registration, with_entry=True)


def vetting_refused(registration: Registration, reason: str) -> Message:
    """Whoever was looked into may not come in, or no longer; why, and the entry leaves the calendar of who had one."""
    drawn = _drawn("vetting_refused", registration, why=reason)
    return outbox.queue(drawn, [entry(registration)] if registration.is_confirmed else None)


def rejected(registration: Registration) -> Message:
    """The organisers said no, and why."""
    return _send("rejected", registration, secret=False)


def confirmed_many(registrations: Iterable[Registration]) -> int:
    """Tell many at once that they are registered, or that the organisers decide; whoever has been told already is not
    told again. Returns how many were written now."""

    def letter(registration: Registration) -> Letter:
        confirmed = registration.is_confirmed
        message = _drawn(_first_mail(registration), registration)
        return message, [entry(registration)] if confirmed else []

    return _once({first_of(row): partial(letter, row) for row in registrations})


def _once(letters: Mapping[UUID, Callable[[], Letter]]) -> int:
    """Draw and write the messages that have not been written under their guid; returns how many."""
    told = set(Message.objects.filter(pk__in=letters).values_list("pk", flat=True))
    drawn = []
    for guid, draw in letters.items():
        if guid not in told:
            message, files = draw()
            message.guid = guid
            drawn.append((message, files))
    return outbox.queue_many(drawn)


def asked_for_feedback(registrations: Iterable[Registration]) -> int:
    """Ask how it was, once; returns how many mails were written now."""
    return _once({uuid5(row.guid, "feedback"): partial(_asked_for_feedback, row) for row in registrations})


def _asked_for_feedback(registration: Registration) -> Letter:
    with translation.override(registration.language):
        way = [registration.summit.code, registration.token]
        page = registration.summit.address(reverse("registration:own-feedback", args=way))
    return _drawn("feedback", registration, page=page), []


def invited(invitations: Iterable[Invitation]) -> int:
    """Invite them, each in their language and once; returns how many mails were written now."""
    return _once({uuid5(row.guid, "invited"): partial(_invitation, "invited", row) for row in invitations})


def reminded_of_invitation(invitations: Iterable[Invitation]) -> int:
    """Remind them, once for each time the team asked for it; returns how many mails were written now."""
    return _once({
        uuid5(row.guid, f"reminded {row.reminded_at}"): partial(_invitation, "invitation_reminder", row)
        for row in invitations
    })  # fmt: skip


def _invitation(name: str, invitation: Invitation) -> Letter:
    summit, language = invitation.summit, invitation.language
    with translation.override(language):
        link = summit.address(invitation.get_absolute_url())
        until = times.moment_label(invitation.expires_at, summit.tz, language, year=timezone.now().year)
        until = f"{until} ({times.zone_in_mail(invitation.expires_at, summit.tz, language)})"
    context = {"invitation": invitation, "link": link, "until": until, "sender": invitation.by and invitation.by.name}
    return outbox.drawn(f"{FOLDER}/{name}", to=invitation.email, language=language, summit=summit, context=context), []


def _first_mail(registration: Registration) -> str:
    if registration.registered_by and not registration.delegation_id:
        return "of_group"
    if registration.for_programme and registration.awaits_person:
        return "programme"
    return "confirmed" if registration.is_confirmed else "applied"


def attendance_changed(registration: Registration) -> Message:
    """How they come now; whoever has not confirmed the address yet is asked that again, with the new way."""
    if registration.state == State.UNPROVEN:
        return unproven(registration)
    return _send("attendance_changed", registration, with_entry=registration.is_confirmed)


def cancelled(registration: Registration) -> Message:
    """Without the link to the own page; the entry goes to whoever has one."""
    return _send("cancelled", registration, with_entry=registration.confirmed_at is not None, secret=False)


def stood_in_for(registration: Registration) -> Message:
    """Somebody else of the delegation comes instead; who, is the delegation's to say."""
    return _send("stood_in_for", registration, with_entry=registration.confirmed_at is not None, secret=False)


def link(registration: Registration, *, sent_again_as: str = "") -> Message:
    """The link to the own page again: asked for there, or by somebody who registers a second time, whose page then named
    the reference ``sent_again_as``. Whoever has not confirmed the address yet is asked that again."""
    if registration.state == State.UNPROVEN:
        return unproven(registration, sent_again_as=sent_again_as)
    drawn = _drawn("link", registration, sent_again_as=sent_again_as)
    return outbox.queue(drawn, [entry(registration)] if registration.is_confirmed else None)


def confirm_address(registration: Registration, email: str, page: str) -> Message:
    """To an address that shall be the registration's: the ``page`` on which its owner says so."""
    return outbox.queue(_drawn("confirm_address", registration, to=email, page=page))


def address_changed(registration: Registration, former: str) -> Message:
    """To the ``former`` address, that it is none any more: without anything that opens the registration."""
    return outbox.queue(_drawn("address_changed", registration, to=former, secret=False))


def confirm_erasure(registration: Registration, page: str) -> Message:
    """The ``page`` on which the person has themselves erased: whoever reads this mailbox may."""
    return outbox.queue(_drawn("confirm_erasure", registration, page=page))


def transfer_offered(registration: Registration, email: str, name: str, page: str) -> Message:
    """To somebody who shall come in the place of another: the ``page`` on which they say so."""
    return outbox.queue(_drawn("transfer_offered", registration, to=email, substitute=name, page=page))


def substitute_waits(registration: Registration) -> Message:
    """To whoever sends a substitute: the organisers decide, and until then nothing changes."""
    return _send("substitute_waits", registration)


def handed_over(registration: Registration) -> Message:
    """To whoever sent a substitute, who comes in their place now; the entry takes the summit out of the calendar."""
    return _send("handed_over", registration, with_entry=True, secret=False)


def protected(registration: Registration) -> Message:
    """The details are sealed from now on: under which alias the person is known, and what that means."""
    return _send("protected", registration)


def protection_asked(registration: Registration, keeper: User) -> Message:
    """Tells a member of the circle that somebody has asked for protection and has it; of the person the alias alone."""
    with translation.override(keeper.language):
        summit = registration.summit
        page = summit.address(reverse("registration:registration", args=[summit.code, registration.guid]))
    context = {"registration": registration, "page": page}
    return outbox.post(f"{FOLDER}/protection_asked", to=keeper.email, language=keeper.language, summit=summit,
                       context=context, secret=False)  # fmt: skip


def from_participant(to: Registration, *, sender: Registration, text: str, answer_to: str) -> Message:
    """What somebody taking part writes to another, who sees no address but the one the sender gives (``answer_to``, "" for
    none); where the reader ends such messages is the own page."""
    return outbox.queue(_drawn("from_participant", to, sender=sender, text=text, answer_to=answer_to))


def replaced(registration: Registration, *, by_team: bool) -> Message:
    """Ticket, link and calendar address were replaced: the new link, and what to do with the old ones."""
    return outbox.queue(_drawn("replaced", registration, by_team=by_team))
