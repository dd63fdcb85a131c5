"""The form of a category: how one comes into it, what people of it may, and how they are accredited."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registration.badges import face as faces
from registration.forms.settings import WindowForm
from registration.models import Admission, Category, PhotoWanted, Zone
from registration.registering import categories
from summit.forms.rows import ColourInput, verdict
from summit.lib import times
from summit.lib.fields import MomentInput
from summit.lib.translated import active_language

MOST_COMPANIONS = 20
# Two weeks: longer nobody holds a place by an address that is perhaps not theirs.
MOST_HOURS = 14 * 24


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
            "band_colour": ColourInput(),
            "photo": forms.RadioSelect(),
        }
        help_texts = {
            "band": _("A strip across the badge, such as PRESS, in all languages of the summit. Empty: none."),
            "photo_months": _("Whoever sent theirs longer ago is asked for a new one. 0: however old it is."),
            "vetted": _("Nobody of it has a ticket or a badge before somebody of the team has cleared them."),
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

    proof_hours = forms.IntegerField(
        label=_("Hours to confirm the e-mail address"),
        required=False,
        min_value=1,
        max_value=MOST_HOURS,
        help_text=_(
            "Empty: not asked for. Else whoever registers first opens a mailed link and presses a button; a place is held for so many hours, then given back."
        ),
    )
    companions = forms.IntegerField(
        label=_("Accompanying persons"),
        required=False,
        min_value=0,
        max_value=MOST_COMPANIONS,
        help_text=_("How many people somebody may bring along, each with a ticket and a badge of their own."),
    )

    zones = forms.ModelMultipleChoiceField(
        Zone.objects.none(),
        label=_("Zones"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What people of this category may enter. Their codes stand on the badge."),
    )

    def clean_companions(self) -> int:
        return self.cleaned_data["companions"] or 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        again: Any = self.fields["reviewed_again"]
        again.choices = [(name, categories.field_name(name)) for name in categories.REVIEWABLE]
        self.fields["photo_months"].required = self.fields["band_colour"].required = False
        wanted: Any = self.fields["photo"]
        wanted.choices = PhotoWanted.choices
        zones: Any = self.fields["zones"]
        zones.queryset = self.summit.zones.all()
        zones.initial = list(self.instance.zones.all()) if self.instance.pk else []
        if not zones.queryset.exists():
            del self.fields["zones"]

    def clean_band_colour(self) -> str:
        return self.cleaned_data["band_colour"] or self.instance.band_colour

    def clean_photo_months(self) -> int:
        return self.cleaned_data["photo_months"] or 0

    def values(self) -> dict[str, Any]:
        found = super().values()
        return found | {"zones": self.cleaned_data["zones"]} if "zones" in self.fields else found

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
            found += self._proof()
        return [*found, *self._accredited(), *verdict(self.typed("colour"))]

    def _proof(self) -> list[str]:
        hours = self.typed("proof_hours")
        words = ngettext(
            "Before that they confirm their address by a mailed link, within %(number)d hour; a place is held meanwhile.",
            "Before that they confirm their address by a mailed link, within %(number)d hours; a place is held meanwhile.",
            hours or 0,
        )
        return [words % {"number": hours}] if hours else []

    def _accredited(self) -> list[str]:
        """How many wait to be cleared, and whether the band can be read."""
        found = []
        if self.instance.pk and self.typed("vetted"):
            number = self.instance.registrations.filter(vetting="").active().count()
            words = ngettext(
                "%(number)d registration nobody has looked into waits to be cleared.",
                "%(number)d registrations nobody has looked into wait to be cleared.",
                number,
            )
            found.append(words % {"number": number})
        if self.typed("band"):
            ink = faces.ink_on(self.typed("band_colour"))
            ratio = faces.contrast(ink, self.typed("band_colour"))
            said = gettext("The band is written in white: %(ratio)s to 1.")
            if ink == "#000000":
                said = gettext("The band is written in black: %(ratio)s to 1.")
            found.append(said % {"ratio": f"{ratio:.1f}"})
        return found

    def _said(self, moment: Any) -> str:
        return times.moment_label(moment, self.summit.tz, active_language())
