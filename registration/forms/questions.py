"""Forms around questions: asking them, and making them."""

from functools import partial
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.models import Attendance, Audience, Category, Choice, Question
from registration.models.question import KEPT_FOR
from registration.registering import questions as verbs
from summit.forms.details import VersionedForm
from summit.lib.fields import ForVerb
from summit.lib.text import number
from summit.lib.translated import TranslatedFormField
from summit.models import Summit

MOST_CHOICES = 30
EMPTY_ROWS = 3
LAST = 1_000
# The fields of the form of a question by what they are about.
GROUPS = (
    (_("What is asked"), ("words", "hint", "kind", "section", "order", "is_asked", "required")),
    (_("Of whom"), ("asked_of", "categories", "after")),
    (_("What may be answered"), ("lowest", "highest", "suggested")),
    (_("What becomes of the answers"), ("purpose", "audience", "kept_for", "sensitive")),
)


class QuestionForm(VersionedForm, ForVerb):
    """A question, or its texts alone; its choices are a formset beside it."""

    asked_of = forms.ChoiceField(
        label=_("Asked of"),
        required=False,
        choices=[("", _("Everybody")), *Attendance.choices],
        widget=forms.RadioSelect,
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.none(),
        label=_("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    # Each value is "<key of the question>:<answer>".
    after = forms.MultipleChoiceField(
        label=_("Only after one of these answers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of one other question. None chosen: whatever was answered."),
    )

    class Meta:
        model = Question
        fields = tuple(name for name in verbs.EDITABLE if name not in {"depends_on", "depends_values"})
        widgets = {"audience": forms.RadioSelect(), "suggested": forms.Textarea(attrs={"rows": 4})}
        labels = {"words": _("Question"), "hint": _("Hint"), "kind": _("Kind of answer"), "order": _("Order"),
                  "required": _("Must be answered"), "sensitive": _("Health, religion or the like: erased 30 days after the summit"),
                  "is_asked": _("Ask it in the form")}  # fmt: skip
        help_texts = {
            "sensitive": _("Whoever answers agrees to it beforehand, by a tick of its own."),
            "purpose": _("Why you must know. It stands under the question and in the privacy notice."),
            "kept_for": _("After so many days the answers are erased. At most 365."),
            "lowest": _("For numbers alone."),
            "highest": _("For numbers alone."),
            "suggested": _("For organisations alone: one a line. Hosts of the summit are proposed as well."),
        }

    def __init__(self, *args: Any, summit: Summit, texts_alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versioned = verbs.VERSIONED_TEXTS if texts_alone else verbs.VERSIONED
        kind: Any = self.fields["kind"]
        kind.choices = Question.Kind.choices
        for name in ("order", "audience", "kept_for"):
            self.fields[name].required = False
        self._offer(summit)
        if self.instance.pk:
            self.stand_on(self.instance)
            self.initial["categories"] = list(self.instance.categories.all())
            leads = [f"{self.instance.depends_on_id}:{value}" for value in self.instance.depends_values]
            self.initial["after"] = leads if self.instance.depends_on_id else []
        self.tell_translations(verbs.TEXTS, summit.languages[0])
        if texts_alone:
            self.fields = {
                name: field for name, field in self.fields.items() if name in {*verbs.TEXTS, "form_versions"}
            }

    def _offer(self, summit: Summit) -> None:
        """What there is to choose from in this summit; a field without a choice is none."""
        categories, section, after = (cast("Any", self.fields[name]) for name in ("categories", "section", "after"))
        categories.queryset, section.queryset = summit.categories.all(), summit.sections.all()
        section.empty_label = gettext("After the sections")
        leaders = summit.questions.in_order().exclude(pk=self.instance.pk).prefetch_related("choices")
        after.choices = [
            (str(leader), [(f"{leader.pk}:{value}", words) for value, words in verbs.answers_that_lead(leader).items()])
            for leader in leaders
            if leader.leads_on
        ]
        for name in ("section", "after"):
            field: Any = self.fields[name]
            if not (field.queryset.exists() if name == "section" else field.choices):
                del self.fields[name]

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """(heading, fields) in the order of :data:`GROUPS`."""
        found = [(label, [self[name] for name in names if name in self.fields]) for label, names in GROUPS]
        return [(label, fields) for label, fields in found if fields]

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0

    def clean_audience(self) -> str:
        return self.cleaned_data["audience"] or Audience.ORGANISERS

    def clean_kept_for(self) -> int:
        kept: int | None = self.cleaned_data["kept_for"]
        return KEPT_FOR if kept is None else kept

    def clean_after(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["after"]
        if len({one.partition(":")[0] for one in chosen}) > 1:
            raise ValidationError(_("Choose answers to one question alone."), code="several")
        return chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("sensitive") and not any((data.get("purpose") or {}).values()):
            self.add_error("purpose", _("Say what you need it for: people agree to exactly that."))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        values = {name: value for name, value in data.items() if name in {*verbs.EDITABLE, "categories"}}
        if "after" in data:
            pairs = [one.partition(":")[::2] for one in data["after"]]
            leader = Question.objects.filter(pk=pairs[0][0]).first() if pairs else None
            values |= {"depends_on": leader, "depends_values": [value for _key, value in pairs]}
        return values


class ChoiceForm(forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    words = TranslatedFormField(label=_("Answer to choose"), required=False, max_length=120)
    capacity = forms.IntegerField(label=_("Places"), required=False, min_value=0, max_value=1_000_000)
    has_waitlist = forms.BooleanField(label=_("Waitlist"), required=False)
    order = forms.IntegerField(label=_("Order"), required=False, min_value=0, max_value=999)


class ChoiceFormSet(forms.BaseFormSet[ChoiceForm]):
    def wordings(self) -> list[verbs.Wording]:
        """Those with words, by their order; those without a number come last, as they stand."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data.get("words")]
        said.sort(key=lambda data: LAST if data.get("order") is None else data["order"])
        return [
            verbs.Wording(data["pk"], data["words"], data.get("capacity"), data.get("has_waitlist", False))
            for data in said
        ]


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
            for name in ("order", "capacity", "has_waitlist"):
                del form.fields[name]
            form.fields["words"].required = True
    return rows


def _row(choice: Choice, order: int) -> dict[str, Any]:
    facts = {"capacity": choice.capacity, "has_waitlist": choice.has_waitlist}
    return {"pk": choice.pk, "words": choice.words, "order": order, **facts}


def with_new_choices(question: Question, data: Any) -> Any:
    """What was sent, and a row for each choice made meanwhile: saved again, none goes that nobody has seen."""
    data = data.copy()
    rows = number(data.get("choices-TOTAL_FORMS", ""), digits=4) or 0
    sent = {data.get(f"choices-{row}-pk") for row in range(rows)}
    for choice in question.choices.all():
        if str(choice.pk) in sent:
            continue
        texts = {f"words_{code}": words for code, words in choice.words.items()}
        facts = {"capacity": choice.capacity or "", **({"has_waitlist": "on"} if choice.has_waitlist else {})}
        for name, value in {"pk": choice.pk, **texts, **facts, "order": choice.order}.items():
            data[f"choices-{rows}-{name}"] = str(value)
        rows += 1
    data["choices-TOTAL_FORMS"] = str(rows)
    return data
