"""Forms of the summit's own settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from summit.accounts.team import explained
from summit.editing import languages, summit_settings
from summit.forms.details import VersionedForm
from summit.lib.fields import ForVerb
from summit.lib.text import clean_line
from summit.lib.translated import Text, TranslatedField, own_name
from summit.models import Role, Summit


class FactsForm(VersionedForm, ForVerb):
    """Some facts of a summit; a verb sets them. What is said of them (:meth:`follows`) goes by what was typed."""

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, instance=summit)  # type: ignore[misc]
        self.summit = summit
        self.versioned = tuple(name for name in self._meta.fields or () if name in self.fields)
        self.stand_on(summit)
        columns = Summit._meta
        texts = [name for name in self.versioned if isinstance(columns.get_field(name), TranslatedField)]
        self.tell_translations(texts, summit.languages[0])

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.versioned if name in self.cleaned_data}

    def typed(self, name: str) -> Any:
        """The value as typed, where it is one, else as it is stored."""
        return getattr(self, "cleaned_data", {}).get(name, getattr(self.summit, name))

    def follows(self) -> list[str]:
        """Sentences: what people will see of it, or what happens then."""
        return []


class GeneralForm(FactsForm):
    class Meta:
        model = Summit
        fields = ("name", "short_name", "slogan", "summary", "organisers", "audience", "contact_email", "reply_to",
                  "timetable_note", "texts_note")  # fmt: skip
        help_texts = {
            "short_name": _("Stands in the corner of every page and in the subjects of mails. Empty: the name."),
            "summary": _("Two or three sentences: on the opening page, in search results, and where a link is shared."),
            "contact_email": _("Public: on the pages and at the end of mails."),
            "reply_to": _("Where answers to our mails go. Empty: to the contact address."),
            "timetable_note": _("Stands above the agenda."),
            "texts_note": _("Stands below the abstract of every session: who summarised or translated it."),
        }

    def follows(self) -> list[str]:
        brand: Text = self.typed("short_name") or self.typed("name")
        found = [gettext("In the corner of every page: %(words)s") % {"words": brand}]
        shared = f"{self.typed('name')} – {self.typed('summary')}".strip(" –")
        found.append(gettext("Where a link is shared: %(words)s") % {"words": shared})
        answers = self.typed("reply_to") or self.typed("contact_email")
        if answers:
            found.append(gettext("Answers to mails go to: %(address)s") % {"address": answers})
        else:
            found.append(gettext("Answers to mails go to the address of the installation, where nobody may read them."))
        return found


class LanguagesForm(FactsForm):
    """For each language of the installation its place, or none."""

    agreed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    class Meta:
        model = Summit
        fields = ()

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, summit=summit, **kwargs)
        self.versioned = ("languages",)
        self.stand_on(summit)
        self.codes = [code for code, _name in settings.LANGUAGES]
        places: list[tuple[str, Any]] = [("", _("Not offered"))]
        places += [(str(n), _("Place %(number)d") % {"number": n}) for n in range(1, len(self.codes) + 1)]
        for code in self.codes:
            now = str(summit.languages.index(code) + 1) if code in summit.languages else ""
            self.fields[code] = forms.ChoiceField(label=own_name(code), choices=places, initial=now, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        placed = sorted((int(data[code]), code) for code in self.codes if data.get(code))
        if not placed and not self.errors:
            raise ValidationError(_("A summit is written in at least one language."))
        if len({place for place, _code in placed}) < len(placed):
            raise ValidationError(_("Two languages have the same place."))
        data["languages"] = [code for _place, code in placed]
        return data

    def losses(self) -> list[languages.Loss]:
        return languages.losses(self.summit, self.typed("languages"))

    def agreement(self) -> str:
        return languages.agreement(self.losses())

    def follows(self) -> list[str]:
        wanted = self.typed("languages")
        found = [
            gettext("Pages are offered in this order: %(names)s") % {"names": ", ".join(own_name(c) for c in wanted)},
            gettext("Texts are written in %(name)s first; the others are translated from it.")
            % {"name": own_name(wanted[0])},
        ]
        for each in self.losses():
            found += self._lost(each)
        return found

    @staticmethod
    def _lost(each: languages.Loss) -> list[str]:
        name = own_name(each.language)
        found = [
            gettext("%(name)s is no longer offered; its texts stay stored and come back with it.") % {"name": name}
        ]
        words = ngettext(
            "%(number)d text is written in %(name)s alone and stands there where the others have none.",
            "%(number)d texts are written in %(name)s alone and stand there where the others have none.",
            each.texts,
        )
        found += [words % {"number": each.texts, "name": name}] if each.texts else []
        words = ngettext(
            "%(number)d person has registered in %(name)s: mails go on in it, with texts of the others where it has none.",
            "%(number)d people have registered in %(name)s: mails go on in it, with texts of the others where it has none.",
            each.registrations,
        )
        found += [words % {"number": each.registrations, "name": name}] if each.registrations else []
        words = ngettext(
            "%(number)d member of the team reads in %(name)s.", "%(number)d members of the team read in %(name)s.",
            each.members,
        )  # fmt: skip
        return [*found, words % {"number": each.members, "name": name}] if each.members else found


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
        option["hint"] = explained(str(value))
        return option


class RoleForm(forms.Form):
    """What a member of the team is."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=RoleRadio)


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER, widget=RoleRadio)
    language = forms.ChoiceField(label=_("Language of the mail"))

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [(code, own_name(code)) for code in summit.languages]

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])
