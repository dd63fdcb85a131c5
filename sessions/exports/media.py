"""Recordings as video archives exchange them: a podcast (RSS 2.0), and JSON in the words of voctoweb by session GUID.

A recording is in them once somebody has confirmed it, and never of a session that must not be recorded.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation

from sessions.exports.public import Public, page, stable_guid
from sessions.exports.source import GENERATOR
from sessions.models import CaptionLine, Material, Session
from summit.lib.text import clean_line, clean_text, plain
from summit.lib.weblinks import media_type
from summit.models import Summit

RSS_TYPE = "application/rss+xml; charset=utf-8"
JSON_TYPE = "application/json"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
ATOM = "http://www.w3.org/2005/Atom"
PODCAST = "https://podcastindex.org/namespace/1.0"
CHAPTERS = "http://podlove.org/simple-chapters"
PAGE = "text/html"
HEIGHTS = {"2160p": 2160, "1080p": 1080, "720p": 720, "480p": 480, "360p": 360}
HIGH = 720  # lines from which voctoweb calls a recording one of high quality
LONGEST = 3_900  # letters of a description that directories of podcasts take


def recordings(public: Public) -> list[tuple[Session, Material]]:
    """In the order of the agenda."""
    return [(session, material) for session in public.sessions for material in session.recordings]


def podcast(public: Public, *, language: str) -> bytes:
    """UTF-8; one item for each recording, the newest first. One query more than ``public`` took."""
    for prefix, space in (("itunes", ITUNES), ("atom", ATOM), ("podcast", PODCAST), ("psc", CHAPTERS)):
        register_namespace(prefix, space)
    found = sorted(recordings(public), key=lambda pair: released(*pair), reverse=True)
    texts = transcripts([session for session, _material in found])
    with translation.override(language):
        root = Element("rss", {"version": "2.0"})
        channel = _channel(root, public.summit, language)
        for session, material in found:
            _item(channel, session, material, texts[session.pk], language=language)
    indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"


def transcripts(sessions: list[Session]) -> dict[int, list[str]]:
    """Languages there are captions in, by the key of the session. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = CaptionLine.objects.filter(session__in=[session.pk for session in sessions]).order_by("language")
    for session, language in rows.values_list("session", "language").distinct():
        found[session].append(language)
    return found


def released(session: Session, material: Material) -> datetime:
    """When a recording became one: when somebody confirmed it; of one that came confirmed, the end of its session."""
    return (material.confirmed_at or session.ends_at or session.updated_at).replace(microsecond=0)


def _channel(root: Element, summit: Summit, language: str) -> Element:
    channel = SubElement(root, "channel")
    name = clean_line(summit.name.in_language(language))
    about = clean_text(plain(summit.summary.in_language(language)))[:LONGEST] or name
    by = clean_line(summit.organisers.in_language(language)) or name
    # Directories of podcasts take a square of 1400 dots or more and nothing else; a summit has none of its own.
    picture = summit.address(static("summit/img/podcast.png"))
    home = page(summit, lambda: reverse("sessions:agenda", args=[summit.code]), language)
    _add(channel, "title", name)
    _add(channel, "link", home)
    _add(channel, "description", about)
    _add(channel, "language", language)
    _add(channel, "lastBuildDate", _moment(summit.revised_at, summit))
    _add(channel, "generator", GENERATOR)
    image = _add(channel, "image")
    for tag, words in (("url", picture), ("title", name), ("link", home)):
        _add(image, tag, words)
    _add(channel, f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=_feed(summit, "podcast", language))
    _add(channel, f"{{{ITUNES}}}author", by)
    _add(channel, f"{{{ITUNES}}}image", href=picture)
    _add(channel, f"{{{ITUNES}}}category", text="Government")
    _add(channel, f"{{{ITUNES}}}explicit", "false")
    _add(channel, f"{{{ITUNES}}}type", "episodic")
    if summit.contact_email:
        owner = _add(channel, f"{{{ITUNES}}}owner")
        _add(owner, f"{{{ITUNES}}}name", by)
        _add(owner, f"{{{ITUNES}}}email", summit.contact_email)
    return channel


def _item(channel: Element, session: Session, material: Material, texts: list[str], *, language: str) -> None:
    summit = session.summit
    address, kind = summit.address(material.url), media_type(material.url)
    item = _add(channel, "item")
    _add(item, "title", _title(session, material, language))
    _add(item, "link", page(summit, session.get_absolute_url, language))
    _add(item, "guid", str(guid(summit, session, material)), isPermaLink="false")
    _add(item, "pubDate", _moment(released(session, material), summit))
    _add(item, "description", _about(session, language) or _title(session, material, language))
    if kind:
        _add(item, "enclosure", url=address, type=kind, length=str(material.size or 0))
    _add(item, f"{{{ITUNES}}}explicit", "false")
    _add(item, f"{{{ITUNES}}}author", ", ".join(_people(session, language)))
    if material.licence_url:
        _add(item, f"{{{PODCAST}}}license", material.licence.lower(), url=material.licence_url)
    for url, code in _captions(summit, session, material, texts):
        _add(item, f"{{{PODCAST}}}transcript", url=url, type="text/vtt", language=code, rel="captions")
    if material.chapters:
        chapters = _add(item, f"{{{CHAPTERS}}}chapters", version="1.2")
        for chapter, _address in material.parts:
            _add(chapters, f"{{{CHAPTERS}}}chapter", start=chapter.clock, title=clean_line(chapter.title))


