"""Forms of the small tables an owner keeps in the settings."""

from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from summit.editing import venues
from summit.forms.details import VersionedForm
from summit.lib import colour as colours
from summit.lib.codes import session_code
from summit.lib.fields import ForVerb, country_field
from summit.lib.translated import TranslatedField
from summit.models import Summit, Venue


class ColourInput(forms.TextInput):
    """A picker of colours, which cannot be empty: HTML takes no ``required`` there."""

    input_type = "color"

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class RowForm(VersionedForm, ForVerb):
    """A row of a summit, or its texts alone. Where it has a code, that comes from the English name and stays.

    ``wordings`` are fields of words that are kept in columns of another kind.
    """

    wordings: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, summit: Summit, texts_alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit, self.texts_alone = summit, texts_alone
        self.versioned = tuple(name for name in self._meta.fields or () if name in self.fields)
        columns = self._meta.model._meta
        texts = [name for name in self.versioned if isinstance(columns.get_field(name), TranslatedField)]
        self.tell_translations(texts, summit.languages[0])
        if texts_alone:
            self.versioned = (*texts, *self.wordings)
            kept = {*self.versioned, "form_versions"}
            self.fields = {name: field for name, field in self.fields.items() if name in kept}
        if self.instance.pk:
            self.stand_on(self.instance)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.versioned if name in self.cleaned_data}

    def code(self) -> str:
        """The part of the address of a new row."""
        model, slug = self._meta.model, slugify(self.cleaned_data["name"].get("en", ""))[:40].strip("-")
        free = slug[:1].isalpha() and len(slug) > 1 and slug != "new"
        taken = free and model._default_manager.filter(summit=self.summit, code=slug).exists()
        return slug if free and not taken else f"{model._meta.model_name}-{session_code().lower()}"

    def typed(self, name: str) -> Any:
        return getattr(self, "cleaned_data", {}).get(name, getattr(self.instance, name))

    def follows(self) -> list[str]:
        """Sentences: what people will see of it."""
        return []


def verdict(colour: str) -> list[str]:
    """What becomes of a colour: as a ground of white words, and as the colour of words."""
    ratio = colours.contrast(colour, "#ffffff")
    said = (
        gettext("White words on it: %(ratio)s to 1, enough to read.")
        if ratio >= 4.5
        else gettext(
            "White words on it: %(ratio)s to 1, too little to read (4.5 is needed). Words are made darker by themselves."
        )
    )
    shades = colours.palette(colour)
    return [
        said % {"ratio": f"{ratio:.1f}"},
        gettext("As the colour of words it becomes %(light)s on light pages and %(dark)s on dark ones.")
        % {"light": shades["ink"], "dark": shades["ink_dark"]},
    ]


class VenueForm(RowForm):
    picture = forms.FileField(
        label=_("Picture of the map"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP of at most 10 MB. A map or the building, at least 200 by 150 pixels."),
    )
    no_picture = forms.BooleanField(label=_("Take the picture away"), required=False)

    class Meta:
        model = Venue
        fields = venues.EDITABLE
        help_texts = {
            "map_url": _("A link to a map, beginning with https://."),
            "map_alt": _("In words, for those who cannot see the picture of the map."),
            "access": _("How to get there, and how to get in without steps."),
            "transport": _("Lines, stations and exits, and how far it is from there."),
            "hours": _("When the building opens and closes, on each day."),
            "entrances": _("Which one to take, and which has no steps."),
            "wifi": _("Name of the network and how to get in. Everybody can read it."),
            "help": _("Where the information desk, first aid and quiet rooms are, and a telephone number."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = country_field(self.instance.country, required=False)
        if not self.instance.map_picture:
            del self.fields["no_picture"]

    def sent_picture(self) -> bytes | None:
        """As :func:`summit.editing.venues.edit` takes it."""
        sent = self.cleaned_data.get("picture")
        if sent:
            return sent.read()
        return b"" if self.cleaned_data.get("no_picture") else None

    def follows(self) -> list[str]:
        where = ", ".join(
            str(words) for words in (self.typed("name"), self.typed("address"), self.typed("city")) if words
        )
        found = [gettext("On the opening page: %(words)s") % {"words": where}] if where else []
        if not self.typed("map_url"):
            found.append(gettext("There is no link to a map yet."))
        if not self.typed("access"):
            found.append(gettext("It is not said how to get there."))
        return found
