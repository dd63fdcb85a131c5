"""Texts with one value per language in a single JSON column.

A stored value is ``{"ko": "…", "en": "…"}``; under the key ``~`` it also keeps, per language, a fingerprint of the
source text a translation was made from, so that a translation is known to be *outdated* once its source changes.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from summit.lib.text import clean_line, clean_text

BASIS = "~"


class Status(StrEnum):
    MISSING = "missing"
    OUTDATED = "outdated"
    DONE = "done"


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages of this installation, the source of translations first."""
    return tuple(code for code, _name in settings.LANGUAGES)


def active_language() -> str:
    """The code of the language that is being read or written now: ``en`` for ``en-gb``."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def own_name(code: str) -> str:
    """What a language calls itself; the code of one nobody knows."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


class Text(Mapping[str, str]):
    """One text in several languages. ``str(text)`` is the reader's language, else the first one that has words."""

    __slots__ = ("basis", "values_by_language")

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        raw = dict(values or {})
        basis = raw.pop(BASIS, None)
        self.basis: dict[str, str] = dict(basis) if isinstance(basis, dict) else {}
        # PostgreSQL's jsonb keeps no order; readers of the data get the same bytes whatever the database.
        order = [code for code in languages() if code in raw]
        if len(order) < len(raw):
            order += sorted(raw.keys() - set(order))
        self.values_by_language: dict[str, str] = {k: raw[k] for k in order if isinstance(raw[k], str)}

    def __getitem__(self, language: str) -> str:
        return self.values_by_language[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_language)

    def __len__(self) -> int:
        return len(self.values_by_language)

    def __bool__(self) -> bool:
        return any(self.values_by_language.values())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Text):
            return self.words() == other.words()
        if isinstance(other, Mapping):
            return self == Text(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.words().items())))

    def words(self) -> dict[str, str]:
        """The languages that say something: an empty text and none at all are equal."""
        return {code: value for code, value in self.values_by_language.items() if value}

    def __str__(self) -> str:
        return self.values_by_language.get(self.language_shown(), "")

    def __repr__(self) -> str:
        return f"Text({self.values_by_language!r})"

    def language_shown(self, language: str | None = None) -> str:
        """Which language a reader of ``language`` (default: the active one) gets to see; "" where all are empty."""
        wanted = language or active_language()
        values = self.values_by_language
        if values.get(wanted):
            return wanted
        for code in languages():
            if values.get(code):
                return code
        return next((code for code, value in values.items() if value), "")

    def stand_in(self) -> str:
        """The language shown where it is not the one being read, for ``lang`` (WCAG 3.1.2); else ""."""
        shown = self.language_shown()
        return "" if shown == active_language() else shown

    def in_language(self, language: str) -> str:
        """The text for a reader of ``language``, with fallback."""
        return self.values_by_language.get(self.language_shown(language), "")

    def status(self, language: str, *, source: str | None = None) -> Status:
        """Missing, outdated (its source has changed since) or done."""
        source = source or languages()[0]
        if not self.values_by_language.get(language):
            return Status.MISSING
        basis = self.basis.get(language)
        if language != source and basis and basis != fingerprint(self.values_by_language.get(source, "")):
            return Status.OUTDATED
        return Status.DONE

    def revised(self, values: Mapping[str, str], *, source: str | None = None) -> "Text":
        """This text with new values; a translation edited now counts as made from the source as it is now."""
        source = source or languages()[0]
        new = Text({**self.values_by_language, **values})
        new.basis = dict(self.basis)
        for language, value in new.values_by_language.items():
            if language == source or not value:
                new.basis.pop(language, None)
            elif value != self.values_by_language.get(language) or language not in new.basis:
                now_or_then = new if value != self.values_by_language.get(language) else self
                new.basis[language] = fingerprint(now_or_then.values_by_language.get(source, ""))
        return new

    def only(self, languages: Iterable[str]) -> "Text":
        """This text in these languages and no others."""
        wanted = set(languages)
        new = Text({code: value for code, value in self.values_by_language.items() if code in wanted})
        new.basis = {code: mark for code, mark in self.basis.items() if code in wanted}
        return new

    def stored(self) -> dict[str, Any]:
        return {**self.values_by_language, **({BASIS: self.basis} if self.basis else {})}

    def public(self) -> dict[str, str]:
        """What the API shows: the languages and nothing else."""
        return dict(self.values_by_language)


