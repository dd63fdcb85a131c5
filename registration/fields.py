"""Fields of forms that more than one page needs: why somebody is turned away, a moment of the summit's clock, tags."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.models import ReasonTemplate
from registration.models.tag import names_of
from registration.registering import tagging
from registration.registering.decisions import Reason
from summit.lib.fields import LineField, MomentInput, TextField, this_century
from summit.models import Summit

LONGEST = 800
TAGS_NAMED = 20  # in the hint beside the field


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


class SummitMomentField(forms.DateTimeField):
    """A moment as the clock of the summit shows it; empty is none."""

    def __init__(self, summit: Summit) -> None:
        self.summit = summit
        super().__init__(label=_("Until"), required=False, widget=MomentInput(), validators=[this_century],
                         help_text=_("In the time of the summit. Empty: no deadline."))  # fmt: skip

    def to_python(self, value: Any) -> Any:
        with timezone.override(self.summit.tz):
            return super().to_python(value)


class TagsField(LineField):
    """Tags by their names with commas between, also ones there are not yet; cleaned to a list of names."""

    def __init__(self, summit: Summit, **kwargs: Any) -> None:
        known = list(summit.tags.values_list("name", flat=True)[:TAGS_NAMED])
        hint = gettext("Names with commas between them; a new one is made.")
        if known:
            hint += " " + gettext("There are: %(tags)s") % {"tags": ", ".join(known)}
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(**{"label": _("Tags"), "help_text": hint, "max_length": 1000, "widget": widget, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(names_of(value)) if isinstance(value, models.QuerySet) else value

    def to_python(self, value: Any) -> Any:
        try:
            return tagging.parsed(super().to_python(value))
        except tagging.BadTag as refusal:
            raise ValidationError(str(refusal.message), code=refusal.code) from refusal

    def run_validators(self, value: Any) -> None:
        """How long it may be was looked at by name."""
