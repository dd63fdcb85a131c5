"""The field of each kind of question, and what is meant by what was sent in it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.forms.files import AnswerFileField
from registration.models import Choice, Question
from registration.models.answer_kinds import LONGEST_LINE, LONGEST_TEXT, LONGEST_URL, NO, SPAN, YES
from registration.registering.asking import Given
from registration.registering.questions import proposed
from summit.lib import countries
from summit.lib.fields import NOTHING_CHOSEN, LineField, ManyOptions, TextField
from summit.lib.translated import active_language
from summit.lists.cell_rendering import text

# Of several in an order so many are asked for at most.
MOST_RANKS = 5


class WordsSelect(forms.Select):
    """A list to choose from whose words may stand in for a translation: ``lang`` of each value that does."""

    def __init__(self, lang: Mapping[str, str]) -> None:
        super().__init__()
        self.lang = lang

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if lang := self.lang.get(str(value)):
            option["attrs"]["lang"] = lang
        return option


class Proposing(forms.TextInput):
    """A line that proposes what is often written, and takes anything."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self.words = words

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        key = f"{(attrs or {}).get('id', name)}_proposed"
        line = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        options = format_html_join("", '<option value="{}"></option>\n', ((each,) for each in self.words))
        return format_html('{}\n<datalist id="{}">{}</datalist>', line, key, options)


class KindField(LineField):
    """One line that is an answer of the question's kind. ``region``: the country telephone numbers are of."""

    def __init__(self, question: Question, *, region: str = "", **options: Any) -> None:
        super().__init__(max_length=LONGEST_URL, **options)
        self.question, self.region = question, region

    def clean(self, value: Any) -> str:
        said = super().clean(value)
        return self.question.read(said, self.region) if said else ""


class Together(forms.MultiWidget):
    """Fields that are one answer, each with a name of its own."""

    template_name = "registration/forms/together.html"
    use_fieldset = True

    def __init__(self, widgets: list[forms.Widget], labels: list[Any]) -> None:
        super().__init__(widgets)
        self.labels = labels

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            part["label"] = label
        return context


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SpanInput(Together):
    def __init__(self) -> None:
        super().__init__([DayInput(), DayInput()], [_("From"), _("To")])

    def decompress(self, value: Any) -> list[str]:
        return value.split(SPAN) if value else ["", ""]


class SpanField(forms.MultiValueField):
    """Two days, kept as ISO 8601 writes them: "2021-12-14/2021-12-18"."""

    def __init__(self, question: Question, **options: Any) -> None:
        self.question = question
        parts = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(parts, require_all_fields=False, widget=SpanInput(), **options)

    def compress(self, data_list: list[str]) -> str:
        first, last = data_list or ["", ""]
        if not (first or last):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        if not (first and last):
            raise ValidationError(_("Write both days."), code="both")
        return self.question.read(SPAN.join((first, last)))


class RanksInput(Together):
    def __init__(self, widgets: list[forms.Widget]) -> None:
        super().__init__(widgets, [_("%(n)d. choice") % {"n": n} for n in range(1, len(widgets) + 1)])

    def decompress(self, value: Any) -> list[str]:
        return [*(value or []), *[""] * len(self.widgets)][: len(self.widgets)]


class RanksField(forms.MultiValueField):
    """Keys of choices in their order, first the one that is liked best."""

    def __init__(self, said: list[tuple[str, Any]], lang: Mapping[str, str], **options: Any) -> None:
        parts = [forms.ChoiceField(choices=said, required=False) for _each in said[: MOST_RANKS + 1][1:]]
        widgets = [WordsSelect(lang) for _part in parts]
        for widget in widgets:
            widget.choices = said
        super().__init__(parts, require_all_fields=False, widget=RanksInput(list(widgets)), **options)

    def compress(self, data_list: list[str]) -> list[str]:
        chosen = [key for key in data_list or [] if key]
        if len(set(chosen)) < len(chosen):
            raise ValidationError(_("Choose each answer only once."), code="twice")
        if self.required and not chosen:
            raise ValidationError(self.error_messages["required"], code="required")
        return chosen


