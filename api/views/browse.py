"""The page to read about the API, made from its OpenAPI document."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from rest_framework.request import Request

from api import browsing
from api.schema import document
from api.views.base import PublicView
from summit.models import Summit


class Browse(PublicView):
    """In the reader's language: ``?lang=``, else ``Accept-Language``."""

    schema = None  # type: ignore[assignment]
    varies = True

    def get(self, request: Request) -> HttpResponse:
        language = translation.get_language()
        made = document(language)
        summit = Summit.objects.current()
        context = {
            "summit": summit,
            "addresses": browsing.with_examples(browsing.addresses(made), summit),
            "components": browsing.components(made),
        }
        response = render(self.asked, "api/browse.html", context)
        response["Content-Language"] = language
        return response
