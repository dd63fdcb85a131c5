"""Input shapes of what a person asks for on their own page, or right after the form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.forms.person import one_address
from summit.lib.fields import LineField


class AddressForm(forms.Form):
    """An address in place of another one."""

    email = forms.EmailField(
        label=_("New e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        return one_address(self.cleaned_data["email"])


class ErasureForm(forms.Form):
    """Why the team erases somebody."""

    reason = LineField(
        label=_("Why"), max_length=300, help_text=_("It stays in the history: write no name and no address.")
    )
