"""Which badges to draw, and how."""

from typing import Any
from uuid import UUID

from django import forms

from registration.badges.printing import LAYOUTS
from summit.models import Summit


class BadgeJobForm(forms.Form):
    layout = forms.ChoiceField(choices=LAYOUTS)
    scope = forms.ChoiceField(choices=[("chosen", "chosen"), ("listed", "listed")])
    chosen = forms.TypedMultipleChoiceField(coerce=UUID, required=False)

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["chosen"]
        # Membership is checked against the database when the job is made; here only the shape, by UUID itself.
        chosen.valid_value = lambda _value: True
