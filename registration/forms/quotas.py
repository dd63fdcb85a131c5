"""The form of a quota: its number, and whom it counts."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registration.forms.settings import WindowForm
from registration.models import Category, Choice, Delegation, Question, Quota
from registration.places import capacity
from registration.registering import quotas
from summit.lib import regions, times
from summit.lib.fields import Folded, MomentInput
from summit.lib.translated import active_language

WEEK = timedelta(days=7)
# Whom it counts stands together, before when and how.
ORDER = ("name", "capacity", "attendance", "categories", "delegations", "countries", "choices", "day_question", "days")


class QuotaForm(WindowForm):
    """A limit; of a basic one the way is what it is, and it has no further conditions."""

    categories = forms.ModelMultipleChoiceField(
        Category.objects.none(),
        label=_("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    delegations = forms.ModelMultipleChoiceField(
        Delegation.objects.none(),
        label=_("Delegations"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("None chosen: everybody, with a delegation or without."),
    )
    choices = forms.MultipleChoiceField(
        label=_("Answers"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_(
            "Whoever gives one of these counts; of several questions, whoever gives one of each. None chosen: everybody."
        ),
    )
    days = forms.MultipleChoiceField(
        label=_("Days"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever says in this question that they are there on one of these days counts."),
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries"),
        required=False,
        widget=Folded,
        help_text=_("None chosen: all of them."),
    )

    class Meta:
        model = Quota
        fields = quotas.EDITABLE
        widgets = {"attendance": forms.RadioSelect(), "opens_at": MomentInput(), "closes_at": MomentInput()}
        help_texts = {
            "capacity": _("Empty: no limit, only counted."),
            "has_waitlist": _("Whoever finds no place may wait for one."),
            "one_by_one": _("The next is offered a place when the one before has taken it or let it pass."),
            "is_paused": _("Places that become free are kept for nobody until this is taken away."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer_hours"].validators += [MinValueValidator(1), MaxValueValidator(24 * 30)]
        if self.instance.pk and self.instance.is_basic:
            for name in (
                "name",
                "attendance",
                "categories",
                "delegations",
                "countries",
                "choices",
                "day_question",
                "days",
            ):
                del self.fields[name]
            self.versioned = tuple(name for name in self.versioned if name in self.fields)
            return
        self.fields["name"].required = True
        if not self.summit.delegations.exists():
            del self.fields["delegations"]
        self._offer_answers()
        self.order_fields(ORDER)
        for name in ("categories", "delegations"):
            if name not in self.fields:
                continue
            named: Any = self.fields[name]
            named.queryset = getattr(self.summit, name).all()
            if self.instance.pk:
                named.initial = list(getattr(self.instance, name).all())
        countries_field: Any = self.fields["countries"]
        countries_field.choices = regions.grouped(active_language(), gettext("Elsewhere"))

    def _offer_answers(self) -> None:
        """The answers of the form's questions, and the days where a question asks for some."""
        rows = self.summit.questions.asked_or_answered().in_order().prefetch_related("choices")
        offered: list[Any] = [
            (str(each), [(str(choice.pk), str(choice)) for choice in each.choices.all()])
            for each in rows
            if each.has_choices
        ]
        of_days = [each for each in rows if each.kind in {Question.Kind.DATE, Question.Kind.DATES}]
        if offered:
            choices: Any = self.fields["choices"]
            choices.choices = offered
            choices.initial = [str(each.pk) for each in self.instance.choices.all()] if self.instance.pk else []
        else:
            del self.fields["choices"]
        if of_days:
            asked: Any = self.fields["day_question"]
            asked.queryset = self.summit.questions.filter(pk__in=[each.pk for each in of_days])
            asked.empty_label = gettext("Days do not matter")
            days: Any = self.fields["days"]
            days.choices = self._days()
        else:
            del self.fields["day_question"], self.fields["days"]
            self.versioned = tuple(name for name in self.versioned if name in self.fields)

    def _days(self) -> list[tuple[str, str]]:
        """Those of the summit, of the week before and after, and those that are kept."""
        first, last = self.summit.starts_on - WEEK, self.summit.ends_on + WEEK
        found = {(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)} | set(
            self.instance.days
        )
        return [(day, times.day_label(date.fromisoformat(day), active_language())) for day in sorted(found)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "days" in self.fields and bool(data.get("days")) != bool(data.get("day_question")):
            missing = "days" if data.get("day_question") else "day_question"
            self.add_error(missing, _("A question and at least one day belong together."))
        return data

    def values(self) -> dict[str, Any]:
        found = super().values()
        named = {name: self.cleaned_data[name] for name in quotas.NAMED if name in self.fields}
        if "choices" in named:
            named["choices"] = Choice.objects.filter(question__summit=self.summit, pk__in=named["choices"])
        return found | named

    def follows(self) -> list[str]:
        """How many hold a place in it as it is typed, and what a lower number means."""
        if not (self.instance.pk or self.is_bound):
            return []
        held = capacity.held(self._counted())
        found = [ngettext("%(number)d holds a place now.", "%(number)d hold a place now.", held) % {"number": held}]
        limit = self.typed("capacity")
        if limit is not None and limit < held:
            fewer = ngettext(
                "%(number)d more than there are then. Nobody loses theirs; the next come in when that many have left.",
                "%(number)d more than there are then. Nobody loses theirs; the next come in when that many have left.",
                held - limit,
            )
            found.append(fewer % {"number": held - limit})
        return found

    def _counted(self) -> capacity.Counted:
        """With the conditions that were typed, else those that are kept."""
        if self.is_bound and not (self.instance.pk and self.instance.is_basic):
            named = self.values()
            return capacity.counted(
                self.instance, **{name: [row.pk for row in named.get(name, ())] for name in quotas.NAMED}
            )
        return next(each for each in capacity.quotas(self.summit) if each.quota.pk == self.instance.pk)
