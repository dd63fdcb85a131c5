"""A summit that begins as a copy of another."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registration.registering.copying import CodeTaken, Sessions
from summit.lib.translated import TranslatedFormField
from summit.models import Summit
from summit.models.summit import validate_code, validate_free_code


class CopyForm(forms.Form):
    """The new summit's address, name and first day, and what of the sessions goes with it."""

    code = forms.CharField(
        label=_("Address of the new summit"),
        max_length=32,
        validators=[validate_code, validate_free_code],
        help_text=_("Four to 32 small letters, digits or underscores; permanent."),
    )
    name = TranslatedFormField(label=_("Name"), max_length=300)
    starts_on = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("All days, opening hours and deadlines move by as much."),
    )
    sessions = forms.ChoiceField(label=_("Sessions"), choices=Sessions, initial=Sessions.NONE, widget=forms.RadioSelect)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Summit.objects.filter(code=code).exists():
            raise ValidationError(CodeTaken.message)
        return code
