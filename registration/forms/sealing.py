"""Forms about people at risk: an alias, the reason of a look, and who is in the circle."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registration.registering import refusals, sealing
from summit.lib.fields import LineField
from summit.models import Summit


class AliasForm(forms.Form):
    alias = LineField(
        label=_("Alias"),
        required=False,
        max_length=120,
        help_text=_("What stands on the badge, in lists and in mails instead of the name. Empty: one is made."),
    )

    def clean_alias(self) -> str:
        alias: str = self.cleaned_data["alias"]
        if alias and not any(letter.isalpha() for letter in alias):
            raise ValidationError(_("Write a name with at least one letter."))
        return alias


class ReasonForm(forms.Form):
    reason = LineField(
        label=_("Why do you need to know?"),
        max_length=300,
        error_messages={"required": refusals.SealReasonMissing.message},
        help_text=_("It is kept with your name. The person reads when somebody looked, and in which role."),
    )


class CircleForm(forms.Form):
    """The members of the team that are in the circle, as the keys of their memberships."""

    members = forms.TypedMultipleChoiceField(
        label=_("Members of the circle"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members: Any = self.fields["members"]
        members.choices = [(row.pk, f"{row.user} · {row.get_role_display()}") for row in sealing.candidates(summit)]
        members.initial = [row.membership_id for row in sealing.keepers(summit)]
