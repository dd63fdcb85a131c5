"""Why a registration stays as it is: each refusal has a code for machines and a sentence that says what to do."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from registration.models import Attendance, Category, Registration
from registration.models.quota import Wish
from registration.places import capacity
from registration.places.capacity import Counted
from registration.places.opening import told_times
from summit.errors import Refusal
from summit.models import Summit


class RegistrationNotOpen(Refusal):
    code = "registration_not_open"
    message: Any = _("Registration has not opened yet.")


class RegistrationClosed(Refusal):
    code = "registration_closed"
    message: Any = _("Registration has closed. Write to the organisers if you still need to take part.")


class NotOffered(Refusal):
    code = "attendance_not_offered"
    message: Any = _("This summit cannot be attended in this way.")


class NoPlaceLeft(Refusal):
    code = "no_place_left"
    message: Any = _("The last place in person was taken a moment ago. You can still register to take part online.")


class NoOnlinePlaceLeft(NoPlaceLeft):
    message: Any = _("All online places are taken.")


class PlacesShut(NoPlaceLeft):
    """There are places, but not at this moment: ``message`` says from when, or until when."""


class AlreadyRegistered(Refusal):
    """Somebody is registered under this address. Pages must not tell a stranger; they mail the address instead."""

    code = "already_registered"
    message: Any = _("This e-mail address is already registered.")

    def __init__(self, registration: Registration, shown: Registration | None = None) -> None:
        """``shown``: what would have been made, which is written nowhere. A page shows it as it shows one that was."""
        super().__init__()
        self.registration, self.shown = registration, shown


class ChangesClosed(Refusal):
    code = "changes_closed"
    message: Any = _("The time for changes is over. Write to the organisers, or ask at the desk.")


class NotActive(Refusal):
    code = "not_active"
    message: Any = _("This registration has been cancelled.")


class AlreadyArrived(Refusal):
    code = "already_arrived"
    message: Any = _("You are checked in. Ask at the desk if something has changed.")


class NoPlaceOfTheirs(NoPlaceLeft):
    """There are places, but none in a quota of this person: by category, country or time."""

    message: Any = _(
        "There are no places left for your category and country. Choose another category, or ask the organisers."
    )


class NoPlaceForAnswer(NoPlaceLeft):
    """There are places, but none in a quota that counts what this person answered."""

    message: Any = _("No place is left for your answer to “%(question)s”. Choose another one, or ask the organisers.")


def no_place_left(summit: Summit, wish: Wish, among: Iterable[Counted] | None = None) -> NoPlaceLeft:
    """What somebody hears who finds no place (``among`` quotas as they are counted so far): that none is left in this way
    at all, none of theirs, none for an answer of theirs, or none at this moment."""
    among = capacity.quotas(summit) if among is None else list(among)
    if shut := capacity.shut_for(wish, among):
        return PlacesShut(told_times(shut))
    if capacity.left(summit, among)[wish.attendance] != 0:
        full = [each for each in among if each.counts(wish) and not each.quota.has_place()]
        if full and full[0].conditions:
            return NoPlaceForAnswer(NoPlaceForAnswer.message % {"question": full[0].conditions[0].question})
        return NoPlaceOfTheirs()
    return NoPlaceLeft() if wish.attendance == Attendance.IN_PERSON else NoOnlinePlaceLeft()


class NotFromHere(Refusal):
    """The registration is in a state from which this does not lead on; somebody else may have been faster."""

    code = "not_from_here"
    message: Any = _("This registration is “%(state)s” by now. Nothing was done.")

    def __init__(self, registration: Registration) -> None:
        super().__init__(self.message % {"state": registration.get_state_display()}, state=registration.state)


class CategoryNotOpen(Refusal):
    code = "category_not_open"
    message: Any = _("This category cannot be chosen now. Choose another one.")


class NotInThisWay(Refusal):
    """``details["attendance"]`` is the way that is left to the category."""

    code = "not_in_this_way"
    message: Any = _("“%(category)s” can take part only in this way: %(way)s.")

    def __init__(self, category: Category) -> None:
        way = category.get_attendance_display()
        super().__init__(self.message % {"category": category, "way": way}, attendance=category.attendance)


class SecondOpinionAsked(Refusal):
    code = "second_opinion_asked"
    message: Any = _("You asked for a second opinion on this one: somebody else of the team decides.")


class ReasonMissing(Refusal):
    code = "reason_missing"
    status = 422
    message: Any = _("Say why: the person reads it in the mail.")


class NoWaitlist(Refusal):
    code = "no_waitlist"
    message: Any = _("There is no waitlist for them. Set one up in the quotas first.")


class NoOffersNow(Refusal):
    code = "no_offers_now"
    message: Any = _("Registration is not open: no places are offered now.")


class NothingToOffer(Refusal):
    code = "nothing_to_offer"
    message: Any = _("Nobody was offered a place: none is free for those who wait, or nobody waits.")


class LineMoved(Refusal):
    code = "line_moved"
    message: Any = _("Somebody else is next by now. Look at the line again; nothing was offered.")


class NotInCircle(Refusal):
    code = "not_in_circle"
    status = 403
    message: Any = _("Only the circle does this. An owner names its members in the settings.")


class OnlyOwnersName(Refusal):
    code = "only_owners_name"
    status = 403
    message: Any = _("Only an owner names the members of the circle.")


class NotProtected(Refusal):
    code = "not_protected"
    message: Any = _("This person is not protected, or not any more. Nothing was done.")


class AliasTellsName(Refusal):
    code = "alias_tells_name"
    status = 422
    message: Any = _("The alias holds a part of the true name. Choose another one, or leave it empty.")


class NoList(Refusal):
    code = "no_list"
    status = 404
    message: Any = _("There is no list of participants now.")


class NotListed(Refusal):
    code = "not_listed"
    message: Any = _("This person is not in the list any more, or does not want messages. Nothing was sent.")


class SealReasonMissing(Refusal):
    code = "seal_reason_missing"
    status = 422
    message: Any = _("Say why you need to know: it is kept, and the person reads when and in which role you looked.")


class SealUnreadable(Refusal):
    code = "seal_unreadable"
    status = 500
    message: Any = _(
        "The sealed details cannot be opened with any key of this installation. Tell whoever operates this site."
    )


class OfferEnded(Refusal):
    code = "offer_ended"
    message: Any = _("The offer has ended, and the place went to the next in line. You are on the waitlist again.")


class NoDelegationPlace(Refusal):
    code = "no_delegation_place"
    message: Any = _(
        "This delegation has no place left in this category. Choose another category, or ask the organisers for more."
    )


class NamesFrozen(Refusal):
    code = "names_frozen"
    message: Any = _("The names of this delegation stand since its deadline. Ask the organisers to correct one.")


class ReplacedHasArrived(Refusal):
    code = "replaced_has_arrived"
    message: Any = _("Whoever would be replaced has been checked in. Nothing was done.")


class SameRegistration(Refusal):
    code = "same_registration"
    status = 422
    message: Any = _("This is the same registration. Choose another one.")


class KeepTheOneThatStands(Refusal):
    code = "keep_the_one_that_stands"
    message: Any = _("The registration that is kept has ended. Keep the other one, or reinstate it first.")


class AlreadyMerged(Refusal):
    code = "already_merged"
    message: Any = _("It was merged into another registration already. Nothing was done.")


class InvitationExpired(Refusal):
    code = "invitation_expired"
    status = 410
    message: Any = _("This invitation has expired. Ask the organisers for a new one.")


class InvitationRevoked(Refusal):
    code = "invitation_revoked"
    status = 410
    message: Any = _("The organisers took this invitation back. Write to them if you still want to take part.")


class InvitationUsed(Refusal):
    code = "invitation_used"
    status = 410
    message: Any = _(
        "Somebody has registered by this invitation. If it was you, have the link to your page sent again."
    )


class CodeUnknown(Refusal):
    code = "code_unknown"
    status = 422
    message: Any = _("There is no such code. Compare it letter by letter, or ask whoever gave it to you.")


class CodeMissing(Refusal):
    code = "code_missing"
    status = 422
    message: Any = _("Type the code first.")


class CodeUsedUp(Refusal):
    code = "code_used_up"
    message: Any = _("This code has been used as often as it can be. Ask whoever gave it to you for another one.")


class CodeNotValid(Refusal):
    code = "code_not_valid"
    message: Any = _("This code cannot be used now. Ask whoever gave it to you from when until when it can.")


class OtherWay(Refusal):
    """``details["attendance"]`` is the way an invitation or a code is for."""

    code = "other_way"
    message: Any = _("What you were given is for taking part in this way alone: %(way)s.")

    def __init__(self, attendance: str) -> None:
        super().__init__(self.message % {"way": Attendance(attendance).label}, attendance=attendance)


class WayMissing(Refusal):
    code = "way_missing"
    status = 422
    message: Any = _("Say whether they come in person or online: a place is kept in one of the two.")


class EndMissed(Refusal):
    code = "end_missed"
    status = 422
    message: Any = _("It would have ended already. Choose a later moment.")


class TermsOfPlaces(Refusal):
    code = "terms_of_places"
    status = 422
    message: Any = _("Where a code keeps places, it has a number of uses, one category, and one way of taking part.")


class CodeTaken(Refusal):
    code = "code_taken"
    status = 422
    message: Any = _("There is such a code already. Choose another one.")


class CodeTooShort(Refusal):
    code = "code_too_short"
    status = 422
    message: Any = _("A code has 6 to 32 letters of the Latin alphabet and digits.")


class FewerThanUsed(Refusal):
    code = "fewer_than_used"
    status = 422
    message: Any = _("It has been used more often than that already.")


class ProtectedStaysApart(Refusal):
    code = "protected_stays_apart"
    message: Any = _(
        "One of the two is protected, and who that is stays sealed: it is merged with nobody. The circle ends the protection first, or cancel the one that is not needed."
    )


class AddressSettled(Refusal):
    code = "address_settled"
    message: Any = _("The address can no longer be corrected here. The link in your mail leads to your own page: correct it there.")  # fmt: skip


class KeyGone(Refusal):
    """A link out of a mail that was used, or whose time is over."""

    code = "key_gone"
    status = 410
    message: Any = _("This link has been used, or its time is over. Ask for a new one on your own page.")


class DraftGone(Refusal):
    """A draft that was registered, thrown away, or whose days are over."""

    code = "draft_gone"
    status = 410
    message: Any = _("This draft is no longer there: it was sent, thrown away, or its time is over.")


class DraftOvertaken(Refusal):
    """It was saved on another device since the page was drawn."""

    code = "draft_overtaken"
    message: Any = _("This draft was saved on another device after you had opened this page.")


class DraftTwice(Refusal):
    code = "draft_twice"
    message: Any = _("A draft of this form is kept under that address already. Open the link of its mail.")


class DraftTooLong(Refusal):
    code = "draft_too_long"
    status = 422
    message: Any = _("This is more than a draft can keep. Shorten what you wrote.")


class ConsentNeeded(Refusal):
    code = "consent_needed"
    message: Any = _("Without this consent nothing about you may be kept: have yourself erased instead.")


class NoSubstitute(Refusal):
    code = "no_substitute"
    message: Any = _("In this category nobody can be sent as a substitute. Write to the organisers.")


class DelegationReplaces(Refusal):
    code = "delegation_replaces"
    message: Any = _("Who comes instead of you is named by the head of your delegation. Write to them.")


class SubstituteWaits(Refusal):
    code = "substitute_waits"
    message: Any = _("A substitute waits for the organisers' decision already.")


class AlreadyErased(Refusal):
    code = "already_erased"
    message: Any = _("This person has been erased. Nothing is left to be done.")
