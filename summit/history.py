"""One line for every change of state: who, what, and each field before and after."""

import ipaddress
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from summit.lib.translated import languages, own_name
from summit.models import HistoryEntry, Summit, User

# What people read for an action; one that is missing here is shown as it is stored.
ACTIONS = {
    "registration.register": _("Registered"),
    "registration.enter": _("Entered by the team"),
    "registration.set_category": _("Category changed"),
    "registration.reinstate": _("Registration reinstated"),
    "registration.change_attendance": _("Attendance changed"),
    "registration.correct": _("Details corrected"),
    "registration.answer": _("Answers changed"),
    "registration.export": _("List of registrations downloaded"),
    "question.create": _("Question added"),
    "question.edit": _("Question edited"),
    "question.delete": _("Question deleted"),
    "summit.menu": _("Menu changed"),
    "page.create": _("Page added"),
    "page.edit": _("Page edited"),
    "page.delete": _("Page deleted"),
    "registration.cancel": _("Registration cancelled"),
    "registration.approve": _("Approved"),
    "registration.reject": _("Rejected"),
    "registration.wait": _("Put on the waitlist"),
    "registration.admit": _("Admitted from the waitlist"),
    "registration.pull_forward": _("Pulled forward on the waitlist"),
    "registration.offer": _("Place offered"),
    "registration.offer_ended": _("Offer expired"),
    "quota.create": _("Quota added"),
    "quota.edit": _("Quota edited"),
    "quota.delete": _("Quota deleted"),
    "section.create": _("Section of the form added"),
    "section.edit": _("Section of the form changed"),
    "section.delete": _("Section of the form deleted"),
    "section.move": _("Section of the form moved"),
    "quota.reconcile": _("Quota counted anew"),
    "registration.review": _("Looked at again"),
    "registration.nominate": _("Nominated by a delegation"),
    "registration.replace": _("Replaced by somebody else"),
    "registration.take_over": _("Came in for somebody else"),
    "registration.set_delegation": _("Delegation changed"),
    "registration.itinerary": _("Arrival and departure changed"),
    "registration.take_along": _("Everything taken along"),
    "registration.note": _("Note written"),
    "registration.ask_second_opinion": _("Second opinion asked for"),
    "reasontemplate.create": _("Reason added"),
    "reasontemplate.edit": _("Reason edited"),
    "reasontemplate.delete": _("Reason deleted"),
    "registration.tag": _("Tags changed"),
    "registration.merge": _("Merged with another registration"),
    "registration.merged": _("Merged into another registration"),
    "registration.tell_apart": _("Told apart from another person"),
    "booking.handed_over": _("Seat taken over from another registration"),
    "tag.create": _("Tag added"),
    "tag.edit": _("Tag edited"),
    "tag.delete": _("Tag deleted"),
    "registration.resend": _("Mail sent again"),
    "registration.change_address": _("E-mail address changed"),
    "registration.erase": _("Person erased"),
    "registration.purge": _("People erased whose days were over"),
    "registration.offer_transfer": _("Place offered to a substitute"),
    "registration.transfer": _("Place handed to a substitute"),
    "registration.substitute": _("Came as a substitute"),
    "registration.withdraw_consent": _("Consent withdrawn"),
    "registration.give_consent": _("Consent given"),
    "registration.reissue": _("Ticket and private link replaced"),
    "registration.share_calendar": _("Calendar address made"),
    "registration.revoke_calendar": _("Calendar address revoked"),
    "registration.set_alarm": _("Reminder set"),
    "registration.seal": _("Protected: details sealed"),
    "registration.unseal": _("Protection ended"),
    "registration.open_seal": _("Sealed details looked at"),
    "registration.participants": _("Choice for the list of participants"),
    "registration.write_to": _("Message to somebody in the list of participants"),
    "registration.photographs": _("Photographs refused or allowed"),
    "membership.join_circle": _("Named to the circle of those who know who is protected"),
    "membership.leave_circle": _("Taken out of the circle"),
    "registration.forget_needs": _("Needs erased"),
    "check_in": _("Checked in"),
    "undo_check_in": _("Check-in undone"),
    "badge.start_job": _("Badges drawn"),
    "badge.print": _("Badge printed"),
    "booking.booked": _("Seat booked"),
    "booking.waitlisted": _("Put on the waitlist"),
    "booking.pass_on": _("Seat taken over"),
    "booking.offered": _("Seat offered"),
    "booking.released": _("Seat given back"),
    "booking.expired": _("Offer expired"),
    "agenda.publish": _("Agenda published"),
    "agenda.import": _("Agenda imported"),
    "agenda.withdraw": _("Agenda withdrawn"),
    "agenda.take_back": _("Version taken back"),
    "agenda.schedule": _("Publication scheduled"),
    "agenda.unschedule": _("Scheduled publication cancelled"),
    "agenda.tell": _("People told of a version"),
    "session.seats": _("Seats set"),
    "session.place": _("Time or room planned"),
    "session.create": _("Session added"),
    "session.edit": _("Session edited"),
    "session.restore": _("Earlier state restored"),
    "session.delete": _("Session deleted"),
    "appearance.answer": _("Answered about appearing"),
    "conflict.accept": _("Conflict accepted"),
    "conflict.reopen": _("Conflict opened again"),
    "track.create": _("Track added"),
    "track.edit": _("Track edited"),
    "track.move": _("Track moved"),
    "track.delete": _("Track deleted"),
    "speaker.create": _("Person added"),
    "speaker.edit": _("Person edited"),
    "speaker.merge": _("Persons merged"),
    "speaker.delete": _("Person deleted"),
    "speaker.portrait": _("Portrait changed"),
    "speaker.share_calendar": _("Calendar address made"),
    "speaker.revoke_calendar": _("Calendar address revoked"),
    "organisation.create": _("Organisation added"),
    "organisation.edit": _("Organisation edited"),
    "organisation.delete": _("Organisation deleted"),
    "delegation.create": _("Delegation added"),
    "delegation.edit": _("Delegation edited"),
    "delegation.delete": _("Delegation deleted"),
    "delegation.places": _("Places of the delegation changed"),
    "delegation.names_until": _("Deadline of names changed"),
    "delegation.invite": _("Head or deputy invited"),
    "delegation.renew_link": _("Link of the head or deputy renewed"),
    "delegation.remove_head": _("Head or deputy removed"),
    "delegation.remind": _("Heads reminded"),
    "delegation.print": _("List of delegations downloaded"),
    "category.create": _("Category added"),
    "category.edit": _("Category edited"),
    "category.delete": _("Category deleted"),
    "desk.create": _("Desk added"),
    "desk.edit": _("Desk edited"),
    "desk.delete": _("Desk deleted"),
    "venue.create": _("Venue added"),
    "venue.edit": _("Venue edited"),
    "venue.delete": _("Venue deleted"),
    "room.create": _("Room added"),
    "room.edit": _("Room edited"),
    "room.delete": _("Room deleted"),
    "user.operator": _("Became operator"),
    "user.sign_in": _("Signed in"),
    "user.sign_in_failed": _("Wrong password"),
    "user.wrong_code": _("Wrong code of the second factor"),
    "user.wrong_mailed_code": _("Wrong mailed code"),
    "user.used_code": _("Code of the second factor used a second time"),
    "user.refused_passkey": _("Passkey refused"),
    "user.sign_out": _("Signed out of other browsers"),
    "user.password": _("Password changed"),
    "user.address": _("E-mail address changed"),
    "user.factor_added": _("Second factor set up"),
    "user.factor_removed": _("Second factor taken away"),
    "user.create": _("Account added"),
    "user.edit": _("Account edited"),
    "user.delete": _("Account deleted"),
    "membership.create": _("Team member added"),
    "membership.edit": _("Team member changed"),
    "membership.delete": _("Team member removed"),
    "membership.invite": _("Team member invited"),
    "membership.accept": _("Team invitation accepted"),
    "membership.change_role": _("Role in the team changed"),
    "membership.sign_out": _("Signed out everywhere by the team"),
    "membership.review_scope": _("Who decides on what changed"),
    "membership.remove": _("Team member removed"),
    "organisationmember.invite": _("Host contact invited"),
    "organisationmember.accept": _("Host invitation accepted"),
    "organisationmember.remove": _("Host contact removed"),
    "profileclaim.invite": _("Profile offered to its person"),
    "profileclaim.accept": _("Profile taken over"),
    "profileclaim.remove": _("Offer of a profile taken back"),
    "summit.create": _("Summit made"),
    "summit.edit": _("Summit edited"),
    "summit.delete": _("Summit deleted"),
    "summit.demonstration": _("Demonstration made"),
    "summit.settings": _("Settings changed"),
    "summit.copy": _("Summit copied"),
    "summit.protect": _("Whether everybody is protected"),
    "summit.open": _("Summit opened to the public"),
    "summit.close": _("Summit closed to the public"),
    "summit.current": _("Summit that “/” leads to"),
    "deadline.set": _("Deadline set"),
    "deadline.remind": _("Reminders sent"),
    "table.import": _("Table imported"),
    "mail.release": _("Held mail released"),
    "mail.discard": _("Waiting mail discarded"),
}
# What people read for what is no field of the thing itself.
WORDS = {
    "people": _("people"),
    "tags": _("tags"),
    "other": _("other registration"),
    "answers": _("answers"),
    "notes": _("notes"),
    "arrivals": _("arrivals"),
    "badges": _("badges"),
    "version": _("version"),
    "sessions": _("sessions"),
    "session": _("session"),
    "booking": _("seat"),
    "desk": _("desk"),
    "reason": _("reason"),
    "table": _("table"),
    "new": _("new"),
    "changed": _("changed"),
    "cancelled": _("cancelled"),
    "person": _("person"),
    "merged": _("merged"),
    "leads": _("track leads"),
    "order": _("order"),
    "tasks": _("tasks"),
    "from": _("copied from"),
    "at": _("moment"),
    "portrait": _("portrait"),
    "device": _("device"),
    "factor": _("second factor"),
    "way": _("signed in with"),
    "mails": _("mails"),
    "before": _("before"),
    "calendar_alarm": _("reminder"),
    "photography": _("photographs and filming"),
    "sent_again_as": _("form sent again as"),
}
# What the admin does to things that have no verbs: the kind of thing is told beside it.
PLAIN_ACTIONS = {"create": _("Added"), "edit": _("Changed"), "delete": _("Deleted")}
Changes = dict[str, tuple[Any, Any]]
# Where a change comes from when no request makes it: a command, or the worker.
SERVER = "server"
_place: ContextVar[str] = ContextVar("place_of_a_change", default=SERVER)


