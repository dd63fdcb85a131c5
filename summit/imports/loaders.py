"""Loaders for the tables of the summit app: summit, venues, rooms, pages and the civic register."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from summit.imports.table_format import Loader, Refused, Report, Row, fitting, put, text, upsert
from summit.models import (
    ActionPlan,
    Chair,
    Commitment,
    CommitteeMember,
    MemberGovernment,
    MembershipFigure,
    Page,
    PlanStep,
    Room,
    Summit,
    Venue,
)


def a_date(row: Row, name: str) -> date:
    try:
        return date.fromisoformat(str(row.need(name)))
    except ValueError as error:
        raise Refused(_("“%(column)s” must be a date like 2021-12-15."), column=name) from error


def a_moment(row: Row, name: str, summit: Summit) -> datetime | None:
    """A moment: with an offset as it stands, without one as wall time in the summit's zone. Empty is None."""
    value = row.get(name)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Refused(_("“%(column)s” must be a time like 2021-12-15T10:00."), column=name) from error
    if moment.tzinfo is None:
        local = moment.replace(tzinfo=summit.tz)
        if local.astimezone(UTC).astimezone(summit.tz).replace(tzinfo=None) != moment:
            raise Refused(_("“%(column)s”: this hour does not exist in %(zone)s."), column=name, zone=summit.time_zone)
        moment = local
    # In UTC: in the hour a clock goes through twice, local times never equal the stored ones (PEP 495).
    return moment.astimezone(UTC)


def load_summit(report: Report, row: Row) -> Summit:
    names = ("name", "short_name", "slogan", "summary", "organisers", "audience", "timetable_note", "texts_note")
    values: dict[str, Any] = {name: text(row.get(name, {})) for name in names}
    plain: dict[str, Any] = {
        n: row.get(n) for n in ("time_zone", "languages", "mode", "contact_email", "reply_to") if n in row.values
    }
    made: Summit = upsert(report, "summit", Summit.objects.all(), {"code": row.need("code")},
                          {**values, **plain, "starts_on": a_date(row, "starts_on"), "ends_on": a_date(row, "ends_on")})  # fmt: skip
    return made


def loaders_for(summit: Summit | None) -> dict[str, Loader]:
    """The loaders; ``summit`` None means: the one made by the file itself."""
    found: list[Summit] = [summit] if summit else []

    def one() -> Summit:
        if not found:
            raise Refused(_("The summit itself must come first."))
        return found[0]

    def summit_row(report: Report, row: Row) -> None:
        found[:] = [load_summit(report, row)]
        report.staging.after(found[0].raise_revision)

    def venue(report: Report, row: Row) -> None:
        also = [name for name in ("map_alt", *Venue.ON_THE_DAY) if name in row.values]
        values = {n: text(row.get(n, {})) for n in ("name", "address", "city", "access", *also)}
        upsert(report, "venues", Venue.objects.all(), {"summit": one(), "code": row.need("code")},
               {**values, "country": row.get("country"), "map_url": row.get("map_url")})  # fmt: skip

    def room(report: Report, row: Row) -> None:
        place = report.staging.find(Venue.objects, {"summit": one(), "code": str(row.need("venue"))})
        if place is None:
            raise Refused(_("There is no venue “%(code)s”.") % {"code": row.get("venue")})
        values: dict[str, Any] = {"venue": place, "name": text(row.need("name")), "description": text(row.get("description", {})),
                  "capacity": row.get("capacity", None) or None, "order": row.number("order"),
                  **({"access": list(row.words("access"))} if "access" in row.values else {}),
                  **{n: text(row.get(n)) for n in ("step_free_way", "floor_plan_alt") if n in row.values}}  # fmt: skip
        upsert(report, "rooms", Room.objects.all(), {"summit": one(), "code": row.need("code")}, values)

    def page(report: Report, row: Row) -> None:
        values = {n: text(row.get(n, {})) for n in ("title", "summary", "body")}
        upsert(report, "pages", Page.objects.all(), {"summit": one(), "slug": row.need("slug")},
               {**values, "section": row.need("section"), "order": row.number("order")})  # fmt: skip

    return {"summit": summit_row, "venues": venue, "rooms": room, "pages": page, **civic_loaders(one)}


def _load_member(report: Report, row: Row, summit: Summit) -> None:
    """What a file does not say of years and standing stays as it is."""
    key = {"summit": summit, "country": fitting(MemberGovernment, "country", row.need("country")),
           "local_code": fitting(MemberGovernment, "local_code", row.get("local_code"))}  # fmt: skip
    found = report.staging.find(MemberGovernment.objects, key)
    others = report.staging.matching(MemberGovernment.objects, {"summit": summit})
    more: dict[str, Any] = {name: row.number(name) or None for name in ("joined", "left") if name in row.values}
    more |= {"standing": row.get("standing")} if "standing" in row.values else {}
    more["order"] = found.order if found else len(others) + 1
    put(report, "members", MemberGovernment, found, key,
        {"name": text(row.need("name")), "founding": row.flag("founding"), **more})  # fmt: skip


def civic_loaders(one: Any) -> dict[str, Loader]:
    def civic(report: Report, row: Row) -> None:
        """The file is several tables; this one only makes it known."""

    def figure(report: Report, row: Row) -> None:
        upsert(report, "membership figures", MembershipFigure.objects.all(), {"summit": one(), "year": row.need("year")},
               {"national": row.need("national"), "local": row.need("local"), "note": text(row.get("note", {}))})  # fmt: skip

    def member(report: Report, row: Row) -> None:
        _load_member(report, row, one())

    def chair(report: Report, row: Row) -> None:
        upsert(report, "chairs", Chair.objects.all(), {"summit": one(), "order": row.need("order")},
               {"country": row.need("country"), "name": text(row.need("name")), "note": text(row.get("note", {}))})  # fmt: skip

    def term(report: Report, row: Row) -> None:
        for person in row.rows("members"):
            key = {"summit": one(), "term": row.need("number"), "order": person.need("order")}
            values = {"name": person.need("name"), "name_romanised": person.get("name_romanised"),
                      "job_title": text(person.get("job_title", {})), "affiliation": text(person.get("affiliation", {})),
                      "past_terms": person.list("past_terms"), "note": text(person.get("note", {}))}  # fmt: skip
            upsert(report, "committee members", CommitteeMember.objects.all(), key, values)

    def plan(report: Report, row: Row) -> None:
        made = upsert(report, "action plans", ActionPlan.objects.all(), {"summit": one(), "number": row.need("number")},
                      {"name": text(row.need("name")), "document": row.get("document")})  # fmt: skip
        for step in row.rows("steps"):
            values: dict[str, Any] = {n: text(step.get(n, {})) for n in ("period", "title", "detail")}
            upsert(report, "steps", PlanStep.objects.all(), {"plan": made, "order": step.need("order")}, values)
        for promise in row.rows("commitments"):
            values = {n: text(promise.get(n, {})) for n in ("vision", "title", "note")}
            values["ministries"] = [dict(text(m)) for m in promise.list("ministries")]
            upsert(
                report,
                "commitments",
                Commitment.objects.all(),
                {"plan": made, "number": promise.need("number")},
                values,
            )

    return {"civic": civic, "membership_figures": figure, "members": member, "chairs": chair, "committee_terms": term,
            "action_plans": plan}  # fmt: skip
