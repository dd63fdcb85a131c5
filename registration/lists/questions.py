"""The workspace's list of the questions of the registration form."""

from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registration.models import Attendance, Audience, Question
from registration.registering import answering
from registration.registering import questions as verbs
from summit.editing.inline_edits import value_version
from summit.lib.translated import own_name
from summit.lists.actions import Action, changed_text, deleted_text, setting
from summit.lists.cell_rendering import Chip, Lines, translation
from summit.lists.listing import Begin, Column, Filter, Listing, ListKind
from summit.lists.pieces import by, by_text, narrowed_by, of_model, written_by
from summit.lists.rooms import language_columns, language_filter
from summit.models import Right, Summit, User

OURS = frozenset({Right.REGISTRATIONS})
EVERYBODY = "everybody"


def rows(summit: Summit) -> QuerySet[Question]:
    return (
        answering.counted(summit)
        .select_related("summit", "section", "depends_on")
        .prefetch_related("categories", "depends_on__choices")
    )


def _order(question: Question, listing: Listing) -> SafeString:
    keys = listing.once("keys", lambda: list(listing.summit.questions.values_list("pk", flat=True)))
    context = {
        "row": question,
        "may": not OURS.isdisjoint(listing.rights),
        "way_to_order": reverse("registration:question-order", args=[listing.summit.code, question.pk]),
        "first": question.pk == keys[0],
        "last": question.pk == keys[-1],
    }
    return render_to_string("registration/organiser/_question_order.html", context, request=listing.request)


def _choices(question: Question, listing: Listing) -> SafeString:
    context = {"question": question, "counts": not OURS.isdisjoint(listing.rights)}
    return render_to_string("registration/organiser/_choices.html", context)


def _results(question: Any) -> list[str]:
    """What was answered how often, where that can be counted."""
    if question.kind == Question.Kind.YES:
        return [f"{_('Yes')}: {question.yes}", f"{_('No')}: {question.no}"]
    return [f"{choice}: {choice.chosen}" for choice in question.choices.all()] if question.has_choices else []


def _asked_of(question: Question) -> str | Lines:
    """The way and the categories it is narrowed to; nobody is everybody."""
    way = [question.get_asked_of_display()] if question.asked_of else []
    narrowed = [*way, *(str(each) for each in question.categories.all())]
    return Lines(tuple(narrowed)) if narrowed else _("Everybody")


def _yes_or_no(yes: bool, tone: str = "") -> Chip:
    return Chip(_("Yes"), "good") if yes else Chip(_("No"), tone)


def _after(question: Question) -> str:
    """The answer to another question after which it is asked."""
    return f"{question.depends_on}: {', '.join(verbs.leading_answers(question))}" if question.depends_on else ""


def _required(question: Question) -> Chip:
    return _yes_or_no(question.required) if question.is_asked else Chip(_("Not in the form"), "warn")


def _untranslated(question: Question) -> Lines | None:
    """The languages in which words are missing or outdated."""
    texts = [question.words, question.hint, *(choice.words for choice in question.choices.all())]
    found = [(code, translation(texts, code, question.summit)) for code in question.summit.languages]
    lacking = [
        Chip(f"{own_name(code)}: {chip.label}", chip.tone) for code, chip in found if chip and chip.tone != "good"
    ]
    return Lines(tuple(lacking)) if lacking else None


def columns(summit: Summit) -> list[Column]:
    return [
        Column("order", gettext_lazy("Order"), draw=_order),
        Column("words", gettext_lazy("Question"), attrgetter("words"), by_text("words"), head=True, field=of_model(Question, "words"), text=True),
        Column("kind", gettext_lazy("Kind"), lambda q: q.get_kind_display(), by("kind")),
        Column("choices", gettext_lazy("Choices"), draw=_choices),
        Column("required", gettext_lazy("Required"), _required, by("required"), field=of_model(Question, "required"), edited_by=OURS),
        Column("asked_of", gettext_lazy("Asked of"), _asked_of, by("asked_of"), field=of_model(Question, "asked_of"), edited_by=OURS),
        Column("categories", gettext_lazy("Categories"), lambda q: Lines(tuple(str(each) for each in q.categories.all())) if q.categories.all() else None, shown=False),
        Column("section", gettext_lazy("Section"), lambda q: str(q.section or ""), by("section__order"), shown=False),
        Column("after", gettext_lazy("Only after"), _after),
        Column("audience", gettext_lazy("Read by"), lambda q: q.get_audience_display(), by("audience"), shown=False, field=of_model(Question, "audience"), edited_by=OURS),
        Column("kept_for", gettext_lazy("Days kept"), attrgetter("erased_after"), by("kept_for"), number=True, shown=False),
        Column("people", gettext_lazy("Answered"), attrgetter("people"), by("people"), number=True, seen_by=OURS),
        Column("untranslated", gettext_lazy("Translation"), _untranslated),
        Column("is_asked", gettext_lazy("In the form"), lambda q: _yes_or_no(q.is_asked, "warn"), by("is_asked"), shown=False, field=of_model(Question, "is_asked"), edited_by=OURS),
        Column("sensitive", gettext_lazy("Erased with the needs"), lambda q: _yes_or_no(q.sensitive), by("sensitive"), shown=False, field=of_model(Question, "sensitive"), edited_by=OURS),
        Column("results", gettext_lazy("What was answered"), _results, shown=False, seen_by=OURS),
        *language_columns(summit, "words", "hint", shown=False),
    ]  # fmt: skip


