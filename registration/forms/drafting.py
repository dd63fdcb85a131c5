"""What of the registration form is kept as a draft, and the form as a draft left it."""

import re
from collections.abc import Iterator
from typing import Self

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from registration.forms.files import AnswerFileField
from registration.models import Draft, Invitation, Question
from registration.models.draft import KEPT_FOR
from registration.registering.drafts import Filled
from summit.models import Summit

# A field that is several inputs, or a file, sends them under its own name and more.
PART = re.compile(r"(question_\d+)(?:_(?:\d+|kept))?")
# Given when the form is sent, not before; and what is the page's own.
NOT_KEPT = frozenset({"privacy", "photography", "nonce"})
NEEDS = frozenset({"access_needs", "dietary_needs"})


def field_of(name: str) -> str:
    """The field that an input belongs to."""
    part = PART.fullmatch(name)
    return part.group(1) if part else name


class DraftingForm(forms.Form):
    """The part of the registration form that may be saved before it is whole."""

    summit: Summit
    questions: list[Question]
    invitation: Invitation | None
    draft_days = KEPT_FOR.days
    # Labels of what was left out: it is kept only with a consent of its own.
    unkept: list[str]

    def for_draft(self) -> Filled | None:
        """What is kept of what was sent, whole or not; None where the address or a file is wrong, and the form says that
        alone."""
        typed = self.data
        self.full_clean()
        self.data = typed  # without a spelling that nobody has seen yet
        files = {name for name, field in self.fields.items() if isinstance(field, AnswerFileField)}
        # A file that was not chosen yet is no mistake.
        codes = {name: {error.code for error in self.errors.as_data().get(name, [])} - {"required"} for name in files}
        wrong = {name for name, said in codes.items() if said} | ({"email"} & self.errors.keys())
        self._errors = ErrorDict({name: self.errors[name] for name in wrong}, renderer=self.renderer)
        if "email" in wrong and not str(self.data.get("email", "")).strip():
            del self._errors["email"]
            self.add_error("email", _("Write your e-mail address: the link to go on goes there."))
        if wrong:
            return None
        said = dict(self._kept())
        return Filled(
            email=self.cleaned_data["email"], nonce=str(self.data.get("nonce", ""))[:64], said=said,
            labels={name: str(self.fields[name].label) for name in dict.fromkeys(map(field_of, said))},
            invitation=self.invitation,
        )  # fmt: skip

    def _kept(self) -> Iterator[tuple[str, list[str]]]:
        """What says something of health, religion and the like is kept only where that was agreed to."""
        agreed = "sensitive" not in self.fields or bool(self.data.get("sensitive"))
        sensitive = NEEDS | {f"question_{row.pk}" for row in self.questions if row.sensitive}
        left_out: dict[str, str] = {}
        uploads = {
            f"{name}_kept": field.widget.upload.given
            for name, field in self.fields.items()
            if isinstance(field, AnswerFileField) and field.widget.upload
        }
        sent = {**dict(self.data.lists()), **{name: [given] for name, given in uploads.items()}}  # type: ignore[attr-defined]
        for name, values in sent.items():
            field = field_of(name)
            texts = [str(value) for value in values]
            if field not in self.fields or field in NOT_KEPT or not any(texts):
                continue
            if field in sensitive and not agreed:
                left_out[field] = str(self.fields[field].label)
                continue
            yield name, texts
        self.unkept = list(left_out.values())

    def as_left(self) -> Self:
        """Nothing is judged yet: it is shown as somebody left it."""
        typed = self.data
        self.full_clean()
        self.data = typed
        self.cleaned_data, self._errors = {}, ErrorDict(renderer=self.renderer)
        return self


def data_of(draft: Draft) -> QueryDict:
    """What a draft holds, as the form would send it."""
    data = QueryDict(mutable=True)
    for name, values in draft.said.items():
        data.setlist(name, values)
    data["nonce"], data["email"] = draft.nonce, draft.email
    return data


def misfits(form: DraftingForm, draft: Draft) -> dict[str, str]:
    """Of a form with what a draft holds: the inputs that no longer fit, since a question, a choice or a category is gone,
    with what they were called. ``form`` is good for nothing afterwards."""
    form.full_clean()
    found = {}
    for name in draft.said:
        known = form.fields.get(field_of(name))
        codes = {error.code for error in form.errors.as_data().get(field_of(name), [])}
        lost = isinstance(known, AnswerFileField) and known.widget.upload is None
        if known is None or lost or "invalid_choice" in codes:
            label = str(known.label) if known else draft.labels.get(field_of(name), "")
            found[name] = label or field_of(name)
    return found
