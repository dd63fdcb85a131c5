"""The OpenAPI document says what the API does, and the API does what it says."""

from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from api.examples import ERRORS, EXAMPLES
from api.schema import document
from tests.api.addresses import every_documented

ROOT = "urn:document"


def validator(pointer: str) -> Draft202012Validator:
    """Validates against one part of the document; references lead to its components."""
    resource = Resource.from_contents(document("en"), default_specification=DRAFT202012)
    registry = Registry().with_resource(ROOT, resource)
    return Draft202012Validator({"$ref": f"{ROOT}#{pointer}"}, registry=registry, format_checker=FormatChecker())


def test_the_document_is_valid_and_made_without_a_warning() -> None:
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    assert yaml.safe_load(out.getvalue())["openapi"] == "3.1.1"


def test_json_and_yaml_are_the_same_document(client: Client) -> None:
    as_json = client.get("/api/v1/openapi.json")
    as_yaml = client.get("/api/v1/openapi.yaml")
    assert (as_json["Content-Type"], as_yaml["Content-Type"]) == ("application/json", "application/yaml")
    assert as_json.json() == yaml.safe_load(as_yaml.content) == document("en")
    assert as_json["Access-Control-Allow-Origin"] == "*"


def test_every_public_address_of_the_api_is_documented() -> None:
    api = next(one for one in get_resolver().url_patterns if str(one.pattern) == "api/v1/")
    own = {"", "openapi.json", "openapi.yaml", "^.*/$"}
    written = {f"/api/v1/{one.pattern}".replace("<str:", "{").replace(">", "}") for one in api.url_patterns
               if str(one.pattern) not in own and not str(one.pattern).startswith("workspace/")}  # fmt: skip
    assert written == set(document("en")["paths"])


def test_every_documented_address_answers_what_its_schema_says(client: Client, full: SimpleNamespace) -> None:
    for path, address in every_documented(full).items():
        response = client.get(address)
        assert response.status_code == 200, address
        escaped = path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
        pointer = f"/paths/{escaped}/get/responses/200/content/application~1json/schema"
        errors = [
            f"{address} {error.json_path}: {error.message}" for error in validator(pointer).iter_errors(response.json())
        ]
        assert errors == []
        assert response.json().get("results") != []


def test_a_null_where_nothing_is_known_also_fits_its_schema(client: Client, rows: Any, base: str) -> None:
    session = rows.session(bill=False, track=None, room=None, starts_at=None, ends_at=None, number=None)
    found = client.get(f"{base}sessions/{session.code}/").json()
    assert (found["track"], found["room"], found["starts_at"], found["day"]) == (None, None, None, None)
    assert list(validator("/components/schemas/Session").iter_errors(found)) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_component_fits_it(name: str) -> None:
    assert [error.message for error in validator(f"/components/schemas/{name}").iter_errors(EXAMPLES[name])] == []


def test_an_example_shows_every_field_and_no_other() -> None:
    for name, example in EXAMPLES.items():
        assert set(example) == set(document("en")["components"]["schemas"][name]["properties"])


@pytest.mark.parametrize("status", ERRORS)
def test_the_example_of_an_error_fits_it(status: int) -> None:
    assert list(validator("/components/schemas/Error").iter_errors(ERRORS[status])) == []


def test_every_field_and_every_parameter_says_what_it_means() -> None:
    made = document("en")
    silent = [
        f"{name}.{key}"
        for name, schema in made["components"]["schemas"].items()
        for key, inner in schema.get("properties", {}).items()
        if key != "results" and not inner.get("description")
    ]
    silent += [
        f"{path} {one['name']}"
        for path, methods in made["paths"].items()
        for one in methods["get"]["parameters"]
        if not one.get("description")
    ]
    assert silent == []


def test_lists_document_their_pages() -> None:
    operation = document("en")["paths"]["/api/v1/summits/{summit}/sessions/"]["get"]
    named = {one["name"] for one in operation["parameters"]}
    assert named == {"summit", "lang", "page", "page_size", "track", "room", "speaker", "host", "day", "mode", "kind"}
    assert set(operation["responses"]) == {"200", "304", "400", "404", "429"}


def test_only_a_person_may_have_moved() -> None:
    found = {path for path, methods in document("en")["paths"].items() if "301" in methods["get"]["responses"]}
    assert found == {"/api/v1/summits/{summit}/speakers/{code}/"}


def test_operation_ids_stay_as_they_are() -> None:
    found = sorted(methods["get"]["operationId"] for methods in document("en")["paths"].values())
    assert found == [
        "civic_read", "organisations_list", "organisations_read", "pages_list", "pages_read", "rooms_list", "rooms_read",
        "sessions_list", "sessions_read", "speakers_list", "speakers_read", "summits_list", "summits_read", "tracks_list",
        "tracks_read",
    ]  # fmt: skip


def test_choices_are_named_components() -> None:
    schemas = document("en")["components"]["schemas"]
    named = {name for name, schema in schemas.items() if "enum" in schema}
    assert named == {"AppearanceRole", "MaterialKind", "Mode", "OrganisationKind", "PageSection", "SessionKind"}
    inline = [
        name for name, schema in schemas.items() for inner in schema.get("properties", {}).values() if "enum" in inner
    ]
    assert inline == []


def test_a_translated_text_is_an_object_of_strings() -> None:
    schema = document("en")["components"]["schemas"]["TranslatedText"]
    assert (schema["type"], schema["additionalProperties"]) == ("object", {"type": "string"})
