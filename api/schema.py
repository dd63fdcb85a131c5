"""The OpenAPI document: what each view says about itself, and the named parts that are ours."""

from functools import lru_cache
from typing import Any, ClassVar, Protocol, cast

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.serializers import BaseSerializer

from api.examples import ERRORS, EXAMPLES
from api.filters import FILTERS
from api.serializers.fields import Choice, TranslatedText
from api.serializers.summits import ErrorSerializer

PATH_WORDS = {
    "summit": _("Code of the summit."),
    "code": _("Code of what is asked for."),
    "slug": _("Slug of what is asked for."),
}


class Described(Protocol):
    """What a view of the API says about itself; see :class:`api.views.base.PublicView`."""

    operation: ClassVar[str]
    summary: ClassVar[Promise | str]
    about: ClassVar[Promise | str]
    serializer_class: ClassVar[type[BaseSerializer[Any]]]
    many: ClassVar[bool]
    filtered: ClassVar[bool]
    moves: ClassVar[bool]


class PublicSchema(AutoSchema):
    """The OpenAPI operation of a view, read from what it says about itself."""

    @property
    def public(self) -> Described:
        return cast("Described", self.view)

    def get_operation_id(self) -> str:
        return str(self.public.operation)

    def get_summary(self) -> Any:
        return self.public.summary

    def get_description(self) -> Any:  # type: ignore[override]  # as drf-spectacular has it
        return self.public.about

    def get_tags(self) -> list[str]:
        return [self.public.operation.rpartition("_")[0]]

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}List"

    def get_override_parameters(self) -> list[Any]:
        words = [name for name in PATH_WORDS if f"{{{name}}}" in self.path]
        found = [OpenApiParameter(name, str, "path", required=True, description=PATH_WORDS[name]) for name in words]
        if self.public.filtered:
            found += [OpenApiParameter(name, one.schema, description=one.about) for name, one in FILTERS.items()]
        languages = {"type": "string", "enum": [code for code, _name in settings.LANGUAGES]}
        found.append(OpenApiParameter("lang", languages, description=_("Language of the message of an error.")))
        tag = _("Fingerprint of the answer: send it back in If-None-Match and an unchanged answer is a 304.")
        found.append(OpenApiParameter("ETag", str, "header", description=tag, response=[200]))
        if self.public.many:
            link = _("Addresses of the next and the previous page (RFC 8288).")
            found.append(OpenApiParameter("Link", str, "header", description=link, response=[200]))
        return found

    def _get_pagination_parameters(self) -> list[dict[str, Any]]:
        pages = self._get_paginator()
        return pages.get_schema_operation_parameters(self.view) if pages else []

    def get_response_serializers(self) -> Any:
        kind: type[BaseSerializer[Any]] = self.public.serializer_class
        good = kind(many=True) if self.public.many else kind()
        value = EXAMPLES[kind.__name__.removesuffix("Serializer")]
        answers = {
            200: OpenApiResponse(good, _("The data."), [OpenApiExample("example", value=value, response_only=True)]),
            301: OpenApiResponse(None, _("It was merged into another; Location names the address of that one.")),
            304: OpenApiResponse(None, _("Unchanged since the ETag sent in If-None-Match.")),
            400: _refused(400, _("A parameter has a value that does not exist.")),
            404: _refused(404, _("Nothing public at this address.")),
            429: _refused(429, _("Too many requests from one address; see Retry-After.")),
        }
        if not self.public.moves:
            del answers[301]
        return answers


def _refused(status: int, about: Any) -> OpenApiResponse:
    return OpenApiResponse(
        ErrorSerializer, about, [OpenApiExample("example", value=ERRORS[status], response_only=True)]
    )


class _TranslatedText(OpenApiSerializerFieldExtension):
    target_class = TranslatedText

    def get_name(self) -> str:
        return "TranslatedText"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": _(
                "One text in several languages: a string per language code (BCP 47). A language may be missing or "
                "empty; show another one then."
            ),
            "examples": [{"ko": "열린정부", "en": "Open government"}],
        }


class _Choice(OpenApiSerializerFieldExtension):
    target_class = Choice
    match_subclasses = True

    def get_name(self) -> str:
        return str(self.target.component)

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        choices = self.target.options.choices
        words = "\n".join(f"* `{value}` – {label}" for value, label in choices)
        return {"type": "string", "enum": [value for value, _label in choices], "description": words}


@lru_cache(maxsize=8)
def document(language: str) -> dict[str, Any]:
    """The whole document with its sentences in ``language``. The same object each time: do not change it."""
    with translation.override(language):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    made["servers"] = [{"url": settings.SITE_URL}]
    return made