class TranslatedField(models.JSONField):
    """A JSON column read as :class:`Text`. Lookups per language are JSON's own: ``title__ko__icontains``."""

    description = _("Text in several languages")

    def __init__(self, *args: Any, max_length: int = 300, long: bool = False, **kwargs: Any) -> None:
        self.long = long
        # JSONField has no max_length of its own; ours bounds each language.
        self.max_text = max_length
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["max_length"] = self.max_text
        if self.long:
            kwargs["long"] = True
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        value = super().from_db_value(value, expression, connection)
        return Text(value) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Text):
            return value
        return Text(value) if isinstance(value, Mapping) else value

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.stored() if isinstance(value, Text) else value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value.stored() if isinstance(value, Text) else value
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> Any:
        value = self.value_from_object(obj)
        return value.stored() if isinstance(value, Text) else value

    def validate(self, value: Any, model_instance: Any) -> None:
        if not self.blank and not value:
            raise ValidationError(self.error_messages["blank"], code="blank")
        for language, text in (value or {}).items():
            if len(text) > self.max_text:
                raise ValidationError(
                    _("%(language)s: at most %(limit)d characters, this has %(length)d."),
                    params={"language": language, "limit": self.max_text, "length": len(text)},
                )

    def formfield(self, **kwargs: Any) -> Any:
        return TranslatedFormField(
            long=self.long,
            max_length=self.max_text,
            required=not self.blank,
            label=kwargs.get("label", capfirst(self.verbose_name)),
            help_text=kwargs.get("help_text", self.help_text),
        )

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _TextAttribute(name))


class _TextAttribute:
    """Hands out :class:`Text` also before a row was saved, whatever mapping was assigned."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        if self.name not in instance.__dict__:
            instance.refresh_from_db(fields=[self.name])
        return instance.__dict__[self.name]

    def __set__(self, instance: Any, value: Any) -> None:
        plain = isinstance(value, Mapping) and not isinstance(value, Text)
        instance.__dict__[self.name] = Text(value) if plain else value


class TranslatedWidget(forms.MultiWidget):
    """One input per language, each marked with its ``lang`` and named after it."""

    template_name = "summit/forms/translated.html"

    def __init__(self, *, long: bool = False, max_length: int = 300, attrs: dict[str, Any] | None = None) -> None:
        self.codes = languages()
        # What is stored: a form that sets it shows beside each language how its text stands.
        self.saved: Text | None = None
        self.source = self.codes[0]
        kind = forms.Textarea if long else forms.TextInput
        widgets: dict[str, Any] = {}
        for code in self.codes:
            extra = {"lang": code, "maxlength": max_length, **({"rows": 6} if long else {})}
            widgets[code] = kind(attrs={**extra, **(attrs or {})})
        super().__init__(widgets)

    def decompress(self, value: Any) -> list[str]:
        return [(value or {}).get(code, "") for code in self.codes]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for code, part in zip(self.codes, context["widget"]["subwidgets"], strict=True):
            part["language"] = get_language_info(code)["name_local"]
            part["code"] = code
            if self.saved is not None:
                part["status"] = str(self.saved.status(code, source=self.source))
        return context


class TranslatedFormField(forms.MultiValueField):
    """Validates each language apart; at least one language must have words where the field is required."""

    def __init__(self, *, long: bool = False, max_length: int = 300, **kwargs: Any) -> None:
        self.codes = languages()
        self.initial_text: Text | None = None
        self.long = long
        fields = [forms.CharField(required=False, max_length=max_length) for _code in self.codes]
        widget = TranslatedWidget(long=long, max_length=max_length)
        kwargs.pop("widget", None)
        super().__init__(fields, widget=widget, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> Text:
        # Django hands over nothing at all where every input is empty; that means: empty in every language.
        text = self.cleaned(data_list or ["" for _code in self.codes])
        if self.required and not text:
            raise ValidationError(gettext("Write this in at least one language."), code="required")
        return text

    def cleaned(self, values: list[str]) -> Text:
        clean = clean_text if self.long else clean_line
        return Text({code: clean(value or "") for code, value in zip(self.codes, values, strict=True)})

    def has_changed(self, initial: Any, data: Any) -> bool:
        before, after = Text(initial or {}), self.cleaned(list(data or ["" for _code in self.codes]))
        return any(before.get(code, "") != after[code] for code in self.codes)