def label(action: str) -> str:
    """What people read for an action."""
    known: Any = ACTIONS.get(action) or PLAIN_ACTIONS.get(action.rpartition(".")[2])
    return str(known or action)


@contextmanager
def coming_from(door: str, address: str = "") -> Iterator[None]:
    """Lines recorded inside say that they came through ``door`` (``page``, ``api``, ``admin``) from ``address``.

    Of the address only its network is kept (/24 of IPv4, /48 of IPv6): enough to see that a change came from elsewhere,
    too little to follow somebody. For the record alone; nothing is allowed or refused by it.
    """
    token = _place.set(f"{door} {network(address)}".strip())
    try:
        yield
    finally:
        _place.reset(token)


def network(address: str) -> str:
    """The network an address lies in; "" for what is none."""
    try:
        known = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return ""
    known = getattr(known, "ipv4_mapped", None) or known
    return str(ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False))


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if hasattr(value, "public"):
        return value.public()
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value


def changed(thing: models.Model, new: dict[str, Any]) -> Changes:
    """The fields whose value differs from what ``thing`` holds now."""
    return {
        name: (plain(getattr(thing, name)), plain(value))
        for name, value in new.items()
        if getattr(thing, name) != value
    }


def record(
    action: str, subject: models.Model, *, by: User | None, summit: Summit | None, changes: Changes | None = None
) -> HistoryEntry:
    """Add one line. ``action`` is a verb such as ``registration.cancel``; ``changes`` as made by :func:`changed`."""
    return HistoryEntry.objects.create(
        summit=summit,
        by=by if by is not None and by.is_authenticated else None,
        action=action,
        subject_kind=subject._meta.label_lower,
        subject_key=str(subject.pk),
        subject_name=str(subject)[:300],
        changes={name: list(pair) for name, pair in (changes or {}).items()},
        place=_place.get(),
    )


