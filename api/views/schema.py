"""The OpenAPI document, and an answer for addresses that do not exist."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework.request import Request

from api.schema import document
from api.views.base import PublicView, revalidated

FORMS: dict[str, tuple[str, Any]] = {
    "json": ("application/json", OpenApiJsonRenderer),
    "yaml": ("application/yaml", OpenApiYamlRenderer),
}


@lru_cache(maxsize=8)
def written(form: str, language: str) -> bytes:
    rendered: bytes = FORMS[form][1]().render(document(language), renderer_context={})
    return rendered


class Document(PublicView):
    """In English, or in the language of ``?lang=``: the same bytes for everybody at one address."""

    schema = None  # type: ignore[assignment]

    def get(self, request: Request, form: str) -> HttpResponse:
        asked = request.GET.get("lang", "")
        language = asked if asked in dict(settings.LANGUAGES) else "en"
        return revalidated(self.asked, written(form, language), FORMS[form][0], language)


class Nowhere(PublicView):
    schema = None  # type: ignore[assignment]

    def get(self, request: Request, **key: Any) -> HttpResponse:
        raise Http404
