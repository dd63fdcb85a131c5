"""Forms of tracks, deadlines, links and where a session takes place."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from sessions.imports.tables.column_mapping import TABLES, fields, guess, missing
from sessions.models import Deadline, ImportJob, Material, Session, Task, Track
from sessions.models.session import check_times
from sessions.planning import tracks as verbs
from summit.forms.details import VersionedForm
from summit.lib.colour import proposals
from summit.lib.fields import MomentInput, TellingForm, this_century
from summit.lib.translated import TranslatedFormField
from summit.lib.weblinks import validate_web_link
from summit.models import Membership, Role, Room, Summit
from summit.models.summit import validate_colour


class TrackForm(VersionedForm, TellingForm):
    """A track's name, theme and summary in each language, its colour, and how it is worked on; or the texts alone."""

    colour = forms.CharField(
        label=_("Colour"),
        validators=[validate_colour],
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Text and tints with enough contrast are made from it, for light and dark."),
    )

    proposal = forms.ChoiceField(label=_("Or one of these"), required=False, widget=forms.RadioSelect)
    leads = forms.ModelMultipleChoiceField(
        Membership.objects.none(), label=_("Track leads"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Members of the team with the role of a track lead, invited ones too."),
    )  # fmt: skip

    class Meta:
        model = Track
        fields = ("name", "theme", "summary", "colour", "slug", *verbs.WORKING)
        help_texts = {
            "slug": _("The part of the address; permanent once people have links to it."),
            "target_women": _("Counted among those who declared their gender; nobody's is guessed."),
        }

    def __init__(self, *args: Any, texts_alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versioned = verbs.TEXTS if texts_alone else verbs.VERSIONED
        summit = self.instance.summit
        others = summit.tracks.exclude(pk=self.instance.pk).values_list("colour", flat=True)
        self.proposed = proposals(others)
        proposal, leads = self.fields["proposal"], self.fields["leads"]
        proposal.choices = [(colour, colour) for colour in self.proposed]  # type: ignore[attr-defined]
        leads.queryset = summit.memberships.filter(role=Role.TRACK_LEAD).select_related("user")  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["slug"]
            leads.initial = list(self.instance.leads.all())
            self.stand_on(self.instance)
        else:
            self.fields["slug"].required = False
        if texts_alone:
            self.fields = {
                name: field for name, field in self.fields.items() if name in {*verbs.TEXTS, "form_versions"}
            }
        self.tell_translations(verbs.TEXTS, summit.languages[0])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "slug" in self.fields and not self.errors:
            slug = data.get("slug") or slugify(data["name"].get("en", ""))[:40]
            if not slug or not slug[0].isalpha():
                slug = f"track-{slug or Track.objects.filter(summit=self.instance.summit).count() + 1}"
            if slug in {"new", "order"}:
                self.add_error("slug", _("This address is taken by a page of ours; choose another."))
            if Track.objects.filter(summit=self.instance.summit, slug=slug).exists():
                self.add_error("slug", _("Another track has this address."))
            data["slug"] = slug
        if data.get("proposal"):
            data["colour"] = data["proposal"]
        return data


# Nobody plans further away; and the first and last days of the calendar exist in no other time zone.
FAR = timedelta(days=400)


def check_near(summit: Summit, *moments: datetime | None) -> None:
    """Raises ``ValidationError`` for a moment far from the summit: a slip of the year."""
    noon = datetime.combine(summit.starts_on, time(12), tzinfo=UTC)
    for moment in moments:
        # Without their zones: a difference between those could leave the calendar.
        if moment and abs(moment.replace(tzinfo=UTC) - noon) > FAR:
            raise ValidationError(_("This is more than a year away from the summit."))


class PlacementForm(forms.Form):
    """Where and when a session shall be. Times are read in the active zone: activate the summit's.

    ``version`` is the version of the plan the form was made from; without it nothing is compared.
    """

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    starts_at = forms.DateTimeField(label=_("Starts"), required=False, widget=MomentInput)
    ends_at = forms.DateTimeField(label=_("Ends"), required=False, widget=MomentInput)
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), required=False, empty_label=_("No room yet"))
    cancelled = forms.BooleanField(label=_("Cancelled"), required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = session.summit
        room: Any = self.fields["room"]
        room.queryset = session.summit.rooms.all()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            check_near(self.summit, data.get("starts_at"), data.get("ends_at"))
            check_times(data.get("starts_at"), data.get("ends_at"))
        return data

    def made_from(self, version: int) -> "PlacementForm":
        """The form as it was filled in, to be compared with another version of the plan."""
        self.data = {**dict(self.data.items()), "version": version}
        return self


class NoteForm(forms.Form):
    """What is said about a version, in each language."""

    note = TranslatedFormField(
        label=_("What is new?"),
        help_text=_("Shown on the page of changes and in the feed. May be empty."),
        required=False,
        long=True,
        max_length=1000,
    )


class DeadlinesForm(VersionedForm):
    """When each task is due, in the active zone: activate the summit's. Empty: no deadline."""

    versioned = Task.values

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        self.rows = {row.task: row for row in Deadline.objects.filter(summit=summit)}
        initial = {task: row.due_at for task, row in self.rows.items()}
        # Another form with form_versions of its own stands on the same page.
        super().__init__(*args, **{"auto_id": "due_%s", **kwargs, "initial": initial})
        for task, label in Task.choices:
            self.fields[task] = forms.DateTimeField(
                label=label, required=False, widget=MomentInput, validators=[this_century]
            )
        self.stand_on(initial)

    def due(self) -> dict[str, datetime | None]:
        """What :func:`sessions.planning.reminding.set_deadlines` takes."""
        return {task: self.cleaned_data[task] for task in Task.values}

    def reminded(self, task: str) -> datetime | None:
        row = self.rows.get(task)
        return row.reminded_at if row else None


class MaterialForm(forms.ModelForm[Material]):
    """A link to slides, a recording or anything else that belongs to a session."""

    class Meta:
        model = Material
        fields = ("kind", "url", "title", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=[("", "–"), *names.items()]
        )

    def values(self) -> dict[str, Any]:
        """What :func:`sessions.editing.materials.add` takes."""
        data = self.cleaned_data
        return {"kind": data["kind"], "url": data["url"], "title": data["title"].public(), "language": data["language"]}


class TableForm(forms.Form):
    """A table to bring in, and what it is about."""

    table = forms.ChoiceField(label=_("What does it hold?"), choices=list(TABLES.items()), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"), help_text=_("CSV, XLSX or OpenDocument (.ods) with one row of headings; at most 20 MB.")
    )


# Columns that say of people what they have to agree to being kept.
NEEDS = frozenset({"access_needs", "dietary_needs"})


class ColumnsForm(forms.Form):
    """For each column of a table, what it means: ``column-<n>`` is the key of a field, or empty. ``without`` are fields that
    are not offered."""

    def __init__(
        self,
        *args: Any,
        table: str,
        languages: Iterable[str],
        headings: list[str],
        without: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        known = [field for field in fields(table, languages) if field.name not in without]
        guessed = guess(headings, known)
        choices = [("", _("Leave out")), *((f.key, f"{f.label} *" if f.needed else f.label) for f in known)]
        self.table, self.names = table, [f"column-{number}" for number in range(len(headings))]
        for name, heading, key in zip(self.names, headings, guessed, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=heading or _("(no heading)"), choices=choices, required=False, initial=key
            )

        if table == "registrations":
            self.fields["agreed"] = forms.BooleanField(
                label=_("They agree that what I say about their health, religion and the like is kept, to arrange what they need."),
                required=False,
                help_text=_("Needed only if a column says what somebody needs. They can withdraw it; then what was said is erased."),
            )  # fmt: skip

    def columns(self) -> list[str]:
        return [self.cleaned_data.get(name, "") for name in self.names]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        mapped = [key for key in self.columns() if key]
        if "agreed" in self.fields and not NEEDS.isdisjoint(mapped) and not data.get("agreed"):
            self.add_error("agreed", _("Ask them whether they agree to it, or leave out what they need."))
        for name in self.names:
            if data.get(name) and mapped.count(data[name]) > 1:
                self.add_error(name, _("Another column is mapped to this as well."))
        if not self.errors and missing(self.table, mapped):
            self.add_error(
                None, _("Map a column to the name or the code; without one of them no row can be understood.")
            )
        return data


class MappingForm(ColumnsForm):
    """The columns of an import. A sheet of sessions may name people and rooms the summit does not have; ``make_missing``
    has them made."""

    def __init__(self, *args: Any, job: ImportJob, headings: list[str], **kwargs: Any) -> None:
        # What was ticked before a table is mapped once more.
        kwargs["initial"] = job.mapping
        super().__init__(*args, table=job.table, languages=job.summit.languages, headings=headings, **kwargs)
        if job.table == "sessions":
            self.fields["make_missing"] = forms.BooleanField(
                label=_("Make people and rooms that are not there yet"), required=False,
                help_text=_("Otherwise a row that names somebody or a room the summit does not have is refused. What is made is said before anything is written."),
            )  # fmt: skip

    def ticked(self) -> dict[str, bool]:
        """What :func:`sessions.imports.jobs.map_columns` takes beside the columns."""
        return {name: bool(self.cleaned_data.get(name)) for name in ("make_missing", "agreed")}


class AnswerForm(forms.Form):
    """A person's answer about one appearance."""

    answer = forms.ChoiceField(choices=[("yes", _("I take part")), ("no", _("I cannot take part"))])
    recording = forms.ChoiceField(choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))], required=False)

    def values(self) -> dict[str, Any]:
        """What :func:`sessions.editing.session_edits.answer` takes."""
        recording = {"yes": True, "no": False}.get(self.cleaned_data["recording"])
        return {"confirmed": self.cleaned_data["answer"] == "yes", "recording": recording}


class EmailForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class SlidesForm(forms.Form):
    """Slides as a file, or as a link to where they lie."""

    title = TranslatedFormField(label=_("Title"), required=False, max_length=200)
    file = forms.FileField(label=_("File"), required=False, help_text=_("PDF, PPTX or ODP, at most 20 MB."))
    url = forms.CharField(label=_("Or a link"), required=False, max_length=1000, validators=[validate_web_link])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("file")) == bool(data.get("url")):
            self.add_error("file", _("Choose a file or write a link, one of them."))
        return data


class OrderForm(forms.Form):
    """One track one place up or down."""

    slug = forms.SlugField()
    direction = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])


class ImportForm(forms.Form):
    """A file with an agenda, and how to read it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("schedule.xml, schedule.json, iCalendar, or our sheet as CSV, XLSX or .ods; at most 20 MB."),
    )
    language = forms.ChoiceField(
        label=_("Language of the texts"), required=False, help_text=_("Where the file does not say it itself.")
    )
    cancel_gone = forms.BooleanField(
        label=_("Cancel sessions the file does not have"),
        required=False,
        help_text=_("Otherwise they are only listed and stay as they are."),
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(settings.LANGUAGES)
        language: Any = self.fields["language"]
        language.choices = [("", _("As in the file")), *((code, known.get(code, code)) for code in summit.languages)]
