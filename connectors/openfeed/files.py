"""Files of records: CSV as spreadsheets save it, Excel, NDJSON, JSON. Each becomes entries with the number of
its row; one that cannot be read costs no other. What the whole file is wrong about is RefusedWhole."""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from connectors.base.contract import SourceFault
from connectors.base.reading import read_json
from connectors.openfeed.cells import record_of
from connectors.openfeed.entries import Entry
from connectors.openfeed.refusing import Code, Problem, RefusedWhole
from connectors.openfeed.workbook import is_workbook, read_workbook

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HEADER_ROW = 1


def read_file(name: str, data: bytes) -> list[Entry]:
    """The file's records. What it is is told by its content; ``name`` decides only between line formats.

    Raises RefusedWhole: TOO_LARGE, TOO_MANY, NOT_A_FILE, NOT_JSON.
    """
    if len(data) > MAX_BYTES:
        raise RefusedWhole(Code.TOO_LARGE, _("En fil får vara högst 10 MiB."))
    if not data.strip():
        raise RefusedWhole(Code.NOT_A_FILE, _("Filen är tom."))
    entries = list(_entries(name.lower(), data))
    if not entries:
        raise RefusedWhole(Code.NOT_A_FILE, _("Filen har inga poster."))
    return entries


def read_table(data: bytes) -> list[Entry]:
    """CSV and nothing else. Raises RefusedWhole: TOO_LARGE, TOO_MANY, NOT_A_FILE."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") or is_workbook(data):
        raise RefusedWhole(Code.NOT_A_FILE, _("Det är ingen tabell i CSV."))
    return read_file("", data)


def _entries(name: str, data: bytes) -> Iterator[Entry]:
    if is_workbook(data):
        yield from _from_rows(read_workbook(data))
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        is_lines = name.endswith((".ndjson", ".jsonl")) or _looks_like_lines(data)
        yield from _from_lines(data) if is_lines else _from_json(data)
    else:
        yield from _from_rows(_read_csv(data))


def _looks_like_lines(data: bytes) -> bool:
    """Whether the first line is an object by itself and another follows."""
    first, _newline, rest = data.lstrip(b"\xef\xbb\xbf").strip().partition(b"\n")
    return first.strip().endswith(b"}") and rest.strip().startswith(b"{")


def _from_lines(data: bytes) -> Iterator[Entry]:
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if number > MAX_ROWS:
            raise RefusedWhole(Code.TOO_MANY, _("En fil får ha högst 20 000 rader."))
        if not line.strip():
            continue
        try:
            yield Entry(number, read_json(line, "application/json"))
        except SourceFault:
            yield Entry(number, None, (Problem(Code.NOT_JSON),))


def _from_json(data: bytes) -> Iterator[Entry]:
    """An object with a list ``records``, the list alone, or one record."""
    body = data.strip().removeprefix(b"\xef\xbb\xbf").strip()
    try:
        wrapped = b'{"records":' + body + b"}" if body.startswith(b"[") else body
        said = read_json(wrapped, "application/json")
    except SourceFault:
        raise RefusedWhole(Code.NOT_JSON) from None
    records = said.get("records", [said])
    if not isinstance(records, list):
        raise RefusedWhole(Code.NOT_A_DELIVERY, "records")
    if len(records) > MAX_ROWS:
        raise RefusedWhole(Code.TOO_MANY, _("En fil får ha högst 20 000 rader."))
    yield from (Entry(place, record) for place, record in enumerate(records, start=1))


def _from_rows(rows: Iterator[tuple[int, Sequence[object]]]) -> Iterator[Entry]:
    """The first row names the fields."""
    headers: list[str] = []
    count = 0
    for number, cells in rows:
        if not headers:
            headers = _read_headers(cells)
            continue
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise RefusedWhole(Code.TOO_MANY, _("En fil får ha högst 20 000 rader."))
        if len(cells) != len(headers):
            yield Entry(number, None, (Problem(Code.NOT_A_ROW),))
            continue
        record, problems = record_of(dict(zip(headers, cells, strict=True)))
        yield Entry(number, record, problems)


def _read_headers(cells: Sequence[object]) -> list[str]:
    headers = [str(cell or "").strip().lower() for cell in cells]
    if not {"patient", "id"} & set(headers):
        raise RefusedWhole(
            Code.NOT_A_FILE, _("Rubrikraden saknas. Den ska ha fältens namn, som id, type och patient."), ""
        )
    if lacking := [name for name in ("patient", "id") if name not in headers]:
        raise RefusedWhole(
            Code.NOT_A_FILE,
            _("Kolumnen %(name)s saknas i rubrikraden.") % {"name": lacking[0]},
            _("Lägg till den, ifylld på varje rad."),
        )
    named = [header for header in headers if header]
    if len(set(named)) != len(named):
        raise RefusedWhole(
            Code.NOT_A_FILE, _("Samma rubrik står två gånger."), _("Byt namn på den ena, eller ta bort den.")
        )
    return headers


def _read_csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Row number as a spreadsheet shows it, and its cells."""
    text = _decode(data)
    first, _newline, rest = text.partition("\n")
    above = 0
    if first.strip().casefold() == "sep=;":
        text, first, above = rest, rest.partition("\n")[0], 1
    if ";" not in first:
        raise RefusedWhole(Code.NOT_A_FILE, _("Kolumnerna ska skiljas med semikolon."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        yield from enumerate(reader, start=1 + above)
    except csv.Error:
        raise RefusedWhole(
            Code.NOT_A_FILE,
            _("Rad %(row)s går inte att läsa: ett citattecken saknas eller står fel.")
            % {"row": reader.line_num},
            _("Sätt citattecken om text som innehåller semikolon."),
        ) from None


def _decode(data: bytes) -> str:
    """UTF-8 with or without a mark, else Windows-1252: text of another kind is hardly ever valid UTF-8."""
    if data.startswith(_UTF_16_MARKS):
        raise RefusedWhole(
            Code.NOT_A_FILE, _("Filen är sparad som Unicode (UTF-16). Spara den som CSV UTF-8."), ""
        )
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise RefusedWhole(Code.NOT_A_FILE, _("Filen är inte en textfil. Spara den som CSV."))


def to_json(entries: Sequence[Entry]) -> str:
    """For keeping between the look and the deed."""
    return json.dumps(
        [[one.place, one.record, [[p.code.value, p.field] for p in one.problems]] for one in entries],
        ensure_ascii=False,
    )


def from_json(text: str) -> list[Entry]:
    return [
        Entry(place, record, tuple(Problem(Code(code), field) for code, field in problems))
        for place, record, problems in json.loads(text)
    ]
