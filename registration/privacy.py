"""What is kept about whoever registers: what for, who reads it, how long. One table, from which the notice, the hints of the
form, the nightly erasing and the columns of exports are made, so that they cannot disagree (GDPR articles 13 and 30, PIPA
articles 15 and 30).

A test holds it to the fields of a registration and to every table that hangs on one. Drafts of the form are nobody's
registration yet: nobody of the team reads them, and they are erased :data:`DRAFTS_KEPT_FOR` after they were saved last.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.models import Audience, Question
from registration.models.consent import NEEDS_KEPT_FOR
from registration.models.draft import KEPT_FOR as DRAFTS_KEPT_FOR
from registration.models.question import KEPT_FOR
from sessions.live.forgetting import KEPT_FOR as QUESTIONS_KEPT_FOR
from summit.models import Summit

__all__ = ["BY_FIELD", "DRAFTS_KEPT_FOR", "PURPOSES", "Purpose", "hint", "of_question", "purposes"]


@dataclass(frozen=True, slots=True)
class Purpose:
    """A row of the table. ``fields`` are names of columns of a registration and of the tables that hang on it;
    ``days`` after the summit they are erased; ``sensitive``: asked for with a consent of its own."""

    key: str
    what: Any
    why: Any
    audience: str
    days: int
    fields: tuple[str, ...]
    sensitive: bool = False

    @property
    def said_why(self) -> Any:
        """What the table says; of a question whose makers said nothing, what all of them are for."""
        return self.why if str(self.why) else _("To organise the summit")


PURPOSES = (
    Purpose(
        "identity",
        _("Name, title, family name, name in Latin letters, how it stands on the badge"),
        _("To know who comes, and to print the badge"),
        Audience.DESK,
        KEPT_FOR,
        ("name", "name_romanised", "title", "family_name", "badge_script", "reference", "badge_prints"),
    ),
    Purpose(
        "contact",
        _("E-mail address, language, time zone, the mails that were sent, and browsers that asked to be notified"),
        _("To send the ticket and what changes"),
        Audience.DESK,
        KEPT_FOR,
        ("email", "language", "time_zone", "calendar_alarm", "former_keys", "campaigns", "push_subscriptions"),
    ),
    Purpose(
        "participation",
        _("Way of taking part, category, state, seats, arrival, sessions joined online"),
        _("To keep the places and to let you in"),
        Audience.DESK,
        KEPT_FOR,
        ("attendance", "category", "delegation", "state", "bookings", "check_ins", "presences", "ticket_issue", "waits_since", "keeps_place",
         "offer_ends_at", "proof_ends_at", "becomes", "created_at", "updated_at", "confirmed_at", "cancelled_at", "opened_at", "erased_at", "substitute_for",
         "substitutes", "replaces", "replacements"),
    ),
    Purpose(
        "invitation",
        _("The invitation or the code by which you registered"),
        _("To let you into your category, and to keep the place that was promised to you"),
        Audience.REVIEWERS,
        KEPT_FOR,
        ("invitation", "access_code"),
    ),
    Purpose(
        "others",
        _("Who registered you or brings you along, whom you bring along, and whether you said yourself that you come"),
        _("To tell you from whom we know of you, and to ask you"),
        Audience.DESK,
        KEPT_FOR,
        ("registered_by", "for_programme", "said_to_come_at", "kept_at", "companion_of", "companions"),
    ),
    Purpose(
        "affiliation",
        _("Organisation, job title, country"),
        _("To print the badge, and to see which countries and groups come"),
        Audience.DESK,
        KEPT_FOR,
        ("organisation", "job_title", "country"),
    ),
    Purpose(
        "decision",
        _("What the organisers decided, why, and their notes and tags"),
        _("To decide who comes, and to be able to explain it"),
        Audience.REVIEWERS,
        KEPT_FOR,
        ("reason", "notes", "second_opinion", "tags", "merged_into", "merged_from", "told_from", "told_apart"),
    ),
    Purpose(
        "photo",
        _("A photo of your face, if your category asks for one, and who has looked at it"),
        _("To print it on the badge, and to know you at the door"),
        Audience.DESK,
        NEEDS_KEPT_FOR.days,
        ("photo",),
    ),
    Purpose(
        "vetting",
        _("Whether you may enter the venue and which parts of it, who decided that, when and why"),
        _("To keep the venue safe"),
        Audience.REVIEWERS,
        KEPT_FOR,
        ("vetting", "vetting_steps", "zone_exceptions"),
    ),
    Purpose(
        "access",
        _("Access needs"),
        _("To arrange what you need to take part"),
        Audience.REVIEWERS,
        NEEDS_KEPT_FOR.days,
        ("access_needs",),
        sensitive=True,
    ),
    Purpose(
        "diet",
        _("Dietary needs"),
        _("To have food you can eat"),
        Audience.REVIEWERS,
        NEEDS_KEPT_FOR.days,
        ("dietary_needs",),
        sensitive=True,
    ),
    Purpose(
        "protection",
        _("Whether you are protected, what is sealed then, and whether you may be photographed"),
        _("To keep whoever is at risk from being known"),
        Audience.OWNERS,
        KEPT_FOR,
        ("at_risk", "sealed", "no_photographs"),
    ),
    Purpose(
        "participants",
        _("What of you stands in the list of participants"),
        _("So that others taking part find you, if you want it"),
        Audience.ORGANISERS,
        KEPT_FOR,
        ("listed", "contactable"),
    ),
    Purpose(
        "asked",
        _("What you asked in sessions, what you supported there, and in which polls you voted; never for what"),
        _("To count each once, and to show you your own questions"),
        Audience.OWNERS,
        QUESTIONS_KEPT_FOR,
        (),
    ),
    Purpose(
        "feedback",
        _("What you said afterwards of sessions and of the summit, without your name"),
        _("To do better next time; nobody is told what fewer than five people said"),
        Audience.OWNERS,
        QUESTIONS_KEPT_FOR,
        (),
    ),
    Purpose(
        "looks",
        _("Who of the team looked at sensitive details of yours, and when"),
        _("To be able to show it to you"),
        Audience.OWNERS,
        KEPT_FOR,
        ("looks",),
    ),
    Purpose(
        "itinerary",
        _("When, how and where you arrive and leave, if you come with a delegation"),
        _("To meet you, and to see you off"),
        Audience.ORGANISERS,
        NEEDS_KEPT_FOR.days,
        ("itinerary",),
    ),
    Purpose(
        "consents",
        _("What you agreed to, and when"),
        _("To be able to show it"),
        Audience.ORGANISERS,
        KEPT_FOR,
        ("consents",),
    ),
)  # fmt: skip
BY_FIELD = {field: purpose for purpose in PURPOSES for field in purpose.fields}


def purposes(summit: Summit) -> list[Purpose]:
    """The table of one summit: what is kept of everybody, and what its form asks besides. One query."""
    return [*PURPOSES, *(of_question(question) for question in summit.questions.asked().in_order())]


def of_question(question: Question) -> Purpose:
    return Purpose(
        f"question_{question.pk}", question.words, question.purpose, question.audience, question.erased_after, (),
        sensitive=question.sensitive,
    )  # fmt: skip


def hint(purpose: Purpose) -> Iterator[str]:
    """What a form says of a field: what for, and of what is erased before the rest who reads it and until when."""
    if str(purpose.why):
        yield str(purpose.why)
    if purpose.days < KEPT_FOR:
        yield gettext("Read by: %(audience)s. Erased %(days)d days after the summit.") % {
            "audience": Audience(purpose.audience).label, "days": purpose.days,
        }  # fmt: skip
