"""Forms of the list of participants: what of oneself stands in it, and a message to somebody in it."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.models import Listed, Registration
from summit.lib.fields import TextField
from summit.models import Summit


class ListedFields(forms.Form):
    """What of oneself stands in the list, and whether others write."""

    listed = forms.ChoiceField(
        label=_("What others taking part read of you"), choices=Listed, required=False, widget=forms.RadioSelect
    )
    contactable = forms.BooleanField(
        label=_("Others may write to me"),
        required=False,
        help_text=_("By a form on their page. They do not see your address."),
    )


class ParticipantsForm(ListedFields):
    @classmethod
    def of(cls, registration: Registration) -> Self:
        return cls(initial={"listed": registration.listed, "contactable": registration.contactable}, auto_id="list_%s")


class RegisteringListed(ListedFields):
    """The same, asked of whoever registers where there is a list: nothing, unless they want it."""

    summit: Summit

    def offer_list(self) -> None:
        if not self.summit.lists_participants():
            del self.fields["listed"], self.fields["contactable"]
            return
        words = _(
            "Those taking part can find each other until %(day)s. You can change it on your own page at any time."
        )
        self.fields["listed"].help_text = words % {"day": self.summit.participants_end}

    def chosen_list(self) -> dict[str, Any]:
        """``listed`` and ``contactable`` of a person; nothing where nothing is asked."""
        listed = self.cleaned_data.get("listed") or Listed.NOTHING.value
        return {"listed": listed, "contactable": bool(listed and self.cleaned_data.get("contactable"))}


class MessageForm(forms.Form):
    text = TextField(label=_("Your message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8}))
    with_address = forms.BooleanField(label=_("Show my e-mail address, so that I can be answered"), required=False)

    def __init__(self, *args: Any, sender: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sender.at_risk:
            del self.fields["with_address"]
