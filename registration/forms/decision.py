"""Forms of the approval desk: a decision, and a note."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.fields import ReasonField
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
    """For each member who decides the categories and the delegations they decide on: ``scope_<key>`` and ``sent_<key>``."""

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = list(decisions.reviewers(summit))
        categories, delegations = summit.categories.all(), summit.delegations.all()
        some = delegations.exists()
        for member in self.members:
            name, scope = f"{member.user} · {member.get_role_display()}", decisions.scope_of(member)
            self.fields[f"scope_{member.pk}"] = forms.ModelMultipleChoiceField(
                categories,
                label=name,
                required=False,
                initial=list(scope.categories),
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None chosen here and below: everybody.") if some else _("None chosen: all of them."),
            )
            if some:
                self.fields[f"sent_{member.pk}"] = forms.ModelMultipleChoiceField(
                    delegations,
                    label=_("%(member)s: delegations") % {"member": name},
                    required=False,
                    initial=list(scope.delegations),
                    widget=forms.SelectMultiple(attrs={"size": 6}),
                    help_text=_("Whoever comes with one of these is decided on as well, in whatever category."),
                )

    def scopes(self) -> dict[int, decisions.Scope]:
        data = self.cleaned_data
        return {
            member.pk: decisions.Scope.of(data[f"scope_{member.pk}"], data.get(f"sent_{member.pk}", []))
            for member in self.members
        }
