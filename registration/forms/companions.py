"""Somebody whom a person brings along."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registration.forms.agreed import NOT_AGREED, agreed_by_them, consents_of
from registration.forms.names import ProposingFields
from registration.registering.accompanying import Companion
from summit.lib.fields import TextField
from summit.lib.text import clean_line
from summit.models import Summit


class CompanionForm(ProposingFields):
    nonce = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("Their ticket and their mails go there; if you leave it empty, to you."),
    )
    access_needs = TextField(
        label=_("Access needs"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    dietary_needs = TextField(
        label=_("Dietary needs"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    sensitive = agreed_by_them()

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        for name in ("family_name", "badge_script"):
            del self.fields[name]
        self.fields["name"].help_text = _("In their own script. It stands on their badge.")
        self.fields["name_romanised"].help_text = _("As on their passport; shown under their name.")
        self.fields["title"].help_text = ""
        self.watch_names(summit)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        if clean_line(email) != email:
            raise ValidationError(_("Write an e-mail address without spaces or invisible characters."))
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("sensitive") and (data.get("access_needs") or data.get("dietary_needs")):
            self.add_error("sensitive", NOT_AGREED)
        return data

    def companion(self) -> Companion:
        names = ("name", "name_romanised", "title", "email", "access_needs", "dietary_needs")
        said = {name: self.cleaned_data[name] for name in names}
        return Companion(**said, consents=consents_of(self, self.summit))
