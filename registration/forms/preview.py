"""The registration form as somebody would find it, for those who make it."""

from collections.abc import Mapping
from typing import Any, Self, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.forms.person import RegistrationForm
from registration.models import Category
from registration.models.attendance import offered
from summit.lib.translated import active_language, own_name
from summit.models import Summit


class SeenAsForm(forms.Form):
    """As whom the form is looked at, and in which language."""

    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), required=False, empty_label=_("Anybody")
    )
    attendance = forms.ChoiceField(label=_("Attendance"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    shown_in: str

    def __init__(self, *args: Any, summit: Summit) -> None:
        super().__init__(*args)
        category, attendance, language = (
            cast("Any", self.fields[name]) for name in ("category", "attendance", "language")
        )
        category.queryset = summit.categories.all()
        attendance.choices = [("", _("Either way")), *((way.value, way.label) for way in offered(summit.mode))]
        language.choices = [(code, own_name(code)) for code in summit.languages]

    @classmethod
    def of(cls, asked: Mapping[str, str], summit: Summit) -> Self:
        """With what was asked for; at first in the language that the page is read in, where the summit has it."""
        read = active_language()
        first = read if read in summit.languages else summit.languages[0]
        form = cls({"language": first, **{name: asked[name] for name in asked}}, summit=summit)
        form.is_valid()
        form.shown_in = form.cleaned_data.get("language") or first
        return form


class SeenForm(RegistrationForm):
    """The form with the questions that are put to people of the category ``as_whom`` who come in a ``way``; None and
    "" for whoever it is."""

    def __init__(self, *args: Any, as_whom: Category | None, way: str, **kwargs: Any) -> None:
        self.as_whom, self.way = as_whom, way
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "category": as_whom, "attendance": way}

    def put_questions(self) -> None:
        self.ask(self.summit, attendance=self.way, category=self.as_whom.pk if self.as_whom else None)
