"""What every template may use: the site's address and the page's twins in other languages."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_urlconf, translate_url
from django.utils.translation import get_language_info

from summit.lib import hosts
from summit.lib.translated import active_language


def in_language(path: str, current: str, code: str) -> str:
    """The path in another language; of one that leads nowhere, such as a mistyped one, the same in that language."""
    return _in_language(path, current, code, get_urlconf() or settings.ROOT_URLCONF, hosts.served())


@lru_cache(maxsize=2000)
def _in_language(path: str, current: str, code: str, _urlconf: str, _served: str) -> str:
    """Finding out what an address names takes as long as a question to the database; the same ones are asked for again."""
    found = translate_url(path, code)
    return found if found != path else path.replace(f"/{current}/", f"/{code}/", 1)


def site(request: HttpRequest) -> dict[str, Any]:
    """Address of the site, the page's own address and its twins in the other languages."""
    path = request.path
    current = active_language()
    alternatives = [
        {"code": code, "name": get_language_info(code)["name_local"], "path": in_language(path, current, code)}
        for code, _name in settings.LANGUAGES
    ]
    return {
        "SITE_URL": settings.SITE_URL,
        "AT_OWN_HOST": bool(hosts.served()),
        "LANGUAGE": current,
        "alternatives": [a for a in alternatives if a["path"] != path or a["code"] == current],
        "DEBUG_PAGES": settings.DEBUG,
    }
