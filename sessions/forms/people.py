"""Who is on stage of a session, as rows of a form: people of the summit, or somebody new by name."""

import math
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sessions.editing import session_edits
from sessions.imports.schedules.matching import key
from sessions.models import Appearance, Session
from speakers.models import Speaker
from summit.lib.text import clean_line
from summit.lib.translated import Text, TranslatedFormField
from summit.models import Summit, User

EMPTY_ROWS = 3
MOST = 60
# Between a name and a code, where both are written to say which of two people of one name is meant.
DOT = " · "


class Known:
    """The people of a summit as they are offered and found again. Two queries, whatever the number of rows."""

    def __init__(self, summit: Summit) -> None:
        self.by_code = Speaker.objects.filter(summit=summit).order_by("name", "code").by_code()
        self.people = list(dict.fromkeys(self.by_code.values()))
        self.by_name: dict[str, list[Speaker]] = {}
        for row in self.people:
            for name in {row.name, row.name_romanised} - {""}:
                self.by_name.setdefault(name.casefold(), []).append(row)

    def offered(self) -> list[str]:
        return [self.written(row) for row in self.people]

    @staticmethod
    def written(speaker: Speaker) -> str:
        return f"{speaker.name}{DOT}{speaker.code}"

    def find(self, words: str) -> list[Speaker]:
        """Who may be meant: the person of that code, or everybody of that very name."""
        _name, dot, code = words.rpartition(DOT)
        speaker = self.by_code.get(code) if dot else None
        # With a former code stands the name of the profile that is gone.
        if speaker and (speaker.code != code or words == self.written(speaker)):
            return [speaker]
        return self.by_name.get(words.casefold(), [])

    def alike(self, speaker: Speaker) -> list[Speaker]:
        """Others who may be the same person: their names read the same without spaces, or the address is the same."""
        return [row for row in self.people if row.pk != speaker.pk and _known_by(row) & _known_by(speaker)]


def _known_by(speaker: Speaker) -> set[str]:
    names = {key(name).replace(" ", "") for name in (speaker.name, speaker.name_romanised)}
    return (names | {speaker.email.casefold()}) - {""}


class PersonForm(forms.Form):
    """One row. Without a name nobody is meant."""

    person = forms.CharField(
        label=_("Person"), max_length=220, required=False, help_text=_("Somebody of the summit, or a new name."),
        widget=forms.TextInput(attrs={"list": "known-people", "autocomplete": "off"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail address of somebody new"), max_length=254, required=False,
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Role"), choices=Appearance.Role.choices, required=False)
    job_title = TranslatedFormField(label=_("Job title as billed"), required=False)
    affiliation = TranslatedFormField(label=_("Affiliation as billed"), required=False)

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def clean_person(self) -> str:
        return clean_line(self.cleaned_data["person"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        words = data.get("person", "")
        found = self.known.find(words) if words else []
        if len(found) > 1:
            self.add_error("person", _("Several people have this name. Choose one of the list."))
        if words and not found and DOT in words:
            self.add_error(
                "person", _("Nobody of the summit is meant by this. Choose one of the list, or write a new name.")
            )
        if not words and any(data.get(name) for name in ("email", "job_title", "affiliation")):
            self.add_error("person", _("Write the name as well."))
        data["speaker"] = found[0] if len(found) == 1 else None
        return data


class PeopleFormSet(forms.BaseFormSet[PersonForm]):
    """The people of a session in their order. The page shows ``known.offered()`` as the list to choose from."""

    def __init__(self, data: Any = None, *, session: Session) -> None:
        self.known = Known(session.summit)
        super().__init__(data, initial=None if data is not None else _rows(session), prefix="people")

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "known": self.known}

    def rows(self) -> list[PersonForm]:
        """The rows that mean somebody, in their order: who is moved to a place that is taken stands there."""
        deleted = set(self.deleted_forms)
        rows = [
            each for each in enumerate(self.forms, 1) if each[1] not in deleted and each[1].cleaned_data.get("person")
        ]
        return [form for _number, form in sorted(rows, key=_place)]


def _place(numbered: tuple[int, PersonForm]) -> tuple[float, int, int]:
    """Up to a place is before whoever has it, down to it after them; without a number is last."""
    number, form = numbered
    wanted = form.cleaned_data.get("ORDER")
    return (math.inf, 0, number) if wanted is None else (wanted, (wanted > number) - (wanted < number), number)


FormSet: Any = forms.formset_factory(
    PersonForm,
    formset=PeopleFormSet,
    extra=EMPTY_ROWS,
    can_order=True,
    can_delete=True,
    max_num=MOST,
    absolute_max=MOST,
)


def _rows(session: Session) -> list[dict[str, Any]]:
    rows = session.appearances.select_related("speaker").order_by("order", "pk")
    return [
        {
            "person": Known.written(row.speaker),
            "role": row.role,
            "job_title": row.job_title,
            "affiliation": row.affiliation,
        }
        for row in rows
    ]


@transaction.atomic
def save(formset: PeopleFormSet, session: Session, *, version: int, by: User) -> Session:
    """Set the people as the rows say; new names become profiles. Raises :class:`summit.editing.revising.Overtaken`, and then
    no profile was made either, and :class:`sessions.editing.session_edits.InTheOpen`."""
    unknown = [form.cleaned_data["person"] for form in formset.rows() if form.cleaned_data["speaker"] is None]
    session_edits.refuse_in_the_open(session, [Speaker(summit=session.summit, name=name) for name in unknown])
    people = [_person(form, session.summit, by) for form in formset.rows()]
    return session_edits.set_people(session, people, version=version, by=by)


def _person(form: PersonForm, summit: Summit, by: User) -> dict[str, Any]:
    data = form.cleaned_data
    speaker = data["speaker"] or session_edits.new_person(summit, data["person"], email=data["email"], by=by)
    return {"speaker": speaker, "role": data["role"] or Appearance.Role.SPEAKER,
            "job_title": Text(data["job_title"]), "affiliation": Text(data["affiliation"])}  # fmt: skip
