"""Everything that is kept about somebody registered, to be read and taken along (GDPR article 15, PIPA article 35)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registration.models import (
    Answer,
    Consent,
    Draft,
    Feedback,
    Invitation,
    Itinerary,
    Look,
    Photo,
    PushSubscription,
    Question,
    Registration,
)
from registration.models.answer_kinds import YES
from registration.models.itinerary import ITINERARY
from registration.models.sealing import HIDDEN
from registration.registering import answering
from sessions.live import participants
from sessions.models import AudienceQuestion, Bookmark
from summit import history
from summit.audit import in_words
from summit.lib import countries
from summit.lib.translated import active_language, own_name
from summit.models import HistoryEntry, Message
from summit.models.sealed_address import is_stand_in

PERSON = ("reference", "state", "reason", "attendance", "vetting", "category", "delegation", "access_code", "name", "name_romanised", "title", "family_name", "badge_script",
          "email", "organisation", "job_title", "country", "language", "time_zone", "access_needs", "dietary_needs", "waits_since",
          "offer_ends_at", "proof_ends_at", "becomes", "created_at", "at_risk", "no_photographs", "listed", "contactable", "updated_at", "confirmed_at",
          "cancelled_at", "opened_at", "ticket_issue", "for_programme", "said_to_come_at", "kept_at", "companion_of", "registered_by", "merged_into")  # fmt: skip
# The newest looks; a year of them is kept.
LOOKS_SHOWN = 500


# Labels of columns whose own name is that of the code.
LABELS = {
    "updated_at": gettext_lazy("Changed last"),
    "confirmed_at": gettext_lazy("Confirmed"),
    "cancelled_at": gettext_lazy("Ended"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """``key`` and ``value`` are for machines: a text, a code, a number, yes or no, a moment, or None. ``label`` and
    ``words`` are for people; without words the value is read as it is."""

    key: str
    label: str
    value: Any
    words: str = ""

    @property
    def shown(self) -> Any:
        """What people read; None where nothing is kept."""
        if isinstance(self.value, bool):
            return self.words or (_("Yes") if self.value else _("No"))
        return self.words or self.value

    @property
    def is_moment(self) -> bool:
        return isinstance(self.value, datetime)


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    rows: list[list[Fact]]


def everything(registration: Registration) -> list[Section]:
    """What the database holds about the person because of this registration, in the active language, in a fixed number
    of queries. Keys that open something (links, tickets) are left out: whoever reads this has them."""
    return [section for section in _sections(registration) if section.rows]


def for_machines(sections: list[Section]) -> dict[str, list[dict[str, Any]]]:
    """The same by keys, for JSON, in no language: codes, yes and no, and moments as they are."""
    return {section.key: [{fact.key: fact.value for fact in row} for row in section.rows] for section in sections}


def _sections(registration: Registration) -> Iterator[Section]:
    yield Section("registration", _("Registration"), [[_of_person(registration, name) for name in PERSON]])
    yield Section("invitation", _("Invitation"), _invited(registration))
    said = answering.read(registration.answers.select_related("registration"), registration.summit)
    yield Section("answers", _("Answers"), [_answer(row) for row in said])
    yield Section(
        "consents",
        _("Consents"),
        [_facts(row, "kind", "version", "given_at", "withdrawn_at") for row in registration.consents.all()],
    )
    yield Section("companions", _("Accompanying persons"), _brought(registration))
    yield from _at_the_summit(registration)
    yield _journey(registration)
    yield Section("drafts", _("Drafts of the form"), _drafts(registration))
    mails = Message.objects.filter(summit=registration.summit_id, to__address=registration.email).order_by("created_at")
    yield Section(
        "mails",
        _("Mail"),
        [_facts(row, "subject", "to", "language", "state", "created_at", "sent_at", "erased_at") for row in mails],
    )
    yield from _accredited(registration)
    yield from _of_team(registration)
    seen = registration.looks.told()
    yield Section("looks", _("Who looked at sensitive details"), [_look(row) for row in seen[:LOOKS_SHOWN]])
    yield Section("history", _("History"), _happened(registration))


def _answer(row: Answer) -> list[Fact]:
    """For machines what was answered as it is kept; of choices their words in each language."""
    value: Any = row.words
    if row.words == HIDDEN:
        value = None
    elif row.question.has_choices:
        value = [dict(pick.choice.words) for pick in row.picks.all()]
    elif row.question.kind in {Question.Kind.YES, Question.Kind.CONSENT}:
        value = row.words == YES
    return [Fact("question", _("Question"), dict(row.question.words), str(row.question)),
            Fact("answer", _("Answer"), value, answering.in_words(row)), _fact(row, "given_at")]  # fmt: skip


def _notified(registration: Registration) -> Section:
    rows = PushSubscription.objects.filter(registration=registration)
    told = [_facts(row, "endpoint", "language", "created_at") for row in rows]
    return Section("notifications", _("Browsers that are notified"), told)


def _said_there(registration: Registration) -> Iterator[Section]:
    """What the person asked in sessions and said of them afterwards."""
    key = participants.of_registration(registration.guid)
    asked = AudienceQuestion.objects.filter(session__summit=registration.summit_id, asker=key).select_related("session")
    yield Section(
        "questions",
        _("Questions asked"),
        [
            [_session(row.session), *_facts(row, "text", "name", "language", "place", "state", "asked_at")]
            for row in asked
        ],
    )
    said = Feedback.objects.filter(summit=registration.summit_id, author=key).select_related("session")
    yield Section(
        "feedback",
        _("Feedback"),
        [
            [
                *([_session(row.session)] if row.session else []),
                *_facts(row, "rating", "good", "better", "language", "sent_at"),
            ]
            for row in said
        ],
    )


def _at_the_summit(registration: Registration) -> Iterator[Section]:
    """Seats, marks, arrivals and badges."""
    seats = registration.bookings.select_related("session")
    yield Section(
        "seats",
        _("Seats"),
        [[_session(row.session), *_facts(row, "state", "queued_at", "updated_at")] for row in seats],
    )
    marked = Bookmark.objects.filter(user=registration.user_id, session__summit=registration.summit_id).select_related(
        "session"
    )
    yield Section(
        "bookmarks", _("Bookmarks"), [[_session(row.session), Fact("at", _("Since"), row.created_at)] for row in marked]
    )
    arrivals = registration.check_ins.select_related("desk")
    yield Section(
        "check_ins",
        _("Arrivals"),
        [[Fact("desk", _("Desk"), row.desk.code, str(row.desk)), *_facts(row, "at", "undone_at")] for row in arrivals],
    )
    joined = registration.presences.select_related("session")
    yield Section(
        "presences",
        _("Sessions joined online"),
        [[_session(row.session), *_facts(row, "entered_at", "minutes")] for row in joined],
    )
    yield _notified(registration)
    yield from _said_there(registration)
    printed = registration.badge_prints.all()
    yield Section(
        "badges",
        _("Badges drawn"),
        [
            [Fact("at", _("When"), row.at), Fact("ticket_issue", _("Issue of the ticket"), row.ticket_issue)]
            for row in printed
        ],
    )


def _accredited(registration: Registration) -> Iterator[Section]:
    """The photo, what was decided about entering, and zones; of the team that it acted, not who."""
    sent = Photo.objects.filter(registration=registration)
    yield Section("photo", _("Photo"), [_facts(row, "sent_at", "faces", "looked_at") for row in sent])
    steps = registration.vetting_steps.all()
    yield Section("vetting", _("Vetting"), [_facts(row, "state", "reason", "at") for row in steps])
    own = registration.zone_exceptions.select_related("zone")
    rows = [
        [Fact("zone", _("Zone"), row.zone.code, str(row.zone)), *_facts(row, "gives", "reason", "at")] for row in own
    ]
    yield Section("zones", _("Zones other than those of the category"), rows)


def _of_team(registration: Registration) -> Iterator[Section]:
    notes = [[Fact("text", _("Note"), note.text), Fact("at", _("When"), note.at)] for note in registration.notes.all()]
    yield Section("notes", _("Notes of the team"), notes)
    yield Section("tags", _("Tags of the team"), [[Fact("tag", _("Tag"), tag.name)] for tag in registration.tags.all()])


def _brought(registration: Registration) -> list[list[Fact]]:
    return [_facts(row, "name", "reference", "state") for row in registration.companions.all()]


def _look(look: Look) -> list[Fact]:
    """When, in which role and at what; not who of the team."""
    role = str(look.get_role_display()) if look.role else _("The team")
    return [Fact("at", _("When"), look.at), Fact("role", _("Role"), look.role, role),
            Fact("what", _("What"), look.what, str(look.get_what_display()))]  # fmt: skip


def _journey(registration: Registration) -> Section:
    rows = Itinerary.objects.filter(registration=registration)
    return Section("itinerary", _("Arrival and departure"), [_facts(row, *ITINERARY) for row in rows])


def _drafts(registration: Registration) -> list[list[Fact]]:
    """Those under the address, whoever began them."""
    found = []
    for row in Draft.objects.filter(summit=registration.summit_id, email__address=registration.email):
        said = [Fact(name, row.labels.get(name, name), "; ".join(texts)) for name, texts in row.said.items()]
        found.append([*_facts(row, "email", "created_at", "saved_at", "expires_at"), *said])
    return found


def _invited(registration: Registration) -> list[list[Fact]]:
    invitation = Invitation.objects.filter(registration=registration).first()
    if invitation is None:
        return []
    names = ("email", "name", "attendance", "country", "skips_approval", "expires_at", "created_at", "sent_at",
             "reminded_at", "opened_at", "begun_at")  # fmt: skip
    brought = [Fact(name, _label(registration, name), value) for name, value in invitation.prefill.items()]
    return [[*_facts(invitation, *names), *brought]]


def _of_person(registration: Registration, name: str) -> Fact:
    value, words = getattr(registration, name), ""
    match name:
        case "vetting":
            value, words = str(registration.vetted_as), str(registration.vetted_as.label)
        case "category" | "delegation":
            value, words = (value.code, str(value)) if value else (None, "")
        case "companion_of" | "merged_into":
            value, words = (value.reference, str(value)) if value else (None, "")
        case "access_code":
            value = value and value.spoken
        case _:
            return _fact(registration, name)
    return Fact(name, _label(registration, name), value, words)


def _facts(row: Model, *names: str) -> list[Fact]:
    return [_fact(row, name) for name in names]


def _fact(row: Model, name: str) -> Fact:
    value = getattr(row, name)
    return Fact(name, _label(row, name), None if value == "" else _plain(value), _words(row, name, value))


def _plain(value: Any) -> Any:
    """What stands for a sealed address is nobody's."""
    return None if isinstance(value, str) and is_stand_in(value) else value


