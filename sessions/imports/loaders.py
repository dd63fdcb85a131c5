"""Loaders for tracks and sessions with hosts, people and materials."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.models import Appearance, Material, Placement, Session, SessionHost, Track
from summit.imports.loaders import a_moment
from summit.imports.table_format import Loader, Refused, Report, Row, text, upsert
from summit.models import Room, Summit


def loaders_for(summit: Summit) -> dict[str, Loader]:
    def track(report: Report, row: Row) -> None:
        values: dict[str, Any] = {n: text(row.get(n, {})) for n in ("name", "theme", "summary")}
        upsert(report, "tracks", Track.objects.all(), {"summit": summit, "slug": row.need("slug")},
               {**values, "colour": row.need("colour"), "order": row.number("order")})  # fmt: skip

    def session(report: Report, row: Row) -> None:
        before = Session.objects.filter(summit=summit, code=str(row.need("code"))).first()
        writes = report.writes
        made: Session = upsert(report, "sessions", Session.objects.all(), {"summit": summit, "code": row.need("code")},
                               _session_values(summit, row))  # fmt: skip
        gone = _hosts(report, made, row) + _people(report, made, row)
        _materials(report, made, row)
        if before is not None and (gone or report.writes > writes):
            follow(before, made)

    return {"tracks": track, "sessions": session}


def follow(before: Session, made: Session) -> None:
    """Every change is a new LAST-MODIFIED; one of time, room or state moves calendars only where SEQUENCE rises."""
    if made.moves_calendars(before):
        made.sequence = before.sequence + 1
        # What was planned for it is overtaken: publishing must not bring the old plan back.
        Placement.objects.filter(session=made).delete()
        made.plan_version, made.planned_at = before.plan_version + 1, timezone.now()
    made.updated_at, made.version = timezone.now(), before.version + 1
    made.save(update_fields=["sequence", "updated_at", "version", "plan_version", "planned_at"])


def _session_values(summit: Summit, row: Row) -> dict[str, Any]:
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
        "track": _one(summit.tracks.all(), "slug", row.get("track"), _("track")),
        "kind": row.get("kind") or "breakout",
        "mode": row.get("mode") or "hybrid",
        "title": text(row.need("title")),
        "abstract": text(row.get("abstract", {})),
        "language": row.get("language") or summit.languages[0],
        "interpretation": row.words("interpretation"),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "room": _one(Room.objects.filter(summit=summit), "code", row.get("room"), _("room")),
        "do_not_record": row.flag("do_not_record"),
    }


def _one(objects: Any, name: str, value: Any, what: str) -> Any:
    return _known(objects.filter(**{name: str(value)}), value, what) if value else None


def _known(objects: Any, value: Any, what: str) -> Any:
    found = objects.first()
    if found is None:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": what, "value": value})
    return found


def _hosts(report: Report, session: Session, row: Row) -> int:
    """Set the hosts where the file has that column; returns how many went."""
    wanted = []
    for order, code in enumerate(row.words("hosts"), 1):
        organisation = _one(session.summit.organisations.all(), "code", code, _("organisation"))
        upsert(
            report,
            "hostings",
            SessionHost.objects.all(),
            {"session": session, "organisation": organisation},
            {"order": order},
        )
        wanted.append(organisation.pk)
    if "hosts" not in row.values:
        return 0
    return session.hostings.exclude(organisation__in=wanted).delete()[0]


def _people(report: Report, session: Session, row: Row) -> int:
    kept = []
    for order, person in enumerate(row.rows("people"), 1):
        code = str(person.need("speaker"))
        speaker = _known(session.summit.speakers.of_code(code), code, _("speaker"))
        key = {"session": session, "speaker": speaker, "role": person.get("role") or Appearance.Role.SPEAKER}
        fields = {"affiliation": text(person.get("affiliation", {})), "job_title": text(person.get("job_title", {})),
                  "order": order}  # fmt: skip
        kept.append(upsert(report, "appearances", Appearance.objects.all(), key, fields).pk)
    if "people" not in row.values:
        return 0
    return session.appearances.exclude(pk__in=kept).delete()[0]


def _materials(report: Report, session: Session, row: Row) -> None:
    for order, material in enumerate(row.rows("materials"), 1):
        fields = {"kind": material.need("kind"), "title": text(material.get("title", {})),
                  "language": material.get("language"), "confirmed": material.flag("confirmed"), "order": order}  # fmt: skip
        upsert(report, "materials", Material.objects.all(), {"session": session, "url": material.need("url")}, fields)
