"""Who may look is decided in ``consent`` and nowhere else, and no patient's number stands in the code."""

import ast
import re
from pathlib import Path

import pytest

from consent.identity import InvalidNumber, read_number
from consent.vocabulary import IdType
from tests.architecture.test_packages import ROOT, code_files, imported_names, product_files

# The table and its companions; ``ruling`` and ``gate`` put together what they decide, ``release`` logs it.
# ``specimen`` opens everything about nobody.
DECIDERS = {
    "policy",
    "standing",
    "blocking",
    "acts",
    "terms",
    "gate",
    "ruling",
    "release",
    "vocabulary",
    "facts",
    "specimen",
}
RULES = ("consent.policy", "consent.standing", "consent.blocking")
# What decides: the rows of the table, the facts they rest on, and the values a decision is made of.
FACTS = ("ConsentFact", "RefusalFact", "EmergencyFact", "InabilityFact", "ChoiceFact", "LiftFact", "Facts")
NUMBER = re.compile(r"(?<!\d)(?:18|19|20)\d{6}[-+]?\d{4}(?!\d)")
MAY_NAME_PEOPLE = ("tests/", "demo/", "docs/", "bench/", "consent/specimen.py")
# What a connector replays to show that it keeps the contract: official test numbers again.
REPLAYED = "scenarios.py"


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def outside_rules() -> list[Path]:
    return [
        path
        for path in product_files()
        if not (where(path).startswith("consent/") and path.stem in DECIDERS)
        and not where(path).startswith("demo/")
    ]


def made_in(tree: ast.AST, names: tuple[str, ...]) -> list[int]:
    """Lines that build one of these values."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") in names or getattr(node.func, "attr", "") in names)
    ]


def compared_rows(tree: ast.AST) -> list[int]:
    """Lines that ask which row spoke: ``… is Row.X``, ``… == Row.X``, ``… in (Row.X, …)``, ``case Row.X``."""

    def names_row(node: ast.AST) -> bool:
        return any(
            isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name | ast.Attribute)
            and (getattr(n.value, "id", "") == "Row" or getattr(n.value, "attr", "") == "Row")
            for n in ast.walk(node)
        )  # fmt: skip

    found = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Compare) and names_row(n)]
    return found + [
        n.pattern.lineno for n in ast.walk(tree) if isinstance(n, ast.match_case) and names_row(n.pattern)
    ]


def read(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_rows_of_the_table_are_asked_for_inside_consent_alone():
    assert {where(p): lines for p in outside_rules() if (lines := compared_rows(read(p)))} == {}


def test_nobody_else_makes_the_facts_that_decisions_rest_on():
    # Two more within consent: what would open if all units were chosen, to name the units that hold data; and
    # the worklist, which reads many patients at once. Neither makes a permit.
    allowed = {"consent/ledger.py", "consent/choosing.py", "consent/worklist.py"}
    guilty = {where(p): lines for p in outside_rules() if (lines := made_in(read(p), FACTS))}
    assert {name: lines for name, lines in guilty.items() if name not in allowed} == {}


def test_nobody_else_opens_anything():
    assert {where(p): lines for p in outside_rules() if (lines := made_in(read(p), ("Basis",)))} == {}


@pytest.mark.parametrize("module", RULES)
def test_rules_are_asked_through_the_gate(module: str):
    """Only ``consent`` itself calls them; the rest of the product gets rulings and permits."""
    guilty = [
        where(path)
        for path in product_files()
        if not where(path).startswith("consent/")
        and any(name == module or name.startswith(f"{module}.") for name in imported_names(path))
    ]
    assert guilty == []


def test_only_the_log_writes_the_log():
    guilty = [
        where(path)
        for path in product_files()
        if not where(path).startswith("consent/accesslog/")
        and re.search(
            r"(INSERT INTO|UPDATE|DELETE FROM)\s+consent_accessevent", path.read_text(encoding="utf-8")
        )
    ]
    assert guilty == []


@pytest.mark.parametrize("code", [
    "if decision.row is Row.CONSENT: pass",
    "x = decision.row in (vocabulary.Row.CHILD,)",
    "match row:\n    case Row.EMERGENCY: pass",
])  # fmt: skip
def test_every_way_to_ask_for_a_row_is_seen(code):
    assert compared_rows(ast.parse(code))


def numbers_in(text: str) -> list[str]:
    """Numbers that could be somebody's: right date, right check digit."""
    from datetime import date

    found = []
    for match in NUMBER.finditer(text):
        try:
            person = read_number(match[0], date.today())
        except InvalidNumber:
            continue
        if person.type is not IdType.RESERVNUMMER:
            found.append(match[0])
    return found


def test_no_patients_number_stands_in_the_product():
    guilty = {
        where(path): found
        for path in code_files()
        if not where(path).startswith(MAY_NAME_PEOPLE)
        and path.name != REPLAYED
        and (found := numbers_in(path.read_text(encoding="utf-8")))
    }
    assert guilty == {}


def test_no_patients_number_stands_in_templates_styles_or_settings():
    kinds = {".html", ".js", ".css", ".toml", ".yaml", ".yml", ".txt", ".po", ".svg", ".md"}
    folders = [ROOT / name for name in ("templates", "static", "locale", "portal", "consent", "connectors")]
    guilty = {
        where(path): found
        for folder in folders
        for path in (folder.rglob("*") if folder.exists() else ())
        if path.suffix in kinds and (found := numbers_in(path.read_text(encoding="utf-8")))
    }
    assert guilty == {}


def test_numbers_are_seen_where_they_stand():
    assert numbers_in("PersonId('191212121212') 19121212-1212 191212121213 SE2321000016-R001") == [
        "191212121212",
        "19121212-1212",
    ]
