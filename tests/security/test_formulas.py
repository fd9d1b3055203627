"""No file for a spreadsheet that this product writes runs anything: every writer is found by search, and each
passes the one place that puts an apostrophe before what would be a formula."""

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from connectors.openfeed.samples import SAMPLES
from portal.accounts.importing import FORMULA_STARTS, harmless, write_rows

ROOT = Path(__file__).resolve().parents[2]
WRITERS = {"writer", "DictWriter", "Workbook", "to_csv", "to_excel"}
# Who writes tables, and why that is safe. Whoever is not here passes ``write_rows``.
KNOWN = {
    ("portal/accounts/importing.py", "write_rows"),  # the one place: reports and examples
    ("connectors/openfeed/samples.py", "_csv"),  # our own constants, judged below
    ("connectors/openfeed/samples.py", "_workbook"),
}
SERVED_AS_TABLES = {"portal/accounts/importing_admin.py", "connectors/openfeed/samples.py"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in ("consent", "connectors", "portal"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def writers_in(tree: ast.AST) -> set[str]:
    """Functions in which a table is written, by name."""
    found = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in ast.walk(function):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                owner = getattr(getattr(call.func, "value", None), "id", "csv")
                if name in WRITERS and owner in ("csv", "openpyxl"):
                    found.add(function.name)
    return found


def test_every_writer_of_tables_is_known():
    found = {(path, name) for path, tree in modules() for name in writers_in(tree)}
    assert found == KNOWN


def test_whatever_is_served_as_a_table_comes_from_a_known_writer():
    """By media type and by the ending of a file's name, whoever joined the text by hand."""
    told = {
        path
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and (
            node.value.startswith(("text/csv;", "application/vnd.")) or node.value.endswith((".csv", '.csv"'))
        )
        and "exempel.csv" not in node.value.removeprefix("exempel.csv")
    }
    assert told >= SERVED_AS_TABLES
    readers = {"portal/feed/requests.py", "portal/feed/presenters.py", "portal/feed/endpoints.py"}
    assert told - SERVED_AS_TABLES <= readers


def test_a_writer_that_nobody_knows_would_be_found():
    hand_made = ast.parse("def export(rows):\n    csv.writer(out).writerows(rows)\n")
    assert writers_in(hand_made) == {"export"}


@pytest.mark.parametrize("start", FORMULA_STARTS, ids=lambda s: f"{ord(s):04x}")
@pytest.mark.parametrize("before", ["", " ", "\u00a0 "], ids=["bare", "space", "no-break"])
def test_reopened_no_cell_begins_a_formula(start: str, before: str):
    text = f"{before}{start}=cmd|' /C calc'!A0"
    (row,) = csv.reader(
        io.StringIO(write_rows(("x",), [[text]]).split("\r\n", 1)[1], newline=""), delimiter=";"
    )
    assert row == [f"'{text}"]
    assert harmless("1939-08-13 – vanlig text") == "1939-08-13 – vanlig text"


@pytest.mark.parametrize("name", ["exempel.csv", "exempel-windows-1252.csv", "exempel.xlsx"])
def test_samples_hold_no_formula(name: str):
    body = SAMPLES[name].make()
    if name.endswith(".xlsx"):
        sheet = load_workbook(io.BytesIO(body)).active
        assert sheet is not None
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}  # "f" would be a formula
        return
    text = body.decode("cp1252" if "1252" in name else "utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(rows) > 3
    assert [cell for row in rows for cell in row if cell != harmless(cell)] == []
