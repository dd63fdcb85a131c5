"""dataset.jsonld: the data as ``dcat:Dataset``, so that data portals can gather it (W3C DCAT 3, DCAT-AP 3).

The context stands in the document: a harvester needs no other address to read it. Languages, media types, file types,
frequency and theme are the terms the European and the national portals share.
"""

import json
from typing import Any

from django.urls import reverse
from django.utils import translation

from sessions.exports.catalogue import DATASET, LICENCE, Format, data_page, offered
from sessions.exports.public import stable_guid
from sessions.models import AgendaVersion
from summit.lib import countries
from summit.lib.text import clean_line, clean_text
from summit.lib.weblinks import absolute
from summit.models import Summit

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
# ISO 639-3 as the Publications Office writes it.
LANGUAGES = {"ko": "KOR", "en": "ENG", "es": "SPA", "fr": "FRA", "et": "EST", "de": "DEU"}
FILE_TYPES = {"ics": "ICS", "xml": "XML", "json": "JSON", "jsonld": "JSON_LD", "xcal": "XML", "csv": "CSV", "xlsx": "XLSX",
              "atom": "ATOM", "rss": "RSS", "zip": "ZIP"}  # fmt: skip
Node = dict[str, Any]


def dataset_jsonld(summit: Summit) -> bytes:
    """UTF-8; the same bytes until something public changes."""
    return (json.dumps({"@context": CONTEXT, **dataset(summit)}, ensure_ascii=False, indent=1) + "\n").encode()


def dataset(summit: Summit) -> Node:
    versions = list(summit.agenda_versions.defer("snapshot", "changes")) if summit.agenda_is_published else []
    home = DATASET.url(summit)
    node: Node = {
        "@id": home,
        "@type": "dcat:Dataset",
        "dct:identifier": f"urn:uuid:{stable_guid(summit, 'dataset', 'agenda')}",
        "dct:title": said(summit.name),
        "dct:description": said(summit.summary) or said(summit.name),
        "dct:modified": _moment(summit.revised_at, summit),
        "dct:license": {"@id": LICENCE.url},
        "dct:accessRights": {"@id": f"{AUTHORITY}/access-right/PUBLIC"},
        "dct:accrualPeriodicity": {"@id": f"{AUTHORITY}/frequency/IRREG"},
        "dcat:theme": {"@id": f"{AUTHORITY}/data-theme/GOVE"},
        "dct:language": _languages(summit),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": summit.starts_on.isoformat()},
            "dcat:endDate": {"@type": "xsd:date", "@value": summit.ends_on.isoformat()},
        },
        "dcat:keyword": [word for track in summit.tracks.all() for word in said(track.name)],
        "dcat:landingPage": {"@id": data_page(summit)},
        "dct:publisher": _publisher(summit),
        "dcat:distribution": [_distribution(found, summit) for found in offered(summit) if found is not DATASET]
        + [_service(summit, home)],
    }
    venue = summit.venues.first()
    if venue is not None and venue.country:
        node["dct:spatial"] = {"@type": "dct:Location", "skos:prefLabel": _countries(venue.country, summit)}
    if summit.contact_email:
        node["dcat:contactPoint"] = _contact(summit)
    if summit.agenda_published_at:
        first = versions[-1].published_at if versions else summit.agenda_published_at
        node["dct:issued"] = _moment(first, summit)
    if versions:
        node["dcat:version"] = str(versions[0].number)
        node["dcat:hasVersion"] = [_version(version, summit) for version in versions]
    return node


def said(text: Any) -> list[Node]:
    """A text as language-tagged values, one per language."""
    return [{"@language": code, "@value": words} for code, value in text.items() if (words := clean_text(value))]


def _languages(summit: Summit) -> list[Node]:
    return [{"@id": f"{AUTHORITY}/language/{LANGUAGES[code]}"} for code in summit.languages if code in LANGUAGES]


