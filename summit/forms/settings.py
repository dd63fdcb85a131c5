"""Forms of the summit's own settings."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from summit.accounts.team import explained
from summit.editing import summit_settings
from summit.forms.details import VersionedForm
from summit.lib.text import clean_line
from summit.models import Role, Summit


class EditingRulesForm(VersionedForm):
    """Who needs a second factor, how short a break may be, and whether hosts and speakers may still edit."""

    versioned = summit_settings.EDITABLE

    frozen = forms.BooleanField(
        label=_("Close editing for hosts and speakers"),
        required=False,
        help_text=_("They still see everything. Organisers can go on editing."),
    )
    shortest_break = forms.IntegerField(
        label=_("Shortest break between sessions (minutes)"),
        min_value=0,
        max_value=240,
        help_text=_("In one room, and for one person who changes rooms. The plan points out where it is shorter."),
    )
    two_factor_roles = forms.MultipleChoiceField(
        label=_("Roles that need a second factor"),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever has none yet is asked to set one up before anything opens."),
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        self.summit = summit
        initial = {"frozen": summit.editing_frozen_at is not None, "shortest_break": summit.shortest_break,
                   "two_factor_roles": summit.two_factor_roles}  # fmt: skip
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.stand_on(summit)

    def values(self) -> dict[str, Any]:
        """What :func:`summit.editing.summit_settings.set_editing_rules` takes; a freeze that stands keeps its moment."""
        data = self.cleaned_data
        frozen_at = (self.summit.editing_frozen_at or timezone.now()) if data["frozen"] else None
        return {"editing_frozen_at": frozen_at, "shortest_break": data["shortest_break"],
                "two_factor_roles": data["two_factor_roles"]}  # fmt: skip


class RoleRadio(forms.RadioSelect):
    """Each role with what it allows under it."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["hint"] = explained(str(value))
        return option


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER, widget=RoleRadio)
    language = forms.ChoiceField(label=_("Language of the mail"))

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [(code, get_language_info(code)["name_local"]) for code in summit.languages]

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])
