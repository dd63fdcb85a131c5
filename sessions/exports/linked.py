"""schedule.jsonld: the whole summit as one schema.org graph, from the same nodes its pages carry."""

import json
from typing import Any

from django.utils import translation

from sessions.exports.public import Public
from sessions.reading import jsonld

MEDIA_TYPE = "application/ld+json"  # JSON-LD 1.1 is UTF-8 always; the type has no charset


def schedule_jsonld(public: Public, *, language: str) -> bytes:
    with translation.override(language):
        nodes = [jsonld.session(session) for session in public.sessions]
        whole = jsonld.summit(public.summit)
    for session, node in zip(public.sessions, nodes, strict=True):
        if session.do_not_record:
            node.pop("recordedIn", None)
    whole["subEvent"] = [{"@id": node["@id"]} for node in nodes]
    graph: list[dict[str, Any]] = [_bare(whole), *(_bare(node) for node in nodes)]
    document = {"@context": "https://schema.org", "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _bare(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name != "@context"}
