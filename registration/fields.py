"""Fields of more than one form or list: why somebody is turned away, and until which day something is valid."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.models import ReasonTemplate
from registration.registering.decisions import Reason
from summit.lib.fields import TextField, this_century
from summit.models import Summit

LONGEST = 800


class ReasonInput(forms.MultiWidget):
    template_name = "registration/organiser/_reason.html"
    use_fieldset = True

    def __init__(self) -> None:
        super().__init__([forms.Select(attrs={"data-key": "r"}), forms.Textarea(attrs={"rows": 3})])

    def decompress(self, value: Any) -> list[Any]:
        return [value.template and value.template.pk, value.words] if value else [None, ""]


class ReasonField(forms.MultiValueField):
    """Cleaned to a :class:`registration.registering.decisions.Reason`; one of its two parts must be there."""

    def __init__(self, summit: Summit, **kwargs: Any) -> None:
        kept = forms.ModelChoiceField(
            ReasonTemplate.objects.filter(summit=summit), required=False, empty_label=_("Own words only")
        )
        fields = (kept, TextField(max_length=LONGEST, required=False))
        errors = {"required": _("Choose a reason or write one: the person reads it in the mail.")}
        super().__init__(
            fields, require_all_fields=False, widget=ReasonInput(), error_messages=errors, label=_("Reason"),
            help_text=_("The person reads it in the mail. A reason kept ready is told in their language."), **kwargs
        )  # fmt: skip
        self.widget.widgets[0].choices = kept.choices

    def compress(self, data_list: list[Any]) -> Reason:
        template, words = data_list or (None, "")
        return Reason(template, words or "")


class LastDayField(forms.DateField):
    """The last day on which something is valid."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=_("Valid until the end of"), widget=widget, validators=[this_century], **kwargs)
