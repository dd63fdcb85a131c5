"""The ticket and the confirmation of a registration as pages to print or keep, as PDF."""

import threading
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from registration import standing
from registration.badges.fonts import FAMILY
from registration.badges.printing import NoBadge
from registration.door import tickets
from registration.models import Registration
from sessions.prints.drawing import VARIANT, name_marks
from summit.errors import Refusal
from summit.lib import countries, qr
from summit.typefaces import SYSTEM_FAMILIES, OwnFontsOnly, font_files


class NoConfirmation(Refusal):
    code = "no_confirmation"
    message: Any = gettext_lazy("There is a confirmation once the registration is confirmed.")


# WeasyPrint's font configuration is not made for several threads.
_lock = threading.Lock()


@cache
def _equipment() -> tuple[FontConfiguration, CSS, OwnFontsOnly]:
    """Fonts and style sheet, kept for the life of the process: they take longer than a ticket."""
    fonts, fetcher = FontConfiguration(), OwnFontsOnly(FAMILY)
    names = {"fonts": font_files(FAMILY), "system_families": SYSTEM_FAMILIES}
    css = render_to_string("registration/attendee/ticket_pdf.css", names)
    return fonts, CSS(string=css, font_config=fonts, url_fetcher=fetcher), fetcher


def ticket(registration: Registration) -> bytes:
    """One A5 page in the person's language; raises :class:`NoBadge` where the person has none."""
    if not standing.of_registration(registration).ticket:
        raise NoBadge
    summit, language = registration.summit, registration.language
    with translation.override(language):
        context = {
            "registration": registration,
            "summit": summit,
            "venue": summit.venues.first(),
            "country": countries.name(registration.country, language),
            "qr": qr.svg(
                tickets.token_for(registration), label=_("Ticket %(reference)s") % {"reference": registration.reference}
            ),
            "language": language,
        }
        html = render_to_string("registration/attendee/ticket_pdf.html", context)
    return drawn(html)


def confirmation(registration: Registration) -> bytes:
    """One A5 page in the person's language that says under which reference somebody is registered, for an employer or a
    journey; it opens no door. Raises :class:`NoConfirmation` while there is nothing to confirm."""
    if not standing.of_registration(registration).confirmation:
        raise NoConfirmation
    summit, language = registration.summit, registration.language
    with translation.override(language):
        context = {
            "registration": registration,
            "summit": summit,
            "venue": summit.venues.first() if registration.is_in_person else None,
            "language": language,
            "today": timezone.now(),
        }
        html = render_to_string("registration/attendee/confirmation_pdf.html", context)
    return drawn(html)


def drawn(html: str) -> bytes:
    """A page as PDF, in our own typefaces and the style of a ticket."""
    with _lock:
        fonts, style, fetcher = _equipment()
        content: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
            finisher=name_marks, font_config=fonts, stylesheets=[style], pdf_variant=VARIANT
        )
    return content
