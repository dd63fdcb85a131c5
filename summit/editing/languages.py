"""The languages a summit is written in, and what would be lost with one of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.editing import inline_edits
from summit.editing.summit_settings import set_facts
from summit.errors import Refusal
from summit.lib.translated import TranslatedField
from summit.models import Membership, Summit, User


class NotAgreed(Refusal):
    code = "not_agreed"
    message: Any = _("Look at what would be lost first, then confirm it.")


@dataclass(frozen=True, slots=True)
class Loss:
    """What leaves the pages with a language: ``texts`` that are written in no other, and who reads in it."""

    language: str
    texts: int
    registrations: int
    members: int


def loss(summit: Summit, language: str, kept: list[str]) -> Loss:
    """What would be lost with ``language`` where ``kept`` remain. One query for each kind of text."""
    found: Any = summit
    return Loss(
        language=language,
        texts=sum(_alone(words, language, kept) for words in _texts(summit)),
        registrations=found.registrations.active().filter(language=language).count(),
        members=Membership.objects.filter(summit=summit, user__language=language).count(),
    )


def _alone(words: Mapping[str, str], language: str, kept: list[str]) -> bool:
    return bool(words.get(language)) and not any(words.get(code) for code in kept)


def _texts(summit: Summit) -> Iterator[Mapping[str, str]]:
    """Every text of the summit, also of the apps above: known by nothing but their leading to it."""
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, TranslatedField)]
        path = _way_to_summit(model) if names else None
        if path is None:
            continue
        for row in model._default_manager.filter(**{path: summit.pk}).values_list(*names):
            yield from (words for words in row if words)


def _way_to_summit(model: type[models.Model], *, steps: int = 2) -> str | None:
    """The lookup that leads from rows to their summit, in at most so many steps."""
    if model is Summit:
        return "pk"
    links = [field for field in model._meta.concrete_fields if field.is_relation and not field.null]
    for field in links:
        if field.related_model is Summit:
            return field.name
    if steps > 1:
        for field in links:
            further: Any = field.related_model
            found = _way_to_summit(further, steps=steps - 1)
            if found:
                return f"{field.name}__{found}"
    return None


def agreement(losses: list[Loss]) -> str:
    """What a form carries, so that nobody agrees to more than they were told."""
    return ";".join(f"{each.language}-{each.texts}-{each.registrations}" for each in losses)


def losses(summit: Summit, wanted: list[str]) -> list[Loss]:
    """What each language that is not wanted any more takes with it."""
    return [loss(summit, code, wanted) for code in summit.languages if code not in wanted]


def set_languages(
    summit: Summit, wanted: list[str], *, agreed: str, form_versions: Mapping[str, str] = inline_edits.NO_VERSIONS,
    by: User | None,
) -> Summit:  # fmt: skip
    """The languages in the order they are offered in; the first is the one translations are made from.

    Texts of a language that is taken away stay stored. ``agreed`` is the :func:`agreement` to what that takes from the
    pages. Raises :class:`NotAgreed` and :class:`summit.editing.revising.Overtaken`.
    """
    if agreed != agreement(losses(summit, wanted)):
        raise NotAgreed
    return set_facts(summit, {"languages": wanted}, form_versions=form_versions, by=by)
