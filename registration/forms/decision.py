"""Forms of the approval desk: a decision, and a note."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.fields import ReasonField
from registration.models import Category
from registration.registering import decisions
from summit.lib.fields import TextField
from summit.models import Summit


class DecisionForm(forms.Form):
    """``reason`` counts only with *reject*."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("reject", "")])

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = ReasonField(summit, required=self.data.get("decision") == "reject")


class NoteForm(forms.Form):
    text = TextField(
        label=_("Note for the team"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "data-key": "n"}),
        help_text=_("The person does not read it here, but gets it with everything that is kept about them."),
    )


class ReviewersForm(forms.Form):
    """For each member who decides the categories they decide on: a field ``scope_<key>`` each."""

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = list(decisions.reviewers(summit))
        categories = Category.objects.filter(summit=summit)
        for member in self.members:
            self.fields[f"scope_{member.pk}"] = forms.ModelMultipleChoiceField(
                categories,
                label=f"{member.user} · {member.get_role_display()}",
                required=False,
                initial=decisions.scope_of(member),
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None chosen: all of them."),
            )

    def scopes(self) -> dict[int, list[Category]]:
        return {member.pk: list(self.cleaned_data[f"scope_{member.pk}"]) for member in self.members}
