"""The workspace's lists of people and organisations."""

from operator import attrgetter
from typing import Any

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from speakers.editing import inline_edits
from speakers.models import Organisation, OrganisationMember, Speaker
from summit.lib import countries
from summit.lib.translated import active_language
from summit.lists.actions import Action, deleted_text
from summit.lists.cell_rendering import Chip
from summit.lists.listing import Begin, Column, Filter, ListKind
from summit.lists.pieces import by, by_text, by_words, narrowed_by, of_model, written_by
from summit.lists.rooms import language_columns, language_filter
from summit.models import Right, Summit, User

PROGRAMME = frozenset({Right.PROGRAMME})
NOTES = frozenset({Right.PROGRAMME, Right.NOTES})


def _countries(model: Any) -> Any:
    """Countries that occur, by their names."""

    def choices(summit: Summit) -> list[tuple[str, str]]:
        codes = model.objects.filter(summit=summit, country__gt="").order_by().values_list("country", flat=True)
        return sorted(((c, countries.name(c, active_language())) for c in codes.distinct()), key=lambda pair: pair[1])

    return choices


def _country_field(summit: Summit) -> Any:

    return forms.ChoiceField(choices=[("", "–"), *countries.choices(active_language())], required=False)


def _country(row: Any) -> str:
    return countries.name(row.country, active_language()) if row.country else ""


