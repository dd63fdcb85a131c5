"""Forms of the settings that are about registering: the arrangement, categories, desks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registration.models import Admission, Attendance, Category, Delegation, Desk, Quota, ReasonTemplate, Section, Tag
from registration.models.attendance import offered
from registration.places import capacity
from registration.registering import arrangement, categories, quotas, tagging
from summit.forms.rows import ColourInput, RowForm, verdict
from summit.forms.settings import FactsForm
from summit.lib import countries, times
from summit.lib.fields import LineField, MomentInput, this_century
from summit.lib.translated import active_language
from summit.models import Summit

MOST_COMPANIONS = 20
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
            "registration_closes_at": _("Empty: it stays open."),
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
        if closes and now >= closes:
            return [gettext("Visitors read now: Registration has closed.")]
        if now >= opens:
            found = [gettext("Visitors can register now.")]
        else:
            found = [gettext("Visitors read now: Registration opens: %(moment)s") % {"moment": self._said(opens)},
                     gettext("They can register from then on.")]  # fmt: skip
        if closes:
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


class CategoryForm(WindowForm):
    class Meta:
        model = Category
        fields = categories.EDITABLE
        widgets = {
            "colour": ColourInput(),
            "admission": forms.RadioSelect(),
            "attendance": forms.RadioSelect(),
            "transfer": forms.RadioSelect(),
            "opens_at": MomentInput(),
            "closes_at": MomentInput(),
        }
        help_texts = {
            "transfer": _(
                "Whoever cannot come hands place, category and way of attending to somebody else, until the cut-off for changes."
            ),
            "opens_at": _("Empty: as long as registration is open."),
            "closes_at": _("Empty: as long as registration is open."),
            "decided_within": _("Who waits longer for the organisers stands on the list as overdue."),
        }

    reviewed_again = forms.MultipleChoiceField(
        label=_("Look again after a change of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "In a category the organisers decide on: whoever changes one of these later waits for a decision again, and keeps the place."
        ),
    )

    companions = forms.IntegerField(
        label=_("Accompanying persons"),
        required=False,
        min_value=0,
        max_value=MOST_COMPANIONS,
        help_text=_("How many people somebody may bring along, each with a ticket and a badge of their own."),
    )

    def clean_companions(self) -> int:
        return self.cleaned_data["companions"] or 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        again: Any = self.fields["reviewed_again"]
        again.choices = [(name, categories.field_name(name)) for name in categories.REVIEWABLE]

    def follows(self) -> list[str]:
        admitted = {
            Admission.OPEN: gettext("Visitors can choose it when they register, and are confirmed at once."),
            Admission.APPROVAL: gettext(
                "Visitors can choose it when they register; they wait until the organisers decide."
            ),
            Admission.INVITATION: gettext(
                "Visitors do not see it; whoever is invited into it registers by the link of the mail."
            ),
            Admission.CODE: gettext("Visitors see it once they have typed a code for it."),
            Admission.TEAM: gettext("Visitors do not see it; who is in it stays in it."),
        }[self.typed("admission")]
        found = [admitted]
        opens, closes = self.typed("opens_at"), self.typed("closes_at")
        if self.typed("admission") != Admission.TEAM:
            found += [gettext("From %(moment)s on.") % {"moment": self._said(opens)}] if opens else []
            found += [gettext("Until %(moment)s.") % {"moment": self._said(closes)}] if closes else []
        return [*found, *verdict(self.typed("colour"))]

    def _said(self, moment: Any) -> str:
        return times.moment_label(moment, self.summit.tz, active_language())


class QuotaForm(WindowForm):
    """A limit; of a basic one the way is what it is, and it has no further conditions."""

    categories = forms.ModelMultipleChoiceField(
        Category.objects.none(),
        label=_("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    delegations = forms.ModelMultipleChoiceField(
        Delegation.objects.none(),
        label=_("Delegations"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("None chosen: everybody, with a delegation or without."),
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("None chosen: all of them."),
    )

    class Meta:
        model = Quota
        fields = quotas.EDITABLE
        widgets = {"attendance": forms.RadioSelect(), "opens_at": MomentInput(), "closes_at": MomentInput()}
        help_texts = {
            "capacity": _("Empty: no limit, only counted."),
            "has_waitlist": _("Whoever finds no place may wait for one."),
            "one_by_one": _("The next is offered a place when the one before has taken it or let it pass."),
            "is_paused": _("Places that become free are kept for nobody until this is taken away."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer_hours"].validators += [MinValueValidator(1), MaxValueValidator(24 * 30)]
        if self.instance.pk and self.instance.is_basic:
            for name in ("name", "attendance", "categories", "delegations", "countries"):
                del self.fields[name]
            self.versioned = tuple(name for name in self.versioned if name in self.fields)
            return
        self.fields["name"].required = True
        if not self.summit.delegations.exists():
            del self.fields["delegations"]
        for name in quotas.NAMED:
            if name not in self.fields:
                continue
            named: Any = self.fields[name]
            named.queryset = getattr(self.summit, name).all()
            if self.instance.pk:
                named.initial = list(getattr(self.instance, name).all())
        countries_field: Any = self.fields["countries"]
        countries_field.choices = countries.choices(active_language())

    def values(self) -> dict[str, Any]:
        found = super().values()
        return found | {name: self.cleaned_data[name] for name in quotas.NAMED if name in self.fields}

    def follows(self) -> list[str]:
        """How many hold a place in it now, and what a lower number means."""
        if not self.instance.pk:
            return []
        of = capacity.quotas(self.instance.summit)
        held = next(capacity.held(each) for each in of if each.quota.pk == self.instance.pk)
        found = [ngettext("%(number)d holds a place now.", "%(number)d hold a place now.", held) % {"number": held}]
        limit = self.typed("capacity")
        if limit is not None and limit < held:
            fewer = ngettext(
                "%(number)d more than there are then. Nobody loses theirs; the next come in when that many have left.",
                "%(number)d more than there are then. Nobody loses theirs; the next come in when that many have left.",
                held - limit,
            )
            found.append(fewer % {"number": held - limit})
        return found


class SectionForm(RowForm):
    class Meta:
        model = Section
        fields = ("title", "text")
        help_texts = {"text": _("Stands under the heading, before the questions.")}


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
        fields = ("name", "is_open")
        help_texts = {"is_open": _("A closed desk is not offered, and nobody is checked in there.")}

    def follows(self) -> list[str]:
        if self.typed("is_open"):
            return [gettext("Desk staff find it in their list and check people in there.")]
        return [gettext("Nobody is checked in there; arrivals recorded until now stay.")]
