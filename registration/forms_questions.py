"""Forms around questions: asking them, and making them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration import questions as verbs
from registration.models import Attendance, Question
from summit.cells import text
from summit.forms_details import MarkedForm
from summit.lib.fields import NOTHING_CHOSEN, ForVerb, LineField, TextField
from summit.lib.translated import TranslatedFormField
from summit.models import Summit

MOST_CHOICES = 30
EMPTY_ROWS = 3
LAST = 1_000
ONLY_OF = {
    Attendance.IN_PERSON: _("Only if you come in person."),
    Attendance.ONLINE: _("Only if you take part online."),
}


class AskingForm(forms.Form):
    """A form that also puts the summit's questions, each as a field ``question_<key>``.

    Those of people who come another way are not required and not kept.
    """

    def ask(self, summit: Summit, *, attendance: str = "", given: dict[int, verbs.Given] | None = None) -> None:
        """``attendance``: how the person comes; "" where the form asks that itself."""
        rows = summit.questions.asked().prefetch_related("choices")
        self.questions = list(rows.of(attendance) if attendance else rows)
        chosen = attendance or (self.data.get("attendance", "") if self.is_bound else "")
        for question in self.questions:
            field = field_for(question, told=not attendance)
            # Until it is known how somebody comes, a question to some reads as the one it is to them.
            field.required = question.required and (not chosen or question.asked_of in {"", chosen})
            self.fields[name_of(question)] = field
            if given and question.pk in given:
                self.initial[name_of(question)] = given[question.pk]

    @property
    def asked(self) -> list[Any]:
        return [self[name_of(question)] for question in self.questions]

    def answers(self, attendance: str) -> dict[int, verbs.Given]:
        """What :func:`registration.questions.answer` takes."""
        return {
            question.pk: self.cleaned_data[name_of(question)]
            for question in self.questions
            if question.asked_of in {"", attendance}
        }


def name_of(question: Question) -> str:
    return f"question_{question.pk}"


def field_for(question: Question, *, told: bool) -> forms.Field:
    """``told``: whether the hint says of whom it is asked."""
    hints = [
        str(question.hint),
        str(ONLY_OF.get(Attendance(question.asked_of), "")) if question.asked_of and told else "",
    ]
    # Words that stand in for a missing translation are marked with their own language (WCAG 3.1.2).
    options: dict[str, Any] = {"label": text(question.words), "help_text": " ".join(filter(None, hints))}
    choices = [(str(choice.pk), str(choice.words)) for choice in question.choices.all()]
    match question.kind:
        case Question.Kind.YES:
            return forms.BooleanField(**options)
        case Question.Kind.ONE:
            return forms.ChoiceField(choices=[("", NOTHING_CHOSEN), *choices], **options)
        case Question.Kind.SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)
        case Question.Kind.TEXT:
            return TextField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **options)
    return LineField(max_length=200, **options)


class QuestionForm(MarkedForm, ForVerb):
    """A question; its choices are a formset beside it."""

    marked = verbs.MARKED
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

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = Question.Kind.choices
        self.fields["order"].required = False
        if self.instance.pk:
            self.stand_on(self.instance)
        self.tell_translations(["words"], summit.languages[0])

    def values(self) -> dict[str, Any]:
        data = {name: value for name, value in self.cleaned_data.items() if name in verbs.EDITABLE}
        return {**data, "order": data.get("order") or 0}


class ChoiceForm(forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    words = TranslatedFormField(label=_("Answer to choose"), required=False, max_length=120)
    order = forms.IntegerField(label=_("Order"), required=False, min_value=0, max_value=999)


class ChoiceFormSet(forms.BaseFormSet[ChoiceForm]):
    def wordings(self) -> list[verbs.Wording]:
        """Those with words, by their order; those without a number come last, as they stand."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data.get("words")]
        said.sort(key=lambda data: LAST if data["order"] is None else data["order"])
        return [verbs.Wording(data["pk"], data["words"]) for data in said]


Choices: Any = forms.formset_factory(
    ChoiceForm, formset=ChoiceFormSet, extra=EMPTY_ROWS, max_num=MOST_CHOICES, absolute_max=MOST_CHOICES
)


def choices_of(question: Question | None, data: Any = None) -> Any:
    rows = question.choices.all() if question else []
    initial = [{"pk": choice.pk, "words": choice.words, "order": number} for number, choice in enumerate(rows, 1)]
    return Choices(data, initial=initial, prefix="choices")
