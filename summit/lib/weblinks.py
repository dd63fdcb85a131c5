"""Links that lead out: only http and https, as software can take them, and which player shows a video address."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

VIDEO_FILE = re.compile(r"\.(mp4|webm|ogv|m4v)\Z", re.IGNORECASE)
YOUTUBE_ID = re.compile(r"\A[A-Za-z0-9_-]{11}\Z")
# What may stand in a path and a query besides letters and digits (RFC 3986, 3.3 and 3.4), and the sign of what is encoded.
IN_PATH, IN_QUERY = "/:@!$&'()*+,;=~-._%", "/:@!$&'()*+,;=~-._%?"
LEFT_OUT = re.compile(r"[\x00-\x20]")
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
LIVE_FILE = re.compile(r"\.(m3u8|mp3|ogg|opus|aac)\Z", re.IGNORECASE)
LIVE_TYPES = {"m3u8": ("hls", "application/vnd.apple.mpegurl"), "mp3": ("audio", "audio/mpeg"),
              "ogg": ("audio", "audio/ogg"), "opus": ("audio", "audio/ogg"), "aac": ("audio", "audio/aac")}  # fmt: skip
VIDEO_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg"}
SOUND_TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "opus": "audio/ogg", "aac": "audio/aac"}


def absolute(path: str) -> str:
    """``path`` with the site in front; an address of another site stays, as software can take it."""
    return settings.SITE_URL + path if path.startswith("/") else encoded(path)


def own_path(address: str) -> str | None:
    """A relative address as it is; None for one that browsers take for another host's (``//host``, ``/\\host``, also with
    tabs and line breaks between, which they leave out: WHATWG URL, 4.4)."""
    return None if LEFT_OUT.sub("", address).replace("\\", "/").startswith("//") else address


def encoded(address: str) -> str:
    """The address as software takes it (RFC 3986) from one as people write it (RFC 3987).

    Letters outside ASCII, blanks and quotation marks become percent signs and digits, those of the host Punycode. What
    is encoded already stays; an address whose host cannot be written so stays as it is.
    """
    try:
        parts = urlsplit(address.strip())
        host = parts.netloc if parts.netloc.isascii() else _ascii_host(parts.netloc)
    except ValueError:  # UnicodeError is one
        return address
    path, query, fragment = (
        quote(STRAY_PERCENT.sub("%25", part), safe=safe)
        for part, safe in ((parts.path, IN_PATH), (parts.query, IN_QUERY), (parts.fragment, IN_QUERY))
    )
    return urlunsplit((parts.scheme, host, path, query, fragment))


def _ascii_host(netloc: str) -> str:
    """The host in Punycode, as browsers ask for it. Raises ``UnicodeError`` where it is none."""
    name, colon, port = netloc.partition(":")
    return name.encode("idna").decode() + colon + port


def validate_web_link(value: str) -> None:
    """Only http(s) addresses with a host, or paths of this site's own static files and media."""
    if not _is_ours(value) and not _host(value):
        raise ValidationError(_("Write a full web address that begins with https:// or http://."), code="web_link")


def _plain(value: str) -> bool:
    return "\\" not in value and value.isprintable() and not any(c.isspace() for c in value)


def _is_ours(value: str) -> bool:
    return value.startswith(("/static/", "/media/")) and ".." not in value and _plain(value)


def _host(value: str) -> str:
    """The host of an http(s) address; "" for everything else, also where a name before an @ looks like a host."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not _plain(value):
        return ""
    return parts.hostname or ""


def media_type(url: str) -> str:
    """The type of a file of video or sound, by the ending of its name; "" for everything else, a page with a player too."""
    return {**VIDEO_TYPES, **SOUND_TYPES}.get(urlsplit(url).path.rpartition(".")[2].lower(), "")


@dataclass(frozen=True, slots=True)
class Player:
    """How a video is shown after the click: in a frame of ``host``, or by the browser's own video or audio element."""

    kind: str  # "frame", "video", "audio" or "hls"
    src: str
    host: str
    media_type: str = ""


def live_player(url: str, *, peertube_hosts: list[str]) -> Player | None:
    """The player of what is broadcast now: as :func:`player`, and for HLS (RFC 8216) and sound. Of ``hls`` and ``audio``
    ``host`` is the origin its pieces come from, "" where that is this site."""
    parts = urlsplit(url) if _is_ours(url) or _host(url) else None
    if parts and (match := LIVE_FILE.search(parts.path)):
        kind, media_type = LIVE_TYPES[match[1].lower()]
        return Player(kind, url, f"{parts.scheme}://{parts.netloc}" if parts.netloc else "", media_type)
    return player(url, peertube_hosts=peertube_hosts)


def player(url: str, *, peertube_hosts: list[str]) -> Player | None:
    """The player for a video address, or None where there is none that may be embedded (a link remains)."""
    if _is_ours(url):
        return _file(url, "")
    if not _host(url):
        return None
    parts = urlsplit(url)
    host, path = _host(url).removeprefix("www."), parts.path
    if host in {"youtube.com", "m.youtube.com", "youtube-nocookie.com", "youtu.be"}:
        found = path.removeprefix("/") if host == "youtu.be" else parse_qs(parts.query).get("v", [""])[0]
        found = found or path.removeprefix("/embed/").removeprefix("/live/")
        if YOUTUBE_ID.match(found):
            return Player("frame", f"https://www.youtube-nocookie.com/embed/{found}?autoplay=1", "YouTube")
        return None
    if host in {"vimeo.com", "player.vimeo.com"}:
        number = path.removeprefix("/video").strip("/").split("/")[0]
        return (
            Player("frame", f"https://player.vimeo.com/video/{number}?autoplay=1&dnt=1", "Vimeo")
            if number.isascii() and number.isdigit()
            else None
        )
    if host in peertube_hosts:
        match = re.match(r"\A/(?:w|videos/watch|videos/embed)/([\w-]{6,40})\Z", path)
        return Player("frame", f"https://{host}/videos/embed/{match[1]}?autoplay=1", host) if match else None
    return _file(url, host) if parts.scheme == "https" else None


def _file(url: str, host: str) -> Player | None:
    match = VIDEO_FILE.search(urlsplit(url).path)
    return Player("video", url, host, VIDEO_TYPES[match[1].lower()]) if match else None