def _captions(summit: Summit, session: Session, material: Material, texts: list[str]) -> Iterator[tuple[str, str]]:
    if material.captions_url:
        yield summit.address(material.captions_url), material.language or session.language
        return
    for code in texts:
        yield page(summit, partial(reverse, "sessions:session-vtt", args=[summit.code, session.code, code])), code


def media_json(public: Public, *, language: str) -> bytes:
    """``{"conference": …}`` with its events and their recordings, named as voctoweb names them; languages are BCP 47."""
    summit = public.summit
    found: dict[str, list[Material]] = defaultdict(list)
    for session, material in recordings(public):
        found[session.code].append(material)
    with translation.override(language):
        events = [_event(summit, s, found[s.code], language) for s in public.sessions if s.code in found]
        conference = _conference(summit, events, language)
    return (json.dumps({"conference": conference}, ensure_ascii=False, indent=1) + "\n").encode()


def _conference(summit: Summit, events: list[dict[str, Any]], language: str) -> dict[str, Any]:
    return {
        "acronym": summit.code,
        "slug": summit.code,
        "title": clean_line(summit.name.in_language(language)),
        "description": clean_text(plain(summit.summary.in_language(language))) or None,
        "link": page(summit, lambda: reverse("sessions:agenda", args=[summit.code]), language),
        "schedule_url": _feed(summit, "schedule-xml", language),
        "logo_url": summit.address(summit.logo.url) if summit.logo else None,
        "updated_at": _iso(summit.revised_at, summit),
        "event_last_released_at": max((event["release_date"] for event in events), default=None),
        "events": events,
    }


def _event(summit: Summit, session: Session, materials: list[Material], language: str) -> dict[str, Any]:
    length = (session.ends_at - session.starts_at).total_seconds() if session.starts_at and session.ends_at else None
    return {
        "guid": str(session.guid),
        "slug": f"{summit.code}-{session.code}",
        "title": clean_line(session.title.in_language(language)) or session.code,
        "subtitle": None,
        "description": _about(session, language) or None,
        "original_language": session.language,
        "persons": _people(session, language),
        "tags": [session.track.slug] if session.track else [],
        "date": _iso(session.starts_at, summit) if session.starts_at else None,
        "release_date": _iso(min(released(session, material) for material in materials), summit),
        "updated_at": _iso(session.updated_at, summit),
        # Of the session: how long a recording is nobody has said.
        "duration": int(length) if length is not None else None,
        "link": page(summit, session.get_absolute_url, language),
        "recordings": [_recording(summit, session, material) for material in materials],
    }


def _recording(summit: Summit, session: Session, material: Material) -> dict[str, Any]:
    height, address = HEIGHTS.get(material.quality), summit.address(material.url)
    return {
        "guid": str(guid(summit, session, material)),
        "mime_type": media_type(material.url) or PAGE,
        "language": material.language or session.language,
        "high_quality": height is not None and height >= HIGH,
        "height": height,
        "size": max(round(material.size / 1_000_000), 1) if material.size else None,
        "license": material.licence_url or None,
        "chapters": [{"start": each.clock, "title": clean_line(each.title)} for each, _address in material.parts],
        "filename": material.url.rpartition("/")[2] if media_type(material.url) else None,
        "updated_at": _iso(released(session, material), summit),
        "recording_url": address,
        "url": address,
    }


def guid(summit: Summit, session: Session, material: Material) -> Any:
    return stable_guid(summit, "recording", f"{session.guid}:{material.url}")


def _title(session: Session, material: Material, language: str) -> str:
    """The session's title; the recording's own as well, where a session has several."""
    title = clean_line(session.title.in_language(language)) or session.code
    own = clean_line(material.title.in_language(language))
    return f"{title} ({own})" if own and len(session.recordings) > 1 else title


def _about(session: Session, language: str) -> str:
    return clean_text(plain(session.abstract.in_language(language)))[:LONGEST]


def _people(session: Session, language: str) -> list[str]:
    found = [clean_line(each.speaker.name_in(language)) for each in session.appearances.all()]
    return list(dict.fromkeys(found))


def _feed(summit: Summit, view: str, language: str) -> str:
    return summit.address(f"{reverse(f'feeds:{view}', args=[summit.code])}?lang={language}")


def _add(parent: Element, name: str, words: str = "", /, **attributes: str) -> Element:
    element = SubElement(parent, name, attributes)
    if words:
        element.text = words
    return element


def _moment(when: datetime, summit: Summit) -> str:
    """RFC 822, as RSS 2.0 wants it, in the summit's zone."""
    return format_datetime(when.replace(microsecond=0).astimezone(summit.tz))


def _iso(when: datetime, summit: Summit) -> str:
    return when.replace(microsecond=0).astimezone(summit.tz).isoformat()