def record_many(
    action: str, changes: Iterable[tuple[models.Model, Changes]], *, by: User | None, summit: Summit | None
) -> None:
    """The same line for many things, each with its own changes, in as few queries as the database allows."""
    HistoryEntry.objects.bulk_create(
        [
            HistoryEntry(
                summit=summit,
                by=by if by is not None and by.is_authenticated else None,
                action=action,
                subject_kind=subject._meta.label_lower,
                subject_key=str(subject.pk),
                subject_name=str(subject)[:300],
                changes={name: list(pair) for name, pair in each.items()},
                place=_place.get(),
            )
            for subject, each in changes
        ],
        batch_size=500,
    )


def mask(entry: HistoryEntry, *, name: str, changes: dict[str, Any], by: User | None) -> None:
    """Put another name and other changes into a line, for somebody who must not be known any more; ``by`` is who did it, or
    None where that would tell. A line is masked once, and says since when."""
    HistoryEntry.objects.filter(pk=entry.pk, masked_at=None).update(
        subject_name=name[:300], changes=changes, masked_at=timezone.now(), by=by
    )


def erase(rows: models.QuerySet[HistoryEntry], *, of: User | None = None) -> int:
    """Empty lines of a person who is erased: that something was done stays, and when, and who of the team did it. What
    the person did themselves (``of``), nobody did any more. Returns how many."""
    emptied: dict[str, Any] = {"subject_name": "", "changes": {}, "place": ""}
    own = models.Q(by=None) | models.Q(by=of)
    return rows.filter(own).update(**emptied, by=None) + rows.exclude(own).update(**emptied)


