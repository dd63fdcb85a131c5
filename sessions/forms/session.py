"""The editor's form of one session: texts in every language, facts, hosts, and what only the team sees."""

from collections.abc import Collection
from typing import Any

from babel import Locale
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from sessions.editing import session_edits
from sessions.models import Session, SessionAccess
from speakers.models import Organisation
from summit.editing.revising import Overtaken
from summit.lib.fields import ForVerb
from summit.lib.text import clean_text
from summit.lib.translated import TranslatedFormField, active_language
from summit.models import Summit

# Offered for what is spoken and interpreted, beside whatever a session already names (ISO 639-1).
SPOKEN = ("ko", "en", "fr", "es", "ar", "ru", "zh", "ja", "pt", "id", "sw", "ka", "et")
LONG = {"notes", "technical_sheet", "access_needs", "time_wishes", "run_of_show"}
HOSTS_MORE = 2
WHOLE = (*session_edits.OF_TEAM, "hosts")


def spoken(*more: str) -> list[tuple[str, str]]:
    """Languages as (code, name in the reader's language)."""
    names = Locale.parse(active_language()).languages
    return [(code, names.get(code, code)) for code in dict.fromkeys([*SPOKEN, *more]) if code]


class Several(forms.Select):
    """As many selects as there are values and two more, each named after its place: an ordered choice."""

    template_name = "sessions/organiser/_several.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        found = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name) or []
        return [value for value in found if value]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen = [getattr(one, "pk", one) for one in value or []]
        context = super().get_context(name, None, attrs)
        context["widget"]["parts"] = [
            super(Several, self).get_context(name, one, {**(attrs or {}), "id": f"id_{name}_{n}"})["widget"]
            for n, one in enumerate([*chosen, *[""] * HOSTS_MORE], 1)
        ]
        return context

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_1"


class HostsField(forms.ModelMultipleChoiceField):
    """Organisations in the order they are named; the same one twice is once."""

    def clean(self, value: Any) -> list[Organisation]:  # type: ignore[override]
        found = {str(row.pk): row for row in super().clean(list(dict.fromkeys(value or [])))}
        return [found[key] for key in dict.fromkeys(str(pk) for pk in value or []) if key in found]


class SessionForm(ForVerb):
    """The fields that somebody ``may`` write; ``version`` is the state the form was made from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Session
        fields = ("title", "abstract", "plain_summary", "track", "kind", "mode", "number", "language", "featured",
                  "held_back", "do_not_record", "open_online", "takes_questions", "asks_first", "keeps_answers", "technical_sheet", "access_needs", "time_wishes", "run_of_show", "notes")  # fmt: skip
        help_texts = {
            "abstract": _("Markdown: **bold**, lists, links."),
            "run_of_show": _("Minute by minute, for the people on stage."),
            "notes": _("Only the team reads this."),
            "held_back": _("New versions leave it out until you take this off."),
            "technical_sheet": _("Microphones, screens, connections, recording."),
            "time_wishes": _("What the host asked for; the plan decides."),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in LONG}

    def __init__(self, *args: Any, summit: Summit, may: Collection[str] = WHOLE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = self.instance
        self.summit, self.may = summit, may
        self.fields["version"].initial = session.version if session.pk else None
        self._choices(session)
        self.fields = {name: field for name, field in self.fields.items() if name in {*may, "version"}}
        if session.is_published:
            # What is public already is cancelled, not kept back.
            self.fields.pop("held_back", None)
        self.tell_translations(session_edits.TEXTS, summit.languages[0])
        for name in LONG & self.fields.keys():
            self.fields[name].required = False

    def _choices(self, session: Session) -> None:
        track: Any = self.fields["track"]
        track.queryset = self.summit.tracks.all()
        track.empty_label = _("No track")
        self.fields["language"] = forms.ChoiceField(label=_("Language spoken"), choices=spoken(session.language))
        self.fields["interpretation"] = forms.MultipleChoiceField(
            label=_("Interpretation into"), required=False, choices=spoken(*(session.interpretation or [])),
            initial=session.interpretation, widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.fields["access"] = forms.MultipleChoiceField(
            label=_("Accessibility"), required=False, choices=SessionAccess.choices, initial=session.access,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        hosts = [h.organisation for h in session.hostings.select_related("organisation")] if session.pk else []
        self.fields["hosts"] = HostsField(
            Organisation.objects.filter(summit=self.summit), label=_("Hosts"), required=False, initial=hosts,
            widget=Several(), help_text=_("In the order of the bill."),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in LONG & data.keys():
            data[name] = clean_text(data[name])
        return data

    def values(self) -> dict[str, Any]:
        """What :func:`sessions.editing.session_edits.edit` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"version", "hosts"}}

    def over(self, refusal: Overtaken) -> "SessionForm":
        """What was typed, to be saved over the state as it is now once its owner has seen that."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(refusal.details["now"].version)
        self.data = data
        return self

    def blocks(self) -> list[tuple[str, Any, list[Any]]]:
        """(name, heading, fields) as the page shows them."""
        groups = [
            ("texts", _("Texts"), session_edits.TEXTS),
            ("facts", _("Facts"), ("track", "kind", "mode", "number", "hosts", "language", "interpretation", "access",
                                   "featured", "held_back", "do_not_record", "open_online")),
            ("audience", _("Audience"), ("takes_questions", "asks_first", "keeps_answers")),
            ("working", _("Working side"), ("technical_sheet", "access_needs", "time_wishes", "run_of_show", "notes")),
        ]  # fmt: skip
        found = [
            (name, title, [self[field] for field in names if field in self.fields]) for name, title, names in groups
        ]
        return [block for block in found if block[2]]

    def previews(self) -> list[tuple[str, str, str]]:
        """(language, label, text) of each long text as it was typed, for a look before saving."""
        found = []
        for name in ("abstract", "plain_summary"):
            field: Any = self.fields.get(name)
            if isinstance(field, TranslatedFormField):
                text = field.cleaned(
                    self[name].value() if isinstance(self[name].value(), list) else ["" for _c in field.codes]
                )
                found += [(code, str(field.label), text[code]) for code in field.codes if text.get(code)]
        return found
