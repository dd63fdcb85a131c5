"""One row of anybody's sheet of delegations: what it is, how many it sends in one category, and who heads it."""

from typing import Any

from django.utils.translation import gettext as _

from registration.mailing import delegation_mails
from registration.models import Category, Delegation, DelegationHead, DelegationPlaces
from sessions.imports.schedules.wording import unmarked_line
from sessions.imports.tables.rows import called, country, free_code, number, texts
from summit.imports.staging import Staging
from summit.imports.table_format import Refused, Report, put
from summit.lib.finding import fold
from summit.models import Summit, User


def bring(summit: Summit, cells: Any, report: Report, *, by: User | None = None) -> Delegation:
    """Make the delegation, or set what the row says of the one with this code or name; several rows of one give it places
    in several categories. A head or deputy who is new is mailed the link. Raises ``Refused``."""
    rows = report.staging.once(_Delegations, report.staging, summit)
    found, plain = rows.row_of(cells), cells.plain
    values: dict[str, Any] = {**texts(cells, found, "name", "official_name"), **country(cells, report.staging)}
    values |= {n: unmarked_line(plain[n]) for n in ("contact_name", "contact_email", "notes") if plain.get(n)}
    if word := plain.get("precedence"):
        values["precedence"] = number(word, "precedence")
    if word := plain.get("kind"):
        kinds = report.staging.once(called, Delegation.Kind)
        if word.casefold() not in kinds:
            raise Refused(_("“%(value)s” is not understood as %(column)s."), value=word, column="kind")
        values["kind"] = kinds[word.casefold()]
    code = found.code if found else plain.get("code") or free_code(values.get("name"), "delegation", rows.has)
    key = {"summit": summit, "code": code}
    made: Delegation = put(report, "delegations", Delegation, found, key, values)
    rows.add(made)
    _places(summit, made, cells, report)
    _head(summit, made, cells, report)
    return made


class _Delegations:
    """Those of a summit by code and by name in any language, those of earlier rows among them."""

    def __init__(self, staging: Staging, summit: Summit) -> None:
        self.staging = staging
        self.named: dict[str, Delegation] = {}
        for row in summit.delegations.all():
            self.add(row)

    def add(self, row: Delegation) -> None:
        for words in (row.code, *row.name.words().values()):
            self.named[fold(str(words))] = row

    def has(self, code: str) -> bool:
        return self._of(code) is not None

    def row_of(self, cells: Any) -> Delegation | None:
        if code := cells.plain.get("code", ""):
            return self._of(code)
        said = [words for words in cells.texts.get("name", {}).values() if words]
        if not said:
            raise Refused(_("“%(column)s” is missing."), column="name")
        return next((found for words in said if (found := self._of(words))), None)

    def _of(self, words: str) -> Delegation | None:
        found = self.named.get(fold(words))
        return found if found is not None and self.staging.holds(found) else None


def _places(summit: Summit, made: Delegation, cells: Any, report: Report) -> None:
    if not (word := cells.plain.get("places")):
        return
    categories = report.staging.once(_categories, summit)
    name = cells.plain.get("category", "")
    category = categories.get(fold(name)) if name else next(iter(categories.values()), None)
    if category is None:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": _("category"), "value": name})
    key = {"delegation": made, "category": category}
    there = report.staging.find(DelegationPlaces.objects, key) if made.pk else None
    put(report, "places", DelegationPlaces, there, key, {"places": number(word, "places")})


def _categories(summit: Summit) -> dict[str, Category]:
    found: dict[str, Category] = {}
    for row in summit.categories.all():
        found |= {fold(str(words)): row for words in (row.code, *row.name.words().values())}
    return found


def _head(summit: Summit, made: Delegation, cells: Any, report: Report) -> None:
    email = unmarked_line(cells.plain.get("head_email", "")).lower()
    if not email:
        return
    known = report.staging.once(_heads, summit)
    here = known.setdefault(made.code, set())
    if email in here:
        return
    role = DelegationHead.Role.DEPUTY if here else DelegationHead.Role.HEAD
    values = {
        "role": role,
        "name": unmarked_line(cells.plain.get("head_name", "")) or email,
        "language": summit.languages[0],
    }
    head = put(report, "heads", DelegationHead, None, {"delegation": made, "email": email}, values)
    here.add(email)

    def tell() -> None:
        if head.pk is not None:
            delegation_mails.link(head)

    report.staging.after(tell)


def _heads(summit: Summit) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code, email in DelegationHead.objects.filter(delegation__summit=summit).values_list(
        "delegation__code", "email"
    ):
        found.setdefault(code, set()).add(email.lower())
    return found
