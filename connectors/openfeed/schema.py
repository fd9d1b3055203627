"""The record as JSON Schema (2020-12), made from the declaration that mapping and checking use too."""

from collections.abc import Iterable
from typing import Any

from connectors.openfeed.declaration import (
    COMMON,
    MANDATORY,
    MANDATORY_WITHDRAWN,
    MAX_RECORDS,
    RECORD_TYPES,
    VERSION,
    WHEN_PATTERN,
    Field,
    Shape,
)
from connectors.openfeed.vocabulary import WITHDRAWN

_TYPES: dict[Shape, dict[str, Any]] = {
    Shape.TEXT: {"type": "string"},
    Shape.WHEN: {"type": "string", "pattern": f"^({WHEN_PATTERN})?$"},
    Shape.INTEGER: {"type": "integer"},
    Shape.NUMBER: {"type": ["number", "string"]},
    Shape.FLAG: {"type": "boolean"},
    Shape.LIST: {"type": "array", "items": {"type": "string"}},
}


def record_schema() -> dict[str, Any]:
    """One record, without ``$schema`` and ``$id``: for a document of its own, or for OpenAPI."""
    by_type = [
        {
            "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
            "then": {"properties": {"data": _object(one.data)}},
        }
        for name, one in RECORD_TYPES.items()
    ]
    is_withdrawn = {"properties": {"status": {"const": WITHDRAWN}}, "required": ["status"]}
    return {
        "type": "object",
        "required": _outer(MANDATORY_WITHDRAWN),
        "properties": {
            **_object(COMMON)["properties"],
            "v": {"type": ["integer", "null"], "enum": [VERSION, None]},
            "type": {"type": "string", "enum": sorted(RECORD_TYPES)},
            "data": {"type": ["object", "null"]},
        },
        "allOf": [
            *by_type,
            {
                "if": is_withdrawn,
                "then": {"properties": {"unit": {"required": _inner(MANDATORY_WITHDRAWN)}}},
                "else": {
                    "required": _outer(MANDATORY),
                    "properties": {"unit": {"required": _inner(MANDATORY)}},
                },
            },
        ],
        "additionalProperties": True,
    }


def schema_document(address: str) -> dict[str, Any]:
    """As it is published: ``address`` is where."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": "Patientöversikt, öppet flöde: en post, version 1",
        "license": "CC0-1.0",
        **record_schema(),
    }


def delivery_schema() -> dict[str, Any]:
    """What a push sends."""
    return {
        "type": "object",
        "required": ["records"],
        "properties": {
            "v": {"type": "integer", "enum": [VERSION]},
            "records": {"type": "array", "maxItems": MAX_RECORDS, "items": record_schema()},
            "complete": {"type": "boolean", "default": False},
        },
    }


def _object(fields: Iterable[Field]) -> dict[str, Any]:
    """An object of these fields; a dotted name belongs in an object within."""
    properties: dict[str, Any] = {}
    for one in fields:
        outer, dot, inner = one.name.partition(".")
        if not dot or outer == "data":
            properties[inner or outer] = _property(one)
            continue
        within = properties.setdefault(outer, {"type": ["object", "null"], "properties": {}})
        within["properties"][inner] = _property(one)
        if one.is_required:
            within["type"] = "object"
    return {"type": ["object", "null"], "properties": properties}


def _property(one: Field) -> dict[str, Any]:
    said = dict(_TYPES[one.shape])
    if one.words and not one.is_open:
        said["enum"] = [*one.words]
    if said["type"] == "string":
        said["maxLength"] = one.longest
    if one.is_required and "enum" not in said and said["type"] == "string":
        said["minLength"] = 1
    if not one.is_required:
        types = said["type"]
        said["type"] = [*([types] if isinstance(types, str) else types), "null"]
        if "enum" in said:
            said["enum"] = [*said["enum"], "", None]
    if one.words and one.is_open:
        said["examples"] = [*one.words]
    said["description"] = str(one.meaning)
    return said


def _outer(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name.partition(".")[0] for name in names))


def _inner(names: Iterable[str]) -> list[str]:
    return [name.partition(".")[2] for name in names if name.startswith("unit.")]
