"""What columns and filters of lists are made of: orders, form fields, and ways to narrow rows."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django import forms
from django.db.models import F, QuerySet, Value
from django.db.models import TextField as TextColumn
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Lower, NullIf
from django.forms.models import ModelChoiceIterator

from summit.lib.fields import NOTHING_CHOSEN, LineField, TextField
from summit.lib.translated import active_language, languages
from summit.lists.listing import Rights
from summit.models import Right, Summit, User

EMPTY = Value("", output_field=TextColumn())
NONE = "-"  # in place of a key: none of the rows


def by(*names: str) -> Callable[[], list[Any]]:
    """Order by these columns."""
    return lambda: [F(name) for name in names]


def by_words(*names: str) -> Callable[[], list[Any]]:
    """Order by words, capitals or not."""
    return lambda: [Lower(NullIf(F(name), EMPTY, output_field=TextColumn())) for name in names]


def by_text(name: str) -> Callable[[], list[Any]]:
    """Order by a text as the reader sees it: in their language, else in the first one that has words."""

    def expressions() -> list[Any]:
        order = [active_language(), *(code for code in languages() if code != active_language())]
        words = [NullIf(KeyTextTransform(code, name), EMPTY, output_field=TextColumn()) for code in order]
        return [Lower(Coalesce(*words) if len(words) > 1 else words[0])]

    return expressions


def of_model(model: Any, name: str, **changes: Any) -> Callable[[Summit], forms.Field]:
    """The form field of a model's column; words people type are cleaned."""
    column = model._meta.get_field(name)

    def made(summit: Summit) -> forms.Field:
        kind = column.get_internal_type()
        if kind in {"CharField", "TextField"} and not column.choices:
            changes.setdefault("form_class", TextField if kind == "TextField" else LineField)
        return column.formfield(**changes)

    return made


def chosen_from(label: Any, rows: Callable[[Summit], QuerySet[Any]], empty: Any) -> Callable[[Summit], forms.Field]:
    """A choice of one of these rows, or of none of them."""
    return lambda summit: forms.ModelChoiceField(rows(summit), label=label, required=False, empty_label=empty)


class _WithNone(ModelChoiceIterator):
    """Nothing chosen yet, none of the rows, and each of them."""

    def __iter__(self) -> Iterator[Any]:
        first, *rows = super().__iter__()
        none = cast("MadeChoice", self.field).none
        return iter([first, (NONE, none), *rows] if none else [first, *rows])


class MadeChoice(forms.ModelChoiceField):
    """A choice that must be made, also that of none of the rows, which is called ``none``."""

    iterator = _WithNone

    def __init__(self, rows: QuerySet[Any], *, label: Any, none: Any) -> None:
        self.none = none
        super().__init__(rows, label=label, empty_label=NOTHING_CHOSEN)

    def clean(self, value: Any) -> Any:
        return None if self.none and value == NONE else super().clean(value)


def not_chosen_yet(field: forms.Field) -> forms.Field:
    """The field as a question about many rows asks it: no column is set to what nobody chose.

    A choice that is no column's, such as the layout of a document, may have a usual one.
    """
    if isinstance(field, forms.ModelChoiceField):
        rows: Any = field.queryset
        return MadeChoice(rows, label=field.label, none=field.empty_label)
    if isinstance(field, forms.TypedChoiceField) and field.required:
        offered: Any = field.choices
        field.choices = [("", NOTHING_CHOSEN), *(choice for choice in offered if choice[0] != "")]
        field.initial = ""
    return field


def written_by(relation: str, whole: Right = Right.PROGRAMME) -> Callable[[User, Summit, Rights, bool], QuerySet[Any]]:
    """All of a summit's rows for who has the right ``whole``, and for who writes texts where it is one; else none."""

    def edited(user: User, summit: Summit, rights: Rights, texts: bool) -> QuerySet[Any]:
        rows = getattr(summit, relation).all()
        return rows if whole in rights or (texts and Right.TEXTS in rights) else rows.none()

    return edited


def narrowed_by(path: str) -> Callable[[QuerySet[Any], str, Summit], QuerySet[Any]]:
    return lambda rows, value, _summit: rows.filter(**{path: value})


def in_language(path: str) -> Callable[[QuerySet[Any], str, Summit], QuerySet[Any]]:
    """Rows whose text stands as asked in a language: the value is ``missing-en``, ``outdated-ko`` or so."""

    def apply(rows: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
        status, _dash, language = value.partition("-")
        source = summit.languages[0]
        found = [
            pk for pk, *texts in rows.order_by().values_list("pk", *path.split())
            if any(text and text.status(language, source=source) == status for text in texts)
        ]  # fmt: skip
        return rows.filter(pk__in=found)

    return apply
