"""The short form of what somebody says afterwards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.models import Feedback


class FeedbackForm(forms.ModelForm[Feedback]):
    class Meta:
        model = Feedback
        fields = ("rating", "good", "better")
        labels = {
            "rating": _("How was it?"),
            "good": _("What was good?"),
            "better": _("What could be better?"),
        }
        error_messages = {"rating": {"required": _("Choose how it was.")}}
        widgets = {
            "rating": forms.RadioSelect(),
            "good": forms.Textarea(attrs={"rows": 4}),
            "better": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rating: Any = self.fields["rating"]
        rating.choices = Feedback.Rating.choices
