"""The parts of the OpenAPI document that the endpoints are described with, made from the declaration."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from connectors.openfeed.planning import Outcome
from connectors.openfeed.refusing import ADVICE, Code
from connectors.openfeed.schema import delivery_schema

PUSH = (
    "Upp till 500 poster i ett anrop. Varje post bedöms för sig: en felaktig kostar aldrig de andra. "
    "Samma post igen ändrar inget. En äldre updated skriver aldrig över en nyare. complete: true betyder att "
    "källan nu har lämnat allt den har. En tabell i CSV går också: Content-Type: text/csv, högst "
    "20 000 rader, complete=1 i adressen om tabellen är allt. index är då radens nummer."
)
NOTICE = (
    "Säger att något om personen har ändrats, inget mer. Signatur: HMAC-SHA-256 i hex över tidsstämpeln, en "
    "punkt och innehållet. Högst fem minuter gammal, aldrig två gånger. Portalen frågar sedan källan."
)
ACCEPT_LANGUAGE = OpenApiParameter(
    "Accept-Language", str, OpenApiParameter.HEADER, description="sv eller en. Svenska om inget sägs."
)


def delivery() -> dict[str, Any]:
    return delivery_schema()


def results() -> dict[str, Any]:
    text = {"type": "string"}
    codes = [code.value for code, advice in ADVICE.items() if not advice.status]
    return {
        "type": "object",
        "properties": {
            "v": {"type": "integer"},
            "dry_run": {"type": "boolean"},
            "complete": {"type": "boolean"},
            "counts": {
                "type": "object",
                "properties": {outcome.value: {"type": "integer"} for outcome in Outcome},
            },
            "results": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "index": {"type": "integer"},
                        "id": text,
                        "result": {"type": "string", "enum": [outcome.value for outcome in Outcome]},
                        "problems": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "code": {"type": "string", "enum": codes},
                                    "field": text,
                                    "what": text,
                                    "do": text,
                                },
                            },
                        },
                    },
                },
            },
        },
    }


def notice() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["patient"],
        "properties": {"patient": {"type": "string"}, "patient_type": {"type": "string"}},
    }


def noticed() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "v": {"type": "integer"},
            "fetch": {"type": "boolean", "description": "Om portalen kommer att fråga källan."},
        },
    }


def problems(*statuses: int) -> dict[Any, OpenApiResponse]:
    """One response for each status, naming the codes it may carry."""
    return {
        (status, "application/problem+json"): OpenApiResponse(
            _problem(status), description=", ".join(_codes(status))
        )
        for status in statuses
    }


def _codes(status: int) -> list[str]:
    return [code.value for code, advice in ADVICE.items() if advice.status == status]


def _problem(status: int) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": text,
            "status": {"type": "integer", "enum": [status]},
            "detail": text,
            "code": {"type": "string", "enum": _codes(status) or [Code.OUR_FAULT.value]},
            "error_id": text,
        },
    }
