"""Forms of the workspace's pages of one person and one organisation."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from speakers.editing.portraits import NEAREST, Cut
from speakers.models import Organisation, Speaker
from speakers.models.speaker import SEALED
from summit.editing.revising import Overtaken
from summit.lib import countries, romanising
from summit.lib.codes import session_code
from summit.lib.fields import ForVerb, LineField, TextField
from summit.lib.translated import active_language
from summit.models import Summit


class VersionedForm(ForVerb):
    """A form that carries the version of the row it was made from, and leaves the row itself to a verb.

    With ``only`` it has these fields and no other.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    texts: tuple[str, ...] = ()

    def __init__(self, *args: Any, summit: Summit, only: Collection[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        # What is sealed of whoever is protected nobody writes.
        for name in SEALED if getattr(self.instance, "at_risk", False) else ():
            self.fields.pop(name, None)
        self.fields["version"].initial = self.instance.version
        if only is not None:
            self.fields = {name: field for name, field in self.fields.items() if name in {*only, "version"}}
        if "country" in self.fields:
            choices = [("", "–"), *countries.choices(active_language())]
            self.fields["country"] = forms.ChoiceField(label=_("Country"), required=False, choices=choices)
        self.tell_translations([name for name in self.texts if name in self.fields], summit.languages[0])

    def over(self, refusal: Overtaken) -> Any:
        """What was typed, to be saved over the state as it is now once its owner has seen that."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(refusal.details["now"].version)
        self.data = data
        return self

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class NamedForm(VersionedForm):
    """Says how readers of other languages see a name in Hangul until its own spelling is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = romanising.reading(self.instance.name, self.instance.name_romanised, "")
        if ours and "name_romanised" in self.fields:
            words = _("Until it is written here, pages in other languages show “%(name)s”, marked as romanised by us.")
            self.fields["name_romanised"].help_text = words % {"name": ours}


class PersonForm(NamedForm):
    """``private``: the address; ``notes``: what only the team reads. What people declared of themselves is theirs."""

    name = LineField(label=_("Name as written"), max_length=200)
    name_romanised = LineField(label=_("Name in Latin letters"), max_length=200, required=False)
    notes = TextField(
        label=_("Internal notes"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    texts = ("biography",)

    class Meta:
        model = Speaker
        fields = ("name", "name_romanised", "country", "email", "biography", "notes")

    def __init__(self, *args: Any, private: bool, notes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, shown in (("email", private), ("notes", notes)):
            if not shown:
                self.fields.pop(name, None)

    def values(self) -> dict[str, Any]:
        data = super().values()
        return {**data, **({"email": data["email"].lower()} if "email" in data else {})}


class OrganisationForm(VersionedForm):
    contact_name = LineField(label=_("Contact person (private)"), max_length=200, required=False)
    texts = ("name", "description")

    class Meta:
        model = Organisation
        fields = ("name", "kind", "country", "website", "description", "contact_name", "contact_email")

    def __init__(self, *args: Any, private: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not private:
            for name in ("contact_name", "contact_email"):
                self.fields.pop(name, None)

    def code(self) -> str:
        """The part of the address of a new organisation, from its English name where that makes one."""
        slug = slugify(self.cleaned_data["name"].get("en", ""))[:40].strip("-")
        taken = slug == "new" or self.summit.organisations.filter(code=slug).exists()
        return slug if slug[:1].isalpha() and len(slug) > 1 and not taken else f"org-{session_code().lower()}"


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = LineField(label=_("Name"), max_length=200, required=False)


class ProfileForm(NamedForm):
    """What a speaker writes about themselves."""

    name = LineField(label=_("Name as written"), max_length=200)
    name_romanised = LineField(label=_("Name in Latin letters"), max_length=200, required=False)
    texts = ("biography",)

    class Meta:
        model = Speaker
        fields = ("name", "name_romanised", "country", "biography", "gender", "region", "sector")
        labels = {"gender": _("Gender"), "region": _("Region"), "sector": _("Sector")}
        help_texts = {
            "gender": _("Voluntary. Counted for the balance of the programme, never shown with your name."),
            "region": _("Voluntary, likewise."),
            "sector": _("Voluntary, likewise."),
        }


class Slider(forms.IntegerField):
    """A number chosen by moving a handle."""

    widget = forms.NumberInput(attrs={"type": "range"})


class PortraitForm(forms.Form):
    """A picture, and which square of it is kept."""

    portrait = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, at most 10 MB. Where and with what it was taken is removed from the file."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": _("Choose a picture first.")},
    )
    near = Slider(label=_("How near"), initial=100, min_value=100, max_value=NEAREST)
    across = Slider(label=_("From left to right"), initial=50, min_value=0, max_value=100)
    down = Slider(label=_("From top to bottom"), initial=50, min_value=0, max_value=100)

    def cut(self) -> Cut:
        return Cut(self.cleaned_data["across"], self.cleaned_data["down"], self.cleaned_data["near"])
