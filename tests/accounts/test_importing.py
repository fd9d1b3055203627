"""Reading a CSV file as spreadsheets save it, and writing one that no spreadsheet takes for formulas."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.importing import (
    FORMULA_STARTS,
    MAX_BYTES,
    MAX_ROWS,
    Column,
    Row,
    UnreadableFile,
    harmless,
    read_rows,
    write_rows,
)

COLUMNS = (
    Column("hsa_id", "HSA-id", "", is_required=True),
    Column("name", "Namn", ""),
    Column("raised_at", "Samtycke väcks när", ""),
)
ROW = {"hsa_id": "SE1", "name": "Vårdavdelning Åre"}


def rows(text: str, encoding: str = "utf-8") -> list[Row]:
    return read_rows(text.encode(encoding), COLUMNS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ","])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_file_is_read_however_it_was_saved(encoding, separator, newline):
    text = newline.join([f"HSA-id{separator}Namn", f"SE1{separator}Vårdavdelning Åre", ""])
    assert [row.values for row in rows(text, encoding)] == [ROW]


@pytest.mark.parametrize(
    "header", ["HSA-id;Namn", "hsa id ; NAMN", "hsaid;namn", "Namn;HSA-ID", "sep=;\nHSA-id;Namn"]
)
def test_headers_are_met_in_any_order_and_case(header):
    cells = "Vårdavdelning Åre;SE1" if header.startswith("Namn") else "SE1;Vårdavdelning Åre"
    assert [row.values for row in rows(f"{header}\n{cells}\n")] == [ROW]


def test_rows_have_the_numbers_of_a_spreadsheet():
    found = rows('HSA-id;Namn\nSE1;"Två\nrader"\n\n;\nSE2;B\n')
    assert [(row.number, row.values["hsa_id"]) for row in found] == [(2, "SE1"), (5, "SE2")]


def test_cells_are_trimmed_and_quotes_are_undone():
    found = rows('HSA-id;Namn\n SE1 ;"A ""B""; C"\n')
    assert found[0].values == {"hsa_id": "SE1", "name": 'A "B"; C'}


def test_row_with_too_many_or_too_few_cells_is_at_fault_alone():
    found = rows("HSA-id;Namn\nSE1\nSE2;B\nSE3;C;D\n")
    assert [bool(row.flaw) for row in found] == [True, False, True]
    assert found[0].flaw == "Raden har 1 celler men rubrikraden 2."


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "tom"),
    "blank": (b" \r\n \r\n", "tom"),
    "UTF-16": ("HSA-id;Namn\n".encode("utf-16"), "UTF-16"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "inte en textfil"),
    "not even Windows-1252": (b"HSA-id;Namn\nSE1;\x81\x8d\n", "går inte att läsa"),
    "unknown header": (b"HSA-id;Nanm\n", "Okända rubriker: Nanm"),
    "nameless header": (b"HSA-id;\n", "Okända rubriker"),
    "missing header": (b"Namn\nA\n", "Rubriker saknas: HSA-id."),
    "header twice": (b"HSA-id;Namn;namn\n", "två gånger"),
    "open quote": (b'HSA-id;Namn\nSE1;"A\n', "citattecken"),
    "stray quote": (b'HSA-id;Namn\nSE1;"A"B\n', "citattecken"),
    "too large": (b"HSA-id\n" + b"x" * MAX_BYTES, "5 MiB"),
    "too long": (b"HSA-id\n" + b"SE1\n" * (MAX_ROWS + 1), "20 000 rader"),
    "another language": (b"HSA-id;Name\n", "Okända rubriker: Name"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_file_that_cannot_be_used_says_why(what):
    data, words = UNREADABLE[what]
    with pytest.raises(UnreadableFile) as caught:
        read_rows(data, COLUMNS)
    assert words in str(caught.value)


def test_as_many_rows_as_are_allowed_are_read():
    assert len(read_rows(b"HSA-id\n" + b"SE1\n" * MAX_ROWS, COLUMNS)) == MAX_ROWS


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_it(data):
    for head in (b"", b"HSA-id;Namn\n", b"HSA-id,Namn\r\n"):
        with suppress(UnreadableFile):
            assert all(row.flaw or row.values for row in read_rows(head + data, COLUMNS))


# Writing. ------------------------------------------------------------------------------------------


def cells_of(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


@pytest.mark.parametrize("cell", [
    '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\0=1", "\r=1", "\n=1", "  =1",
    "＝1", "＋1", "－1", "＠x",
])  # fmt: skip
def test_formula_is_put_behind_an_apostrophe(cell):
    assert harmless(cell) == f"'{cell}"


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_whatever_is_written_no_cell_is_a_formula(rows):
    written = write_rows(("Rad", "Vad"), rows)
    for line in written.removeprefix("\ufeff").split("\r\n"):
        assert not line.startswith(FORMULA_STARTS)
    if any("\r" in c or "\n" in c or "\0" in c for row in rows for c in row):
        return
    for given_row, read in zip(rows, cells_of(written)[1:], strict=True):
        for before, after in zip(given_row, read, strict=True):
            assert after in (before, f"'{before}")
            assert not after.startswith(FORMULA_STARTS)