def field_for(
    question: Question, hint: SafeString, *, required: bool, region: str = "", given: Given = ""
) -> forms.Field:
    """``region``: the country telephone numbers are of; ``given``: what was answered before."""
    # Words that stand in for a missing translation are marked with their own language (WCAG 3.1.2).
    options: dict[str, Any] = {"label": text(question.words), "help_text": hint, "required": required}
    if question.has_choices:
        return _choosing(question, options)
    if question.has_file:
        return AnswerFileField(question, str(given), **options)
    match question.kind:
        case Question.Kind.YES:
            said = [(YES, _("Yes")), (NO, _("No")), *([] if required else [("", _("No answer"))])]
            return forms.ChoiceField(choices=said, widget=forms.RadioSelect, **options)
        case Question.Kind.CONSENT:
            return forms.BooleanField(**options)
        case Question.Kind.TEXT:
            return TextField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), **options)
        case Question.Kind.DATES:
            return SpanField(question, **options)
        case Question.Kind.COUNTRY:
            known = [("", NOTHING_CHOSEN), *countries.choices(active_language())]
            return forms.ChoiceField(choices=known, widget=ManyOptions, **options)
        case Question.Kind.ORGANISATION:
            return LineField(max_length=LONGEST_LINE, widget=Proposing(proposed(question)), **options)
        case Question.Kind.LINE:
            return LineField(max_length=LONGEST_LINE, **options)
    return KindField(question, region=region, widget=_input(question), **options)


def _input(question: Question) -> forms.Widget:
    match question.kind:
        case Question.Kind.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal"})
        case Question.Kind.DATE:
            return DayInput()
        case Question.Kind.TIME:
            return forms.TimeInput(attrs={"type": "time"})
        case Question.Kind.PHONE:
            return forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
    return forms.TextInput(attrs={"type": "url", "inputmode": "url"})


def _choosing(question: Question, options: dict[str, Any]) -> forms.Field:
    choices = list(question.choices.all())
    if question.kind == Question.Kind.SEVERAL:
        ticks = [(str(choice.pk), format_html("{}{}", text(choice.words), _left(choice))) for choice in choices]
        return forms.MultipleChoiceField(choices=ticks, widget=forms.CheckboxSelectMultiple, **options)
    lang = {str(choice.pk): choice.words.stand_in() for choice in choices}
    said = [("", NOTHING_CHOSEN), *((str(choice.pk), f"{choice.words}{_left(choice)}") for choice in choices)]
    if question.kind == Question.Kind.RANKED:
        return RanksField(said, lang, **options)
    return forms.ChoiceField(choices=said, widget=WordsSelect(lang), **options)


def _left(choice: Choice) -> str:
    """What is said beside a choice whose places are taken."""
    if not choice.is_full:
        return ""
    return f" ({gettext('waitlist')})" if choice.has_waitlist else f" ({gettext('no place left')})"


def shown(question: Question, given: Given) -> Any:
    """What the field of a question begins with."""
    match question.kind:
        case Question.Kind.ONE:
            return "".join(given[:1])
        case Question.Kind.CONSENT:
            return bool(given)
    return given


def meant(question: Question, sent: Any) -> Given:
    """What was answered, of what its field gave."""
    match question.kind:
        case Question.Kind.ONE:
            return [key for key in (sent,) if key]
        case Question.Kind.CONSENT:
            return YES if sent else ""
    given: Given = sent
    return given


def typed(question: Question, name: str, data: Any) -> Given:
    """What was sent for a question that others depend on, before anything was looked at."""
    if question.kind == Question.Kind.CONSENT:
        return YES if data.get(name) else ""
    return [key for key in data.getlist(name) if key] if question.has_choices else data.get(name, "")
