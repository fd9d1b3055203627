"""Reading a CSV file: characters, separator, header, rows. What the rows mean is ``importing_rows``' matter.

``;`` or ``,``; UTF-8 with or without a mark, or Windows-1252, as spreadsheets save them. Raises
UnreadableFile with a sentence for the page.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# What a spreadsheet would take for a formula, full-width twins included (OWASP: CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


class UnreadableFile(Exception):
    """The file as a whole cannot be used. ``str`` is a sentence in Swedish."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its header, what it holds. Headers are met without regard to case or spaces."""

    key: str
    header: str
    meaning: str | Promise
    example: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file as a spreadsheet numbers it: the header is 1. ``values``: by column key, trimmed.

    ``flaw``: why the row has no values to speak of.
    """

    number: int
    values: dict[str, str]
    flaw: str = ""


def decode(data: bytes) -> str:
    """The file's text. UTF-8 first: text of another kind is hardly ever valid UTF-8 by chance."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(_("Filen är större än 5 MiB. Dela upp den."))
    if data.startswith(UTF_16_MARKS):
        raise UnreadableFile(_("Filen är sparad som Unicode (UTF-16). Spara den som CSV UTF-8."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise UnreadableFile(_("Filen är inte en textfil. Spara den som CSV."))
        return text
    raise UnreadableFile(_("Filens tecken går inte att läsa. Spara den som CSV UTF-8."))


def read_rows(data: bytes, columns: Sequence[Column]) -> list[Row]:
    """The file's rows, empty ones left out."""
    text = decode(data)
    first, _newline, rest = text.partition("\n")
    if first.strip().casefold() in ("sep=;", "sep=,"):
        text, first = rest, rest.partition("\n")[0]
    if not text.strip():
        raise UnreadableFile(_("Filen är tom."))
    separator = ";" if first.count(";") >= first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    keys: list[str] = []
    try:
        for number, cells in enumerate(reader, start=1):
            if number == 1:
                keys = _keys_of(cells, columns)
            elif any(cell.strip() for cell in cells):
                rows.append(_row_of(number, cells, keys))
                if len(rows) > MAX_ROWS:
                    raise UnreadableFile(_("Filen har fler än 20 000 rader. Dela upp den."))
    except csv.Error:
        raise UnreadableFile(
            _("Rad %(row)s går inte att läsa: ett citattecken saknas eller står fel.")
            % {"row": reader.line_num}
        ) from None
    return rows


def _row_of(number: int, cells: Sequence[str], keys: Sequence[str]) -> Row:
    if len(cells) != len(keys):
        flaw = _("Raden har %(cells)s celler men rubrikraden %(headers)s.")
        return Row(number, {}, flaw % {"cells": len(cells), "headers": len(keys)})
    return Row(number, {key: cell.strip() for key, cell in zip(keys, cells, strict=True)})


def _keys_of(headers: Sequence[str], columns: Sequence[Column]) -> list[str]:
    known = {_folded(column.header): column.key for column in columns}
    unknown = [header.strip() or "–" for header in headers if _folded(header) not in known]
    if unknown:
        raise UnreadableFile(
            _("Okända rubriker: %(headers)s. Rubrikerna ska vara de som står på sidan.")
            % {"headers": ", ".join(unknown)[:300]}
        )
    keys = [known[_folded(header)] for header in headers]
    if len(set(keys)) != len(keys):
        raise UnreadableFile(_("Samma rubrik står två gånger."))
    missing = [column.header for column in columns if column.is_required and column.key not in keys]
    if missing:
        raise UnreadableFile(_("Rubriker saknas: %(headers)s.") % {"headers": ", ".join(missing)})
    return keys


def _folded(header: str) -> str:
    return "".join(header.casefold().split()).replace("-", "").replace("_", "")


def write_rows(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A CSV file for a spreadsheet: marked UTF-8, separated by ``;``, and nothing in it is ever a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerows([[harmless(str(cell)) for cell in row] for row in (header, *rows)])
    return "\ufeff" + out.getvalue()


def harmless(cell: str) -> str:
    """Behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(FORMULA_STARTS) else cell
