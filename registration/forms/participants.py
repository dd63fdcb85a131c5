"""Forms of the list of participants: what of oneself stands in it, and a message to somebody in it."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.models import Listed, Registration
from summit.lib.fields import TextField


class ParticipantsForm(forms.Form):
    listed = forms.ChoiceField(
        label=_("What others taking part read of you"), choices=Listed, required=False, widget=forms.RadioSelect
    )
    contactable = forms.BooleanField(
        label=_("Others may write to me"),
        required=False,
        help_text=_("By a form on their page. They do not see your address."),
    )

    @classmethod
    def of(cls, registration: Registration) -> Self:
        return cls(initial={"listed": registration.listed, "contactable": registration.contactable}, auto_id="list_%s")


class MessageForm(forms.Form):
    text = TextField(label=_("Your message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8}))
    with_address = forms.BooleanField(label=_("Show my e-mail address, so that I can be answered"), required=False)

    def __init__(self, *args: Any, sender: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sender.at_risk:
            del self.fields["with_address"]
