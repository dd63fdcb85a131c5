"""How a test does what people do, and reads what they are given."""

import io
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import icalendar
import pypdfium2
import zxingcpp
from django.utils.formats import reset_format_cache
from django.utils.translation import gettext, override
from playwright.sync_api import Error

from summit.public_pages import LOOK_AGAIN_AFTER, revisions

# Seconds until what is waited for is taken for missing. It costs nothing where all is well, and a busy machine, on which
# a page may take fifteen seconds to load, is no fault of the page's.
PATIENCE = 60
# Which browsers ask for which language of ours.
LOCALES = {"ko": "ko-KR", "en": "en-GB"}


@dataclass(frozen=True)
class Words:
    """The interface's own words in one language, so that a test does not break when one of them is improved."""

    language: str

    def __call__(self, text: str, **values: Any) -> str:
        with override(self.language):
            reset_format_cache()
            return gettext(text) % values if values else gettext(text)


def until(page: Any, asked: str, seconds: float = PATIENCE) -> None:
    """Wait until a function of the page answers with a truth; one that promises its answer is waited for.

    Playwright's own ``wait_for_function`` takes the promise itself for the answer.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            if page.evaluate(asked):
                return
        except Error as error:
            if "context was destroyed" not in str(error):  # a page on its way to the next one
                raise
        assert time.monotonic() < end, f"still not so after {seconds} s: {asked}"
        page.wait_for_timeout(50)


def settled(page: Any) -> None:
    """Wait until htmx has put everything in place.

    What it brought is to be seen, and may have the focus, a moment before its forms are htmx's: sent then, they would
    go where they go without scripts.
    """
    until(page, "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')")


def answered(page: Any, path: str, press: Callable[[], None]) -> None:
    """Do what makes htmx ask that address, and wait until its answer is in place."""
    with page.expect_response(lambda answer: path in answer.url) as got:
        press()
    got.value.finished()
    settled(page)


def looked_again(page: Any) -> None:
    """Wait as long as the server may still answer by the revisions it has read: what was changed shows from here."""
    left = LOOK_AGAIN_AFTER - (time.monotonic() - revisions._read_at)
    if left > 0:
        page.wait_for_timeout(left * 1000 + 1)


def submit(page: Any, form: str, button: str = "button:not([type=button])") -> None:
    """Press the first button that sends a form and wait for the page that answers."""
    with page.expect_navigation():
        page.locator(form).first.locator(button).first.click()


def become_a_stranger(page: Any) -> None:
    """Forget who this browser was.

    The cookie against forged forms stays: an answer still on its way may set it anew, and the form of the next page
    would no longer fit.
    """
    page.context.clear_cookies(name=re.compile(r"^(?!csrftoken$)"))


@dataclass(frozen=True)
class Letter:
    """A mail as a mail program would show it."""

    to: str
    subject: str
    text: str
    html: str
    entry: icalendar.Event | None
    method: str

    @property
    def links(self) -> list[str]:
        return re.findall(r"https?://\S+", self.text)


def read_mail(mail: Any) -> Letter:
    message = mail.message()
    parts: dict[str, Any] = {}
    for part in message.walk():
        if not part.is_multipart():
            parts[part.get_content_type()] = part
    entry, method = None, ""
    if found := parts.get("text/calendar"):
        calendar = icalendar.Calendar.from_ical(found.get_content())
        (entry,) = calendar.walk("VEVENT")
        method = str(found.get_param("method") or calendar.get("METHOD", ""))
    html = parts["text/html"].get_content() if "text/html" in parts else ""
    return Letter(message["To"], str(message["Subject"]), parts["text/plain"].get_content(), html, entry, method)


@dataclass(frozen=True)
class Paper:
    """A PDF as it is read: by people, and by a scanner at the door."""

    pages: int
    text: str
    codes: list[str]


def read_pdf(content: bytes) -> Paper:
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        text, codes = [], []
        for page in document:
            # A hyphen at the end of a line comes as U+FFFE.
            text.append(page.get_textpage().get_text_range().replace("\ufffe", "-"))
            picture = page.render(scale=4).to_pil()
            codes += [found.text for found in zxingcpp.read_barcodes(picture)]
            page.close()
        return Paper(len(document), "\n".join(text), codes)
    finally:
        document.close()


def fetch(page: Any, address: str, *, status: int = 200) -> bytes:
    """What the address answers to this browser, with its cookies."""
    answer = page.context.request.get(address)
    assert answer.status == status, (answer.status, address)
    return answer.body()


def fetch_pdf(page: Any, address: str) -> Paper:
    answer = page.context.request.get(address)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    return read_pdf(answer.body())


def fetch_calendar(page: Any, address: str) -> list[icalendar.Event]:
    answer = page.context.request.get(address)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.text())
    assert calendar["VERSION"] == "2.0"
    return list(calendar.walk("VEVENT"))
