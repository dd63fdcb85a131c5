"""A form that also puts the questions of a summit: those that concern whoever fills it in."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration import privacy
from registration.forms.answers import field_for, meant, shown, typed
from registration.models import Attendance, Question, Section
from registration.models.sealing import HIDDEN
from registration.registering.asking import Asked, Given, form_of, put
from registration.registering.questions import leading_answers
from summit.lists.cell_rendering import text
from summit.models import Summit

ANSWER = re.compile(r"question_\d+")
ONLY_OF = {
    Attendance.IN_PERSON: _("Only if you come in person."),
    Attendance.ONLINE: _("Only if you take part online."),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form with its fields; None: what stands in no section."""

    section: Section | None
    fields: list[Any]


class AskingForm(forms.Form):
    """A form that also puts the summit's questions, each as a field ``question_<key>``."""

    def ask(
        self,
        summit: Summit,
        *,
        attendance: str = "",
        category: int | None = None,
        given: Mapping[int, Given] = MappingProxyType({}),
        audiences: Collection[str] | None = None,
    ) -> None:
        """``attendance`` and ``category`` (a key): how and as what the person comes; "" and None where the form asks
        that itself. ``given``: what was answered before.

        A question that is no longer asked, and was answered, can still be corrected or emptied. ``audiences``: those of
        the member of the team who fills it in, and cannot know what only the person can say; what none of them reads is
        not asked here, and stays; so does what is sealed.
        """
        self.given, self.known = given, Asked(attendance, category, given)
        rows = form_of(summit)
        all_optional = audiences is not None
        erased = {row.pk for row in rows if row.is_erased()}
        self.questions = [
            row
            for row in rows
            if (row.pk in given or (row.is_asked and self.known.is_concerned_by(row)))
            and (audiences is None or row.audience in audiences)
            and given.get(row.pk) != HIDDEN
        ]
        sent = self._sent(rows)
        now = put(rows, sent)
        # Who has sent the form and not said how they come is asked that first.
        told = not self.is_bound or bool(sent.attendance)
        for question in self.questions:
            required = question.required and not all_optional and question.pk not in erased
            concerned = question.pk in now and (told or not question.asked_of)
            field = field_for(question, self._hint(question), required=required and concerned, region=self._country(),
                              given=given.get(question.pk, ""))  # fmt: skip
            field.widget.attrs |= _followed(question, self.known)
            self.fields[name_of(question)] = field
            if question.pk in given:
                self.initial[name_of(question)] = shown(question, given[question.pk])
        self.put_now = now

    def _sent(self, rows: list[Question]) -> Asked:
        """Whoever has filled the form in, as far as questions go by it."""
        if not self.is_bound:
            return self.known
        category = self.data.get("category", "")
        here = {row.pk for row in self.questions}
        answers = {
            row.pk: typed(row, name_of(row), self.data) if row.pk in here else self.given.get(row.pk, "")
            for row in rows
            if row.leads_on
        }
        return Asked(
            self.known.attendance or self.data.get("attendance", ""),
            self.known.category or (int(category) if category.isascii() and category.isdecimal() else None),
            answers,
        )

    def _country(self) -> str:
        return self.data.get("country", "") if self.is_bound else ""

    def _hint(self, question: Question) -> SafeString:
        lines: list[Any] = [text(question.hint)]
        if not (question.is_asked and self.known.is_concerned_by(question)):
            lines.append(_("This is no longer asked. Emptied, the answer is erased."))
        else:
            lines += _only(question, self.known)
        lines += privacy.hint(privacy.of_question(question))
        return format_html_join(mark_safe("<br>"), "{}", [(line,) for line in lines if line])

    @property
    def left_out(self) -> bool:
        """Whether something was answered that is no longer asked: the question went while the form was open."""
        known = {name_of(question) for question in self.questions}
        return any(value and ANSWER.fullmatch(name) and name not in known for name, value in self.data.items())

    @property
    def asked(self) -> list[Any]:
        return [self[name_of(question)] for question in self.questions]

    @cached_property
    def parts(self) -> list[Part]:
        """The questions by the sections of the form, in their order."""
        found: list[Part] = []
        for question in self.questions:
            if not found or found[-1].section != question.section:
                found.append(Part(question.section, []))
            found[-1].fields.append(self[name_of(question)])
        return found

    def clean(self) -> dict[str, Any]:
        """What is not asked of whoever comes this way, or answered so, is neither kept nor held against them."""
        data = super().clean() or {}
        for question in self.questions:
            if question.pk not in self.put_now and question.pk not in self.given:
                self.errors.pop(name_of(question), None)
        return data

    def answers(self, attendance: str, category: int | None = None) -> dict[int, Given]:
        """What :func:`registration.registering.answering.answer` takes: of what another answer no longer leads to
        nothing; what was answered for another way of coming stays."""
        who = Asked(attendance, category)
        said = {}
        for question in self.questions:
            concerned = question.is_asked and who.is_concerned_by(question)
            if question.pk in self.put_now or (question.pk in self.given and not concerned):
                said[question.pk] = meant(question, self.cleaned_data.get(name_of(question), ""))
            elif question.pk in self.given:
                said[question.pk] = ""
        return said


def name_of(question: Question) -> str:
    return f"question_{question.pk}"


def _only(question: Question, known: Asked) -> Iterator[Any]:
    """To whom it is put, as far as the form does not know whether it is them."""
    if question.asked_of and not known.attendance:
        yield ONLY_OF[Attendance(question.asked_of)]
    if known.category is None and question.of_categories:
        names = ", ".join(str(each) for each in question.categories.all())
        yield gettext("Only if you come as: %(categories)s.") % {"categories": names}
    if question.depends_on:
        yield gettext("Only if you answer “%(question)s” with: %(answers)s.") % {
            "question": question.depends_on.words, "answers": ", ".join(leading_answers(question)),
        }  # fmt: skip


def _followed(question: Question, known: Asked) -> dict[str, str]:
    """For the script that shows a question once it is put: by what it goes."""
    by = {}
    if question.asked_of and not known.attendance:
        by["data-asked-of"] = question.asked_of
    if known.category is None and question.of_categories:
        by["data-asked-as"] = " ".join(map(str, sorted(question.of_categories)))
    if question.depends_on_id:
        by["data-asked-after"] = f"question_{question.depends_on_id}"
        by["data-asked-if"] = " ".join(question.depends_values)
    return by
