"""The workspace's list of sessions, and what its app adds to that of people."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.editing import session_edits
from sessions.models import Appearance, Material, Session, SessionHost
from sessions.models.session import KEPT_BACK, Kind
from sessions.permissions import edited_by_team, texts_edited_by_team
from sessions.planning import bulk
from summit.lib import times
from summit.lib.translated import active_language
from summit.lists.actions import Action, changed_text, deleted_text, setting
from summit.lists.cell_rendering import Beside, Chip, Lines
from summit.lists.listing import Begin, Column, Filter, Listing, ListKind, Rights
from summit.lists.pieces import by, by_text, by_words, chosen_from, narrowed_by, of_model
from summit.lists.rooms import language_columns, language_filter
from summit.models import Mode, Right, Summit, User

WHOLE = frozenset({Right.PROGRAMME})
NOTES = frozenset({Right.PROGRAMME, Right.OWN_TRACKS, Right.NOTES})
WORKING = ("technical_sheet", "access_needs", "time_wishes", "run_of_show")


def _number_of(rows: QuerySet[Any]) -> Any:
    """A count beside each session, without grouping the sessions themselves."""
    counted = rows.filter(session=OuterRef("pk")).order_by().values("session").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def sessions(summit: Summit) -> QuerySet[Session]:
    billed = Appearance.objects.exclude(state=Appearance.State.DECLINED)
    hosts = SessionHost.objects.select_related("organisation").order_by("order", "pk")
    return (
        Session.objects.filter(summit=summit)
        .defer(*WORKING)
        .select_related("summit", "track", "room", "placement", "placement__room")
        .prefetch_related(Prefetch("hostings", hosts))
        .annotate(
            people_count=_number_of(billed),
            confirmed_count=_number_of(billed.filter(state=Appearance.State.CONFIRMED)),
            open_links=_number_of(Material.objects.filter(confirmed=False)),
        )
    )


def _state(session: Session) -> Chip:
    if not session.is_published:
        return Chip(_("Not public"))
    return Chip(_("Cancelled"), "bad") if session.is_cancelled else Chip(_("Public"), "good")


def _public(session: Session) -> Any:
    if not session.is_published or session.is_cancelled:
        return None
    return Lines((session.starts_at, session.room and session.room.name)) if session.starts_at else _("No time yet")


def _planned(session: Session) -> Any:
    plan = getattr(session, "placement", None)
    if plan is None:
        return None
    waits = Chip(_("Waits"), "warn")
    if plan.cancelled:
        return Beside((waits, _("Cancelled")))
    return Lines((Beside((waits, plan.starts_at or _("No time yet"))), plan.room and plan.room.name))


def _people(session: Any) -> Chip | None:
    if not session.people_count:
        return None
    label = _("%(confirmed)d of %(all)d") % {"confirmed": session.confirmed_count, "all": session.people_count}
    return Chip(label, "good" if session.confirmed_count == session.people_count else "warn")


def _seats(session: Session) -> str:
    return "" if session.seats is None else f"{session.seats_taken} / {session.seats}"


def _work(session: Session, listing: Listing) -> SafeString:
    context = {
        "session": session,
        "summit": listing.summit,
        "plans": session.pk in listing.editable(False),
        "rights": listing.rights,
    }
    return render_to_string("sessions/organiser/_work.html", context)


def session_columns(summit: Summit) -> list[Column]:
    tracks = chosen_from(gettext_lazy("Track"), lambda s: s.tracks.all(), gettext_lazy("No track"))
    return [
        Column("title", gettext_lazy("Session"), attrgetter("title"), by_text("title"), head=True, field=of_model(Session, "title"), text=True),
        Column("code", gettext_lazy("Code"), attrgetter("code"), by("code"), shown=False),
        Column("number", gettext_lazy("Number"), attrgetter("number"), by("number"), number=True, shown=False, field=of_model(Session, "number")),
        Column("state", gettext_lazy("State"), _state, by("published_at", "cancelled_at")),
        Column("track", gettext_lazy("Track"), lambda r: r.track and r.track.name, by_text("track__name"), field=tracks, edited_by=WHOLE),
        Column("kind", gettext_lazy("Kind"), lambda r: r.get_kind_display(), by_words("kind"), shown=False, field=of_model(Session, "kind")),
        Column("mode", gettext_lazy("Mode"), lambda r: r.get_mode_display(), by_words("mode"), shown=False, field=of_model(Session, "mode")),
        Column("public", gettext_lazy("Public time"), _public, by("starts_at", "room__order")),
        Column("planned", gettext_lazy("Planned"), _planned, by("placement__starts_at")),
        Column("hosts", gettext_lazy("Hosts"), lambda r: [str(h.organisation) for h in r.hostings.all()]),
        Column("people", gettext_lazy("On stage"), attrgetter("people_count"), by("people_count"), number=True, shown=False),
        Column("confirmed", gettext_lazy("Confirmed"), _people, by("confirmed_count")),
        *language_columns(summit, "title", "abstract", "plain_summary"),
        Column("links", gettext_lazy("Links to check"), lambda r: r.open_links or None, by("open_links"), number=True, shown=False),
        Column("seats", gettext_lazy("Seats"), _seats, by("seats"), number=True, shown=False),
        Column("featured", gettext_lazy("Featured"), lambda r: Chip(_("Yes"), "good") if r.featured else None, by("featured"), shown=False, field=of_model(Session, "featured")),
        Column("language", gettext_lazy("Language spoken"), attrgetter("language"), by("language"), shown=False),
        Column("notes", gettext_lazy("Internal notes"), attrgetter("notes"), shown=False, field=of_model(Session, "notes"), seen_by=NOTES),
        Column("held_back", gettext_lazy("Kept back"), lambda r: Chip(_("Kept back"), "warn") if r.held_back and not r.is_published else None, by("held_back"), shown=False),
        Column("work", gettext_lazy("Plan and seats"), shown=False, draw=_work),
    ]  # fmt: skip


def _states(_summit: Summit) -> list[tuple[str, str]]:
    return [("draft", _("Not public")), ("held", _("Kept back")), ("public", _("Public")), ("waits", _("Waits to be published")),
            ("cancelled", _("Cancelled")), ("timeless", _("No time yet"))]  # fmt: skip


def _in_state(rows: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    return rows.filter({
        "draft": Q(published_at=None),
        "held": KEPT_BACK,
        "public": Q(published_at__isnull=False, cancelled_at=None),
        "waits": Q(placement__isnull=False),
        "cancelled": Q(cancelled_at__isnull=False),
        "timeless": Q(placement=None, starts_at=None) | Q(placement__isnull=False, placement__starts_at=None),
    }[value])  # fmt: skip


def _to_do(_summit: Summit) -> list[tuple[str, str]]:
    return [("people", _("People who have not confirmed")), ("links", _("Links to check")), ("no-people", _("Nobody on stage")),
            ("no-host", _("No host")), ("no-track", _("No track")), ("no-room", _("Without a room"))]  # fmt: skip


def _lacking(rows: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    if value == "people":
        return rows.filter(pk__in=Appearance.objects.filter(state=Appearance.State.INVITED).values("session"))
    if value == "links":
        return rows.filter(open_links__gt=0)
    if value == "no-people":
        return rows.filter(people_count=0)
    if value == "no-room":
        return rows.filter(Q(placement=None, room=None) | Q(placement__isnull=False, placement__room=None))
    return rows.filter(hostings=None) if value == "no-host" else rows.filter(track=None)


def _days(summit: Summit) -> list[tuple[str, str]]:
    return [(day.isoformat(), times.day_label(day, active_language())) for day in summit.days]


def _on_day(rows: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    first, past = times.day_bounds(next(day for day in summit.days if day.isoformat() == value), summit.tz)
    planned = Q(placement__starts_at__gte=first, placement__starts_at__lt=past)
    return rows.filter(planned | Q(placement=None, starts_at__gte=first, starts_at__lt=past))


def _in_room(rows: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    return rows.filter(Q(placement__room__code=value) | Q(placement=None, room__code=value))


def _edited(user: User, summit: Summit, rights: Rights, texts: bool) -> QuerySet[Session]:
    return texts_edited_by_team(user, summit, rights) if texts else edited_by_team(user, summit, rights)


def _save(session: Session, values: dict[str, Any], token: str, by: User) -> Session:
    # 0 is no version a row ever has: a token that is nonsense never fits.
    version = None if not token else int(token) if token.isascii() and token.isdigit() else 0
    return session_edits.edit(session, values, version=version, by=by)


def _stays_public(rows: Iterable[Session]) -> dict[int, str]:
    return {row.pk: _("It is public already.") for row in rows if row.is_published}


def _delete(session: Session, value: Any, by: User) -> dict[str, Any]:
    session_edits.delete(session, by=by)
    return {}


SESSIONS = ListKind(
    name="sessions",
    title=gettext_lazy("Sessions"),
    address="sessions:organiser-sessions",
    detail="sessions:organiser-session",
    rows=sessions,
    columns=session_columns,
    counted=lambda n: ngettext("%(n)d session", "%(n)d sessions", n) % {"n": n},
    empty=gettext_lazy("There are no sessions yet."),
    edited=_edited,
    save=_save,
    token=lambda session, _column: str(session.version),
    order=("starts_at", "ends_at", "room__order", "number", "code"),
    filters=(
        Filter("track", gettext_lazy("Track"), lambda s: [(t.slug, t.name) for t in s.tracks.all()], narrowed_by("track__slug")),
        Filter("kind", gettext_lazy("Kind"), lambda _s: Kind.choices, narrowed_by("kind")),
        Filter("mode", gettext_lazy("Mode"), lambda _s: Mode.choices, narrowed_by("mode")),
        Filter("state", gettext_lazy("State"), _states, _in_state),
        Filter("day", gettext_lazy("Day"), _days, _on_day),
        Filter("room", gettext_lazy("Room"), lambda s: [(r.code, r.name) for r in s.rooms.all()], _in_room),
        Filter("todo", gettext_lazy("To be done"), _to_do, _lacking),
        language_filter("title", "abstract", "plain_summary"),
    ),
    searched=("title", "code", "number", "track__name"),
    searched_beside=("hostings__organisation__name", "appearances__speaker__name", "appearances__speaker__name_romanised"),
    note=gettext_lazy("A planned time or room becomes public with the next version of the agenda."),
    holds=gettext_lazy("Sessions are what the agenda is made of: titles, hosts, people, times and rooms. Begin with one by hand, or with a whole agenda from a file."),
    begins=(
        Begin("sessions:organiser-new-session", gettext_lazy("Add a session"), frozenset({Right.PROGRAMME, Right.OWN_TRACKS})),
        Begin("sessions:organiser-import-agenda", gettext_lazy("Import an agenda"), frozenset({Right.IMPORT})),
        Begin("registration:publication", gettext_lazy("Publication"), frozenset({Right.PUBLISH})),
    ),
    views=(
        (gettext_lazy("Waits to be published"), "state=waits"),
        (gettext_lazy("No time yet"), "state=timeless"),
        (gettext_lazy("Without a room"), "todo=no-room"),
        (gettext_lazy("English missing"), "texts=missing-en"),
        (gettext_lazy("Cancelled"), "state=cancelled"),
    ),
)  # fmt: skip
SESSIONS.actions.extend([
    Action("track", gettext_lazy("Set the track"), field=lambda s: session_columns(s)[4].made(s), said=changed_text,
           asks=lambda n: ngettext("Set the track of %(n)d session", "Set the track of %(n)d sessions", n) % {"n": n},
           rights=WHOLE, **setting(SESSIONS, "track")),
    Action("kind", gettext_lazy("Set the kind"), field=of_model(Session, "kind"), said=changed_text,
           asks=lambda n: ngettext("Set the kind of %(n)d session", "Set the kind of %(n)d sessions", n) % {"n": n},
           **setting(SESSIONS, "kind")),
    Action("mode", gettext_lazy("Set the mode"), field=of_model(Session, "mode"), said=changed_text,
           asks=lambda n: ngettext("Set the mode of %(n)d session", "Set the mode of %(n)d sessions", n) % {"n": n},
           **setting(SESSIONS, "mode")),
    Action("feature", gettext_lazy("Feature"), said=changed_text,
           asks=lambda n: ngettext("Feature %(n)d session", "Feature %(n)d sessions", n) % {"n": n},
           **setting(SESSIONS, "featured", True)),
    Action("unfeature", gettext_lazy("No longer feature"), said=changed_text,
           asks=lambda n: ngettext("No longer feature %(n)d session", "No longer feature %(n)d sessions", n) % {"n": n},
           **setting(SESSIONS, "featured", False)),
    Action("hold", gettext_lazy("Keep back"), said=changed_text, stays=_stays_public,
           asks=lambda n: ngettext("Keep %(n)d session back", "Keep %(n)d sessions back", n) % {"n": n},
           **setting(SESSIONS, "held_back", True)),
    Action("release", gettext_lazy("No longer keep back"), said=changed_text, stays=_stays_public,
           asks=lambda n: ngettext("No longer keep %(n)d session back", "No longer keep %(n)d sessions back", n) % {"n": n},
           **setting(SESSIONS, "held_back", False)),
    Action("cancel", gettext_lazy("Cancel in the plan"), said=changed_text, danger=True,
           run=lambda row, _value, user: bulk.cancel(row, by=user),
           back=lambda row, step, user: bulk.uncancel(row, step, by=user),
           asks=lambda n: ngettext("Cancel %(n)d session in the plan", "Cancel %(n)d sessions in the plan", n) % {"n": n}),
    Action("delete", gettext_lazy("Delete drafts"), run=_delete, said=deleted_text, danger=True,
           stays=lambda rows: {row.pk: str(session_edits.IsPublic.message) for row in rows if row.is_published},
           asks=lambda n: ngettext("Delete %(n)d session", "Delete %(n)d sessions", n) % {"n": n}),
])  # fmt: skip

CONFIRM = Action(
    "confirm", gettext_lazy("Mark as confirmed in all their sessions"), said=changed_text,
    run=lambda row, _value, user: bulk.confirm_everywhere(row, by=user),
    back=lambda row, step, user: bulk.ask_again(row, step, by=user),
    asks=lambda n: ngettext("Mark %(n)d person as confirmed", "Mark %(n)d people as confirmed", n) % {"n": n},
)  # fmt: skip
