"""What other software writes for times, lengths, languages, kinds, modes and links, understood."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from sessions.imports.schedules.schedule import WebLink
from sessions.models import Material
from sessions.models.session import Kind
from summit.imports.table_format import Refused
from summit.lib import times
from summit.lib.weblinks import encoded, player, validate_web_link
from summit.models import Mode

HALF = r"[AaPp]\.?[Mm]\.?|오전|오후"
CLOCK = re.compile(
    rf"(?P<before>{HALF})?\s*(?P<hour>\d{{1,2}})(?:\s*(?::|시|h)\s*(?:(?P<minute>\d{{1,2}})\s*분?)?(?::(?P<second>\d{{2}}))?)?"
    rf"\s*(?P<after>{HALF}|[Uu]hr)?\Z"
)
LENGTH = re.compile(r"(\d{1,3}):([0-5]\d)(?::[0-5]\d)?\Z")
IN_WORDS = re.compile(
    r"(?:(\d{1,2})\s*(?:hours?|hrs?|h|std\.?|시간))?\s*(?:(\d{1,4})\s*(?:minutes?|mins?\.?|m|분)?)?\Z", re.IGNORECASE
)
# Languages whose own words for languages are understood, beside those of the product.
NAMED_IN = ("en", "ko", "de", "fr", "es", "pt", "it", "nl", "ja", "zh")
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")

# Words of other programmes for our kinds and modes; our own names, in every language, come from the models.
KINDS = {
    "keynote": Kind.PLENARY, "plenary": Kind.PLENARY, "general session": Kind.PLENARY, "전체": Kind.PLENARY,
    "workshop": Kind.WORKSHOP, "tutorial": Kind.WORKSHOP, "training": Kind.WORKSHOP, "워크숍": Kind.WORKSHOP,
    "break": Kind.BREAK, "lunch": Kind.BREAK, "coffee": Kind.BREAK, "pause": Kind.BREAK, "휴식": Kind.BREAK,
    "ceremony": Kind.CEREMONY, "opening": Kind.CEREMONY, "closing": Kind.CEREMONY,
    "side event": Kind.SIDE_EVENT, "side-event": Kind.SIDE_EVENT, "reception": Kind.SIDE_EVENT,
}  # fmt: skip
MODES = {
    "in-person": Mode.IN_PERSON, "in person": Mode.IN_PERSON, "onsite": Mode.IN_PERSON, "on-site": Mode.IN_PERSON,
    "online": Mode.ONLINE, "virtual": Mode.ONLINE, "remote": Mode.ONLINE, "live": Mode.ONLINE, "live stream": Mode.ONLINE,
    "pre-recorded": Mode.ONLINE, "on-demand": Mode.ONLINE, "roundtable": Mode.ONLINE, "hybrid": Mode.HYBRID,
}  # fmt: skip


def zone(name: str) -> ZoneInfo | None:
    """An IANA zone, also by the name Windows and Outlook give it."""
    return times.zone(name) or times.zone(WINDOWS_TO_OLSON.get(name, ""))


def moment(text: str) -> datetime | None:
    """An ISO 8601 moment, aware or naive; None where it is none."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None


