"""Loaders for categories, places, desks and registrations."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registration.models import Admission, Attendance, Category, Consent, Desk, Quota, Registration
from registration.models.consent import privacy_version
from registration.models.registration import PERSONAL_FIELDS
from registration.places import capacity
from registration.registering import arrangement
from registration.registering.entering import entrance
from registration.registering.making import Person
from summit.imports.staging import Staging
from summit.imports.table_format import Loader, Refused, Report, Row, fitting, text, upsert
from summit.lib import countries
from summit.lib.text import clean_line, clean_text
from summit.models import Summit


def loaders_for(summit: Summit) -> dict[str, Loader]:
    def category(report: Report, row: Row) -> None:
        values = {"name": text(row.need("name")), "description": text(row.get("description", {})), "colour": row.need("colour"),
                  "admission": _admission(row), "order": row.number("order")}  # fmt: skip
        upsert(report, "categories", Category.objects.all(), {"summit": summit, "code": row.need("code")}, values)

    def places(report: Report, row: Row) -> None:
        attendance = row.need("attendance")
        limit = row.number("capacity") if row.get("capacity", None) not in (None, "") else None
        count = arrangement.held(summit, attendance)
        if limit is not None and 0 <= limit < count:
            raise Refused(_("%(count)d people are registered already; “capacity” may not be less.") % {"count": count})
        key = {"summit": summit, "attendance": attendance, "is_basic": True}
        upsert(report, "places", Quota.objects.all(), key, {"capacity": limit})
        # People may have registered before there was a limit.
        report.staging.once(_recounted, report.staging, summit)

    def desk(report: Report, row: Row) -> None:
        upsert(report, "desks", Desk.objects.all(), {"summit": summit, "code": row.need("code")},
               {"name": text(row.need("name")), "order": row.number("order")})  # fmt: skip

    def registration(report: Report, row: Row) -> None:
        email = fitting(Registration, "email", row.need("email"))
        people = entrance(report.staging, summit)
        if people.registered(email):
            report.count("same", "registrations")
            return
        people.enter(person_of(report.staging, summit, row))
        report.count("new", "registrations")

    return {"categories": category, "places": places, "desks": desk, "registrations": registration}


def _admission(row: Row) -> str:
    """``admission``, or ``is_open`` as earlier files say it. Raises ``Refused``."""
    if said := row.get("admission", ""):
        if said not in Admission.values:
            raise Refused(
                _("“%(column)s” must be one of: %(values)s."), column="admission", values=", ".join(Admission.values)
            )
        return str(said)
    return Admission.OPEN if row.get("is_open", True) in (True, "1", "true", "yes") else Admission.TEAM


def _recounted(staging: Staging, summit: Summit) -> None:
    def recount() -> None:
        capacity.recount(summit)

    staging.after(recount)


def person_of(staging: Staging, summit: Summit, row: Row) -> Person:
    """What a row says of somebody; raises ``Refused``."""
    key = {"summit": summit, "code": fitting(Category, "code", row.need("category"))}
    category = staging.find(Category.objects, key)
    if category is None:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": _("category"), "value": row.get("category")})
    if row.need("attendance") not in Attendance.values:
        raise Refused(_("“%(column)s” must be in_person or online."), column="attendance")
    if fitting(Registration, "country", row.need("country")) not in countries.names("en"):
        raise Refused(_("“%(column)s” must be a two-letter ISO 3166-1 code."), column="country")
    language = row.get("language") or "ko"
    if language not in summit.languages:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": _("language"), "value": language})
    texts: dict[str, Any] = {
        n: clean_line(row.line(n)) for n in ("name_romanised", "title", "family_name", "organisation", "job_title")
    }
    texts |= {n: clean_text(row.line(n)) for n in ("access_needs", "dietary_needs")}
    consents = _agreed(staging, summit, row) if texts["access_needs"] or texts["dietary_needs"] else {}
    row.need("name")
    person = Person(name=clean_line(row.line("name")), email=row.need("email"), country=row.need("country"), category=category,
                    attendance=row.need("attendance"), language=language, consents=consents, **texts)  # fmt: skip
    fields = {name: getattr(person, name) for name in (*PERSONAL_FIELDS, "email", "attendance")}
    try:
        Registration(**fields).clean_fields(exclude={"summit", "category"})
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Refused("%(column)s: %(reason)s", column=name, reason=" ".join(messages)) from error
    return person


def _agreed(staging: Staging, summit: Summit, row: Row) -> dict[str, str]:
    """The consent of somebody whose needs a row tells; raises ``Refused`` where it does not say that there is one."""
    if not row.flag("needs_agreed"):
        raise Refused(_("It says what somebody needs, and not that they have agreed to it being kept."))
    return {Consent.Kind.SENSITIVE.value: staging.once(privacy_version, summit)}
