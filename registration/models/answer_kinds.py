"""The kinds of answers that are a text: how each is written in the database, whatever way somebody typed it.

A reader takes what was typed and gives what is kept: ``""`` for nothing. It raises :class:`ValidationError` with words that
say what to write instead.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType
from unicodedata import normalize
from urllib.parse import urlsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext_lazy as _

from summit.lib import countries

YES, NO = "yes", "no"
# What a line and a text hold, in characters.
LONGEST_LINE, LONGEST_TEXT, LONGEST_URL = 200, 2000, 500
# Between the two days of a span (ISO 8601-1, 5.5).
SPAN = "/"
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")


def number(typed: str) -> str:
    """A decimal number: "1,200" and "１２００" are "1200", "1.50" is "1.5"."""
    plain = normalize("NFKC", typed).replace(",", "").replace(" ", "")
    if NUMBER.fullmatch(plain):
        # Adding nothing takes the sign off a zero.
        return f"{Decimal(plain).normalize() + 0:f}"
    raise ValidationError(_("Write a number, in digits."), code="number")


def day(typed: str) -> str:
    """A day as ISO 8601 writes it: "2021-12-15"."""
    with suppress(ValueError):
        if (found := parse_date(typed)) and 1900 <= found.year <= 2099:
            return found.isoformat()
    raise ValidationError(_("Write a day as year-month-day, for example 2021-12-15."), code="day")


def days(typed: str) -> str:
    """Two days, the first no later than the second: "2021-12-14/2021-12-18"."""
    first, _between, last = typed.partition(SPAN)
    span = day(first), day(last)
    if span[0] > span[1]:
        raise ValidationError(_("The second day is before the first one."), code="days")
    return SPAN.join(span)


def clock(typed: str) -> str:
    """A time of day: "09:05"."""
    with suppress(ValueError):
        if found := parse_time(typed):
            return f"{found:%H:%M}"
    raise ValidationError(_("Write a time of day as hours:minutes, for example 14:30."), code="time")


def country(typed: str) -> str:
    """A country of ISO 3166-1: "KR"."""
    if typed in countries.names("en"):
        return typed
    raise ValidationError(_("Choose a country."), code="country")


def phone(typed: str, region: str = "") -> str:
    """A telephone number as E.164 writes it, "+82212345678". Without a plus it is one of ``region`` (ISO 3166-1)."""
    with suppress(phonenumbers.NumberParseException):
        found = phonenumbers.parse(typed, region or None)
        if phonenumbers.is_possible_number(found):
            return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    raise ValidationError(_("Write the telephone number with its country, for example +82 2 1234 5678."), code="phone")


def url(typed: str) -> str:
    """An address of the web, with http or https."""
    found = typed if "://" in typed else f"https://{typed}"
    try:
        URLValidator(schemes=["http", "https"])(found)
        good = len(found) <= LONGEST_URL and not urlsplit(found).username
    except (ValidationError, ValueError):
        good = False
    if not good:
        raise ValidationError(
            _("Write an address of the web, for example https://www.opengovpartnership.org."), code="url"
        )
    return found


def _one_of(*words: str) -> Callable[[str], str]:
    def read(typed: str) -> str:
        if typed in words:
            return typed
        raise ValidationError(_("Choose one of the answers."), code="one_of")

    return read


def _no_longer(most: int, *, lines: bool = False) -> Callable[[str], str]:
    def read(typed: str) -> str:
        if len(typed) > most:
            raise ValidationError(_("Write at most %(most)d characters."), code="long", params={"most": most})
        if not lines and "\n" in typed:
            raise ValidationError(_("Write it on one line."), code="lines")
        return typed

    return read


READERS: Mapping[str, Callable[[str], str]] = MappingProxyType({
    "line": _no_longer(LONGEST_LINE),
    "text": _no_longer(LONGEST_TEXT, lines=True),
    "organisation": _no_longer(LONGEST_LINE),
    "number": number,
    "yes": _one_of(YES, NO),
    "consent": _one_of(YES),
    "date": day,
    "dates": days,
    "time": clock,
    "country": country,
    "phone": phone,
    "url": url,
})  # fmt: skip


def days_of(kept: str) -> tuple[date, date]:
    """The two days of a span that was kept."""
    first, last = (date.fromisoformat(each) for each in kept.split(SPAN))
    return first, last


def time_of(kept: str) -> time:
    return time.fromisoformat(kept)


def phone_in_words(kept: str) -> str:
    """As it is dialled from abroad: "+82 2-1234-5678"."""
    return phonenumbers.format_number(phonenumbers.parse(kept, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
