"""Two registrations of one person become one: what stands, what moves, and what ends."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registration import standing
from registration.accrediting import joining
from registration.mailing import emails
from registration.models import Answer, Consent, Feedback, Pick, Presence, Registration, State
from registration.models.registration import PERSONAL_FIELDS
from registration.places import bookings, picks
from registration.registering import addresses, answering, lifecycle, moving, refusals, states, waitlist
from sessions.live import forgetting, participants
from sessions.models import Bookmark
from summit import history
from summit.editing.inline_edits import NO_VERSIONS, unchanged, value_versions
from summit.errors import Refusal
from summit.lib import countries
from summit.lib.translated import active_language, own_name
from summit.models import User

# What is chosen from one of the two, beside the answers to questions (``answer_<key>``).
FIELDS = ("email", *PERSONAL_FIELDS, "category", "attendance")
# What a page that shows both stands on.
VERSIONED = ("state", "email", "category_id", "attendance", *PERSONAL_FIELDS, "answered", "merged_into_id")


def versions(registration: Registration) -> dict[str, str]:
    return value_versions(registration, VERSIONED)


@transaction.atomic
def merge(
    kept: Registration,
    other: Registration,
    chosen: Collection[str] = (),
    *,
    form_versions: tuple[Mapping[str, str], Mapping[str, str]] = (NO_VERSIONS, NO_VERSIONS),
    by: User,
) -> Registration:
    """Make ``other`` part of ``kept``, which stands. ``chosen`` names what is taken from the other: :data:`FIELDS` and
    ``answer_<key>`` of questions.

    What only the other has goes along: answers, seats that fit, bookmarks, notes, tags, consents, an arrival. If the
    other one stood, it is cancelled, its place is free, its person is told which one stands, and its ticket and link
    say so. A confirmation goes along, too: if the other was confirmed, the kept one is, and is told.

    Raises :class:`refusals.SameRegistration`, :class:`refusals.AlreadyMerged`, :class:`refusals.KeepTheOneThatStands`,
    :class:`refusals.ProtectedStaysApart`, :class:`refusals.NoPlaceLeft`,
    :class:`refusals.AlreadyRegistered` (of an address that a third one has), what :func:`lifecycle.change_attendance` and
    :func:`lifecycle.set_category` raise, and :class:`summit.editing.revising.Overtaken`; then nothing was written.
    """
    _held(kept, other)
    _may_merge(kept, other, chosen)
    unchanged(kept, form_versions[0])
    unchanged(other, form_versions[1])
    theirs, stood_as = {name: getattr(other, name) for name in FIELDS}, moving.all_of(other, kept)
    confirmed, stood = other.is_confirmed, other.is_active
    moved = _moved(kept, other, chosen, by=by)
    # Choices before quotas, as everywhere; as what it is about to be.
    category = theirs["category"].pk if "category" in chosen else None
    answering.settle(kept, attendance=theirs["attendance"] if "attendance" in chosen else "", category=category)
    moving.all_along(stood_as)
    _point(other, kept)
    if stood:
        states.move(other, "cancel", actor=states.Actor.TEAM, by=by, reason=_told(kept, other))
        emails.cancelled(other)
    _brought(kept, other)
    if confirmed and not kept.is_confirmed:
        _confirmed(kept, by=by)
    moved |= _taken(kept, {name: theirs[name] for name in FIELDS if name in chosen}, by=by)
    joining.join(kept, other, by=by)
    if not standing.of_registration(kept).seats:
        bookings.release_all(kept, by=by)
    moved |= _arrived(kept, other)
    history.record(
        "registration.merge", kept, by=by, summit=kept.summit, changes={"other": ("", other.reference), **moved}
    )
    history.record("registration.merged", other, by=by, summit=kept.summit, changes={"other": ("", kept.reference)})
    waitlist.wake(kept.summit)
    return kept


def _held(kept: Registration, other: Registration) -> None:
    """Both rows, in the order of their keys: two who merge the same pair do not wait for each other in a ring."""
    if kept.pk == other.pk or kept.summit_id != other.summit_id:
        raise refusals.SameRegistration
    for each in sorted((kept, other), key=lambda each: each.pk):
        states.locked(each)


def refused(kept: Registration, other: Registration) -> Refusal | None:
    """Why the two cannot be merged as they are."""
    if kept.erased_at or other.erased_at:
        return refusals.AlreadyErased()
    if kept.merged_into_id or other.merged_into_id:
        return refusals.AlreadyMerged()
    if kept.at_risk or other.at_risk:
        return refusals.ProtectedStaysApart()
    return None if kept.is_active else refusals.KeepTheOneThatStands()


def _may_merge(kept: Registration, other: Registration, chosen: Collection[str]) -> None:
    if refusal := refused(kept, other):
        raise refusal
    if "email" in chosen:
        others = kept.summit.registrations.exclude(pk__in=[kept.pk, other.pk])
        if third := others.first_with_address(other.email):
            raise refusals.AlreadyRegistered(third)


def _told(kept: Registration, other: Registration) -> str:
    """Why it was cancelled, in the language of its person."""
    with translation.override(other.language):
        said = _(
            "You were registered twice, so the two were merged: registration %(reference)s stands, and the ticket and link you got for it are the ones to use."
        )
    return said % {"reference": kept.reference}


def _moved(kept: Registration, other: Registration, chosen: Collection[str], *, by: User) -> history.Changes:
    """What hangs on the other and goes along; returns what history tells of it."""
    said: history.Changes = {}
    wanted = {name.removeprefix("answer_") for name in chosen if name.startswith("answer_")}
    answered = other.answers.filter(question__in=[pk for pk in wanted if pk.isdecimal() and len(pk) < 12])
    given_up = kept.answers.filter(question__in=list(answered.values_list("question", flat=True)))
    picks.let_go(list(Pick.objects.filter(answer__in=given_up)))
    for row in given_up.exclude(file=""):
        transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
    given_up.delete()
    answers = other.answers.exclude(question__in=kept.answers.values("question"))
    if number := Answer.objects.filter(pk__in=list(answers.values_list("pk", flat=True))).update(registration=kept):
        said["answers"] = (0, number)
    _places_of_choices(kept, other)
    if number := other.notes.update(registration=kept):
        said["notes"] = (0, number)
    if tags := set(other.tagged) - set(kept.tagged):
        said["tags"] = ("", ", ".join(sorted(tags)))
        kept.tags.add(*other.tags.all())
    given = {(each.kind, each.version) for each in kept.consents.all()}
    new = [each.pk for each in other.consents.all() if (each.kind, each.version) not in given]
    Consent.objects.filter(pk__in=new).update(registration=kept)
    joined = other.presences.exclude(session__in=kept.presences.values("session"))
    Presence.objects.filter(pk__in=list(joined.values_list("pk", flat=True))).update(registration=kept)
    other.push_subscriptions.update(registration=kept, user=kept.user)
    bookings.hand_over(other, kept, by=by)
    _feedback(kept, other)
    forgetting.hand_over(kept.summit, *map(participants.of_registration, (other.guid, kept.guid)))
    _bookmark(kept, other)
    return said


def _feedback(kept: Registration, other: Registration) -> None:
    """What one person said twice of the same is said once, as the kept one said it."""
    former, key = (participants.of_registration(row.guid) for row in (other, kept))
    rows = Feedback.objects.filter(summit=kept.summit_id)
    own = list(rows.filter(author=key).values_list("session", flat=True))
    twice = Q(session__in=[session for session in own if session]) | (Q(session=None) if None in own else Q(pk__in=[]))
    rows.filter(twice, author=former).delete()
    rows.filter(author=former).update(author=key)


def _places_of_choices(kept: Registration, other: Registration) -> None:
    """What the other one holds of a choice that both made, and for which the kept one waits, is the kept one's."""
    waiting = Pick.objects.filter(answer__registration=kept, waits_since__isnull=False)
    for pick in Pick.objects.filter(answer__registration=other, holds=True, choice__in=waiting.values("choice")):
        waiting.filter(choice=pick.choice_id).update(holds=True, waits_since=None)
        Pick.objects.filter(pk=pick.pk).update(holds=False)


