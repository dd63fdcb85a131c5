"""Forms of a waitlist's page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from summit.lib.fields import LineField

# As many as are offered a place by one press of a button.
MOST = 10_000


class OfferForm(forms.Form):
    """``first`` is the guid of whoever was next when the form was shown."""

    number = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=MOST, initial=1, widget=forms.NumberInput(attrs={"data-key": "o"})
    )
    first = forms.CharField(max_length=36, widget=forms.HiddenInput)


class WaitlistReasonForm(forms.Form):
    reason = LineField(
        label=_("Why before the others"),
        max_length=300,
        help_text=_(
            "It stays in the history. The person does not read it here, but gets it with everything that is kept about them."
        ),
        widget=forms.TextInput(attrs={"data-key": "p"}),
    )
