"""The form of a message to many."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registration.mailing import campaigns
from registration.models import Campaign
from summit.forms.rows import RowForm
from summit.lib.translated import Text


class CampaignForm(RowForm):
    class Meta:
        model = Campaign
        fields = ("subject", "text")
        help_texts = {
            "text": _(
                "Each recipient reads it in their language, or in the one there is. Addresses of the web become links."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("subject", "text"):
            self.fields[name].required = True

    def clean_subject(self) -> Text:
        return self._known("subject")

    def clean_text(self) -> Text:
        return self._known("text")

    def _known(self, name: str) -> Text:
        """Raises :class:`ValidationError` where something in braces is no placeholder."""
        said: Text = self.cleaned_data[name]
        wrong = [each for words in said.words().values() for each in campaigns.unknown_placeholders(words)]
        if wrong:
            raise ValidationError(
                _("{%(wrong)s} is replaced by nothing. Write one of these: %(known)s"),
                params={"wrong": wrong[0], "known": ", ".join(f"{{{each}}}" for each in campaigns.PLACEHOLDERS)},
            )
        return said


class SendForm(forms.Form):
    """What somebody saw when they said so: how many get it, and which text."""

    number = forms.IntegerField(min_value=0)
    seen = forms.CharField(max_length=200)