def _ways(_summit: Summit) -> list[tuple[str, Any]]:
    return [(EVERYBODY, _("Everybody")), *Attendance.choices]


def _of(found: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    return found.filter(asked_of="", categories=None) if value == EVERYBODY else found.filter(asked_of=value)


def _either(name: str, label: Any) -> Filter:
    """Whether something is so."""
    return Filter(name, label, lambda _summit: [("yes", _("Yes")), ("no", _("No"))],
                  lambda found, value, _summit: found.filter(**{name: value == "yes"}))  # fmt: skip


def _save(question: Question, values: dict[str, Any], token: str, by: User) -> Question:
    return verbs.change(question, values, form_versions=dict.fromkeys(values, token), by=by)


QUESTIONS = ListKind(
    name="questions",
    title=gettext_lazy("Questions of the form"),
    holds=gettext_lazy("The form asks for name, e-mail address, country and needs. Add what else you must know, and no more: every question costs registrations."),
    begins=(
        Begin("registration:new-question", gettext_lazy("Add a question"), OURS),
        Begin("registration:form-preview", gettext_lazy("See the form as somebody"), OURS),
        Begin("registration:form-copying", gettext_lazy("Take questions over from another summit"), OURS),
    ),
    views=(
        (gettext_lazy("Not in the form"), "is_asked=no"),
        (gettext_lazy("English missing"), "texts=missing-en"),
    ),
    address="registration:questions",
    detail="registration:question",
    key="id",
    seen_by=frozenset({Right.REGISTRATIONS, Right.TEXTS}),
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d question", "%(n)d questions", n) % {"n": n},
    empty=gettext_lazy("There are no questions yet."),
    note=gettext_lazy("The form asks them in this order, after name, country and needs."),
    edited=written_by("questions", Right.REGISTRATIONS),
    save=_save,
    token=lambda question, column: value_version(getattr(question, column)),
    order=("order", "pk"),
    filters=(
        Filter("kind", gettext_lazy("Kind of answer"), lambda _s: Question.Kind.choices, narrowed_by("kind")),
        Filter("asked_of", gettext_lazy("Asked of"), _ways, _of),
        Filter("category", gettext_lazy("Category"), lambda summit: [(str(each.pk), str(each)) for each in summit.categories.all()],
               lambda found, value, _summit: found.filter(Q(categories=None) | Q(categories=value)) if value.isdecimal() else found.none()),
        Filter("audience", gettext_lazy("Read by"), lambda _s: Audience.choices, narrowed_by("audience")),
        _either("required", gettext_lazy("Must be answered")),
        _either("is_asked", gettext_lazy("In the form")),
        language_filter("words", "hint", "choices__words"),
    ),
    searched=("words", "hint"),
    searched_beside=("choices__words",),
)  # fmt: skip


# acting on many


def _answered(found: list[Any]) -> dict[int, str]:
    return {question.pk: str(verbs.HasAnswers.message) for question in found if question.kept}


def _delete(question: Question, _value: Any, by: User) -> dict[str, Any]:
    verbs.delete(question, by=by)
    return {}


QUESTIONS.actions.extend([
    Action("require", gettext_lazy("Must be answered"), said=changed_text, **setting(QUESTIONS, "required", True),
           asks=lambda n: ngettext("Have %(n)d question answered by everybody it is put to", "Have %(n)d questions answered by everybody they are put to", n) % {"n": n}),
    Action("allow", gettext_lazy("May be left out"), said=changed_text, **setting(QUESTIONS, "required", False),
           asks=lambda n: ngettext("Let %(n)d question be left out", "Let %(n)d questions be left out", n) % {"n": n}),
    Action("ask", gettext_lazy("Put into the form"), said=changed_text, each_alone=True, **setting(QUESTIONS, "is_asked", True),
           asks=lambda n: ngettext("Put %(n)d question into the form", "Put %(n)d questions into the form", n) % {"n": n}),
    Action("drop", gettext_lazy("Take out of the form"), said=changed_text, **setting(QUESTIONS, "is_asked", False),
           asks=lambda n: ngettext("Take %(n)d question out of the form", "Take %(n)d questions out of the form", n) % {"n": n}),
    Action("delete", gettext_lazy("Delete what nobody has answered"), run=_delete, stays=_answered, each_alone=True,
           danger=True, said=deleted_text,
           asks=lambda n: ngettext("Delete %(n)d question", "Delete %(n)d questions", n) % {"n": n}),
])  # fmt: skip
