"""The workspace's list of access codes."""

from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registration.models import AccessCode
from registration.models.window import open_at
from registration.registering import access_codes
from summit.errors import Refusal
from summit.lists.actions import Action, Done, Step, changed_text
from summit.lists.cell_rendering import Chip, Lines
from summit.lists.listing import Begin, Column, Filter, ListKind, Rights
from summit.lists.pieces import by, by_words, narrowed_by
from summit.models import Right, Summit, User

OURS = frozenset({Right.REGISTRATIONS})
# Codes on one sheet.
MOST_PRINTED = 500


class TooManyToPrint(Refusal):
    code = "too_many_to_print"
    message: Any = gettext_lazy("A sheet holds at most 500 codes. Choose fewer, for example by whom they are for.")


def rows(summit: Summit) -> QuerySet[AccessCode]:
    return AccessCode.objects.filter(summit=summit).select_related("summit", "by").prefetch_related("categories")


def chip(row: AccessCode) -> Chip:
    """Whether it can be used now, and why not."""
    if not row.is_active:
        return Chip(_("Stopped"), "bad")
    if row.left == 0:
        return Chip(_("Used up"), "good")
    words = {"not_yet": _("Not yet valid"), "open": _("Can be used"), "closed": _("No longer valid")}
    return Chip(words[row.window()], "good" if row.is_usable() else "warn")


def uses(row: AccessCode) -> str:
    """``3 / 10``, or how often where there is no number."""
    return str(row.used) if row.uses is None else f"{row.used} / {row.uses}"


def columns(summit: Summit) -> list[Column]:
    return [
        Column("code", gettext_lazy("Code"), attrgetter("spoken"), by("code"), always=True, head=True),
        Column("note", gettext_lazy("For whom"), attrgetter("note"), by_words("note")),
        Column("state", gettext_lazy("State"), chip),
        Column("categories", gettext_lazy("Categories"), lambda r: Lines(tuple(str(each) for each in r.categories.all()))),
        Column("used", gettext_lazy("Used"), uses, by("used"), number=True),
        Column("held", gettext_lazy("Places kept"), attrgetter("held"), by("held"), number=True, shown=False),
        Column("attendance", gettext_lazy("Attendance"), lambda r: r.get_attendance_display(), by("attendance"), shown=False),
        Column("skips_approval", gettext_lazy("Without a decision"), attrgetter("skips_approval"), by("skips_approval"), shown=False),
        Column("opens_at", gettext_lazy("Valid from"), attrgetter("opens_at"), by("opens_at"), shown=False),
        Column("closes_at", gettext_lazy("Valid until"), attrgetter("closes_at"), by("closes_at")),
        Column("by", gettext_lazy("By"), lambda r: r.by and str(r.by), by_words("by__name"), shown=False),
        Column("created_at", gettext_lazy("Made"), attrgetter("created_at"), by("created_at"), shown=False),
    ]  # fmt: skip


def _states(_summit: Summit) -> list[tuple[str, Any]]:
    return [("usable", _("Can be used")), ("used", _("Used")), ("unused", _("Not used yet")), ("used_up", _("Used up")),
            ("stopped", _("Stopped"))]  # fmt: skip


def _in_state(found: Any, value: str, summit: Summit) -> QuerySet[AccessCode]:
    left = Q(uses__isnull=True) | Q(used__lt=F("uses"))
    return {
        "usable": lambda: found.filter(left, open_at(timezone.now()), is_active=True),
        "used": lambda: found.filter(used__gt=0),
        "unused": lambda: found.filter(used=0),
        "used_up": lambda: found.exclude(left),
        "stopped": lambda: found.filter(is_active=False),
    }[value]()


def _search(found: Any, words: str, summit: Summit) -> QuerySet[AccessCode]:
    codes: QuerySet[AccessCode] = found.matching(words)
    return codes


def _edited(user: User, summit: Summit, rights: Rights, texts: bool) -> QuerySet[Any]:
    return summit.access_codes.all() if rights >= OURS and not texts else summit.access_codes.none()


def totals(summit: Summit) -> str:
    counted = AccessCode.objects.filter(summit=summit).aggregate(used=Sum("used"), held=Sum("held"))
    used, kept = counted["used"] or 0, counted["held"] or 0
    words = ngettext("used %(n)d time", "used %(n)d times", used) % {"n": used}
    return words + (" · " + ngettext("%(n)d place kept", "%(n)d places kept", kept) % {"n": kept} if kept else "")


ACCESS_CODES = ListKind(
    name="access_codes",
    title=gettext_lazy("Codes"),
    address="registration:access-codes",
    detail="registration:access-code",
    key="guid",
    seen_by=OURS,
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d code", "%(n)d codes", n) % {"n": n},
    empty=gettext_lazy("There are no codes yet."),
    holds=gettext_lazy("What opens categories to whoever types it on the form: for an embassy, a newsroom, a partner. Each is used as often as you say."),
    begins=(Begin("registration:new-access-codes", gettext_lazy("Make codes"), OURS),),
    views=((gettext_lazy("Can be used"), "state=usable"), (gettext_lazy("Used"), "state=used")),
    edited=_edited,
    order=("-created_at", "code"),
    filters=(
        Filter("state", gettext_lazy("State"), _states, _in_state),
        Filter("category", gettext_lazy("Category"), lambda s: [(c.code, c.name) for c in s.categories.all()], narrowed_by("categories__code")),
    ),
    search=_search,
    totals=totals,
)  # fmt: skip


# acting on many


def _set(active: bool) -> Any:
    def run(row: AccessCode, _value: Any, by: User) -> Step | None:
        return {} if access_codes.set_active(row, active, by=by) else None

    return run


def _unlike(active: bool) -> Any:
    return lambda rows: {row.pk: str(chip(row).label) for row in rows if row.is_active != active}


def _print(rows: list[Any], _value: Any, by: User) -> Done:
    if len(rows) > MOST_PRINTED:
        raise TooManyToPrint
    sheet = reverse("registration:access-codes-sheet", args=[rows[0].summit.code])
    return Done(len(rows), 0, [], address=f"{sheet}?{urlencode({'codes': ' '.join(str(row.pk) for row in rows)})}")


ACCESS_CODES.actions.extend([
    Action("print", gettext_lazy("Print as a sheet"), many=_print,
           stays=lambda rows: {row.pk: str(chip(row).label) for row in rows if row.is_over()},
           said=lambda n: ngettext("%(n)d code is on the sheet.", "%(n)d codes are on the sheet.", n) % {"n": n},
           asks=lambda n: ngettext("Print %(n)d code", "Print %(n)d codes", n) % {"n": n}),
    Action("stop", gettext_lazy("Stop"), said=changed_text, run=_set(False), stays=_unlike(True), danger=True, each_alone=True,
           asks=lambda n: ngettext("Stop %(n)d code", "Stop %(n)d codes", n) % {"n": n}),
    Action("resume", gettext_lazy("Let be used again"), said=changed_text, run=_set(True), stays=_unlike(False), each_alone=True,
           asks=lambda n: ngettext("Let %(n)d code be used again", "Let %(n)d codes be used again", n) % {"n": n}),
])  # fmt: skip
