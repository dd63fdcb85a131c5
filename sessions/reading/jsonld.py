"""schema.org JSON-LD of a summit and its sessions (https://schema.org/Event).

Private join addresses never appear: the ``VirtualLocation`` of a session is its public page.
"""

from typing import Any

from django.utils.translation import get_language

from sessions.models import Appearance, Session
from speakers.models import Organisation, Speaker
from summit.lib.weblinks import encoded
from summit.models import Mode, Summit

ATTENDANCE = {
    Mode.HYBRID: "https://schema.org/MixedEventAttendanceMode",
    Mode.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    Mode.IN_PERSON: "https://schema.org/OfflineEventAttendanceMode",
}
Node = dict[str, Any]


def summit(found: Summit, *, sessions: list[tuple[str, str]] | None = None) -> Node:
    """The summit; ``sessions`` are (name, path) of its sub-events."""
    venue = found.venues.first()
    url = found.address(found.get_absolute_url())
    node: Node = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": str(found.name),
        "description": str(found.summary),
        "startDate": found.starts_on.isoformat(),
        "endDate": found.ends_on.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": ATTENDANCE[Mode(found.mode)],
        "isAccessibleForFree": True,
        "inLanguage": found.languages,
        "location": _places(venue.name if venue else None, venue, url, found.mode),
        "organizer": {"@type": "Organization", "name": str(found.organisers)},
    }
    if sessions:
        node["subEvent"] = [{"@type": "Event", "name": name, "url": found.address(path)} for name, path in sessions]
    return node


def _places(name: Any, venue: Any, url: str, mode: str) -> list[Node]:
    places: list[Node] = []
    if venue is not None and mode != Mode.ONLINE:
        address = {"@type": "PostalAddress", "streetAddress": str(venue.address), "addressLocality": str(venue.city),
                   "addressCountry": venue.country}  # fmt: skip
        places.append({"@type": "Place", "name": str(name), "address": address})
    if mode != Mode.IN_PERSON:
        places.append({"@type": "VirtualLocation", "url": url})
    return places


def session(found: Session) -> Node:
    """A session from ``with_details()``."""
    url = found.summit.address(found.get_absolute_url())
    node: Node = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": str(found.title),
        "description": str(found.abstract),
        "inLanguage": found.language,
        "eventAttendanceMode": ATTENDANCE[Mode(found.mode)],
        "eventStatus": f"https://schema.org/{'EventCancelled' if found.is_cancelled else 'EventScheduled'}",
        "isAccessibleForFree": True,
        "superEvent": {"@type": "Event", "name": str(found.summit.name), "url": found.summit.address(found.summit.get_absolute_url()),
                       "startDate": found.summit.starts_on.isoformat()},
        "organizer": [organisation(hosting.organisation) for hosting in found.hostings.all()],
        "performer": [performer(appearance, found.summit) for appearance in found.appearances.all()],
    }  # fmt: skip
    if found.starts_at and found.ends_at:
        node["startDate"] = found.starts_at.astimezone(found.summit.tz).isoformat()
        node["endDate"] = found.ends_at.astimezone(found.summit.tz).isoformat()
    if found.room:
        node["location"] = _places(found.room.name, found.room.venue, url, found.mode)
        if found.room.capacity:
            node["maximumPhysicalAttendeeCapacity"] = found.room.capacity
    else:
        node["location"] = [{"@type": "VirtualLocation", "url": url}]
    if found.track:
        node["keywords"] = str(found.track.name)
    videos = found.recordings
    if videos:
        node["recordedIn"] = [
            {
                "@type": "VideoObject",
                "name": str(m.title) or str(found.title),
                "contentUrl": found.summit.address(m.url),
            }
            for m in videos
        ]
    return node


def organisation(found: Organisation) -> Node:
    node = {"@type": "Organization", "name": str(found.name)}
    if found.website:
        node["url"] = encoded(found.website)
    return node


def performer(found: Appearance, summit: Summit) -> Node:
    """A person with job title and affiliation as billed in this session, where they are known."""
    node = person(found.speaker, summit)
    if found.job_title:
        node["jobTitle"] = str(found.job_title)
    if found.affiliation:
        node["affiliation"] = {"@type": "Organization", "name": str(found.affiliation)}
    return node


def person(found: Speaker, summit: Summit) -> Node:
    language = get_language() or "ko"
    node = {"@type": "Person", "name": found.name_in(language)}
    if other := found.other_name_in(language):
        node["alternateName"] = other
    if found.portrait:
        node["image"] = summit.address(found.portrait_large)
    return node