def _point(other: Registration, kept: Registration) -> None:
    """Say where it went; who waits to take its place over takes that of the kept one, unless somebody does already."""
    other.merged_into = kept
    other.save(update_fields=["merged_into"])
    if not kept.substitutes.filter(state=State.PENDING).exists():
        other.substitutes.filter(state=State.PENDING).exclude(pk=kept.pk).update(substitute_for=kept)


def _brought(kept: Registration, other: Registration) -> None:
    """Whom the other one brings comes with the kept one, under its address where they shared one; whoever came with
    themselves comes alone."""
    for each in other.companions.exclude(pk=kept.pk).select_related("companion_of").order_by("pk"):
        each.email = kept.email if each.shares_address else each.email
        each.companion_of = kept
        each.save(update_fields=["companion_of", "email", "found_as"])
    if kept.companion_of_id == other.pk:
        kept.companion_of = None
        kept.save(update_fields=["companion_of"])


def _bookmark(kept: Registration, other: Registration) -> None:
    """What the other account has marked is marked by this one, too."""
    if kept.user_id is None or other.user_id in {None, kept.user_id}:
        return
    marked = Bookmark.objects.filter(user=other.user_id, session__summit=kept.summit)
    rows = [Bookmark(user_id=kept.user_id, session_id=session) for session in marked.values_list("session", flat=True)]
    Bookmark.objects.bulk_create(rows, ignore_conflicts=True)


