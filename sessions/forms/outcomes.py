"""The form of one outcome of a session."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.models import Outcome
from summit.lib.fields import ForVerb
from summit.models import Summit


class OutcomeForm(ForVerb):
    """``version`` is the one that the form was made from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Outcome
        fields = ("kind", "text", "is_published")
        widgets = {"kind": forms.RadioSelect()}
        labels = {"is_published": _("Everybody may read it")}
        help_texts = {
            "text": _("Markdown: **bold**, lists, links."),
            "is_published": _("Else it is a draft that you, the hosts and the team read."),
        }

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = Outcome.Kind.choices
        self.initial["version"] = self.instance.version
        self.tell_translations(("text",), summit.languages[0])

    def values(self) -> dict[str, Any]:
        """What :func:`sessions.editing.outcomes.add` and ``edit`` take."""
        data = self.cleaned_data
        return {"kind": data["kind"], "text": data["text"].public(), "is_published": data["is_published"]}
