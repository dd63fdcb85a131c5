"""Forms around questions: asking them, and making them."""

import re
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from registration.models import Attendance, Choice, Question
from registration.models.question import LONGEST_LINE, LONGEST_TEXT, NO, YES
from registration.models.registration import needs_are_gone
from registration.registering import questions as verbs
from summit.forms.details import VersionedForm
from summit.lib.fields import NOTHING_CHOSEN, ForVerb, LineField, TextField
from summit.lib.text import number
from summit.lib.translated import TranslatedFormField
from summit.lists.cell_rendering import text
from summit.models import Summit

MOST_CHOICES = 30
EMPTY_ROWS = 3
LAST = 1_000
ANSWER = re.compile(r"question_\d+")
ONLY_OF = {
    Attendance.IN_PERSON: _("Only if you come in person."),
    Attendance.ONLINE: _("Only if you take part online."),
}


class AskingForm(forms.Form):
    """A form that also puts the summit's questions, each as a field ``question_<key>``."""

    def ask(
        self,
        summit: Summit,
        *,
        attendance: str = "",
        given: Mapping[int, verbs.Given] = MappingProxyType({}),
        all_optional: bool = False,
    ) -> None:
        """``attendance``: how the person comes; "" where the form asks that itself. ``given``: what was answered before.

        A question that is no longer asked, and was answered, can still be corrected or emptied. ``all_optional``: for
        organisers, who cannot know what only the person can say.
        """
        self.given = given
        rows = summit.questions.prefetch_related("choices")
        self.questions = [row for row in rows if row.pk in given or _is_put(row, attendance)]
        # Until it is known how somebody comes, a question to some reads as the one it is to them.
        chosen = attendance or (self.data.get("attendance", "") if self.is_bound else "")
        gone = needs_are_gone(summit)
        for question in self.questions:
            required = question.required and not all_optional and not (question.sensitive and gone)
            # Who has sent the form and not said how they come is asked that first.
            concerned = _is_put(question, chosen) and not (self.is_bound and not chosen and question.asked_of)
            hint = _hint(question, told=not attendance, put=_is_put(question, attendance))
            field = field_for(question, hint, required=required and concerned)
            self.fields[name_of(question)] = field
            if question.pk in given:
                self.initial[name_of(question)] = _shown(question, given[question.pk])

    @property
    def left_out(self) -> bool:
        """Whether something was answered that is no longer asked: the question went while the form was open."""
        known = {name_of(question) for question in self.questions}
        return any(value and ANSWER.fullmatch(name) and name not in known for name, value in self.data.items())

    @property
    def asked(self) -> list[Any]:
        return [self[name_of(question)] for question in self.questions]

    def clean(self) -> dict[str, Any]:
        """What was written before somebody chose to come another way is neither kept nor held against them."""
        data = super().clean() or {}
        if way := data.get("attendance"):
            for question in self.questions:
                if not question.concerns(way):
                    self.errors.pop(name_of(question), None)
        return data

    def answers(self, attendance: str) -> dict[int, verbs.Given]:
        """What :func:`registration.registering.questions.answer` takes."""
        return {
            question.pk: _meant(question, self.cleaned_data[name_of(question)])
            for question in self.questions
            if question.concerns(attendance) or question.pk in self.given
        }


def _is_put(question: Question, attendance: str) -> bool:
    return question.is_asked and (not attendance or question.concerns(attendance))


def _shown(question: Question, given: verbs.Given) -> verbs.Given:
    """What the field of a question begins with; that of one choice is no list."""
    return "".join(given[:1]) if question.kind == Question.Kind.ONE else given


def _meant(question: Question, sent: Any) -> verbs.Given:
    return [key for key in (sent,) if key] if question.kind == Question.Kind.ONE else sent


def name_of(question: Question) -> str:
    return f"question_{question.pk}"


def _hint(question: Question, *, told: bool, put: bool) -> SafeString:
    """``told``: whether it says of whom this is asked; ``put``: whether it still is."""
    lines: list[Any] = [text(question.hint)]
    if not put:
        lines.append(_("This is no longer asked. Emptied, the answer is erased."))
    elif question.asked_of and told:
        lines.append(ONLY_OF[Attendance(question.asked_of)])
    if question.sensitive:
        lines.append(_("The answer is erased after the summit."))
    return format_html_join(mark_safe("<br>"), "{}", [(line,) for line in lines if line])


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


