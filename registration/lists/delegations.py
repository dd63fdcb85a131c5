"""The workspace's list of delegations, and how far each is."""

from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registration.delegating import completeness, heads
from registration.delegating import delegations as verbs
from registration.fields import SummitMomentField
from registration.models import Delegation
from summit.editing.inline_edits import value_version
from summit.lib import countries
from summit.lib.translated import active_language
from summit.lists.actions import Action, Step, changed_text
from summit.lists.cell_rendering import Chip, Lines
from summit.lists.listing import Begin, Column, Filter, ListKind, Rights
from summit.lists.pieces import by, by_text, narrowed_by, of_model
from summit.models import Right, Summit, User

OURS = frozenset({Right.REGISTRATIONS})
MOST_REMINDED = 300


def rows(summit: Summit) -> QuerySet[Delegation]:
    return Delegation.objects.filter(summit=summit).select_related("summit").prefetch_related("heads")


def _complete(found: list[Any], summit: Summit) -> None:
    """Gives each row ``found``, how far it is."""
    known = completeness.of_delegations(summit, [row.pk for row in found])
    for row in found:
        row.found = known[row.pk]


def _places(row: Any) -> str:
    return _("%(taken)d of %(given)d") % {"taken": row.found.nominated, "given": row.found.places}


def _whole(row: Any) -> Chip:
    percent = row.found.percent
    return Chip(f"{percent}%", "good" if not row.found.is_lagging else "warn" if percent else "bad")


def _missing(row: Any) -> Lines | None:
    said = [f"{label}: {number}" for label, number in row.found.counted]
    return Lines(tuple(said)) if said else None


def _heads(row: Delegation) -> Lines | None:
    said = [f"{head.name} · {head.get_role_display()}" for head in row.heads.all()]
    return Lines(tuple(said)) if said else None


def _country(row: Delegation) -> str:
    return countries.name(row.country, active_language()) if row.country else ""


def columns(summit: Summit) -> list[Column]:
    return [
        Column("precedence", gettext_lazy("Precedence"), attrgetter("precedence"), by("precedence"), number=True, field=of_model(Delegation, "precedence")),
        Column("name", gettext_lazy("Name"), attrgetter("name"), by_text("name"), head=True),
        Column("official_name", gettext_lazy("Official name"), attrgetter("official_name"), by_text("official_name"), shown=False),
        Column("kind", gettext_lazy("Kind"), lambda row: row.get_kind_display(), by("kind")),
        Column("country", gettext_lazy("Country"), _country, by("country"), shown=False),
        Column("places", gettext_lazy("Named"), _places),
        Column("complete", gettext_lazy("Complete"), _whole),
        Column("missing", gettext_lazy("Still missing"), _missing),
        Column("waiting", gettext_lazy("Waiting for a decision"), lambda row: row.found.waiting or None, number=True),
        Column("heads", gettext_lazy("Heads and deputies"), _heads),
        Column("names_until", gettext_lazy("Names until"), attrgetter("names_until"), by("names_until")),
        Column("reminded_at", gettext_lazy("Reminded"), attrgetter("reminded_at"), by("reminded_at"), shown=False),
    ]  # fmt: skip


def _lagging(found: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    late = list(completeness.lagging(summit))
    return found.filter(pk__in=late) if value == "yes" else found.exclude(pk__in=late)


def _edited(user: User, summit: Summit, rights: Rights, texts: bool) -> QuerySet[Delegation]:
    return summit.delegations.all() if rights >= OURS and not texts else summit.delegations.none()


def _save(row: Delegation, values: dict[str, Any], token: str, by: User) -> Delegation:
    return verbs.edit(row, values, form_versions=dict.fromkeys(values, token) if token else {}, by=by)


def _remind(row: Delegation, _value: Any, by: User) -> Step:
    heads.remind(row, by=by)
    return {}


def _names_until(row: Delegation, value: Any, by: User) -> Step | None:
    return {} if verbs.set_names_until(row, value, by=by) else None


def totals(summit: Summit) -> str:
    """Places and names of all together."""
    found = completeness.of_delegations(summit).values()
    said = {"named": sum(one.nominated for one in found), "given": sum(one.places for one in found)}
    return _("%(named)d of %(given)d places named") % said if found else ""


DELEGATIONS = ListKind(
    name="delegations",
    title=gettext_lazy("Delegations"),
    address="registration:delegations",
    detail="registration:delegation-kept",
    key="code",
    seen_by=OURS,
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d delegation", "%(n)d delegations", n) % {"n": n},
    empty=gettext_lazy("There are no delegations yet."),
    holds=gettext_lazy("Countries, local governments and organisations that come as one: each has places, and a head who names people on a page of their own."),
    begins=(
        Begin("registration:delegation-kept-new", gettext_lazy("Add a delegation"), OURS),
        Begin("sessions:organiser-import-table", gettext_lazy("Import a table"), frozenset({Right.IMPORT}), "table=delegations"),
        Begin("registration:delegation-lists", gettext_lazy("Lists to print"), OURS),
    ),
    views=((gettext_lazy("Something is missing"), "lagging=yes"), (gettext_lazy("Complete"), "lagging=no")),
    edited=_edited,
    save=_save,
    token=lambda row, column: value_version(getattr(row, column)),
    order=("precedence", "name", "pk"),
    filters=(
        Filter("lagging", gettext_lazy("Something is missing"), lambda _s: [("yes", _("Yes")), ("no", _("No"))], _lagging),
        Filter("kind", gettext_lazy("Kind"), lambda _s: Delegation.Kind.choices, narrowed_by("kind")),
    ),
    searched=("name", "official_name", "code"),
    searched_beside=("heads__name", "heads__email"),
    totals=totals,
    complete=_complete,
    actions=[
        Action("remind", gettext_lazy("Remind of what is missing"), run=_remind, each_alone=True, most=MOST_REMINDED,
               said=lambda n: ngettext("%(n)d delegation was reminded.", "%(n)d delegations were reminded.", n) % {"n": n},
               asks=lambda n: ngettext("Remind %(n)d delegation", "Remind %(n)d delegations", n) % {"n": n}),
        Action("names-until", gettext_lazy("Set the deadline of names"), run=_names_until, said=changed_text,
               field=SummitMomentField,
               asks=lambda n: ngettext("Set the deadline of %(n)d delegation", "Set the deadline of %(n)d delegations", n) % {"n": n}),
    ],
)  # fmt: skip