def described(
    entries: Iterable[HistoryEntry],
    model: type[models.Model],
    *,
    hidden: Collection[str] = (),
    labels: Mapping[str, Any] = MappingProxyType({}),
    beside: Collection[type[models.Model]] = (),
    named: Callable[[str, Any], Any] = lambda _name, value: value,
) -> list[dict[str, Any]]:
    """History as people read it: actions and fields of ``model`` by their names, choices by their labels.

    ``labels`` are the names of what is no field of ``model``, nor of the models ``beside`` it whose rows hang on it.
    ``named`` says what a value of a field stands for, where that is the code of something.

    A text in several languages is one line for each language in which it changed. Fields named in ``hidden`` are left
    out: whoever may not read them now may not read what they were, either.
    """
    fields = {field.name: field for each in (*beside, model) for field in each._meta.fields}
    return [
        {
            "at": entry.at,
            "by": entry.by,
            "place": entry.place,
            "label": label(entry.action),
            "labelled": [
                line
                for name, (before, after) in entry.changes.items()
                if name not in hidden
                for line in _lines(
                    labels.get(name, WORDS.get(name, name)), fields.get(name), named(name, before), named(name, after)
                )
            ],
        }
        for entry in entries
    ]


Line = tuple[Any, tuple[Any, Any]]


def _lines(name: str, field: Any, before: Any, after: Any) -> list[Line]:
    label = getattr(field, "verbose_name", name)
    if isinstance(before, dict) or isinstance(after, dict):
        old, new = before or {}, after or {}
        if isinstance(old, dict) and isinstance(new, dict):
            return [
                (f"{label} ({own_name(code)})", (old.get(code, ""), new.get(code, "")))
                for code in dict.fromkeys([*old, *new])
                if old.get(code, "") != new.get(code, "")
            ]
    if isinstance(field, models.FileField):
        return [(label, (gettext("a file") if before else "", gettext("another file") if after else ""))]
    choices = _choices(field)
    return [(label, (_shown(choices, before), _shown(choices, after)))]


def _choices(field: Any) -> dict[Any, Any]:
    """The words of a field's values, also of one that holds a list of them (``LISTED`` of its model)."""
    if field is None:
        return {}
    listed = getattr(field.model, "LISTED", {}).get(field.name)
    return dict(listed.choices if listed else field.flatchoices)


def _shown(choices: dict[Any, Any], value: Any) -> Any:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(str(_shown(choices, part)) for part in value)
    if isinstance(value, dict):
        # PostgreSQL keeps an order of keys of its own.
        order = languages()
        known = sorted(value, key=lambda code: order.index(code) if code in order else len(order))
        return " / ".join(str(value[code]) for code in known if value[code])
    return choices.get(value, value) if isinstance(value, str | int) else value
