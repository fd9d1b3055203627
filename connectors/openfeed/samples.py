"""The samples that are offered for download, each made from the same records: what the page shows is what the
tests try. The number is an official test number, the owner belongs to nobody."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from openpyxl import Workbook

from connectors.openfeed.cells import put
from connectors.openfeed.checking import value_at
from connectors.openfeed.declaration import COMMON, RECORD_TYPES, Field, Shape, fields_of
from connectors.openfeed.scenarios import PATIENT
from consent.terms import SWEDISH_TIME

OWNER_HSA_ID = next(one.example for one in COMMON if one.name == "unit.provider")
_SOCIAL = ("service", "contact")


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    content_type: str
    make: Callable[[], bytes]


def example_of(type_name: str) -> dict[str, Any]:
    """A record of this type with every field that the declaration has an example for."""
    law = "sol" if type_name in _SOCIAL else "hsl"
    titles = {"service": "Hemtjänst", "contact": "Fast omsorgskontakt"}
    own = {
        "id": f"exempel-{type_name}",
        "type": type_name,
        "patient": PATIENT.number,
        "law": law,
        "title": titles.get(type_name, str(RECORD_TYPES[type_name].label)),
    }
    record: dict[str, Any] = {}
    for one in fields_of(type_name):
        said = own.get(one.name, one.example)
        if said:
            put(record, one.name, _typed(one, said))
    return record


def _typed(one: Field, text: str) -> object:
    if one.shape is Shape.INTEGER:
        return int(text)
    if one.shape is Shape.FLAG:
        return text == "true"
    return [text] if one.shape is Shape.LIST else text


def sample_records() -> list[dict[str, Any]]:
    """What the downloads hold: two of what a small vendor has most. Each lights its button: the contact was
    changed yesterday."""
    alarm = example_of("service")
    alarm |= {"id": "exempel-larm", "title": "Trygghetslarm", "text": "Larm hemma, åtgärdas dygnet runt"}
    alarm["data"] = {"kind": "alarm"}
    yesterday = datetime.now(SWEDISH_TIME).date() - timedelta(days=1)
    changed = datetime.combine(yesterday, time(8), SWEDISH_TIME)
    contact = example_of("contact") | {"start": yesterday.isoformat(), "updated": changed.isoformat()}
    return [example_of("service"), alarm, contact]


def _columns(records: list[dict[str, Any]]) -> list[str]:
    names = [one.name for kind in RECORD_TYPES for one in fields_of(kind)]
    return [
        name
        for name in dict.fromkeys(names)
        if any(value_at(record, name) not in (None, "") for record in records)
    ]


def table() -> list[list[str]]:
    """Header and rows, as texts."""
    records = sample_records()
    columns = _columns(records)
    return [
        columns,
        *([_cell(value_at(record, name)) for name in columns] for record in records),
    ]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, list):
        return "|".join(value)
    return "" if value is None else str(value)


def _csv() -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(table())
    return out.getvalue()


def _workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    for row in table():
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.number_format = "@"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _ndjson() -> bytes:
    return b"".join(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in sample_records())


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLES: Mapping[str, Sample] = {
    one.name: one
    for one in (
        Sample("exempel.json", "application/json",
               lambda: _json({"v": 1, "records": sample_records(), "complete": False})),
        Sample("exempel.ndjson", "application/x-ndjson", _ndjson),
        Sample("exempel.csv", "text/csv; charset=utf-8", lambda: b"\xef\xbb\xbf" + _csv().encode()),
        Sample("exempel-windows-1252.csv", "text/csv; charset=windows-1252",
               lambda: _csv().encode("cp1252")),
        Sample("exempel.xlsx", _XLSX, _workbook),
    )
}  # fmt: skip