def _confirmed(kept: Registration, *, by: User) -> None:
    """The other one's place is free by now."""
    verbs = {State.WAITLISTED: "admit", State.UNPROVEN: "prove"}
    states.move(kept, verbs.get(State(kept.state), "approve"), actor=states.Actor.TEAM, by=by)
    emails.confirmed(kept)


def _taken(kept: Registration, values: dict[str, Any], *, by: User) -> history.Changes:
    """Set what is chosen from the other; places go along."""
    personal = {name: values[name] for name in PERSONAL_FIELDS if name in values}
    lifecycle.correct(kept, personal, by=by, as_organiser=True)
    if "category" in values:
        lifecycle.set_category(kept, values["category"], by=by)
    if "attendance" in values:
        lifecycle.change_attendance(kept, values["attendance"], by=by, as_organiser=True)
    before = kept.email
    if values.get("email", before).lower() == before.lower():
        return {}
    addresses.change(kept, values["email"], by=by, as_organiser=True)
    return {"email": (before, kept.email)}


def _arrived(kept: Registration, other: Registration) -> history.Changes:
    """Whoever came in with the other ticket is inside."""
    passes = standing.of_registration(kept).passes and not kept.check_ins.standing().exists()
    number = other.check_ins.standing().update(registration=kept) if passes else 0
    return {"arrivals": (0, number)} if number else {}


# what the page shows beforehand


def rows(kept: Registration, other: Registration, audiences: Collection[str]) -> list[dict[str, Any]]:
    """Where the two differ: ``name`` of the choice, ``label``, both values in words, and whether the other's is proposed,
    since the kept one has none. Of answers those that one of ``audiences`` reads."""
    found = []
    for name in FIELDS:
        if _plain(kept, name) != _plain(other, name):
            label = capfirst(str(getattr(Registration._meta.get_field(name), "verbose_name", name)))
            mine, theirs = _words(kept, name), _words(other, name)
            found.append(
                {"name": name, "label": label, "mine": mine, "theirs": theirs, "take": bool(theirs and not mine)}
            )
    mine_said = {each.question.pk: each for each in answering.said_by(kept, audiences)}
    for each in answering.said_by(other, audiences):
        said = mine_said.get(each.question.pk)
        if said is not None and said.answer != each.answer:
            found.append({"name": f"answer_{each.question.pk}", "label": str(each.question), "mine": said.answer,
                          "theirs": each.answer, "take": False})  # fmt: skip
    return found


def goes_along(kept: Registration, other: Registration, audiences: Collection[str]) -> list[tuple[str, list[str]]]:
    """What hangs on the other and goes along, as (label, lines); labels without lines are left out."""
    given = {(each.kind, each.version) for each in kept.consents.all()}
    had = set(kept.bookings.standing().values_list("session", flat=True))
    mine = {each.question.pk for each in answering.said_by(kept)}
    seats = other.bookings.standing().select_related("session")
    marked = Bookmark.objects.filter(user=other.user_id, session__summit=other.summit_id).select_related("session")
    lines = {
        _("Answers"): [f"{each.question}: {each.answer}" for each in answering.said_by(other, audiences) if each.question.pk not in mine],
        _("Seats"): [f"{each.session} · {each.get_state_display()}" for each in seats if each.session_id not in had],
        _("Bookmarks"): [str(each.session) for each in marked] if other.user_id != kept.user_id else [],
        _("Notes"): [each.text for each in other.notes.all()],
        _("Tags"): sorted(set(other.tagged) - set(kept.tagged)),
        _("Consents"): [str(each) for each in other.consents.all() if (each.kind, each.version) not in given],
        _("Accompanying persons"): [str(each) for each in other.companions.active() if each.pk != kept.pk],
        _("Sessions joined online"): [str(each.session) for each in other.presences.exclude(session__in=kept.presences.values("session")).select_related("session")],
        _("Arrived"): [str(each.desk) for each in other.check_ins.standing().select_related("desk")],
    }  # fmt: skip
    return [(label, said) for label, said in lines.items() if said]


def _plain(registration: Registration, name: str) -> Any:
    value = getattr(registration, name)
    return value.lower() if name == "email" else value


def _words(registration: Registration, name: str) -> str:
    if name in {"attendance", "badge_script"}:
        return str(getattr(registration, f"get_{name}_display")())
    if name == "country":
        return countries.name(registration.country, active_language())
    return own_name(registration.language) if name == "language" else str(getattr(registration, name))