def field_for(question: Question, hint: SafeString, *, required: bool) -> forms.Field:
    # Words that stand in for a missing translation are marked with their own language (WCAG 3.1.2).
    options: dict[str, Any] = {"label": text(question.words), "help_text": hint, "required": required}
    choices = list(question.choices.all())
    said: list[Any]
    match question.kind:
        case Question.Kind.YES:
            said = [(YES, _("Yes")), (NO, _("No")), *([] if required else [("", _("No answer"))])]
            return forms.ChoiceField(choices=said, widget=forms.RadioSelect, **options)
        case Question.Kind.ONE:
            lang = {str(choice.pk): choice.words.stand_in() for choice in choices}
            said = [("", NOTHING_CHOSEN), *((str(choice.pk), str(choice.words)) for choice in choices)]
            return forms.ChoiceField(choices=said, widget=WordsSelect(lang), **options)
        case Question.Kind.SEVERAL:
            said = [(str(choice.pk), text(choice.words)) for choice in choices]
            return forms.MultipleChoiceField(choices=said, widget=forms.CheckboxSelectMultiple, **options)
        case Question.Kind.TEXT:
            return TextField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), **options)
    return LineField(max_length=LONGEST_LINE, **options)


class QuestionForm(VersionedForm, ForVerb):
    """A question, or its texts alone; its choices are a formset beside it."""

    asked_of = forms.ChoiceField(
        label=_("Asked of"),
        required=False,
        choices=[("", _("Everybody")), *Attendance.choices],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Question
        fields = verbs.EDITABLE
        labels = {"words": _("Question"), "hint": _("Hint"), "kind": _("Kind of answer"), "order": _("Order"),
                  "required": _("Must be answered"), "sensitive": _("Erase the answers together with the needs"),
                  "is_asked": _("Ask it in the form")}  # fmt: skip
        help_texts = {"sensitive": _("For what is nobody's business after the summit, such as health or religion.")}

    def __init__(self, *args: Any, summit: Summit, texts_alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versioned = verbs.VERSIONED_TEXTS if texts_alone else verbs.VERSIONED
        kind: Any = self.fields["kind"]
        kind.choices = Question.Kind.choices
        self.fields["order"].required = False
        if self.instance.pk:
            self.stand_on(self.instance)
        self.tell_translations(verbs.TEXTS, summit.languages[0])
        if texts_alone:
            self.fields = {
                name: field for name, field in self.fields.items() if name in {*verbs.TEXTS, "form_versions"}
            }

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in verbs.EDITABLE}


class ChoiceForm(forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    words = TranslatedFormField(label=_("Answer to choose"), required=False, max_length=120)
    order = forms.IntegerField(label=_("Order"), required=False, min_value=0, max_value=999)


class ChoiceFormSet(forms.BaseFormSet[ChoiceForm]):
    def wordings(self) -> list[verbs.Wording]:
        """Those with words, by their order; those without a number come last, as they stand."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data.get("words")]
        said.sort(key=lambda data: LAST if data.get("order") is None else data["order"])
        return [verbs.Wording(data["pk"], data["words"]) for data in said]


_rows: Any = partial(
    forms.formset_factory, ChoiceForm, formset=ChoiceFormSet, max_num=MOST_CHOICES, absolute_max=MOST_CHOICES
)
Choices: Any = _rows(extra=EMPTY_ROWS)
ChoiceTexts: Any = _rows(extra=0)


def choices_of(question: Question, data: Any = None, *, texts_alone: bool = False) -> Any:
    """The rows of a question's choices; with ``texts_alone`` none is added. Each row knows its ``choice``, if it has one,
    and tells how its translations stand."""
    locked = {str(choice.pk): choice for choice in question.choices.all()} if question.pk else {}
    initial = [_row(choice, number) for number, choice in enumerate(locked.values(), 1)]
    rows = (ChoiceTexts if texts_alone else Choices)(data, initial=initial, prefix="choices")
    for form in rows:
        form.choice = choice = locked.get(str(form["pk"].value() or ""))
        if choice:
            widget: Any = form.fields["words"].widget
            widget.source, widget.saved = question.summit.languages[0], choice.words
        if texts_alone:
            del form.fields["order"]
            form.fields["words"].required = True
    return rows


def _row(choice: Choice, order: int) -> dict[str, Any]:
    return {"pk": choice.pk, "words": choice.words, "order": order}


def with_new_choices(question: Question, data: Any) -> Any:
    """What was sent, and a row for each choice made meanwhile: saved again, none goes that nobody has seen."""
    data = data.copy()
    rows = number(data.get("choices-TOTAL_FORMS", ""), digits=4) or 0
    sent = {data.get(f"choices-{row}-pk") for row in range(rows)}
    for choice in question.choices.all():
        if str(choice.pk) in sent:
            continue
        texts = {f"words_{code}": words for code, words in choice.words.items()}
        for name, value in {"pk": choice.pk, **texts, "order": choice.order}.items():
            data[f"choices-{rows}-{name}"] = str(value)
        rows += 1
    data["choices-TOTAL_FORMS"] = str(rows)
    return data
