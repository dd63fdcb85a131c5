"""Loaders for tracks and sessions with hosts, people and materials."""

from copy import copy
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.models import Appearance, Material, Placement, Session, SessionHost, Track
from speakers.imports import of_code
from speakers.models import Organisation
from summit.imports.loaders import a_moment
from summit.imports.staging import Staging, identity, reference
from summit.imports.table_format import Loader, Refused, Report, Row, fitting, put, text, upsert
from summit.models import Room, Summit


def loaders_for(summit: Summit) -> dict[str, Loader]:
    def track(report: Report, row: Row) -> None:
        values: dict[str, Any] = {n: text(row.get(n, {})) for n in ("name", "theme", "summary")}
        upsert(report, "tracks", Track.objects.all(), {"summit": summit, "slug": row.need("slug")},
               {**values, "colour": row.need("colour"), "order": row.number("order")})  # fmt: skip

    def session(report: Report, row: Row) -> None:
        staging, key = report.staging, {"summit": summit, "code": fitting(Session, "code", row.need("code"))}
        found = staging.find(Session.objects.select_related("track", "room"), key)
        before, writes = copy(found), report.writes
        made: Session = put(report, "sessions", Session, found, key, _session_values(staging, summit, row))
        gone = _hosts(report, made, row) + _people(report, made, row)
        _materials(report, made, row)
        if before is not None and (gone or report.writes > writes):
            follow(staging, before, made)

    return {"tracks": track, "sessions": session}


def follow(staging: Staging, before: Session, made: Session) -> None:
    """Every change is a new LAST-MODIFIED; one of time, room or state moves calendars only where SEQUENCE rises."""
    now = timezone.now()
    values: dict[str, Any] = {"updated_at": now, "version": before.version + 1}
    if made.moves_calendars(before) or _room_is_new(before, made):
        # What was planned for it is overtaken: publishing must not bring the old plan back.
        staging.remove(staging.matching(Placement.objects, {"session": made}))
        values |= {"sequence": before.sequence + 1, "plan_version": before.plan_version + 1, "planned_at": now}
    staging.change(made, values)


def _room_is_new(before: Session, made: Session) -> bool:
    """Whether it takes place in a room that is written together with it, and has no key yet."""
    return Session._meta.get_field("room").is_cached(made) and bool(
        made.room and made.room.pk is None and made.room is not before.room
    )


def _session_values(staging: Staging, summit: Summit, row: Row) -> dict[str, Any]:
    starts_at, ends_at = a_moment(row, "starts_at", summit), a_moment(row, "ends_at", summit)
    if (starts_at is None) != (ends_at is None) or (starts_at and ends_at and ends_at <= starts_at):
        raise Refused(_("The session ends before it begins, or only one of the two times is given."))
    # A file that does not speak of these leaves them as they are.
    more: dict[str, Any] = {
        "plain_summary": text(row.get("plain_summary", {})),
        "access": list(row.words("access")),
        "featured": row.flag("featured"),
        "seats": row.number("seats") or None,
    }
    return {
        **{name: value for name, value in more.items() if name in row.values},
        "number": row.number("number") or None,
        "track": _one(staging, Track, {"summit": summit, "slug": row.get("track")}, _("track")),
        "kind": row.get("kind") or "breakout",
        "mode": row.get("mode") or "hybrid",
        "title": text(row.need("title")),
        "abstract": text(row.get("abstract", {})),
        "language": row.get("language") or summit.languages[0],
        "interpretation": row.words("interpretation"),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "room": _one(staging, Room, {"summit": summit, "code": row.get("room")}, _("room")),
        "do_not_record": row.flag("do_not_record"),
    }


def _one(staging: Staging, model: Any, key: dict[str, Any], what: str) -> Any:
    """The row that a code of the file names; None where it names none. Raises ``Refused`` where there is no such row."""
    name = list(key)[-1]
    value = key[name]
    found = staging.find(model.objects, {**key, name: str(value)}) if value else None
    return _known(found, value, what) if value else None


def _known(found: Any, value: Any, what: str) -> Any:
    if found is None:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": what, "value": value})
    return found


def _hosts(report: Report, session: Session, row: Row) -> int:
    """Set the hosts where the file has that column; returns how many went."""
    wanted = set()
    for order, code in enumerate(row.words("hosts"), 1):
        key = {"summit": session.summit, "code": code}
        organisation = _one(report.staging, Organisation, key, _("organisation"))
        key = {"session": session, "organisation": organisation}
        upsert(report, "hostings", SessionHost.objects.all(), key, {"order": order})
        wanted.add(identity(organisation))
    if "hosts" not in row.values:
        return 0
    there = report.staging.matching(SessionHost.objects, {"session": session})
    return report.staging.remove(one for one in there if reference(one, "organisation") not in wanted)


def _people(report: Report, session: Session, row: Row) -> int:
    kept = []
    for order, person in enumerate(row.rows("people"), 1):
        code = str(person.need("speaker"))
        speaker = _known(of_code(report.staging, session.summit, code), code, _("speaker"))
        key = {"session": session, "speaker": speaker, "role": person.get("role") or Appearance.Role.SPEAKER}
        fields = {"affiliation": text(person.get("affiliation", {})), "job_title": text(person.get("job_title", {})),
                  "order": order}  # fmt: skip
        kept.append(upsert(report, "appearances", Appearance.objects.all(), key, fields))
    if "people" not in row.values:
        return 0
    there = report.staging.matching(Appearance.objects, {"session": session})
    return report.staging.remove(one for one in there if not any(one is each for each in kept))


def _materials(report: Report, session: Session, row: Row) -> None:
    for order, material in enumerate(row.rows("materials"), 1):
        fields = {"kind": material.need("kind"), "title": text(material.get("title", {})),
                  "language": material.get("language"), "confirmed": material.flag("confirmed"), "order": order}  # fmt: skip
        fields |= {name: material.get(name) for name in ("quality", "licence", "chapters") if name in material.values}
        upsert(report, "materials", Material.objects.all(), {"session": session, "url": material.need("url")}, fields)
