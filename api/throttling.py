"""How often one address may ask."""

from typing import TYPE_CHECKING, cast

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from summit import ratelimit

if TYPE_CHECKING:  # the settings name this module; the framework's views need it while they load
    from django.http import HttpRequest
    from rest_framework.views import APIView


class PublicThrottle(SimpleRateThrottle):
    """The settings' rate "public", counted per client address. Answers kept by the public cache are not counted.

    Raises :class:`summit.ratelimit.TooMany` past the rate.
    """

    scope = "public"
    num_requests: int | None
    duration: int | None  # seconds

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if self.num_requests and self.duration:
            address = ratelimit.client_address(cast("HttpRequest", request))
            ratelimit.take("api", address, limit=self.num_requests, seconds=self.duration)
        return True
