"""Documents that name tests as evidence: every test they name exists, and every row names one."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("docs/safety/hazard-log.md", "docs/security/asvs.md", "THREAT_MODEL.md")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
HAZARDS = {f"P{n}" for n in range(1, 13)}


@cache
def names_in(path: str) -> frozenset[str]:
    """Names of the tests in a file; empty for a file that is not there."""
    where = ROOT / path
    if not where.exists():
        return frozenset()
    tree = ast.parse(where.read_text(encoding="utf-8"))
    names = [n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(name for name in names if name.startswith("test_"))


def rows_of(document: str) -> list[str]:
    """Rows of the tables whose last or last but one column is the evidence."""
    text = (ROOT / document).read_text(encoding="utf-8")
    tables = [table for table in text.split("\n\n") if "Evidence" in table.split("\n")[0]]
    return [row for table in tables for row in table.strip().split("\n")[2:]]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_named_test_exists(document):
    named = NAMED.findall((ROOT / document).read_text(encoding="utf-8"))
    assert len(named) > 10
    missing = [
        f"{path}::{test}" for path, test in named if not (test in names_in(path) if test else names_in(path))
    ]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_row_stands_without_evidence(document):
    rows = rows_of(document)
    assert len(rows) > 10
    assert [row for row in rows if not NAMED.search(row)] == []


def test_every_hazard_is_in_the_log():
    found = {row.split("|")[1].strip() for row in rows_of("docs/safety/hazard-log.md")}
    assert found == HAZARDS


def test_every_hazard_has_cause_control_evidence_and_what_is_left():
    for row in rows_of("docs/safety/hazard-log.md"):
        number, hazard, cause, control, evidence, residual = (
            cell.strip() for cell in row.strip("| ").split(" | ")
        )
        assert all((hazard, cause, control, evidence)), number
        assert residual.startswith(("low", "medium", "high")), number


def numbers_of_asvs() -> list[str]:
    """Every number that the document speaks of, in whichever table."""
    text = (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8")
    firsts = re.findall(r"^\| (\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*) \|", text, re.MULTILINE)
    return [number for first in firsts for number in first.split(", ")]


def test_every_requirement_of_asvs_is_answered_once():
    """All of levels 1 and 2 of version 5.0.0, and the seven of level 3 that are taken on."""
    lines = (ROOT / "tests/tooling/asvs_levels.txt").read_text(encoding="utf-8").splitlines()[1:]
    levels = dict(line.split() for line in lines)
    assert (len(levels), sum(level == "1" for level in levels.values())) == (253, 70)
    told = numbers_of_asvs()
    assert sorted(told) == sorted(set(told))
    assert set(levels) - set(told) == set()
    assert set(told) - set(levels) == {
        "1.2.10",
        "2.3.5",
        "3.4.8",
        "6.3.8",
        "7.5.3",
        "8.3.2",
        "13.2.6",
        "15.4.2",
    }
    assert "16.3.2" in levels


def test_what_is_left_of_asvs_says_to_whom():
    text = (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8")
    left = [table for table in text.split("\n\n") if table.startswith("| Requirement | Left |")]
    rows = [row for table in left for row in table.strip().split("\n")[2:]]
    assert rows
    assert {row.rstrip(" |").rsplit("| ", 1)[1] for row in rows} <= {"operator", "accepted", "open"}


def test_a_test_that_is_not_there_is_noticed():
    assert "test_every_named_test_exists" in names_in("tests/tooling/test_documents.py")
    assert "test_of_nothing" not in names_in("tests/tooling/test_documents.py")
    assert not names_in("tests/of/nothing.py")
