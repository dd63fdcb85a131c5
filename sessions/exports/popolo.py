"""People and organisations in the open-government vocabulary Popolo (popoloproject.com/specs).

Lists stand under the names of their classes, as Popolo files do. A person's memberships are the posts they were billed
with: the affiliation is a text of the programme, so the organisation in it has a name and no id. Identifiers are those
of every other export. There is no e-mail address anywhere.
"""

import json
from typing import Any

from sessions.exports.public import Public, page
from sessions.models import Session
from speakers.models import Organisation, Speaker
from summit.lib import countries
from summit.lib.text import clean_line, clean_text, plain
from summit.lib.translated import Text
from summit.lib.weblinks import encoded

MEDIA_TYPE = "application/json; charset=utf-8"
Node = dict[str, Any]


def people(public: Public, *, language: str) -> bytes:
    billed: dict[str, list[Any]] = {}
    for session in public.sessions:
        for appearance in session.appearances.all():
            billed.setdefault(appearance.speaker.code, []).append(appearance)
    persons = [_person(person, billed[person.code], language) for person in public.speakers]
    return _written({"persons": persons, "events": _events(public, language)})


def organisations(public: Public, *, language: str) -> bytes:
    found = [_organisation(organisation, language) for organisation in public.organisations]
    return _written({"organizations": found, "events": _events(public, language)})


def _written(document: Node) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _person(person: Speaker, billed: list[Any], language: str) -> Node:
    """The preferred name is the one as written; the other script stands beside it."""
    memberships: list[Node] = []
    for appearance in billed:
        if (membership := _membership(str(person.guid), appearance, language)) and membership not in memberships:
            memberships.append(membership)
    return {
        "id": str(person.guid),
        "name": clean_line(person.name),
        "other_names": [{"name": clean_line(person.name_romanised), "note": "romanised"}]
        if person.name_romanised
        else [],
        "identifiers": [{"scheme": person.summit.code, "identifier": person.code}],
        **_optional("image", person.summit.address(person.portrait_large) if person.portrait else ""),
        **_optional("biography", clean_text(plain(person.biography.in_language(language)))),
        **_area(person.country, language),
        "links": [{"url": page(person.summit, person.get_absolute_url, language), "note": person.summit.code}],
        "memberships": memberships,
    }


def _membership(person: str, appearance: Any, language: str) -> Node:
    affiliation = clean_line(appearance.affiliation.in_language(language))
    if not affiliation:
        return {}
    return {
        "person_id": person,
        **_optional("role", clean_line(appearance.job_title.in_language(language))),
        "organization": {"name": affiliation, "other_names": _other_names(appearance.affiliation, affiliation)},
    }


def _organisation(organisation: Organisation, language: str) -> Node:
    name = clean_line(organisation.name.in_language(language))
    links = [
        {"url": page(organisation.summit, organisation.get_absolute_url, language), "note": organisation.summit.code}
    ]
    if organisation.website:
        links.append({"url": encoded(organisation.website), "note": "website"})
    return {
        "id": str(organisation.guid),
        "name": name,
        "other_names": _other_names(organisation.name, name),
        "identifiers": [{"scheme": organisation.summit.code, "identifier": organisation.code}],
        **_optional("classification", organisation.kind),
        **_optional("description", clean_text(plain(organisation.description.in_language(language)))),
        **_area(organisation.country, language),
        "links": links,
    }


def _other_names(text: Text, shown: str) -> list[Node]:
    """The name in the other languages; ``note`` says in which."""
    return [
        {"name": clean_line(value), "note": code}
        for code, value in text.items()
        if value and clean_line(value) != shown
    ]


def _area(country: str, language: str) -> Node:
    if not country:
        return {}
    identifiers = [{"scheme": "ISO 3166-1 alpha-2", "identifier": country}]
    return {
        "area": {"name": countries.name(country, language), "classification": "country", "identifiers": identifiers}
    }


def _optional(name: str, value: str) -> Node:
    return {name: value} if value else {}


def _events(public: Public, language: str) -> list[Node]:
    """The summit, and every session as an event below it; the first host is the organisation that holds it."""
    summit = public.summit
    whole: Node = {
        "id": str(summit.guid),
        "name": clean_line(summit.name.in_language(language)),
        "classification": "summit",
        "start_date": summit.starts_on.isoformat(),
        "end_date": summit.ends_on.isoformat(),
        "sources": [{"url": page(summit, summit.get_absolute_url, language)}],
    }
    return [whole, *(_event(session, language) for session in public.sessions)]


def _event(session: Session, language: str) -> Node:
    summit = session.summit
    node: Node = {
        "id": str(session.guid),
        "parent_id": str(summit.guid),
        "name": clean_line(session.title.in_language(language)) or session.code,
        **_optional("description", clean_text(plain(session.abstract.in_language(language)))),
        "classification": session.kind,
        "status": "cancelled" if session.is_cancelled else "confirmed",
        "identifiers": [{"scheme": summit.code, "identifier": session.code}],
    }
    if session.starts_at and session.ends_at:
        node["start_date"] = session.starts_at.astimezone(summit.tz).isoformat(timespec="seconds")
        node["end_date"] = session.ends_at.astimezone(summit.tz).isoformat(timespec="seconds")
    if session.room:
        node["location"] = clean_line(session.room.name.in_language(language))
    hosts = [str(hosting.organisation.guid) for hosting in session.hostings.all()]
    if hosts:
        node["organization_id"] = hosts[0]
    people = {a.speaker.guid: clean_line(a.speaker.name) for a in session.appearances.all()}
    node["attendees"] = [{"id": str(guid), "name": name} for guid, name in people.items()]
    node["sources"] = [{"url": page(summit, session.get_absolute_url, language)}]
    return node
