"""What is said of a link, and of a recording more: quality, licence, chapters, captions."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sessions.editing.materials import OF_RECORDINGS
from sessions.models import Material


class RecordingForm(forms.ModelForm[Material]):
    class Meta:
        model = Material
        fields = ("title", "language", *OF_RECORDINGS)
        widgets = {"chapters": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "licence": _("Under which it may be used by others. Empty: nothing is said."),
            "chapters": _("One a line: the time from the beginning, and a title. For example 0:12:05 Questions."),
            "captions_url": _("Of a WebVTT file. Empty: the transcript of the session, where there is one."),
            "size": _("Podcast apps show it. Empty where you do not know it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = dict(settings.LANGUAGES)
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=[("", "–"), *languages.items()]
        )
        if self.instance.kind != Material.Kind.RECORDING:
            for name in OF_RECORDINGS:
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """What :func:`sessions.editing.materials.describe` takes."""
        data = self.cleaned_data
        return {name: data[name].public() if name == "title" else data[name] for name in self.fields}
