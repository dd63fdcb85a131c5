"""One row of anybody's sheet of people to invite as an invitation, which is prepared and not sent."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registration.models import Admission, Category, Invitation
from registration.models.invitation import PREFILLED
from registration.registering import inviting
from registration.registering.inviting import Guest, Terms, end_of, usual_end
from registration.registering.people_table import in_codes
from sessions.imports.schedules.dates import day_of
from sessions.imports.schedules.sheets import NO, YES
from summit.errors import Refusal
from summit.imports.staging import Staging
from summit.imports.table_format import Refused, Report
from summit.lib import countries
from summit.lib.text import clean_line
from summit.models import Summit, User


def bring(summit: Summit, cells: Any, report: Report, *, by: User | None = None) -> Invitation:
    """Prepare the invitation; whoever is registered or invited already is left out, and the report says so.

    Categories, countries and attendances are understood by code and by name in any language; a summit with one category
    by invitation needs no column for it. Raises ``Refused``.
    """
    said = {name: clean_line(words) for name, words in in_codes(summit, cells, report).items()}
    guest, once = _guest(summit, said), report.staging.once
    try:
        terms = inviting.checked(summit, _terms(summit, said, report))
    except Refusal as refusal:
        raise Refused(str(refusal.message)) from refusal
    invitation = inviting.made(summit, guest, terms, by=by)
    try:
        invitation.clean_fields(exclude={"summit", "category", "by", "registration"})
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Refused("%(column)s: %(reason)s", column=name, reason=" ".join(messages)) from error
    known = once(inviting.known_addresses, summit)
    if reason := known.get(guest.email.lower()):
        cells.doubts.append(f"{guest.email}: {reason}")
        report.count("same", "invitations")
        return invitation
    report.staging.make(invitation)
    once(_Made, report.staging, summit, by).rows.append(invitation)
    known[guest.email.lower()] = _("Invited already.")
    report.count("new", "invitations")
    return invitation


class _Made:
    """The invitations of one import, whose lines of the history are written with them."""

    def __init__(self, staging: Staging, summit: Summit, by: User | None) -> None:
        self.rows: list[Invitation] = []
        self._summit, self._by = summit, by
        staging.after(self._record)

    def _record(self) -> None:
        inviting.recorded(self._summit, [row for row in self.rows if row.pk is not None], by=self._by)


def _guest(summit: Summit, said: dict[str, str]) -> Guest:
    if not said.get("email"):
        raise Refused(_("“%(column)s” is missing."), column="email")
    if said.get("country") and said["country"] not in countries.names("en"):
        raise Refused(_("“%(value)s” is no country; write its name or its two letters.") % {"value": said["country"]})
    language = said.get("language") or summit.languages[0]
    if language not in summit.languages:
        raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": _("language"), "value": language})
    prefill = {name: said[name][:200] for name in PREFILLED if said.get(name)}
    return Guest(said["email"], said.get("name", ""), language, said.get("country", ""), prefill)


def _terms(summit: Summit, said: dict[str, str], report: Report) -> Terms:
    day = day_of(said.get("until", ""), "until") or usual_end(summit)
    return Terms(
        _category(summit, said.get("category", ""), report), end_of(day, summit), said.get("attendance", ""),
        _flag(said, "reserves"), _flag(said, "skips_approval"),
    )  # fmt: skip


def _category(summit: Summit, code: str, report: Report) -> Category:
    by_code: dict[str, Category] = report.staging.once(_categories, summit)
    if code:
        if code not in by_code:
            raise Refused(_("There is no %(what)s “%(value)s”.") % {"what": _("category"), "value": code})
        return by_code[code]
    invited = [each for each in by_code.values() if each.admission == Admission.INVITATION]
    if len(invited) != 1:
        raise Refused(_("“%(column)s” is missing."), column="category")
    return invited[0]


def _categories(summit: Summit) -> dict[str, Category]:
    return {category.code: category for category in summit.categories.all()}


def _flag(said: dict[str, str], name: str) -> bool:
    word = said.get(name, "").casefold()
    if word not in YES | NO:
        raise Refused(_("“%(column)s”: “%(value)s” is neither yes nor no."), column=name, value=word[:60])
    return word in YES
