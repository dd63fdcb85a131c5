"""Forms of the cockpit of a session: a question written down or looked after, and a poll."""

from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.live import polls, questions, taking_part
from sessions.models import AudienceQuestion, Poll, Session
from summit.lib.fields import LineField, TextField
from summit.lib.translated import TranslatedFormField

UNKNOWN = ("", _("Another language, or not known"))
# As many lines of 200 characters as there are choices.
CHOICES_LENGTH = 2600


class WriteDownForm(forms.Form):
    """A question for somebody who asks by word of mouth."""

    text = TextField(
        label=_("Question"), max_length=questions.LONGEST, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    name = LineField(label=_("Name, if they want it shown"), max_length=questions.LONGEST_NAME, required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices, language.initial = [*taking_part.languages(session), UNKNOWN], session.language


class QuestionForm(forms.Form):
    """What is done to a question beside moving it through the queue."""

    language = forms.ChoiceField(label=_("Language it was asked in"), required=False)
    translation = TranslatedFormField(label=_("Translation"), long=True, max_length=questions.LONGEST, required=False)
    answer = TranslatedFormField(
        label=_("Answer in writing"), long=True, max_length=questions.LONGEST_ANSWER, required=False
    )

    def __init__(self, data: Any, *, question: AudienceQuestion, prefix: str) -> None:
        initial = {name: getattr(question, name) for name in ("language", "translation", "answer")}
        super().__init__(data, initial=initial, prefix=prefix)
        language: Any = self.fields["language"]
        language.choices = [*taking_part.languages(question.session, [question.language]), UNKNOWN]


class PollForm(forms.Form):
    """A poll as it is drafted; choices are lines, the same line of each language one choice."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Poll.Kind.choices, initial=Poll.Kind.ONE, widget=forms.RadioSelect
    )
    question = TranslatedFormField(label=_("What is asked"), max_length=300)
    choices = TranslatedFormField(
        label=_("Choices"),
        long=True,
        max_length=CHOICES_LENGTH,
        required=False,
        help_text=_("One a line, in the same order in each language. A scale and words need none."),
    )

    def __init__(self, data: Any, *, poll: Poll | None, prefix: str) -> None:
        initial: dict[str, Any] = {}
        if poll:
            own = [] if poll.kind in {Poll.Kind.SCALE, Poll.Kind.WORDS} else [c.label for c in poll.choices.all()]
            codes = dict.fromkeys(code for label in own for code in label)
            lines = {code: "\n".join(label.get(code, "") for label in own) for code in codes}
            initial = {"kind": poll.kind, "question": poll.question, "choices": lines}
        super().__init__(data, initial=initial, prefix=prefix)

    def values(self) -> tuple[str, dict[str, str], list[dict[str, str]]]:
        """What :func:`sessions.live.polls.draft` takes."""
        said = self.cleaned_data
        lines = {code: text.split("\n") for code, text in said["choices"].items() if text}
        choices = [dict(zip(lines, (line or "" for line in row), strict=True)) for row in zip_longest(*lines.values())]
        return said["kind"], dict(said["question"]), choices[: polls.MOST_CHOICES + 1]
