"""Forms of the workspace's detail pages that more than one subject needs: spans of time, and rooms."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from summit.editing import inline_edits, pages
from summit.editing.revising import Overtaken
from summit.lib.codes import session_code
from summit.lib.fields import ForVerb, LineField, MomentInput, this_century
from summit.models import Page, Room, Summit
from summit.models.place import RoomAccess, validate_slug

Span = tuple[datetime, datetime]


class SpanForm(forms.Form):
    """One span of time; empty means none. Times are read in the active zone: activate the summit's."""

    starts_at = forms.DateTimeField(label=_("From"), required=False, widget=MomentInput, validators=[this_century])
    ends_at = forms.DateTimeField(label=_("Until"), required=False, widget=MomentInput, validators=[this_century])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if self.errors:
            return data
        if (starts is None) != (ends is None):
            raise ValidationError(_("Give both a beginning and an end, or neither."))
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The end lies before the beginning."))
        return data


class SpanFormSet(forms.BaseFormSet[SpanForm]):
    def __init__(self, data: Any = None, *, spans: list[Span], prefix: str = "spans") -> None:
        initial = [{"starts_at": starts, "ends_at": ends} for starts, ends in spans]
        super().__init__(data, initial=None if data is not None else initial, prefix=prefix)

    def spans(self) -> list[Span]:
        """The spans given, in order; those that overlap or touch are one."""
        given = sorted(
            (form.cleaned_data["starts_at"], form.cleaned_data["ends_at"])
            for form in self.forms
            if form.cleaned_data.get("starts_at") and form not in self.deleted_forms
        )
        joined: list[Span] = []
        for starts, ends in given:
            if joined and starts <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
            else:
                joined.append((starts, ends))
        return joined


Spans: Any = forms.formset_factory(SpanForm, formset=SpanFormSet, extra=2, can_delete=True, max_num=40, absolute_max=40)


def object_in(sent: str) -> dict[str, Any]:
    """The JSON object a hidden field carries; what is none counts as empty."""
    try:
        found = json.loads(sent or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class VersionedForm(forms.Form):
    """A form that stands on values somebody else may change meanwhile; ``form_versions`` are those of the values it was made from.

    See :func:`summit.editing.inline_edits.value_version`. ``versioned`` names the values.
    """

    form_versions = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)
    versioned: Collection[str] = ()

    def stand_on(self, thing: inline_edits.Standing) -> None:
        self.fields["form_versions"].initial = json.dumps(inline_edits.value_versions(thing, self.versioned))

    def clean_form_versions(self) -> dict[str, str]:
        found = object_in(self.cleaned_data["form_versions"])
        return {name: was for name, was in found.items() if name in self.versioned and isinstance(was, str)}

    def over(self, refusal: Overtaken) -> Self:
        """What was typed, to be saved over the state as it is now once its owner has seen that."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["form_versions"] = json.dumps(inline_edits.value_versions(refusal.details["now"], self.versioned))
        self.data = data
        return self


class RoomForm(VersionedForm, ForVerb):
    """All of a room, or its texts alone."""

    venue_name = LineField(label=_("Name of the building"), max_length=120, required=False)
    picture = forms.FileField(
        label=_("Floor plan"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_(
            "JPEG, PNG or WebP of at most 10 MB, at least 300 by 200 pixels: where the room is, and how to get there."
        ),
    )
    no_picture = forms.BooleanField(label=_("Take the floor plan away"), required=False)
    access = forms.MultipleChoiceField(
        label=_("Accessibility"), choices=RoomAccess.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Room
        fields = ("name", "venue", "capacity", "booths", "access", "step_free_way", "description", "floor_plan_alt", "stream_url",
                  "order")  # fmt: skip
        help_texts = {
            "step_free_way": _("From the entrance to the room without steps: lifts, ramps, doors."),
            "floor_plan_alt": _("In words, for those who cannot see the floor plan."),
        }

    def __init__(self, *args: Any, summit: Summit, texts_alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        self.versioned = inline_edits.TEXTS_OF_ROOMS if texts_alone else inline_edits.VERSIONED_OF_ROOMS
        venue: Any = self.fields["venue"]
        venue.queryset = summit.venues.all()
        if summit.venues.exists():
            del self.fields["venue_name"]
            if not self.instance.venue_id and summit.venues.count() == 1:
                # There is nothing to choose.
                self.initial["venue"] = summit.venues.get().pk
        else:
            del self.fields["venue"]
            self.fields["venue_name"].required = True
        self.fields["access"].initial = self.instance.access
        if not self.instance.floor_plan:
            del self.fields["no_picture"]
        if not self.instance.pk:
            del self.fields["picture"]
        self.fields["order"].required = False
        if self.instance.pk:
            self.stand_on(self.instance)
        self.tell_translations(inline_edits.TEXTS_OF_ROOMS, summit.languages[0])
        if texts_alone:
            kept = {*inline_edits.TEXTS_OF_ROOMS, "form_versions"}
            self.fields = {name: field for name, field in self.fields.items() if name in kept}

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0

    def values(self) -> dict[str, Any]:
        apart = {"form_versions", "venue_name", "picture", "no_picture"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    def sent_picture(self) -> bytes | None:
        """As :func:`summit.editing.rooms_and_hours.edit` takes it."""
        sent = self.cleaned_data.get("picture")
        if sent:
            return bytes(sent.read())
        return b"" if self.cleaned_data.get("no_picture") else None

    def code(self) -> str:
        """The part of the address of a new room, from its English name where that makes one."""
        slug = slugify(self.cleaned_data["name"].get("en", ""))[:40].strip("-")
        free = (
            slug[:1].isalpha() and len(slug) > 1 and not self.summit.rooms.filter(code=slug).exists() and slug != "new"
        )
        return slug if free else f"room-{session_code().lower()}"


class PageForm(VersionedForm, ForVerb):
    """A standing page; or its texts alone."""

    slug = forms.CharField(
        label=_("Address"),
        max_length=50,
        required=False,
        validators=[validate_slug],
        help_text=_("The part of the address; permanent once people have links to it."),
    )

    class Meta:
        model = Page
        fields = pages.EDITABLE

    def __init__(self, *args: Any, summit: Summit, texts_alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        self.versioned = pages.TEXTS if texts_alone else pages.EDITABLE
        if self.instance.pk:
            self.stand_on(self.instance)
            del self.fields["slug"]
        if texts_alone:
            self.fields = {
                name: field for name, field in self.fields.items() if name in {*pages.TEXTS, "form_versions"}
            }
        else:
            self.fields["order"].required = False
        self.tell_translations(pages.TEXTS, summit.languages[0])
        body: Any = self.fields["body"].widget
        for part in body.widgets:
            part.attrs["rows"] = 16

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "slug" in self.fields and not self.errors:
            data["slug"] = data.get("slug") or slugify(data["title"].get("en", ""))[:50].strip("-")
            if not data["slug"] or data["slug"] == "new":
                self.add_error("slug", _("Write an address in small letters, digits and hyphens."))
            elif self.summit.pages.filter(slug=data["slug"]).exists():
                self.add_error("slug", _("Another page has this address."))
        return data

    def values(self) -> dict[str, Any]:
        """What :func:`summit.editing.pages.edit` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name in pages.EDITABLE}

    @property
    def previews(self) -> list[tuple[str, str, str]]:
        """(language, its name, words) of what was typed."""
        said = self.cleaned_data.get("body") or {}
        return [(code, get_language_info(code)["name_local"], words) for code, words in said.items() if words]
