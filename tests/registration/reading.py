"""What tests read back: forms out of pages, calendars out of mails, rows out of the database."""

import html
import re
from html.parser import HTMLParser

from allauth.account.models import EmailAddress
from django.utils import translation
from django_tasks_db.models import DBTaskResult
from icalendar import Calendar

from registration.models import BadgePrint, CheckIn, Consent, Quota, Registration
from summit.models import HistoryEntry, Message, User

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def everything() -> dict:
    """How much there is of all that a verb writes, and the places taken; for before and after."""
    tables = (Registration, Consent, HistoryEntry, Message, User, EmailAddress, DBTaskResult, CheckIn, BadgePrint)
    counts = {table.__name__: table.objects.count() for table in tables}
    return counts | {str(key): taken for *key, taken in Quota.objects.values_list("summit", "attendance", "taken")}


def taken(summit) -> dict[str, int]:
    return dict(Quota.objects.filter(summit=summit).values_list("attendance", "taken"))


def said(message, language: str) -> str:
    """A lazy sentence in that language."""
    with translation.override(language):
        return str(message)


def words(response) -> str:
    """The page as text in which quotes and signs stand as themselves."""
    return html.unescape(response.content.decode())


def read(response) -> str:
    """What somebody reads of the page: its text without markup, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def without_tokens(response) -> str:
    return CSRF.sub("", response.content.decode())


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.errors: list[str] = []
        self._area, self._select, self._in_error = "", "", False

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        name = found.get("name", "")
        if tag == "input" and name:
            if found.get("type") in {"radio", "checkbox"}:
                if "checked" in found:
                    self.values[name] = found.get("value", "on")
            else:
                self.values[name] = found.get("value") or ""
        elif tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.values[self._select] = found["value"]
        elif tag == "p" and found.get("class") == "error":
            self._in_error = True
            self.errors.append("")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "p":
            self._in_error = False

    def handle_data(self, data):
        if self._area:
            self.values[self._area] += data
        if self._in_error:
            self.errors[-1] += data


def _read(response) -> _Form:
    parser = _Form()
    parser.feed(response.content.decode())
    return parser


def form_values(response) -> dict[str, str]:
    """What a browser would send from the page as it stands, without the CSRF token."""
    values = _read(response).values
    values.pop("csrfmiddlewaretoken", None)
    # A browser drops the line break right after the start of a text area.
    return {name: value.removeprefix("\n") for name, value in values.items()}


def field_errors(response) -> list[str]:
    return _read(response).errors


def calendar_of(mail):
    """The one VEVENT of a mail's attachment, and the attachment's part of the message."""
    (part,) = [p for p in mail.message().walk() if p.get_content_type() == "text/calendar"]
    (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
    return event, part
