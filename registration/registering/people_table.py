"""One row of anybody's sheet of people as a registration, by the rules of our own format."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from registration.models import Attendance, Delegation, Registration
from registration.registering import tagging
from registration.registering.entering import DOUBLED, entrance
from registration.registering.imports import person_of
from summit.imports.table_format import Refused, Report, Row
from summit.lib import countries
from summit.lib.finding import fold
from summit.models import Summit, User
from summit.models.summit import Mode

# Columns of the table that are the team's to say: those of whoever else sends a sheet are without them.
OF_THE_TEAM = ("delegation", "tags")


def bring(summit: Summit, cells: Any, report: Report, *, by: User | None = None) -> Registration:
    """Enter the person, whether registration is open or not; whoever is registered already stays as they are.

    Categories, countries, attendances and delegations are understood by code and by name in any language. Raises
    ``Refused``.
    """
    said, delegation = dict(cells.plain), None
    if word := said.pop("delegation", "").strip():
        delegation = report.staging.once(_delegations, summit).get(word.casefold())
        if delegation is None:
            raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": _("delegation"), "value": word})
    row = _row(summit, cells, said, report)
    if found := entrance(report.staging, summit, by=by, entered=True).registered(row.need("email").strip()):
        report.count("same", "registrations")
        # Of whoever is protected a sheet tells no alias.
        if not found.at_risk and not _is_named(found, said.get("name", "")):
            text = _(
                "Its address is that of “%(name)s”, who stays as they are; the row was left out. Give each person an address of their own."
            )
            cells.doubts.append(text % {"name": found.name})
        return found
    return _enter(summit, row, report, delegation, by=by)


def nominate(
    summit: Summit,
    cells: Any,
    report: Report,
    *,
    delegation: Delegation,
    language: str,
    named_by: str = "",
    by: User | None = None,
) -> Registration:
    """As :func:`bring`, with a delegation: what the row does not say of country, category (where there is one) and
    ``language`` is the delegation's; ``named_by`` is read by whom it names. Of whoever is registered elsewhere nothing is
    told but that the address is taken. That it stands with somebody else above is told beside whatever else is wrong.
    """
    twice = _is_above(cells, report)
    try:
        made = _nominate(summit, cells, report, delegation=delegation, language=language, named_by=named_by, by=by)
    except Refused as refused:
        if not twice or refused.message == DOUBLED:
            raise
        both = f"{DOUBLED} {refused.message}"
        raise Refused(both, column=refused.column, **refused.values) from refused
    if twice:
        raise Refused(DOUBLED)
    return made


def _is_above(cells: Any, report: Report) -> bool:
    """Whether a row above gives its address to somebody of another name; it need not be a row that comes in."""
    address = cells.plain.get("email", "").strip().lower()
    above: dict[str, str] = report.staging.once(_names_above)
    name = fold(cells.plain.get("name", ""))
    return bool(address) and above.setdefault(address, name) != name


def _names_above() -> dict[str, str]:
    return {}


def _nominate(
    summit: Summit, cells: Any, report: Report, *, delegation: Delegation, language: str, named_by: str, by: User | None
) -> Registration:
    if team := [name for name in OF_THE_TEAM if cells.plain.get(name, "").strip()]:
        raise Refused(_("%(column)s: only the organisers say this; leave the column out."), column=team[0])
    said = dict(cells.plain)
    offered = report.staging.once(_offered, delegation)
    if len(offered) == 1:
        said.setdefault("category", offered[0])
    if delegation.country:
        said.setdefault("country", delegation.country)
    said.setdefault("language", language)
    row = _row(summit, cells, said, report)
    if found := entrance(report.staging, summit, by=by, entered=True).registered(row.need("email").strip()):
        named = found.at_risk or _is_named(found, said.get("name", ""))
        if found.delegation_id != delegation.pk or not named:
            if found.pk is None:
                raise Refused(DOUBLED)
            raise Refused(
                _("Somebody is registered under this address already. Give each person an address of their own.")
            )
        report.count("same", "registrations")
        return found
    return _enter(summit, row, report, delegation, by=by, applies=delegation.names_are_frozen(), registered_by=named_by)


def _row(summit: Summit, cells: Any, said: dict[str, str], report: Report) -> Row:
    for name, known in report.staging.once(understood, summit).items():
        if word := said.get(name, "").strip():
            said[name] = known.get(word.casefold(), word)
    if (word := said.get("country", "")) and word not in countries.names("en"):
        raise Refused(_("“%(value)s” is no country; write its name or its two letters.") % {"value": word})
    said.setdefault("attendance", Attendance.IN_PERSON)
    said.setdefault("language", summit.languages[0])
    return Row(cells.place, said | {"needs_agreed": cells.agreed})


def _is_named(found: Registration, name: str) -> bool:
    return fold(name) in {"", fold(found.name), fold(found.name_romanised)}


def _enter(
    summit: Summit,
    row: Row,
    report: Report,
    delegation: Delegation | None,
    *,
    by: User | None,
    **more: Any,
) -> Registration:
    """``more``: what of the person stands in no row."""
    person = replace(person_of(report.staging, summit, row), delegation=delegation, **more)
    people, tags = entrance(report.staging, summit, by=by, entered=True), _tags(row.get("tags"))
    people.check_tags(tags)
    made = people.enter(person)
    if tags:
        people.tag(made, tags)
    report.count("new", "registrations")
    return made


def understood(summit: Summit) -> dict[str, dict[str, str]]:
    """What words in a sheet mean, by column: names in any language, in small letters, as codes."""
    return {"category": _categories(summit), "country": countries.by_word(), "attendance": _attendances()}


def _delegations(summit: Summit) -> dict[str, Delegation]:
    found: dict[str, Delegation] = {}
    for row in summit.delegations.all():
        for name in (row.name, row.official_name):
            found |= {str(words).casefold(): row for words in (name.public() or {}).values()}
        found[row.code] = row
    return found


def _offered(delegation: Delegation) -> list[str]:
    """The codes of the categories in which it has places."""
    return list(delegation.places.values_list("category__code", flat=True))


def _tags(words: str) -> list[str]:
    """Names with commas between; raises ``Refused``."""
    try:
        return tagging.parsed(words)
    except tagging.BadTag as refusal:
        raise Refused("%(column)s: %(reason)s", column="tags", reason=str(refusal.message)) from refusal


def in_codes(summit: Summit, cells: Any, report: Report) -> dict[str, str]:
    """What a row says, its category, country and attendance by their codes where they are known."""
    said = dict(cells.plain)
    once = report.staging.once
    for name, known in (
        ("category", once(_categories, summit)),
        ("country", countries.by_word()),
        ("attendance", once(_attendances)),
    ):
        if word := said.get(name, "").strip():
            said[name] = known.get(word.casefold(), word)
    return said


def _categories(summit: Summit) -> dict[str, str]:
    found: dict[str, str] = {}
    for category in summit.categories.all():
        found |= {str(words).casefold(): category.code for words in (category.name.public() or {}).values()}
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
