"""One record as JSON: what every kind carries, by name; what its own kind adds, under ``data``.

Whose number it is about is left out: the caller knows whom she asked about.
"""

from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from typing import Any

from connectors.base.records import Coded, Phone, Record, When
from consent.terms import Origin, Provider
from portal.aggregation.lamps import Judged

Json = dict[str, Any]
EVERY_KIND_HAS = frozenset(field.name for field in fields(Record))


def record_json(one: Judged) -> Json:
    record = one.record
    return {
        "id": record.id,
        "source": record.source,
        "lamp": one.lamp.value,
        "status": record.status.value,
        "title": record.title,
        "text": record.text,
        **{name: when_json(getattr(record, name)) for name in ("start", "end", "recorded", "updated")},
        "origin": origin_json(record.origin),
        "author": {"name": record.author.name, "role": record.author.role},
        "codes": [plain(code) for code in record.codes],
        "unit_phone": record.unit_phone,
        "data": {
            field.name: plain(getattr(record, field.name))
            for field in fields(record)
            if field.name not in EVERY_KIND_HAS
        },
        "also": [
            {"source": other.source, "id": other.id, "owner": owner_json(other.origin.provider)}
            for other in one.also
        ],
    }


def when_json(when: When | None) -> Json | None:
    if when is None:
        return None
    return {
        "verbatim": when.verbatim,
        "day": when.day.isoformat() if when.day else None,
        "at": when.at.isoformat() if when.at else None,
        "is_doubtful": when.is_doubtful,
    }


def origin_json(origin: Origin) -> Json:
    """A unit that the source did not name is not named, as on the page."""
    return {
        "owner": owner_json(origin.provider),
        "unit_id": origin.unit_id if origin.names_unit else "",
        "unit_name": origin.unit_name if origin.names_unit else "",
        "information_type": origin.information_type.value,
    }


def owner_json(provider: Provider) -> Json:
    return {"hsa_id": provider.hsa_id, "name": provider.name, "kind": provider.kind.value}


def plain(value: Any) -> Any:
    """What a field holds, as JSON can say it."""
    if isinstance(value, When):
        return when_json(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Coded | Phone) or hasattr(value, "__dataclass_fields__"):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value
