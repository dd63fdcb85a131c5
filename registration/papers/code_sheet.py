"""Access codes on paper, to be cut apart and handed over: cards on A4 pages, as PDF."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone

from registration.models import AccessCode
from sessions.prints.drawing import Press, html
from sessions.prints.fonts import QR_SCHEME
from summit.lib import times
from summit.lib.translated import active_language
from summit.models import Summit


def sheet(summit: Summit, codes: Sequence[AccessCode]) -> bytes:
    """A card for each code in the active language: the code in letters and as a QR of the form's address, what it opens,
    and until when. Tagged (PDF/UA-1, ISO 14289-1)."""
    language = active_language()
    context = {
        "summit": summit,
        "cards": [_card(summit, code, language) for code in codes],
        "address": _shown(summit.address(reverse("registration:register", args=[summit.code]))),
        "language": language,
    }
    text = html("codes", context, [language])
    with Press("codes", {"tracks": []}, origin=summit.origin) as press:
        return press.pdf(text)


def _card(summit: Summit, code: AccessCode, language: str) -> dict[str, Any]:
    address = summit.address(f"{reverse('registration:register', args=[summit.code])}?code={code.code}")
    until = code.closes_at or summit.registration_ends_at
    return {
        "code": code,
        "categories": [str(each) for each in code.categories.all()],
        "until": times.moment_label(until, summit.tz, language, year=timezone.now().year),
        "qr": QR_SCHEME + quote(address, safe=":/"),
    }


def _shown(address: str) -> str:
    return address.partition("://")[2]
