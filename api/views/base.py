"""What every view of the API shares: public data, one format, for everybody the same."""

import hashlib
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from api.errors import UnknownValue, asked_language
from api.negotiation import OneFormat
from api.pagination import Pages
from api.reading import COLLECTIONS
from api.schema import PublicSchema
from summit.middleware import PUBLIC
from summit.models import Summit
from summit.public_pages import public_page

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Link, Retry-After"}
MAY_ASK = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


class SameForEverybody(ResponseHeaders):
    """Headers of an answer that depends on neither language nor cookie: what middleware adds to Vary is dropped."""

    def __setitem__(self, key: str, value: Any) -> None:
        if key.lower() == "vary":
            kept = [part.strip() for part in str(value).split(",")]
            value = ", ".join(part for part in kept if part.lower() not in {"accept-language", "cookie"})
            if not value:
                return
        super().__setitem__(key, value)


class PublicView(APIView):
    """A readable address. The first attributes are what the OpenAPI document says about it."""

    operation: ClassVar[str] = ""
    summary: ClassVar[Promise | str] = ""
    about: ClassVar[Promise | str] = ""
    serializer_class: ClassVar[type[BaseSerializer[Any]]]
    many: ClassVar[bool] = False
    filtered: ClassVar[bool] = False
    moves: ClassVar[bool] = False  # whether what is asked for may have got another address
    pagination_class: ClassVar[type[BasePagination] | None] = None
    schema = PublicSchema()
    content_negotiation_class = OneFormat
    varies: ClassVar[bool] = False  # whether a good answer depends on the reader's language

    asked: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.asked = request
        with translation.override(asked_language(request)):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        asked = self.asked.GET.get("lang")
        # The page for people (``varies``) is shown in the reader's language instead.
        if asked is not None and not self.varies and asked not in (ours := dict(settings.LANGUAGES)):
            raise UnknownValue("lang", asked, _("It is one of: %(choices)s.") % {"choices": ", ".join(ours)})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code < 400 and not self.varies:
            response.headers = SameForEverybody(dict(response.headers))
        for name, value in ANY_ORIGIN.items():
            response.headers[name] = value
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response(status=204, headers=MAY_ASK)


def revalidated(request: HttpRequest, body: bytes, content_type: str, language: str) -> HttpResponse:
    """``body``, or a 304 where the caller has it already: for answers no single summit's revision covers."""
    response = HttpResponse(body, content_type=content_type)
    response["Cache-Control"] = PUBLIC
    response["Content-Language"] = language or settings.LANGUAGE_CODE
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


class SummitView(PublicView):
    """Data below one public summit, kept whole until the summit's revision rises (see summit.public_pages)."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return public_page(self.answer)(request, *args, **kwargs)

    def answer(self, request: Request, summit: Summit, **key: str) -> HttpResponse:
        """The answer for one summit; ``key`` is what else the address names."""
        raise NotImplementedError

    def serialised(self, found: Any, summit: Summit) -> Any:
        return self.serializer_class(found, many=self.many, context={"summit": summit}).data

    def in_languages_of(self, summit: Summit, response: Response) -> Response:
        response["Content-Language"] = ", ".join(summit.languages) or settings.LANGUAGE_CODE
        return response


class ListView(SummitView):
    """All public rows of a collection, in pages."""

    many = True
    pagination_class = Pages
    collection: ClassVar[str]

    def answer(self, request: Request, summit: Summit, **key: str) -> HttpResponse:
        pages = Pages()
        found = pages.paginate_queryset(self.chosen(request, summit), request)
        return self.in_languages_of(summit, pages.get_paginated_response(self.serialised(found, summit)))

    def chosen(self, request: Request, summit: Summit) -> QuerySet[Any]:
        return COLLECTIONS[self.collection](summit)


class DetailView(SummitView):
    """One public row; what is not there and what is not public are the same 404."""

    collection: ClassVar[str]

    def answer(self, request: Request, summit: Summit, **key: str) -> HttpResponse:
        found = get_object_or_404(COLLECTIONS[self.collection](summit), **key)
        return self.in_languages_of(summit, Response(self.serialised(found, summit)))
