"""The workspace's list of registrations."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from registration.fields import TagsField
from registration.lists import filters
from registration.lists.acting import ACTIONS, CATEGORIES
from registration.mailing import delivery
from registration.models import Answer, Attendance, CheckIn, Consent, Look, Question, Registration, State, Vetting
from registration.permissions import audiences_of
from registration.places import capacity
from registration.registering import (
    delegated,
    lifecycle,
    looks,
    people_sheet,
    tagging,
)
from summit import history
from summit.editing.inline_edits import value_version
from summit.lib import countries
from summit.lib.spreadsheets import Table
from summit.lib.translated import active_language, own_name
from summit.lists.cell_rendering import Beside, Chip
from summit.lists.listing import Begin, Column, Listing, ListKind, Rights
from summit.lists.pieces import by, by_text, by_words, chosen_from, of_model
from summit.models import Right, Summit, User

OURS = frozenset({Right.REGISTRATIONS})
VETTED = {Vetting.CLEARED: "good", Vetting.NOT_NEEDED: "", Vetting.REFUSED: "bad", Vetting.REVOKED: "bad"}
TONES = {State.CONFIRMED: "good", State.CANCELLED: "bad", State.REJECTED: "bad"}


def rows(summit: Summit) -> QuerySet[Registration]:
    found = Registration.objects.filter(summit=summit).prefetch_related("tags")
    found = found.select_related("summit", "category", "companion_of", "delegation", "access_code")
    return CheckIn.objects.arrivals_of(Consent.objects.photographed(found))


def complete(some: list[Any], summit: Summit) -> None:
    """What the cells of a page show beside the row: answers, and what became of the last mail. Four queries."""
    said = people_sheet.answers(summit, [row.pk for row in some])
    states = delivery.last_states(summit, [row.email for row in some])
    for each in some:
        each.said, each.mail_state = said, states.get(each.email.lower(), "")


def _mail_chip(row: Any) -> Chip | None:
    tone = {delivery.SENT: "good", delivery.FAILED: "bad"}.get(row.mail_state, "warn")
    return Chip(str(delivery.WORDS[row.mail_state]), tone) if row.mail_state else None


def _answers(summit: Summit) -> list[Column]:
    def said(question: Question) -> Callable[[Any], str]:
        return lambda row: people_sheet.said_by(row.said, row.pk, question, row.attendance, row.category_id)

    rows = summit.questions.asked_or_answered().in_order().with_categories().select_related("summit")
    return [
        Column(f"answer_{each.pk}", str(each), said(each), shown=False, circle=each.audience)
        for each in rows
        if not each.is_erased()
    ]


def _category_chip(row: Registration) -> Chip:
    return Chip(str(row.category), f"track category-{row.category.code}")


def _vetting_chip(row: Registration) -> Chip:
    return Chip(str(row.vetted_as.label), VETTED.get(row.vetted_as, "warn"))


def _said_to_come(row: Registration) -> Any:
    return Chip(_("Not yet"), "warn") if row.awaits_person else row.said_to_come_at


def _tag_chips(row: Registration) -> Beside:
    return Beside(tuple(Chip(tag.name, tag.chip) for tag in row.tags.all()))


def _photographs(row: Registration) -> Chip:
    return Chip(_("Agreed"), "good") if row.photographed else Chip(_("Not agreed"), "warn")  # type: ignore[attr-defined]


def _is_active(row: Registration) -> bool:
    return row.is_active


def columns(summit: Summit) -> list[Column]:
    delegations = chosen_from(gettext_lazy("Delegation"), lambda s: s.delegations.all(), gettext_lazy("No delegation"))
    return [
        Column("name", gettext_lazy("Name"), attrgetter("titled_name"), lambda: [Lower("name")], always=True, head=True),
        Column("name_romanised", gettext_lazy("In Latin letters"), attrgetter("name_romanised"), by_words("name_romanised"), shown=False),
        Column("title", pgettext_lazy("of a person", "Title"), attrgetter("title"), by_words("title"), shown=False),
        Column("family_name", gettext_lazy("Family name"), attrgetter("family_name"), lambda: [Lower("family_name"), Lower("name")], shown=False),
        Column("reference", gettext_lazy("Reference"), attrgetter("reference"), by("reference")),
        Column("organisation", gettext_lazy("Organisation"), attrgetter("organisation"), by_words("organisation")),
        Column("job_title", gettext_lazy("Job title"), attrgetter("job_title"), by_words("job_title"), shown=False),
        Column("country", gettext_lazy("Country"), lambda r: countries.name(r.country, active_language()), by("country")),
        Column("category", gettext_lazy("Category"), _category_chip, by_text("category__name"), field=CATEGORIES, may=_is_active),
        Column("delegation", gettext_lazy("Delegation"), lambda r: str(r.delegation) if r.delegation else "", by_text("delegation__name"), shown=False, field=delegations, may=_is_active),
        Column("attendance", gettext_lazy("Attendance"), lambda r: r.get_attendance_display(), by("attendance"), field=of_model(Registration, "attendance"), may=_is_active),
        Column("state", gettext_lazy("State"), lambda r: Chip(r.get_state_display(), TONES.get(r.state, "warn")), by("state")),
        Column("vetting", gettext_lazy("Vetting"), _vetting_chip, shown=False),
        Column("companion_of", gettext_lazy("Comes with"), lambda r: str(r.companion_of or ""), by("companion_of__name"), shown=False),
        Column("waits_since", gettext_lazy("Waits since"), attrgetter("waits_since"), by("waits_since"), shown=False),
        Column("arrived", gettext_lazy("Arrived"), lambda r: r.arrived_at, by("arrived_at")),
        Column("said_to_come_at", gettext_lazy("Confirmed by the person"), _said_to_come, by("said_to_come_at"), shown=False),
        Column("tags", gettext_lazy("Tags"), _tag_chips, shown=False, field=lambda s: TagsField(s, required=False)),
        Column("access_code", gettext_lazy("Code"), lambda r: r.access_code and r.access_code.spoken, by("access_code__code"), shown=False),
        Column("photography", gettext_lazy("Photographs"), _photographs, by("photographed"), shown=False),
        Column("created_at", gettext_lazy("Registered"), attrgetter("created_at"), by("created_at"), shown=False),
        Column("language", gettext_lazy("Language of mails"), lambda r: own_name(r.language), by("language"), shown=False),
        Column("time_zone", gettext_lazy("Time zone"), attrgetter("time_zone"), by("time_zone"), shown=False),
        Column("email", gettext_lazy("E-mail address"), attrgetter("email"), by_words("email"), shown=False),
        Column("access_needs", gettext_lazy("Access needs"), attrgetter("access_needs"), shown=False),
        Column("dietary_needs", gettext_lazy("Dietary needs"), attrgetter("dietary_needs"), shown=False),
        Column("mail", gettext_lazy("Last mail"), _mail_chip, shown=False),
        *_answers(summit),
    ]  # fmt: skip


def _search(found: Any, words: str, summit: Summit) -> QuerySet[Registration]:
    return found.search(words)


def _edited(user: User, summit: Summit, rights: Rights, texts: bool) -> QuerySet[Registration]:
    return summit.registrations.all() if rights >= OURS and not texts else summit.registrations.none()


def _standing(row: Registration, column: str) -> Any:
    # A category and a delegation by their keys: their names are others in every language.
    if column == "tags":
        return row.tagged
    return getattr(row, f"{column}_id" if column in {"category", "delegation"} else column)


def _save(row: Registration, values: dict[str, Any], token: str, by: User) -> Registration:
    [(name, value)] = values.items()
    if name == "category":
        return lifecycle.set_category(row, value, form_versions={"category_id": token}, by=by)
    if name == "delegation":
        return delegated.set_delegation(row, value, form_versions={"delegation_id": token}, by=by)
    if name == "tags":
        return tagging.set_tags(row, value, form_versions={"tagged": token}, by=by)
    return lifecycle.change_attendance(row, value, form_versions={name: token}, by=by, as_organiser=True)


def totals(summit: Summit) -> str:
    """How many are confirmed each way, and what is left of places that are limited."""
    confirmed = summit.registrations.filter(state=State.CONFIRMED).order_by()
    counted = dict(confirmed.values_list("attendance").annotate(n=Count("*")))
    left = capacity.left(summit)
    said = []
    for attendance in Attendance:
        words = _("%(attendance)s: %(n)d confirmed") % {"attendance": attendance.label, "n": counted.get(attendance, 0)}
        free = left[attendance]
        if free is not None:
            words += ngettext(" (%(n)d place left)", " (%(n)d places left)", free) % {"n": free}
        said.append(words)
    return " · ".join(said)


NEEDS = {"access_needs", "dietary_needs"}


def _looked(listing: Listing, rows: list[Registration]) -> None:
    """The needs of a page of people were shown: those who have some may read it."""
    if NEEDS & {column.name for column in listing.shown_columns}:
        needy = [row.pk for row in rows if row.access_needs or row.dietary_needs]
        looks.note(listing.summit, needy, Look.What.NEEDS, by=listing.user)
    shown = {
        column.name.removeprefix("answer_") for column in listing.shown_columns if column.name.startswith("answer_")
    }
    if sensitive := list(listing.summit.questions.filter(pk__in=shown, sensitive=True)) if shown else []:
        said = Answer.objects.filter(question__in=sensitive, registration__in=[row.pk for row in rows])
        looks.note(listing.summit, said.values_list("registration_id", flat=True), Look.What.NEEDS, by=listing.user)


def _table(listing: Listing) -> Table:
    """Everybody in the open: of whoever is at risk nothing leaves in a file."""
    rows = listing.rows().filter(at_risk=False)
    keys = rows.order_by().values_list("pk", flat=True)
    looks.note_sensitive(listing.summit, keys, Look.What.EXPORT, by=listing.user)
    return people_sheet.table(listing.summit, rows, audiences_of(listing.user, listing.summit), told=listing.told)


def _taken_along(summit: Summit, table: Table, by: User) -> None:
    history.record("registration.export", summit, by=by, summit=summit, changes={"people": (0, len(table.rows))})


REGISTRATIONS = ListKind(
    name="registrations",
    title=gettext_lazy("Registrations"),
    address="registration:registrations",
    detail="registration:registration",
    key="guid",
    seen_by=OURS,
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d registration", "%(n)d registrations", n) % {"n": n},
    empty=gettext_lazy("Nobody is registered yet."),
    holds=gettext_lazy("Everybody who comes, in person or online: by the form once registration is open, and whom you add or import before that."),
    begins=(
        Begin("registration:new-registration", gettext_lazy("Add a registration"), OURS),
        Begin("registration:programme-people", gettext_lazy("Register the people of the programme"), OURS),
        Begin("sessions:organiser-import-table", gettext_lazy("Import a table"), frozenset({Right.IMPORT}), "table=registrations"),
        Begin("registration:waitlists", gettext_lazy("Waitlists"), OURS),
        Begin("registration:campaigns", gettext_lazy("Messages to many"), frozenset({Right.SETTINGS})),
        Begin("registration:duplicates", gettext_lazy("Find duplicates"), OURS),
    ),
    views=(
        (gettext_lazy("Confirmed"), "state=confirmed"),
        (gettext_lazy("Waiting for a decision"), "state=pending&sort=waits_since"),
        (gettext_lazy("Waitlist"), "state=waitlisted&sort=waits_since"),
        (gettext_lazy("Address not confirmed"), "state=unproven"),
        (gettext_lazy("Not arrived"), "state=confirmed&attendance=in_person&arrived=no"),
        (gettext_lazy("Online"), "state=confirmed&attendance=online"),
        (gettext_lazy("Cancelled"), "state=cancelled"),
    ),
    edited=_edited,
    save=_save,
    token=lambda row, column: value_version(_standing(row, column)),
    order=("-created_at", "-pk"),
    filters=filters.OF_ALL,
    more_filters=filters.of_questions,
    complete=complete,
    circles=audiences_of,
    search=_search,
    searches=60,
    totals=totals,
    table=_table,
    exported=gettext_lazy("Everybody listed with all their details, also needs and addresses, as a sheet that can be imported again:"),
    taken_along=_taken_along,
    looked=_looked,
)  # fmt: skip
REGISTRATIONS.actions.extend(ACTIONS)
