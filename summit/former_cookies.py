"""For the hours of an update: cookies under the names that releases before the prefix ``__Host-`` give and read.

While such a release runs beside this one behind the same address (``FORMER_COOKIES``), a form that one of them has drawn is
sent to the other, and who has signed in at one is signed in at the other. The name that both know decides; whatever is set,
and whatever a browser brings that an earlier release has set, is set under both names, so that nobody is signed out when the
setting is taken away again. Until then cookies are protected as that
earlier release protects them.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header

PREFIX = "__Host-"


def names() -> dict[str, str]:
    """The former name of each cookie by its present one; none without https, where they are the same."""
    ours = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    return {name: name.removeprefix(PREFIX) for name in ours if name.startswith(PREFIX)}


class FormerCookies:
    """Before whatever asks for a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.names = names()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        new = {name for name, former in self.names.items() if former in request.COOKIES and name not in request.COOKIES}
        for name, former in self.names.items():
            if former in request.COOKIES:
                request.COOKIES[name] = request.COOKIES[former]
        response = self.get_response(request)
        for name, former in self.names.items():
            if name in response.cookies:
                given = response.cookies[name]
                response.cookies[former] = given.value
                response.cookies[former].update(given)
            elif name in new and has_vary_header(response, "Cookie"):
                # What is kept for everybody says nothing of cookies, and gets none.
                hand_over(request, response, name)
        return response


def hand_over(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Give a browser that an earlier release knows its cookie under the present name as well."""
    kind = "SESSION" if name == settings.SESSION_COOKIE_NAME else "CSRF"
    age: int | None = settings.CSRF_COOKIE_AGE
    if kind == "SESSION":
        age = None if request.session.get_expire_at_browser_close() else request.session.get_expiry_age()
    response.set_cookie(name, request.COOKIES[name], max_age=age, secure=True,
                        httponly=getattr(settings, f"{kind}_COOKIE_HTTPONLY"), samesite=getattr(settings, f"{kind}_COOKIE_SAMESITE"))  # fmt: skip