def _with_sessions(rows: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    if value == "asked":
        return rows.filter(asked_count__gt=0)
    return rows.filter(session_count=0) if value == "without" else rows.filter(session_count__gt=0)


def _without_sessions(rows: list[Any]) -> dict[int, str]:
    return {row.pk: ngettext("in %(n)d session", "in %(n)d sessions", row.session_count) % {"n": row.session_count}
            for row in rows if row.session_count}  # fmt: skip


def _version(row: Any, column: str) -> str:
    return str(row.version)


def _number(token: str) -> int | None:
    """The version a form was made on; None for what nobody can collide with, 0 (never one) for nonsense."""
    return None if not token else int(token) if token.isascii() and token.isdigit() else 0


# people


def people(summit: Summit) -> QuerySet[Speaker]:
    appearances = Q(appearances__state="invited")
    return summit.speakers.select_related("summit").annotate(
        session_count=Count("appearances__session", distinct=True),
        asked_count=Count("appearances__session", filter=appearances, distinct=True),
        confirmed_count=Count("appearances__session", filter=Q(appearances__state="confirmed"), distinct=True),
    )


def _answers(row: Any) -> Chip | None:
    if not row.session_count:
        return None
    label = _("%(confirmed)d of %(all)d") % {"confirmed": row.confirmed_count, "all": row.session_count}
    return Chip(label, "good" if row.confirmed_count == row.session_count else "warn")


def people_columns(summit: Summit) -> list[Column]:
    return [
        Column("name", gettext_lazy("Name"), attrgetter("name"), by_words("name"), head=True, field=of_model(Speaker, "name")),
        Column("name_romanised", gettext_lazy("In Latin letters"), attrgetter("name_romanised"), by_words("name_romanised"), field=of_model(Speaker, "name_romanised"), text=True),
        Column("code", gettext_lazy("Code"), attrgetter("code"), by("code"), shown=False),
        Column("country", gettext_lazy("Country"), _country, by_words("country"), field=_country_field),
        Column("email", gettext_lazy("E-mail address"), attrgetter("email"), by_words("email"), field=of_model(Speaker, "email"), seen_by=PROGRAMME),
        Column("sessions", gettext_lazy("Sessions"), attrgetter("session_count"), by("session_count"), number=True),
        Column("confirmed", gettext_lazy("Confirmed"), _answers, by("confirmed_count")),
        Column("account", gettext_lazy("Own account"), lambda r: Chip(_("Yes"), "good") if r.user_id else None, shown=False),
        Column("portrait", gettext_lazy("Portrait"), lambda r: Chip(_("Yes"), "good") if r.portrait else None, shown=False),
        *language_columns(summit, "biography"),
        Column("notes", gettext_lazy("Internal notes"), attrgetter("notes"), shown=False, field=of_model(Speaker, "notes"), seen_by=NOTES),
    ]  # fmt: skip


def _no_address(rows: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    return rows.filter(email="") if value == "without" else rows.exclude(email="")


def _in_latin(rows: Any, value: str, summit: Summit) -> Any:
    return rows.in_hangul_alone() if value == "without" else rows.exclude(name_romanised="")


def _save_speaker(row: Speaker, values: dict[str, Any], token: str, by: User) -> Speaker:
    return inline_edits.edit_speaker(row, values, version=_number(token), by=by)


def _delete_speaker(row: Speaker, value: Any, by: User) -> dict[str, Any]:
    inline_edits.delete_speaker(row, by=by)
    return {}


PEOPLE = ListKind(
    name="people",
    title=gettext_lazy("Speakers"),
    holds=gettext_lazy("People on stage: their names, texts and portraits, and whether they have confirmed. Whoever is added to a session stands here as well."),
    begins=(
        Begin("speakers:organiser-new-person", gettext_lazy("Add a person"), PROGRAMME),
        Begin("sessions:organiser-import-table", gettext_lazy("Import a table"), PROGRAMME, "table=people"),
    ),
    views=(
        (gettext_lazy("Has not answered"), "use=asked"),
        (gettext_lazy("Without sessions"), "use=without"),
        (gettext_lazy("English missing"), "texts=missing-en"),
        (gettext_lazy("Not in Latin letters"), "latin=without"),
    ),
    address="speakers:organiser-people",
    detail="speakers:organiser-person",
    rows=people,
    columns=people_columns,
    counted=lambda n: ngettext("%(n)d person", "%(n)d people", n) % {"n": n},
    empty=gettext_lazy("There are no people yet."),
    edited=written_by("speakers"),
    save=_save_speaker,
    token=_version,
    order=("name", "code"),
    filters=(
        Filter("country", gettext_lazy("Country"), _countries(Speaker), narrowed_by("country")),
        Filter("use", gettext_lazy("Sessions"), lambda _s: [
            ("with", _("With sessions")), ("without", _("Without sessions")), ("asked", _("Has not answered"))], _with_sessions),
        language_filter("biography"),
        Filter("latin", gettext_lazy("In Latin letters"), lambda _s: [("without", _("Missing")), ("with", _("Known"))], _in_latin),
        Filter("address", gettext_lazy("E-mail address"), lambda _s: [("without", _("Missing")), ("with", _("Known"))], _no_address, seen_by=PROGRAMME),
    ),
    searched=("name", "name_romanised", "code"),
    searched_beside=("appearances__affiliation", "appearances__job_title"),
)  # fmt: skip
PEOPLE.actions.append(
    Action("delete", gettext_lazy("Delete those without sessions"), run=_delete_speaker, stays=_without_sessions,
           danger=True, said=deleted_text,
           asks=lambda n: ngettext("Delete %(n)d person", "Delete %(n)d people", n) % {"n": n})
)  # fmt: skip


# organisations


def organisations(summit: Summit) -> QuerySet[Organisation]:
    contacts = OrganisationMember.objects.filter(organisation=OuterRef("pk"), accepted_at__isnull=False)
    return summit.organisations.select_related("summit").annotate(
        session_count=Count("hostings", distinct=True), has_contact=Exists(contacts)
    )


def organisation_columns(summit: Summit) -> list[Column]:
    kinds = dict(Organisation.Kind.choices)
    return [
        Column("name", gettext_lazy("Organisation"), attrgetter("name"), by_text("name"), head=True, field=of_model(Organisation, "name"), text=True),
        Column("code", gettext_lazy("Code"), attrgetter("code"), by("code"), shown=False),
        Column("kind", gettext_lazy("Kind"), lambda r: str(kinds.get(r.kind, r.kind)), by_words("kind"), field=of_model(Organisation, "kind")),
        Column("country", gettext_lazy("Country"), _country, by_words("country"), field=_country_field),
        Column("website", gettext_lazy("Website"), attrgetter("website"), by_words("website"), shown=False, field=of_model(Organisation, "website")),
        Column("sessions", gettext_lazy("Sessions"), attrgetter("session_count"), by("session_count"), number=True),
        Column("account", gettext_lazy("Host contact"), lambda r: Chip(_("Yes"), "good") if r.has_contact else None, by("has_contact")),
        Column("contact_name", gettext_lazy("Contact person"), attrgetter("contact_name"), by_words("contact_name"), shown=False, field=of_model(Organisation, "contact_name"), seen_by=PROGRAMME),
        Column("contact_email", gettext_lazy("Contact address"), attrgetter("contact_email"), by_words("contact_email"), field=of_model(Organisation, "contact_email"), seen_by=PROGRAMME),
        *language_columns(summit, "name", "description"),
    ]  # fmt: skip


def _save_organisation(row: Organisation, values: dict[str, Any], token: str, by: User) -> Organisation:
    return inline_edits.edit_organisation(row, values, version=_number(token), by=by)


def _delete_organisation(row: Organisation, value: Any, by: User) -> dict[str, Any]:
    inline_edits.delete_organisation(row, by=by)
    return {}


ORGANISATIONS = ListKind(
    name="organisations",
    title=gettext_lazy("Organisations"),
    holds=gettext_lazy("Organisations host sessions: their names, websites and the people who write for them. Add one, then invite its contact."),
    begins=(
        Begin("speakers:organiser-new-organisation", gettext_lazy("Add an organisation"), PROGRAMME),
        Begin("sessions:organiser-import-table", gettext_lazy("Import a table"), PROGRAMME, "table=organisations"),
    ),
    views=(
        (gettext_lazy("Without sessions"), "use=without"),
        (gettext_lazy("English missing"), "texts=missing-en"),
    ),
    address="speakers:organiser-organisations",
    detail="speakers:organiser-organisation",
    rows=organisations,
    columns=organisation_columns,
    counted=lambda n: ngettext("%(n)d organisation", "%(n)d organisations", n) % {"n": n},
    empty=gettext_lazy("There are no organisations yet."),
    edited=written_by("organisations"),
    save=_save_organisation,
    token=_version,
    order=("code",),
    filters=(
        Filter("kind", gettext_lazy("Kind"), lambda _s: Organisation.Kind.choices, narrowed_by("kind")),
        Filter("country", gettext_lazy("Country"), _countries(Organisation), narrowed_by("country")),
        Filter("use", gettext_lazy("Sessions"), lambda _s: [("with", _("With sessions")), ("without", _("Without sessions"))], _with_sessions),
        language_filter("name", "description"),
    ),
    searched=("name", "code", "website"),
)  # fmt: skip
ORGANISATIONS.actions.append(
    Action("delete", gettext_lazy("Delete those without sessions"), run=_delete_organisation, stays=_without_sessions,
           danger=True, said=deleted_text,
           asks=lambda n: ngettext("Delete %(n)d organisation", "Delete %(n)d organisations", n) % {"n": n})
)  # fmt: skip
