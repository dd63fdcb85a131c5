"""Fields whose choice is checked against what the form was made of, without asking the database again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registration.models import Category, Delegation
from registration.models.category import CategoryQuerySet
from summit.lib import countries
from summit.lib.translated import active_language
from summit.models import Summit


class CountryField(forms.ChoiceField):
    """Which countries there are is no question of how they are shown: ``choices`` are made when they are drawn."""

    def valid_value(self, value: Any) -> bool:
        return value in countries.names(active_language())


class CategoryField(forms.ModelChoiceField):
    """One of the categories that were read for the form."""

    def offer(self, queryset: CategoryQuerySet) -> None:
        self.queryset = queryset
        self.rows = {str(row.pk): row for row in queryset}
        self.choices = [(row.pk, str(row)) for row in self.rows.values()]

    def to_python(self, value: Any) -> Category | None:
        if value in self.empty_values:
            return None
        self.validate_no_null_characters(value)
        if str(value) not in self.rows:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
        return self.rows[str(value)]


def delegation_field(summit: Summit) -> forms.ModelChoiceField[Delegation]:
    """With which delegation somebody comes, or with none."""
    return forms.ModelChoiceField(
        summit.delegations.all(), required=False, label=_("Delegation"), empty_label=_("No delegation")
    )