def _words(row: Model, name: str, value: Any) -> str:
    """How people read a value, where that is not as it is kept."""
    if value in ("", None):
        return ""
    if isinstance(value, str) and is_stand_in(value):
        return _("sealed")
    if name == "country":
        return countries.name(value, active_language())
    if name == "language":
        return own_name(value)
    shown = getattr(row, f"get_{name}_display", None)
    return str(shown()) if shown else ""


def _label(row: Model, name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    return str(capfirst(str(getattr(row._meta.get_field(name), "verbose_name", name))))


def _session(session: Any) -> Fact:
    return Fact("session", _("Session"), session.code, f"{session.code} {session.title}".strip())


def _happened(registration: Registration) -> list[list[Fact]]:
    """The lines of the history: whether it was the person or the team, not who of the team."""
    rows = HistoryEntry.objects.filter(subject_kind=registration._meta.label_lower, subject_key=str(registration.pk))
    entries = list(rows.select_related("by").order_by("pk"))
    found = []
    summit, kinds = registration.summit, {str(kind): label for kind, label in Consent.Kind.choices}
    for entry, told in zip(entries, history.described(entries, Registration, labels=kinds), strict=True):
        changes = "; ".join(
            f"{name}: {in_words(before, summit)} → {in_words(after, summit)}"
            for name, (before, after) in told["labelled"]
        )
        own = entry.by_id is None or entry.by_id == registration.user_id
        by = _("You, or nobody in person") if own else _("The team")
        found.append([Fact("at", _("When"), entry.at), Fact("what", _("What"), entry.action, str(told["label"])),
                      Fact("changes", _("Changes"), entry.changes or None, changes),
                      Fact("by", _("By"), "you" if own else "team", by)])  # fmt: skip
    return found
