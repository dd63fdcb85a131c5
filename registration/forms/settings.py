"""Forms of the settings that are about registering: the arrangement, quotas, zones, desks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registration.accrediting import zones
from registration.models import Attendance, Desk, ReasonTemplate, Section, Tag, Zone
from registration.models.attendance import offered
from registration.registering import arrangement, tagging
from summit.forms.rows import RowForm
from summit.forms.settings import FactsForm
from summit.lib import times
from summit.lib.fields import LineField, MomentInput, this_century
from summit.lib.translated import active_language
from summit.models import Summit

MOMENTS = ("registration_opens_at", "registration_closes_at", "changes_until")


class ArrangementForm(FactsForm):
    places_in_person = forms.IntegerField(
        label=_("Places in person"), min_value=0, max_value=1_000_000, required=False, help_text=_("Empty: no limit.")
    )
    places_online = forms.IntegerField(
        label=_("Places online"), min_value=0, max_value=1_000_000, required=False, help_text=_("Empty: no limit.")
    )

    class Meta:
        model = Summit
        fields = arrangement.FACTS
        widgets = {
            **{name: MomentInput() for name in MOMENTS},
            "mode": forms.RadioSelect(),
            "participants_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {"mode": _("Ways to take part")}
        help_texts = {
            "registration_opens_at": _("Empty: registration is not open, and pages say nothing of when."),
            "registration_closes_at": _("Empty: after the last day."),
        }

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, summit=summit, **kwargs)
        now = arrangement.standing(summit)
        self.versioned = arrangement.VERSIONED
        self.stand_on(now)
        self.initial = {**self.initial} | {name: now[name] for name in arrangement.PLACES}
        mode: Any = self.fields["mode"]
        mode.choices = [choice for choice in mode.choices if choice[0]]
        for name in (*MOMENTS, "participants_until"):
            self.fields[name].validators.append(this_century)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("registration_opens_at"), data.get("registration_closes_at")
        if opens and closes and closes <= opens:
            self.add_error("registration_closes_at", _("The end lies before the beginning."))
        if closes and not opens and not self.errors:
            raise ValidationError(_("Say when registration opens, or leave its end empty."))
        return data

    def follows(self) -> list[str]:
        return [*self._window(), *self._ways(), self._changes(), self._choosers()]

    def _said(self, moment: Any) -> str:
        return times.moment_label(moment, self.summit.tz, active_language())

    def _window(self) -> list[str]:
        """What visitors see now, and when that changes."""
        opens, closes, now = self.typed("registration_opens_at"), self.typed("registration_closes_at"), timezone.now()
        if opens is None:
            return [gettext("Visitors cannot register, and read nothing of when they can.")]
        closes = closes or self.summit.over_at
        if now >= closes:
            return [gettext("Visitors read now: Registration has closed.")]
        if now >= opens:
            found = [gettext("Visitors can register now.")]
        else:
            found = [gettext("Visitors read now: Registration opens: %(moment)s") % {"moment": self._said(opens)},
                     gettext("They can register from then on.")]  # fmt: skip
        found.append(
            gettext("From %(moment)s they read that registration has closed.") % {"moment": self._said(closes)}
        )
        return found

    def _ways(self) -> list[str]:
        found = []
        for way in Attendance:
            count = arrangement.counted(self.summit, way)
            limit = getattr(self, "cleaned_data", self.initial).get(f"places_{way.value}")
            if way not in offered(self.typed("mode")):
                words = gettext("%(way)s: not offered. Registered this way: %(count)d")
            elif limit is None:
                words = gettext("%(way)s: no limit. Registered: %(count)d")
            else:
                words = gettext("%(way)s: %(limit)d places. Registered: %(count)d")
            found.append(words % {"way": way.label, "limit": limit, "count": count})
            if limit is not None and limit < (held := arrangement.held(self.summit, way)):
                fewer = ngettext(
                    "%(way)s: %(number)d more holds a place than there are then. Nobody loses theirs; the next come in when that many have left.",
                    "%(way)s: %(number)d more hold a place than there are then. Nobody loses theirs; the next come in when that many have left.",
                    held - limit,
                )
                found.append(fewer % {"way": way.label, "number": held - limit})
        return found

    def _changes(self) -> str:
        until = self.typed("changes_until")
        if until is None:
            return gettext("Who has registered may change or cancel at any time.")
        return gettext("Who has registered may change or cancel until %(moment)s.") % {"moment": self._said(until)}

    def _choosers(self) -> str:
        number = self.summit.categories.open_now().count()
        words = ngettext(
            "Visitors choose from %(number)d category.", "Visitors choose from %(number)d categories.", number
        )
        return words % {"number": number} if number else gettext("No category is open: nobody can register.")


class WindowForm(RowForm):
    """A row for people who come in one way or both, from and until a moment."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attendance: Any = self.fields["attendance"]
        attendance.choices = [("", _("In person or online")), *Attendance.choices]
        for name in ("opens_at", "closes_at"):
            self.fields[name].validators.append(this_century)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The end lies before the beginning."))
        return data


class SectionForm(RowForm):
    class Meta:
        model = Section
        fields = ("title", "text")
        help_texts = {"text": _("Stands under the heading, before the questions.")}


class ZoneForm(RowForm):
    class Meta:
        model = Zone
        fields = zones.EDITABLE
        field_classes = {"code": LineField}
        help_texts = {"code": _("One to four capital letters or digits, such as A or P2.")}

    def clean_code(self) -> str:
        return self.cleaned_data["code"].upper()

    def follows(self) -> list[str]:
        """Who has it."""
        if not self.instance.pk:
            return []
        names = ", ".join(str(each) for each in self.instance.categories.all())
        found = [gettext("Given by: %(categories)s.") % {"categories": names}] if names else []
        return [*found, gettext("Badges that are printed already keep the code they have.")]


class ReasonForm(RowForm):
    class Meta:
        model = ReasonTemplate
        fields = ("text",)
        help_texts = {"text": _("A whole sentence that the person reads in the mail.")}


class TagForm(RowForm):
    class Meta:
        model = Tag
        fields = tagging.EDITABLE
        widgets = {"tone": forms.RadioSelect()}
        field_classes = {"name": LineField}

    def follows(self) -> list[str]:
        """How many have it."""
        if not self.instance.pk:
            return []
        number = self.instance.registrations.count()
        return [
            ngettext("%(number)d registration has it.", "%(number)d registrations have it.", number)
            % {"number": number}
        ]


class DeskForm(RowForm):
    class Meta:
        model = Desk
        fields = ("name", "is_open", "zone")
        help_texts = {
            "is_open": _("A closed desk is not offered, and nobody is checked in there."),
            "zone": _(
                "Whoever has not got this zone is turned away here. Empty: whoever may come in at all is let in."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["zone"]
        zone.queryset = self.summit.zones.all()
        zone.empty_label = gettext("No zone")
        if not zone.queryset.exists():
            del self.fields["zone"]
            self.versioned = tuple(name for name in self.versioned if name in self.fields)

    def follows(self) -> list[str]:
        if self.typed("is_open"):
            return [gettext("Desk staff find it in their list and check people in there.")]
        return [gettext("Nobody is checked in there; arrivals recorded until now stay.")]
