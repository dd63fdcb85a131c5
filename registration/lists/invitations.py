"""The workspace's list of invitations."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registration.fields import LastDayField
from registration.models import Attendance, Invitation, InvitationState
from registration.models.invitation import GOING
from registration.registering import inviting
from registration.registering.inviting import Outcome, end_of
from summit import history
from summit.lib import columns as found_columns
from summit.lib import countries
from summit.lib.spreadsheets import Table
from summit.lib.translated import active_language, own_name
from summit.lists.actions import Action, Done, changed_text
from summit.lists.cell_rendering import Chip
from summit.lists.listing import Begin, Column, Filter, ListKind, Rights
from summit.lists.pieces import EMPTY, by, by_text, by_words, narrowed_by
from summit.models import Right, Summit, User

OURS = frozenset({Right.REGISTRATIONS})
TONES = {
    InvitationState.FINISHED: "good",
    InvitationState.REVOKED: "bad",
    InvitationState.EXPIRED: "bad",
    InvitationState.DRAFT: "",
}


def rows(summit: Summit) -> QuerySet[Invitation]:
    return Invitation.objects.filter(summit=summit).select_related("summit", "category", "registration", "by")


def chip(row: Invitation) -> Chip:
    return Chip(str(row.state.label), TONES.get(row.state, "warn"))


def _by_name() -> list[Any]:
    return [Lower(Coalesce(NullIf("name", EMPTY), "email"))]


def columns(summit: Summit) -> list[Column]:
    return [
        Column("name", gettext_lazy("Name"), lambda r: r.name or r.email, _by_name, always=True, head=True),
        Column("email", gettext_lazy("E-mail address"), attrgetter("email"), by_words("email")),
        Column("state", gettext_lazy("State"), chip),
        Column("category", gettext_lazy("Category"), lambda r: Chip(str(r.category), f"track category-{r.category.code}"), by_text("category__name")),
        Column("organisation", gettext_lazy("Organisation"), attrgetter("organisation"), shown=False),
        Column("country", gettext_lazy("Country"), lambda r: countries.name(r.country, active_language()) if r.country else "", by("country"), shown=False),
        Column("attendance", gettext_lazy("Attendance"), lambda r: r.get_attendance_display(), by("attendance"), shown=False),
        Column("language", gettext_lazy("Language of mails"), lambda r: own_name(r.language), by("language"), shown=False),
        Column("holds_place", gettext_lazy("Place kept"), attrgetter("holds_place"), by("holds_place"), shown=False),
        Column("skips_approval", gettext_lazy("Without a decision"), attrgetter("skips_approval"), by("skips_approval"), shown=False),
        Column("sent_at", gettext_lazy("Sent"), attrgetter("sent_at"), by("sent_at")),
        Column("reminded_at", gettext_lazy("Reminded"), attrgetter("reminded_at"), by("reminded_at"), shown=False),
        Column("opened_at", gettext_lazy("Opened"), attrgetter("opened_at"), by("opened_at")),
        Column("begun_at", gettext_lazy("Begun"), attrgetter("begun_at"), by("begun_at"), shown=False),
        Column("finished_at", gettext_lazy("Registered"), lambda r: r.registration and r.registration.created_at, by("registration__created_at")),
        Column("expires_at", gettext_lazy("Valid until"), attrgetter("expires_at"), by("expires_at")),
        Column("by", gettext_lazy("By"), lambda r: r.by and str(r.by), by_words("by__name"), shown=False),
        Column("created_at", gettext_lazy("Prepared"), attrgetter("created_at"), by("created_at"), shown=False),
    ]  # fmt: skip


def _in_state(found: Any, value: str, summit: Summit) -> QuerySet[Invitation]:
    return found.in_state(*(GOING if value == "going" else [value]))


def _states(_summit: Summit) -> list[tuple[str, Any]]:
    return [("going", _("Not answered yet")), *InvitationState.choices]


def _kept(found: Any, value: str, summit: Summit) -> QuerySet[Invitation]:
    return found.filter(holds_place=value == "yes")


def _search(found: Any, words: str, summit: Summit) -> QuerySet[Invitation]:
    return found.filter(found_columns.has_words("found_as", words))


def _edited(user: User, summit: Summit, rights: Rights, texts: bool) -> QuerySet[Any]:
    return summit.invitations.all() if rights >= OURS and not texts else summit.invitations.none()


def totals(summit: Summit) -> str:
    """How many were sent, opened and followed, and how many places are kept for them."""
    counted = Invitation.objects.filter(summit=summit).aggregate(
        sent=Count("sent_at"), opened=Count("opened_at"), finished=Count("registration")
    )
    words = _("%(sent)d sent, %(opened)d opened, %(finished)d registered") % counted
    kept = Invitation.objects.filter(summit=summit, holds_place=True).count()
    if kept:
        words += " · " + ngettext("%(n)d place kept", "%(n)d places kept", kept) % {"n": kept}
    return words


def _taken_along(summit: Summit, table: Table, by: User) -> None:
    history.record("invitation.export", summit, by=by, summit=summit, changes={"people": (0, len(table.rows))})


INVITATIONS = ListKind(
    name="invitations",
    title=gettext_lazy("Invitations"),
    address="registration:invitations",
    detail="registration:invitation",
    key="guid",
    seen_by=OURS,
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d invitation", "%(n)d invitations", n) % {"n": n},
    empty=gettext_lazy("Nobody has been invited yet."),
    holds=gettext_lazy("Whom you ask by name to register: each with a link of their own, a category, and, if you like, a place that is kept."),
    note=gettext_lazy("“Opened” is also said where a program that checks mails has followed the link."),
    begins=(
        Begin("registration:new-invitation", gettext_lazy("Invite a person"), OURS),
        Begin("registration:invite-earlier", gettext_lazy("Invite people of an earlier summit"), OURS),
        Begin("sessions:organiser-import-table", gettext_lazy("Import a table"), frozenset({Right.IMPORT}), "table=invitations"),
    ),
    views=(
        (gettext_lazy("Not sent yet"), "state=draft"),
        (gettext_lazy("Not answered yet"), "state=going&sort=expires_at"),
        (gettext_lazy("Registered"), "state=finished"),
        (gettext_lazy("Expired"), "state=expired"),
    ),
    edited=_edited,
    order=("-created_at", "-pk"),
    filters=(
        Filter("state", gettext_lazy("State"), _states, _in_state),
        Filter("category", gettext_lazy("Category"), lambda s: [(c.code, c.name) for c in s.categories.all()], narrowed_by("category__code")),
        Filter("attendance", gettext_lazy("Attendance"), lambda _s: Attendance.choices, narrowed_by("attendance")),
        Filter("place", gettext_lazy("Place kept"), lambda _s: [("yes", _("Yes")), ("no", _("No"))], _kept),
        Filter("language", gettext_lazy("Language of mails"), lambda s: [(c, own_name(c)) for c in s.languages], narrowed_by("language")),
    ),
    search=_search,
    searches=60,
    totals=totals,
    taken_along=_taken_along,
)  # fmt: skip


# acting on many


def _all(verb: Callable[[Summit, list[Invitation], Any, User], Outcome]) -> Callable[[list[Any], Any, User], Done]:
    def do(rows: list[Any], value: Any, by: User) -> Done:
        outcome = verb(rows[0].summit, rows, value, by)
        return Done(len(outcome.done), len(outcome.left), [], [(str(row), why) for row, why in outcome.left])

    return do


def _told(n: int) -> str:
    return ngettext("%(n)d mail is on its way.", "%(n)d mails are on their way.", n) % {"n": n}


INVITATIONS.actions.extend([
    Action("send", gettext_lazy("Send"), said=_told, stays=inviting.unsendable, lasts=True,
           many=_all(lambda summit, rows, _value, by: inviting.send(summit, rows, by=by)),
           asks=lambda n: ngettext("Send %(n)d invitation", "Send %(n)d invitations", n) % {"n": n}),
    Action("remind", gettext_lazy("Remind"), said=_told, stays=inviting.irremindable, lasts=True,
           many=_all(lambda summit, rows, _value, by: inviting.remind(summit, rows, by=by)),
           asks=lambda n: ngettext("Remind %(n)d person", "Remind %(n)d people", n) % {"n": n}),
    Action("extend", gettext_lazy("Set the end"), said=changed_text, stays=inviting.irrevocable,
           field=lambda _summit: LastDayField(),
           many=_all(lambda summit, rows, value, by: inviting.extend(summit, rows, end_of(value, summit), by=by)),
           asks=lambda n: ngettext("Set the end of %(n)d invitation", "Set the end of %(n)d invitations", n) % {"n": n}),
    Action("revoke", gettext_lazy("Revoke"), stays=inviting.irrevocable, danger=True, lasts=True,
           said=lambda n: ngettext("%(n)d was revoked.", "%(n)d were revoked.", n) % {"n": n},
           many=_all(lambda summit, rows, _value, by: inviting.revoke(summit, rows, by=by)),
           asks=lambda n: ngettext("Revoke %(n)d invitation", "Revoke %(n)d invitations", n) % {"n": n}),
])  # fmt: skip
