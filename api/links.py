"""Absolute addresses. They never depend on the ``Host`` header: an answer is kept for everybody."""

from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from summit.models import Summit


def address(summit: Summit, view: str, *keys: str) -> str:
    """The address of a view below a summit; people's pages in the first language of the summit."""
    ours = dict(settings.LANGUAGES)
    language = next((code for code in summit.languages if code in ours), settings.LANGUAGE_CODE)
    return summit.address(_path(language, view, summit.code, *keys))


@lru_cache(maxsize=4096)
def _path(language: str, view: str, *keys: str) -> str:
    with translation.override(language):
        return reverse(view, args=keys)
