"""The description that data portals harvest."""

import json

import pytest

from sessions.exports import catalogue, dcat
from sessions.planning import publishing


def flat(node):
    """Every object of a document."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from flat(value)
    elif isinstance(node, list):
        for value in node:
            yield from flat(value)


@pytest.fixture
def document(open_agenda):
    publishing.publish(open_agenda)
    return json.loads(dcat.dataset_jsonld(open_agenda))


def test_a_dataset_has_what_portals_demand(document):
    assert document["@type"] == "dcat:Dataset"
    for name in ("dct:identifier", "dct:title", "dct:description", "dct:publisher", "dct:license", "dct:modified",
                 "dct:issued", "dcat:contactPoint", "dcat:keyword", "dcat:theme", "dcat:distribution"):  # fmt: skip
        assert document[name]
    assert {text["@language"] for text in document["dct:title"]} == {"ko", "en"}
    assert document["dct:spatial"]["skos:prefLabel"][0] == {"@language": "ko", "@value": "대한민국"}


def test_every_word_belongs_to_a_vocabulary_the_context_names(document):
    context = document.pop("@context")
    for node in flat(document):
        for name in node:
            assert name.startswith("@") or name.partition(":")[0] in context
        kinds = [node["@type"]] if isinstance(node.get("@type"), str) else []
        assert all(kind.partition(":")[0] in context for kind in kinds)


def test_every_format_is_a_distribution_with_address_media_type_and_licence(open_agenda, client, document):
    found = {
        node["dcat:downloadURL"]["@id"]: node for node in document["dcat:distribution"] if "dcat:downloadURL" in node
    }
    offered = [kind for kind in catalogue.offered(open_agenda) if kind is not catalogue.DATASET]
    assert set(found) == {kind.url(open_agenda) for kind in offered}
    for address, node in found.items():
        response = client.get(address.removeprefix("http://testserver"))
        assert response.status_code == 200
        media_type = response["Content-Type"].partition(";")[0]
        assert node["dcat:mediaType"]["@id"] == f"https://www.iana.org/assignments/media-types/{media_type}"
        assert node["dct:license"]["@id"] == "https://creativecommons.org/licenses/by/4.0/"
        assert node["dcat:accessURL"]["@id"] == "http://testserver/ko/ogp2021/data/"


def test_the_api_is_a_distribution_that_is_a_service(document):
    service = next(node["dcat:accessService"] for node in document["dcat:distribution"] if "dcat:accessService" in node)
    assert service["dcat:endpointDescription"]["@id"] == "http://testserver/api/v1/openapi.json"
    assert service["dcat:servesDataset"]["@id"] == document["@id"]


def test_versions_are_named_and_only_the_newest_is_a_dataset(open_agenda, document):
    open_agenda.sessions.filter(code="CIV001").update(room=None)
    publishing.publish(open_agenda)
    again = json.loads(dcat.dataset_jsonld(open_agenda))
    assert again["dcat:version"] == "2"
    assert [version["dcat:version"] for version in again["dcat:hasVersion"]] == ["2", "1"]
    assert len([node for node in flat(again) if node.get("@type") == "dcat:Dataset"]) == 1


def test_a_summit_without_an_agenda_is_described_all_the_same(summit):
    summit.agenda_published_at, summit.organisers, summit.contact_email = None, {}, ""
    document = json.loads(dcat.dataset_jsonld(summit))
    assert "dct:issued" not in document
    assert "dcat:contactPoint" not in document
    assert document["dct:publisher"]["foaf:name"]
    assert not any("bundle" in node["@id"] for node in document["dcat:distribution"])


def test_no_address_of_a_person_is_told(open_agenda, document):
    assert "secret@x.example" not in json.dumps(document)
    mails = [node["vcard:hasEmail"]["@id"] for node in flat(document) if "vcard:hasEmail" in node]
    assert mails == ["mailto:contact@ogp2021.example"]