def _publisher(summit: Summit) -> Node:
    return {
        "@id": f"urn:uuid:{stable_guid(summit, 'publisher', 'organisers')}",
        "@type": "foaf:Agent",
        "foaf:name": said(summit.organisers) or said(summit.name),
    }


def _contact(summit: Summit) -> Node:
    """The address organisers publish for questions; nobody's own."""
    return {
        "@type": "vcard:Kind",
        "vcard:fn": clean_line(summit.name.in_language(summit.languages[0])),
        "vcard:hasEmail": {"@id": f"mailto:{summit.contact_email}"},
    }


def _countries(code: str, summit: Summit) -> list[Node]:
    return [{"@language": language, "@value": countries.name(code, language)} for language in summit.languages]


def _distribution(found: Format, summit: Summit) -> Node:
    url = found.url(summit)
    node: Node = {
        "@id": url,
        "@type": "dcat:Distribution",
        "dct:title": {"@language": "en", "@value": _in_english(found.title)},
        "dcat:accessURL": {"@id": data_page(summit)},
        "dcat:downloadURL": {"@id": url},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{found.plain_type}"},
        "dct:format": {"@id": f"{AUTHORITY}/file-type/{FILE_TYPES[found.file.rpartition('.')[2]]}"},
        "dct:license": {"@id": LICENCE.url},
        "dct:modified": _moment(summit.revised_at, summit),
    }
    if found.schema:
        node["dct:conformsTo"] = {"@id": found.schema, "@type": "dct:Standard"}
    return node


def _in_english(title: Any) -> str:
    with translation.override("en"):
        return str(title)


def _service(summit: Summit, home: str) -> Node:
    """The API, as a distribution that is a service."""
    root = absolute(reverse("api:summit", args=[summit.code]))
    return {
        "@id": root,
        "@type": "dcat:Distribution",
        "dct:title": {"@language": "en", "@value": "API"},
        "dcat:accessURL": {"@id": root},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/application/json"},
        "dct:license": {"@id": LICENCE.url},
        "dcat:accessService": {
            "@id": absolute(reverse("api:browse")),
            "@type": "dcat:DataService",
            "dct:title": {"@language": "en", "@value": "API"},
            "dcat:endpointURL": {"@id": absolute(reverse("api:browse"))},
            "dcat:endpointDescription": {"@id": absolute(reverse("api:schema"))},
            "dcat:servesDataset": {"@id": home},
        },
    }


def _version(version: AgendaVersion, summit: Summit) -> Node:
    """Only a reference with its date: each version as a dataset of its own would fill a portal with copies."""
    return {
        "@id": summit.address(reverse("feeds:bundle-version", args=[summit.code, version.number])),
        "dcat:version": str(version.number),
        "dct:issued": _moment(version.published_at, summit),
    }


def _moment(when: Any, summit: Summit) -> Node:
    return {"@type": "xsd:dateTime", "@value": when.astimezone(summit.tz).isoformat(timespec="seconds")}


def schema_org(summit: Summit, language: str) -> Node:
    """The same in short as schema.org/Dataset, for search engines; the open-data page carries it."""
    downloads = [
        {"@type": "DataDownload", "name": str(found.title), "encodingFormat": found.plain_type, "contentUrl": found.url(summit)}
        for found in offered(summit)
    ]  # fmt: skip
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": data_page(summit, language),
        "url": data_page(summit, language),
        "name": clean_line(summit.name.in_language(language)),
        "description": clean_text((summit.summary or summit.name).in_language(language)),
        "license": LICENCE.url,
        "isAccessibleForFree": True,
        "inLanguage": summit.languages,
        "dateModified": summit.revised_at.astimezone(summit.tz).isoformat(timespec="seconds"),
        "temporalCoverage": f"{summit.starts_on.isoformat()}/{summit.ends_on.isoformat()}",
        "creator": {
            "@type": "Organization",
            "name": clean_line((summit.organisers or summit.name).in_language(language)),
        },
        "distribution": downloads,
    }
