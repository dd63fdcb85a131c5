"""The days and the zone of a summit, and what shall move along."""

from datetime import datetime, time
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sessions.planning import plan
from sessions.planning.moving import VERSIONED, Consequences, Move, consequences
from summit.forms.settings import FactsForm
from summit.lib import times
from summit.lib.fields import this_century
from summit.lib.translated import active_language
from summit.models import Summit

LONGEST = 60  # days


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AlongForm(forms.Form):
    """What moves with the days, and what stays in a new zone; each is offered where there is something of it."""

    sessions = forms.BooleanField(required=False, initial=True)
    deadlines = forms.BooleanField(required=False, initial=True)
    registration = forms.BooleanField(required=False, initial=True)
    hours = forms.BooleanField(required=False, initial=True)
    clock = forms.ChoiceField(
        label=_("What happens to times in the new zone"),
        choices=[
            ("clock", _("Keep the clock times: 10:00 stays 10:00, at another moment")),
            ("moments", _("Keep the moments: everything happens when it would have, the clock says something else")),
        ],
        initial="clock",
        required=False,
        widget=forms.RadioSelect,
    )


class DatesForm(FactsForm):
    time_zone = forms.ChoiceField(label=_("Time zone"))

    class Meta:
        model = Summit
        fields = VERSIONED
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}
        help_texts = {"ends_on": _("The same as the first day for a summit of one day.")}

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        zone: Any = self.fields["time_zone"]
        zone.choices = [(name, name) for name in sorted(times.zones() | {self.summit.time_zone})]
        for name in ("starts_on", "ends_on"):
            self.fields[name].validators.append(this_century)
        # Asked once; then it comes with the form.
        self.along = AlongForm(data if data and "seen" in data else None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("ends_on", _("A summit lasts at most %(number)d days.") % {"number": LONGEST})
        return data

    @cached_property
    def move(self) -> Move:
        """As typed; only what has days to go or a zone to change moves."""
        along = (
            self.along.cleaned_data if self.along.is_valid() else {n: f.initial for n, f in self.along.fields.items()}
        )
        ticked: dict[str, Any] = {
            name: bool(along[name]) for name in ("sessions", "deadlines", "registration", "hours")
        }
        days: dict[str, Any] = {name: self.typed(name) for name in VERSIONED}
        return Move(**days, **ticked, keep_clock=along["clock"] != "moments")

    @cached_property
    def consequences(self) -> Consequences:
        return consequences(self.summit, self.move)

    @property
    def seen(self) -> str:
        return self.consequences.fingerprint(self.move)

    @property
    def changes(self) -> bool:
        return any(self.typed(name) != getattr(self.summit, name) for name in VERSIONED)

    @property
    def days(self) -> int:
        return self.move.days(self.summit)

    @property
    def new_zone(self) -> bool:
        return self.move.time_zone != self.summit.time_zone

    def later(self) -> str:
        """ "2 days later"."""
        if self.days < 0:
            return ngettext("%(number)d day earlier", "%(number)d days earlier", -self.days) % {"number": -self.days}
        return ngettext("%(number)d day later", "%(number)d days later", self.days) % {"number": self.days}

    def offers(self) -> list[tuple[Any, str]]:
        """What can move with the days, as (field, words)."""
        found, later = self.consequences, {"later": self.later()}
        of = [
            ("sessions", found.timed, ngettext("Plan %(number)d session %(later)s", "Plan %(number)d sessions %(later)s", found.timed)),
            ("deadlines", found.deadlines, ngettext("Move %(number)d deadline %(later)s", "Move %(number)d deadlines %(later)s", found.deadlines)),
            ("registration", found.windows, gettext("Open and close registration %(later)s, and end changes then")),
            ("hours", found.hours, ngettext("Move %(number)d opening time of rooms %(later)s", "Move %(number)d opening times of rooms %(later)s", found.hours)),
        ]  # fmt: skip
        return [(self.along[name], words % {"number": n, **later}) for name, n, words in of if n and self.days]

    def follows(self) -> list[str]:
        move, found = self.move, self.consequences
        dates = times.range_label(move.starts_on, move.ends_on, active_language())
        said = [gettext("The summit takes place: %(dates)s") % {"dates": dates}]
        if self.new_zone:
            said += self._in_new_zone()
        if (move.sessions and self.days) or (self.new_zone and move.keep_clock):
            said.append(
                gettext("Moved sessions are planned so; they become public with the next version of the agenda.")
            )
        if found.outside:
            words = ngettext(
                "%(number)d session then lies outside the days.", "%(number)d sessions then lie outside the days.",
                found.outside,
            )  # fmt: skip
            said.append(words % {"number": found.outside})
        if self.changes and found.availabilities:
            words = ngettext(
                "What %(number)d person said about when they can come stays as it is.",
                "What %(number)d people said about when they can come stays as it is.",
                found.availabilities,
            )
            said.append(words % {"number": found.availabilities})
        return said

    def _in_new_zone(self) -> list[str]:
        """What ten o'clock becomes."""
        zone = times.zone(self.move.time_zone)
        if zone is None:
            return []
        noon = datetime.combine(self.move.starts_on, time(10), tzinfo=self.summit.tz)
        if self.move.keep_clock:
            said = gettext(
                "What is at 10:00 (%(old)s) is at 10:00 (%(new)s). Deadlines, registration and rooms at once."
            )
            return [said % {"old": self.summit.time_zone, "new": zone.key},
                    gettext("Until the next version, pages show the sessions at their old moments in the new zone.")]  # fmt: skip
        said = gettext("What is at 10:00 (%(old)s) is shown as %(hour)s (%(new)s).")
        hour = times.moment_label(noon, zone, active_language())
        return [said % {"old": self.summit.time_zone, "hour": hour, "new": zone.key}]

    def clashes(self) -> list[Any]:
        """The conflicts that come new, in words."""
        return plan.described(self.summit, self.consequences.conflicts[:30])
