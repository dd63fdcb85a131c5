"""Names that stand since the deadline of a delegation: shown, and not to be written over."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.models import Registration
from registration.registering.making import FROZEN, names_are_frozen


def freeze(form: forms.Form, registration: Registration) -> None:
    """Where they stand, the form shows them as they are."""
    if not names_are_frozen(registration):
        return
    for name in FROZEN:
        form.fields[name].disabled = True
        form.fields[name].help_text = _("Names stand since the deadline. Ask the organisers to correct one.")
