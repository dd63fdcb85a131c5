"""One row of anybody's sheet of people as a registration, by the rules of our own format."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from registration.models import Attendance, Registration
from registration.registering.entering import entrance
from registration.registering.imports import person_of
from summit.imports.table_format import Report, Row
from summit.lib import countries
from summit.lib.finding import fold
from summit.models import Summit, User
from summit.models.summit import Mode


def bring(summit: Summit, cells: Any, report: Report, *, by: User | None = None) -> Registration:
    """Enter the person, whether registration is open or not; whoever is registered already stays as they are.

    Categories, countries and attendances are understood by code and by name in any language. Raises ``Refused``.
    """
    said = dict(cells.plain)
    once = report.staging.once
    for name, known in (
        ("category", once(_categories, summit)),
        ("country", once(_countries)),
        ("attendance", once(_attendances)),
    ):
        if word := said.get(name, "").strip():
            said[name] = known.get(word.casefold(), word)
    said.setdefault("attendance", Attendance.IN_PERSON)
    said.setdefault("language", summit.languages[0])
    row = Row(cells.place, said)
    email = row.need("email").strip()
    people = entrance(report.staging, summit, by=by, entered=True)
    if found := people.registered(email):
        report.count("same", "registrations")
        # Of whoever is protected a sheet tells no alias.
        if not found.at_risk and fold(said.get("name", "")) not in {"", fold(found.name), fold(found.name_romanised)}:
            text = _(
                "Its address is that of “%(name)s”, who stays as they are; the row was left out. Give each person an address of their own."
            )
            cells.doubts.append(text % {"name": found.name})
        return found
    made = people.enter(person_of(report.staging, summit, row))
    report.count("new", "registrations")
    return made


def _categories(summit: Summit) -> dict[str, str]:
    found: dict[str, str] = {}
    for category in summit.categories.all():
        found |= {str(words).casefold(): category.code for words in (category.name.public() or {}).values()}
    return found


def _countries() -> dict[str, str]:
    found = {code.casefold(): code for code in countries.names("en")}
    for language, _name in settings.LANGUAGES:
        found |= {name.casefold(): code for code, name in countries.names(language).items()}
    return found


# How sheets say it beside our own words.
SAID = {
    Attendance.IN_PERSON: ("현장", "오프라인", "대면", "onsite", "on-site", "on site", "in-person"),
    Attendance.ONLINE: ("온라인", "비대면", "virtual", "remote"),
}


def _attendances() -> dict[str, str]:
    found: dict[str, str] = {word: way.value for way, said in SAID.items() for word in said}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(mode.label).casefold(): str(mode) for mode in Mode if mode in Attendance.values}
            found |= {str(label).casefold(): value for value, label in Attendance.choices}
    return found
