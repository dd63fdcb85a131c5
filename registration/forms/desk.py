"""What a desk sends: somebody looked up, checked in, or coming another way."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.forms.person import AttendanceForm
from summit.lib.fields import LineField


class ScanForm(forms.Form):
    """What a desk scanned or typed. A ticket is 143 characters long; a name may be typed too."""

    shown = LineField(label=_("Ticket, reference or name"), max_length=300)


class CheckInForm(forms.Form):
    guid = forms.UUIDField()
    nonce = forms.RegexField(r"\A[A-Za-z0-9_-]{8,64}\Z")
    # Of the ticket as the desk saw it.
    issue = forms.IntegerField(min_value=1, max_value=32_767, required=False)


class DeskAttendanceForm(AttendanceForm):
    guid = forms.UUIDField()
