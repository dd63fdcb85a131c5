"""The OpenAPI document as people read it: addresses, parameters and kinds of data, in plain words."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from api.reading import COLLECTIONS
from summit.models import Summit

Schema = dict[str, Any]


@dataclass(slots=True)
class Item:
    """A parameter or a field. ``refers`` names the component its values belong to."""

    name: str
    kind: str
    about: str
    refers: str = ""
    place: str = ""
    required: bool = False


@dataclass(slots=True)
class Address:
    path: str
    anchor: str
    summary: str
    about: str
    answers: Item
    parameters: list[Item] = field(default_factory=list)
    example: str = ""


@dataclass(slots=True)
class Component:
    """A kind of data: an object with fields, or a set of ``values`` with what each means."""

    name: str
    about: str
    fields: list[Item] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _words() -> dict[str, str]:
    return {
        "string": gettext("text"),
        "integer": gettext("whole number"),
        "boolean": gettext("yes or no (true, false)"),
        "object": gettext("object"),
        "date-time": gettext("date and time"),
        "date": gettext("date"),
        "uri": gettext("web address"),
        "uuid": gettext("UUID"),
    }


def described(schema: Schema) -> tuple[str, str]:
    """What values are, in words, and the component they belong to ("" for none)."""
    if "oneOf" in schema or "anyOf" in schema:
        parts = schema.get("oneOf") or schema["anyOf"]
        kinds = [described(part) for part in parts if part.get("type") != "null"]
        maybe = len(kinds) < len(parts)
        return _or_null(" / ".join(kind for kind, _name in kinds), maybe), next(
            (name for _kind, name in kinds if name), ""
        )
    if "allOf" in schema:
        return described(schema["allOf"][0])
    if name := _name(schema):
        return name, name
    types = schema.get("type", "object")
    types = types if isinstance(types, list) else [types]
    kind = next((one for one in types if one != "null"), "object")
    if kind == "array":
        inner, name = described(schema.get("items", {}))
        return gettext("list of %(kind)s") % {"kind": inner}, name
    word = _words().get(schema.get("format", ""), _words().get(kind, kind))
    if "enum" in schema:
        word = gettext("one of: %(values)s") % {"values": ", ".join(map(str, schema["enum"]))}
    return _or_null(word, "null" in types), ""


def _or_null(kind: str, maybe: bool) -> str:
    return gettext("%(kind)s or null") % {"kind": kind} if maybe else kind


def _item(name: str, schema: Schema, about: str = "", **more: Any) -> Item:
    kind, refers = described(schema)
    return Item(name, kind, about or str(schema.get("description", "")), refers, **more)


def addresses(document: Schema) -> list[Address]:
    places = {"path": gettext("in the address"), "query": gettext("after the question mark")}
    found = []
    for path, methods in document["paths"].items():
        operation = methods["get"]
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        parameters = [
            _item(
                one["name"],
                one["schema"],
                one.get("description", ""),
                place=places[one["in"]],
                required=one.get("required", False),
            )
            for one in operation.get("parameters", [])
        ]
        found.append(
            Address(path, operation["operationId"], operation.get("summary", ""), operation.get("description", ""),
                    _item("", answer), parameters)
        )  # fmt: skip
    return found


def components(document: Schema) -> list[Component]:
    found = []
    for name, schema in document["components"]["schemas"].items():
        one = Component(name, str(schema.get("description", "")))
        if "enum" in schema:
            one.values = [_value(line) for line in one.about.splitlines()]
            one.about = ""
        one.fields = [_item(key, inner) for key, inner in schema.get("properties", {}).items()]
        found.append(one)
    return found


def _value(line: str) -> tuple[str, str]:
    value, _dash, meaning = line.removeprefix("* ").partition(" – ")
    return value.strip("`"), meaning


def with_examples(found: list[Address], summit: Summit | None) -> list[Address]:
    """The addresses, each with one that leads to data of ``summit``, where there is any. One query per collection."""
    if summit is None:
        return found
    first: dict[str, Any] = {}
    for address in found:
        example = address.path.replace("{summit}", summit.code)
        for key in ("code", "slug"):
            if f"{{{key}}}" in example:
                word = example.split("/")[-3]
                if word not in first:
                    first[word] = COLLECTIONS[word](summit).prefetch_related(None).first()
                example = example.replace(f"{{{key}}}", getattr(first[word], key)) if first[word] else ""
        address.example = example
    return found
