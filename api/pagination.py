"""Lists in pages: ``?page=`` and ``?page_size=``."""

from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import UnknownValue
from summit.errors import Refusal
from summit.lib.weblinks import absolute

if TYPE_CHECKING:  # the settings name this module; the framework's views need it while they load
    from rest_framework.views import APIView

PAGE_SIZE = 50
PAGE_SIZE_AT_MOST = 200
BEYOND = 10**9  # more pages than anything has


class NoSuchPage(Refusal):
    code = "no_such_page"
    status = 404


class Pages(BasePagination):
    """``{"count", "next", "previous", "results"}`` and a ``Link`` header with ``next`` and ``prev`` (RFC 8288).

    A page past the last is a 404, anything that is no positive number a 400.
    """

    number: int
    size: int
    count: int
    request: Request

    def paginate_queryset(self, queryset: Any, request: Request, view: "APIView | None" = None) -> list[Any]:
        self.request = request
        self.number = _number(request, "page", 1, BEYOND, _("It is a number from 1."))
        hint = _("It is a number from 1 to %(most)d.") % {"most": PAGE_SIZE_AT_MOST}
        self.size = _number(request, "page_size", PAGE_SIZE, PAGE_SIZE_AT_MOST, hint)
        self.count = queryset.count()
        if self.number > self.last:
            sentence = _("There is no page %(number)s; the last one is %(last)d.")
            raise NoSuchPage(sentence % {"number": request.GET["page"][:20], "last": self.last})
        start = (self.number - 1) * self.size
        return list(queryset[start : start + self.size])

    @property
    def last(self) -> int:
        return max(1, -(-self.count // self.size))

    def address_of(self, number: int) -> str | None:
        """The absolute address of another page with the same parameters; None where there is no such page."""
        if not 1 <= number <= self.last:
            return None
        query = self.request.GET.copy()
        query["page"] = str(number)
        return f"{absolute(self.request.path)}?{query.urlencode()}"

    def get_paginated_response(self, data: Any) -> Response:
        following, before = self.address_of(self.number + 1), self.address_of(self.number - 1)
        links = [f'<{url}>; rel="{rel}"' for url, rel in ((following, "next"), (before, "prev")) if url]
        body = {"count": self.count, "next": following, "previous": before, "results": data}
        return Response(body, headers={"Link": ", ".join(links)} if links else None)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri", "example": None}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": _("How many there are on all pages."), "example": 1},
                "next": {**address, "description": _("Address of the next page; null on the last.")},
                "previous": {**address, "description": _("Address of the page before; null on the first.")},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        def number(name: str, description: Promise, **bounds: int) -> dict[str, Any]:
            schema = {"type": "integer", "minimum": 1, **bounds}
            return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}

        return [
            number("page", _("Page of the list, from 1."), default=1),
            number("page_size", _("How many on a page."), maximum=PAGE_SIZE_AT_MOST, default=PAGE_SIZE),
        ]


def _number(request: Request, name: str, default: int, most: int, hint: Any) -> int:
    asked = request.GET.get(name, "")
    if not asked:
        return default
    # Python refuses to read numbers of thousands of digits.
    number = min(int(asked[:20]), BEYOND) if asked.isascii() and asked.isdigit() else 0
    if not 1 <= number <= most:
        raise UnknownValue(name, asked, hint)
    return number
