"""The form of a session's seats."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SeatsForm(forms.Form):
    """How many seats of a session must be booked."""

    seats = forms.IntegerField(
        label=_("Seats to be booked"),
        required=False,
        min_value=0,
        max_value=100_000,
        help_text=_("Empty: nobody needs to book. More seats are offered to who waits, at once."),
    )