def clock(text: str) -> time | None:
    """``9:30``, ``09:30:00``, ``9:30 pm``, ``오후 2시 30분``; None where it is none."""
    found = CLOCK.match(text.strip())
    if not found or not clock_like(text):
        return None
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)
    half = (found["before"] or found["after"] or "").lower()
    if half and half != "uhr":
        if not 1 <= hour <= 12 and not half.startswith("오"):
            return None
        hour = hour % 12 + (12 if half[0] == "p" or half == "오후" else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def clock_like(text: str) -> bool:
    """Whether the text is written as an hour, also one that no clock shows."""
    return CLOCK.match(text.strip()) is not None and not text.strip().isdigit()


def length(text: str) -> timedelta | None:
    """``1:30`` and ``01:30:00`` are hours and minutes, ``90`` is minutes, ``1 h 30``, ``90분``, ``PT1H30M`` (ISO 8601)."""
    text = text.strip()
    if found := LENGTH.match(text):
        return timedelta(hours=int(found[1]), minutes=int(found[2]))
    if re.fullmatch(r"\d{1,4}(?:\.0+)?", text):
        return timedelta(minutes=int(text.split(".")[0]))
    if text and (found := IN_WORDS.match(text)):
        return timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    try:
        return parse_duration(text) if text.startswith(("P", "p")) else None
    except (ValueError, OverflowError):
        return None


def stated[Value](read: Callable[[str], Value | None], text: str, column: str) -> Value | None:
    """What a text says, by one of the readers above; None where it is empty.

    Raises ``Refused`` where it is not in the calendar, on the clock, or understood at all.
    """
    found = read(text) if text.strip() else None
    if found is None and text.strip():
        raise Refused(
            _("“%(column)s”: “%(value)s” is in no calendar, on no clock, or not understood. Correct it."),
            column=column, value=text.strip()[:60],
        )  # fmt: skip
    return found


def settled(moment: datetime, tz: ZoneInfo) -> datetime:
    """A moment in UTC; without an offset it is wall time in ``tz``. Refused where that hour does not exist."""
    try:
        if moment.tzinfo is None:
            local = moment.replace(tzinfo=tz)
            if local.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != moment:
                raise Refused(
                    _("At %(time)s no clock in %(zone)s shows that hour: it is skipped that night. Correct the time.")
                    % {"time": f"{moment:%Y-%m-%d %H:%M}", "zone": tz.key}
                )
            moment = local
        moment = moment.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise Refused(_("The year %(year)d cannot be right. Correct the time.") % {"year": moment.year}) from error
    # At the ends of the calendar a time exists in one zone and not in the next.
    if not 1900 < moment.year < 2200:
        raise Refused(_("The year %(year)d cannot be right. Correct the time.") % {"year": moment.year})
    return moment


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    """``{"english": "en", "영어": "en", "anglais": "en", …}`` from CLDR."""
    found: dict[str, str] = {}
    for display in NAMED_IN:
        for code, name in Locale.parse(display).languages.items():
            if len(code) in (2, 3):
                found.setdefault(name.casefold(), code)
    return found


def languages(text: str) -> list[str]:
    """Codes of the languages named: ``English``, ``de, en``, ``en-US``, ``eng``, ``한국어/영어``. Unknown ones are left out."""
    parts = re.split(r"[,;/|+&]|\band\b|\bund\b|\n", text[:200])
    return list(dict.fromkeys(code for part in parts if (code := _language(part.strip()))))


def _language(word: str) -> str:
    if code := _languages().get(word.casefold()):
        return code
    tag = re.split(r"[-_ ]", word.casefold())[0]
    if not re.fullmatch(r"[a-z]{2,3}", tag) or (tag != word.casefold() and not re.match(r"[A-Za-z]{2,3}[-_]", word)):
        return ""
    code = get_global("language_aliases").get(tag, tag)
    return code if code in Locale.parse("en").languages else ""


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.update({str(kind.label).casefold(): kind.value for kind in Kind})
    return {**found, **{kind.value: kind.value for kind in Kind}}


def kind(text: str) -> str:
    """Our kind; "" where nothing fits."""
    word = text.strip().casefold()
    if exact := _kinds().get(word):
        return exact
    return next((str(value) for name, value in KINDS.items() if name in word), "")


@lru_cache(maxsize=1)
def _modes() -> dict[str, str]:
    found = {mode.value: mode.value for mode in Mode}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.update({str(mode.label).casefold(): mode.value for mode in Mode})
    return {**found, **{name: str(value) for name, value in MODES.items()}}


def mode(text: str) -> str:
    return _modes().get(text.strip().casefold(), "")


def link(url: str, base_url: str, *, own: str = "") -> str:
    """A full web address: what lies at ``own``, the summit's origin, or the installation by its path; relative ones on ``base_url``, https where no scheme is given; "" where none can be made."""
    url = url.strip()
    ours = next((o for o in (own, settings.SITE_URL) if o and url.startswith((f"{o}/static/", f"{o}/media/"))), "")
    try:
        if ours:
            url = url.removeprefix(ours)
        elif not urlsplit(url).scheme and re.match(r"(?:www\.|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}(?:/|\Z))", url):
            url = f"https://{url}"
        elif not urlsplit(url).scheme:
            url = urljoin(base_url, url) if base_url else ""
        url = url.replace(" ", "%20")
        validate_web_link(url)
    except (ValidationError, ValueError):
        return ""
    # Korean takes nine characters for one; what is too long so is encoded where it goes out.
    return next((each for each in (encoded(url), url) if len(each) <= 1000), "")


def link_kind(found: WebLink, url: str) -> str:
    """The kind of material; what a player shows is a recording."""
    if found.kind:
        return found.kind
    video = player(url, peertube_hosts=settings.PEERTUBE_HOSTS)
    return str(Material.Kind.RECORDING if video else Material.Kind.LINK)
