"""Forms about photos, vetting and zones of people."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from registration.accrediting import photos, vetting
from registration.fields import ReasonField
from registration.models import Registration, Vetting, Zone
from summit.lib.fields import LineField
from summit.models import Summit


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP of at most 5 MB, upright, at least 360 by 480 pixels."),
        error_messages={"required": _("Choose a photo.")},
    )

    @property
    def sent(self) -> bytes:
        """The file, or as much of one that is too large as says so."""
        found: UploadedFile = self.cleaned_data["photo"]
        return found.read(photos.MOST_BYTES + 1)


class VettingForm(forms.Form):
    """``reason`` must be given with the verbs that ask for one; ``photo_fits`` counts with *clear* alone."""

    verb = forms.ChoiceField(choices=[(verb, "") for verb in vetting.MOVES])
    photo_fits = forms.BooleanField(label=_("I have looked at the photo: one face, plain and recent"), required=False)

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        move = vetting.MOVES.get(self.data.get("verb", ""))
        self.fields["reason"] = ReasonField(summit, required=bool(move and move.reason))


class VettingFilterForm(forms.Form):
    """What narrows the queue; what makes no sense narrows nothing."""

    state = forms.ChoiceField(label=_("Vetting"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    delegation = forms.ChoiceField(label=_("Delegation"), required=False)

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "state": [("", _("Waiting or in review")), *Vetting.choices, ("all", _("All"))],
            "category": [("", _("All")), *((row.code, str(row.name)) for row in summit.categories.all())],
            "delegation": [("", _("All")), *((row.code, str(row.name)) for row in summit.delegations.all())],
        }
        for name, pairs in choices.items():
            field: Any = self.fields[name]
            field.choices = pairs
        if len(choices["delegation"]) == 1:
            del self.fields["delegation"]

    @property
    def wanted(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ZonesForm(forms.Form):
    zones = forms.ModelMultipleChoiceField(
        Zone.objects.none(), label=_("Zones"), required=False, widget=forms.CheckboxSelectMultiple
    )
    why = LineField(label=_("Why"), required=False, max_length=300,
                    help_text=_("Asked for where the zones are not those of the category. The person reads it with everything that is kept about them."))  # fmt: skip

    def __init__(self, *args: Any, registration: Registration, had: list[Zone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones: Any = self.fields["zones"]
        zones.initial = had
        zones.queryset = registration.summit.zones.all()
