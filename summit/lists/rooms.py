"""The workspace's list of rooms."""

from operator import attrgetter
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.editing import inline_edits
from summit.lib.translated import Status, own_name
from summit.lists.actions import Action, changed_text, deleted_text, setting
from summit.lists.cell_rendering import Chip, translation
from summit.lists.listing import Begin, Column, Filter, ListKind
from summit.lists.pieces import by, by_text, in_language, narrowed_by, of_model, written_by
from summit.models import Right, Room, Summit, User
from summit.models.place import RoomAccess

PROGRAMME = frozenset({Right.PROGRAMME})


def rows(summit: Summit) -> QuerySet[Room]:
    return summit.rooms.select_related("summit", "venue").annotate(
        session_count=Count("sessions", distinct=True), waiting_count=Count("placements", distinct=True)
    )


def language_columns(summit: Summit, *texts: str, shown: bool = True) -> list[Column]:
    """One column per language: how far the row's texts are in it."""

    def column(code: str) -> Column:
        return Column(f"in-{code}", own_name(code), shown=shown,
                      value=lambda row: translation([getattr(row, name) for name in texts], code, summit))  # fmt: skip

    return [column(code) for code in summit.languages]


def language_filter(*paths: str) -> Filter:
    def choices(summit: Summit) -> list[tuple[str, str]]:
        says = {Status.MISSING: _("%(language)s missing"), Status.OUTDATED: _("%(language)s outdated")}
        return [
            (f"{status}-{code}", label % {"language": own_name(code)})
            for code in summit.languages
            for status, label in says.items()
            if status == Status.MISSING or code != summit.languages[0]
        ]

    return Filter("texts", gettext_lazy("Translation"), choices, in_language(" ".join(paths)))


def _access(room: Room) -> list[str]:
    labels = dict(RoomAccess.choices)
    return [str(labels.get(code, code)) for code in room.access]


def columns(summit: Summit) -> list[Column]:
    return [
        Column("name", gettext_lazy("Room"), attrgetter("name"), by_text("name"), head=True, field=of_model(Room, "name"), text=True),
        Column("code", gettext_lazy("Code"), attrgetter("code"), by("code"), shown=False),
        Column("venue", gettext_lazy("Venue"), attrgetter("venue.name"), by_text("venue__name")),
        Column("capacity", gettext_lazy("Capacity"), attrgetter("capacity"), by("capacity"), number=True, field=of_model(Room, "capacity")),
        Column("booths", gettext_lazy("Booths"), attrgetter("booths"), by("booths"), number=True, field=of_model(Room, "booths")),
        Column("access", gettext_lazy("Accessibility"), _access),
        Column("sessions", gettext_lazy("Sessions"), attrgetter("session_count"), by("session_count"), number=True),
        Column("planned", gettext_lazy("Waiting to be public"), attrgetter("waiting_count"), by("waiting_count"), number=True, shown=False),
        Column("stream", gettext_lazy("Stream"), lambda r: Chip(_("Yes"), "good") if r.stream_url else None),
        Column("stream_url", gettext_lazy("Address of the stream"), attrgetter("stream_url"), shown=False, field=of_model(Room, "stream_url")),
        Column("order", gettext_lazy("Order"), attrgetter("order"), by("order"), number=True, shown=False, field=of_model(Room, "order")),
        *language_columns(summit, "name", "description"),
    ]  # fmt: skip


def _used(rows: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    used = {"session_count": 0, "waiting_count": 0}
    return rows.filter(**used) if value == "unused" else rows.exclude(**used)


def save(room: Room, values: dict[str, Any], token: str, by: User) -> Room:
    form_versions = dict.fromkeys(values, token)
    return inline_edits.edit_room(room, values, form_versions=form_versions, by=by)


def _in_use(rooms: list[Room]) -> dict[int, str]:
    """The rooms that cannot go, each with the names of its sessions."""
    reasons = {}
    for room in rooms:
        found: Any = room  # its sessions are of the app above
        if found.session_count or found.waiting_count:
            here = [*found.sessions.all()[:5], *(p.session for p in found.placements.select_related("session")[:5])]
            reasons[room.pk] = ", ".join(dict.fromkeys(str(session) for session in here))
    return reasons


def _delete(room: Room, value: Any, by: User) -> dict[str, Any]:
    inline_edits.delete_room(room, by=by)
    return {}


ROOMS = ListKind(
    name="rooms",
    title=gettext_lazy("Rooms"),
    holds=gettext_lazy("Rooms are where sessions are planned: each with its places, booths, access and stream. They come first: the plan needs them."),
    begins=(
        Begin("summit:organiser-new-room", gettext_lazy("Add a room"), PROGRAMME),
        Begin("sessions:organiser-import-table", gettext_lazy("Import a table"), PROGRAMME, "table=rooms"),
    ),
    views=((gettext_lazy("Without sessions"), "use=unused"),),
    address="summit:organiser-rooms",
    detail="summit:organiser-room",
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d room", "%(n)d rooms", n) % {"n": n},
    empty=gettext_lazy("There are no rooms yet."),
    edited=written_by("rooms"),
    save=save,
    token=lambda room, column: inline_edits.value_version(getattr(room, column)),
    order=("order", "code"),
    filters=(
        Filter("venue", gettext_lazy("Venue"), lambda s: [(v.code, v.name) for v in s.venues.all()], narrowed_by("venue__code")),
        Filter("use", gettext_lazy("Sessions"), lambda _s: [("used", _("With sessions")), ("unused", _("Without sessions"))], _used),
        language_filter("name", "description"),
    ),
    searched=("name", "code", "description", "venue__name"),
)  # fmt: skip
ROOMS.actions.extend([
    Action("capacity", gettext_lazy("Set the capacity"), field=of_model(Room, "capacity"), said=changed_text,
           asks=lambda n: ngettext("Set the capacity of %(n)d room", "Set the capacity of %(n)d rooms", n) % {"n": n},
           **setting(ROOMS, "capacity")),
    Action("delete", gettext_lazy("Delete unused rooms"), run=_delete, stays=_in_use, danger=True, said=deleted_text,
           asks=lambda n: ngettext("Delete %(n)d room", "Delete %(n)d rooms", n) % {"n": n}),
])  # fmt: skip
