"""Names that stand since the deadline of a delegation: shown, and not to be written over."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.models import Registration
from registration.models.sealing import SEALED
from registration.registering.making import FROZEN, names_are_frozen


def freeze(form: forms.Form, registration: Registration) -> None:
    """Where they stand, the form shows them as they are."""
    if not names_are_frozen(registration):
        return
    for name in FROZEN:
        form.fields[name].disabled = True
        form.fields[name].help_text = _("Names stand since the deadline. Ask the organisers to correct one.")


def freeze_sealed(form: forms.Form, registration: Registration) -> None:
    """What is sealed of whoever is protected is read as the alias, and changed by nobody here."""
    for name in form.fields.keys() & set(SEALED) if registration.at_risk else ():
        form.fields[name].disabled = True


def settle_names(form: forms.Form, registration: Registration, *, by_team: bool) -> None:
    """Of whoever corrects details: the team writes over names that stand; what is sealed is left out for everybody."""
    if not by_team:
        freeze(form, registration)
    for name in form.fields.keys() & set(SEALED) if registration.at_risk else ():
        del form.fields[name]
