"""`make mutants`: what it changes, that a survivor fails it, and that it leaves the tree as it found it."""

import importlib
import os
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from tests.servers import ROOT

TOOLS = ROOT / "tools"
TOOL = TOOLS / "mutants.py"
RULES = """\
from dataclasses import dataclass, field
from enum import Enum


class Wrong(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(f"{why}!")


class Colour(Enum):
    RED = "red"
    GREEN = "green"


LIMIT = 3


@dataclass(frozen=True)
class Rule:
    limit: int = LIMIT

    @property
    def is_strict(self) -> bool:
        return self.limit < 3


def may_pass(age: int, rule: Rule = Rule(), colour: Colour = Colour.GREEN) -> bool:
    return age >= rule.limit and colour is Colour.GREEN
"""
STRICT_TESTS = """\
import pytest
from sample.rules import LIMIT, Colour, Rule, Wrong, may_pass


@pytest.mark.parametrize(("age", "colour", "may"), [
    (2, Colour.GREEN, False), (3, Colour.GREEN, True), (4, Colour.GREEN, True), (3, Colour.RED, False),
])
def test_age_and_colour(age, colour, may):
    assert may_pass(age, Rule(), colour) is may


def test_defaults():
    assert LIMIT == 3
    assert may_pass(3)
    assert not may_pass(2)


def test_words():
    assert str(Wrong("so")) == "so!"


def test_strictness():
    assert [Rule(2).is_strict, Rule(3).is_strict, Rule(4).is_strict] == [True, False, False]
"""
LAX_TESTS = STRICT_TESTS.replace("Rule(3).is_strict, ", "").replace("[True, False, False]", "[True, False]")
SURVIVORS = ("self.limit < 3 → self.limit <= 3", "3 → 4")
ENDLESS = """\


def count_down(left: int) -> int:
    while left != 0:
        left -= 1
    return left
"""
ENDLESS_TESTS = """\

from sample.rules import count_down


def test_down():
    assert count_down(3) == 0
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project of its own; its tests hold every line."""
    root = tmp_path / "project"
    (root / "sample").mkdir(parents=True)
    (root / "tools").mkdir()
    (root / "sample/__init__.py").touch()
    (root / "sample/rules.py").write_text(RULES)
    (root / "test_rules.py").write_text(STRICT_TESTS)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    return root


def command(root: Path, *more: str) -> list[str]:
    words = ("sample/rules.py", "--root", str(root), "--tests", "test_rules.py", *more)
    return [sys.executable, str(TOOL), *words]


def environment(root: Path) -> dict[str, str]:
    """Temporary files beside the project, to see that none stays; and no Django."""
    scratch = root.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return {**kept, "TMPDIR": str(scratch)}


def run(root: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(root, *more), env=environment(root), capture_output=True, text=True, timeout=120, check=False
    )


def contents(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def give_reasons(root: Path) -> None:
    entries = [
        f"[[survivor]]\nmodule = 'sample/rules.py'\nplace = 'Rule.is_strict'\n"
        f"change = '{change}'\nreason = 'Not in this world.'\n"
        for change in SURVIVORS
    ]
    (root / "tools/mutants_reasons.toml").write_text("\n".join(entries))


def test_all_killed_ends_well_and_leaves_the_tree_as_it_was(tree: Path) -> None:
    before = contents(tree)
    done = run(tree)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\n(\d+) mutants, \1 killed, 0 left with a reason, 0 survived", done.stdout)
    assert contents(tree) == before
    assert list((tree.parent / "scratch").iterdir()) == []


def test_survivor_fails_and_is_named(tree: Path) -> None:
    (tree / "test_rules.py").write_text(LAX_TESTS)
    done = run(tree)
    assert done.returncode == 1
    for change in SURVIVORS:
        assert f"survived: sample/rules.py:24 Rule.is_strict: {change}" in done.stdout
    assert "0 left with a reason, 2 survived" in done.stdout


def test_survivor_with_a_reason_is_let_through(tree: Path) -> None:
    (tree / "test_rules.py").write_text(LAX_TESTS)
    give_reasons(tree)
    done = run(tree)
    assert done.returncode == 0, done.stdout
    assert "2 left with a reason, 0 survived" in done.stdout


def test_reason_for_what_no_longer_survives_fails(tree: Path) -> None:
    give_reasons(tree)
    done = run(tree)
    assert done.returncode == 2
    assert all(change in done.stdout for change in SURVIVORS)


@pytest.mark.parametrize(("tests", "said"), [
    ("def test_red():\n    assert False\n", "Red without any mutant: test_rules.py::test_red"),
    ("import sample.nowhere\n", "No module named 'sample.nowhere'"),
    ("", "could not be gathered"),
])  # fmt: skip
def test_nothing_is_said_where_the_tests_do_not_hold_as_it_is(tree: Path, tests: str, said: str) -> None:
    (tree / "test_rules.py").write_text(tests)
    done = run(tree)
    assert done.returncode == 2
    assert said in done.stdout


def test_what_no_test_comes_to_survives(tree: Path) -> None:
    (tree / "sample/rules.py").write_text(f"{RULES}\n\ndef forgotten() -> bool:\n    return True\n")
    done = run(tree)
    assert done.returncode == 1
    assert "forgotten: return True → return False" in done.stdout


def test_mutant_that_never_ends_is_killed_by_the_clock(tree: Path) -> None:
    (tree / "sample/rules.py").write_text(RULES + ENDLESS)
    (tree / "test_rules.py").write_text(STRICT_TESTS + ENDLESS_TESTS)
    done = run(tree, "--least-limit-s", "1")
    assert done.returncode == 0, done.stdout


def processes_of(root: Path) -> list[str]:
    """Every process that was given this tree to work on."""
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return [command.decode() for command in commands if str(root).encode() in command]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_behind(tree: Path, how: signal.Signals) -> None:
    (tree / "sample/rules.py").write_text(RULES + ENDLESS)
    (tree / "test_rules.py").write_text(STRICT_TESTS + ENDLESS_TESTS)
    before = contents(tree)
    process = subprocess.Popen(
        command(tree, "--least-limit-s", "600"), env=environment(tree), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while "at a time" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(how)
    assert process.wait(timeout=30) not in (0, 1)
    process.stdout.close()
    assert contents(tree) == before
    assert list((tree.parent / "scratch").iterdir()) == []
    assert processes_of(tree) == []


# What is changed, and how it is put in place. -------------------------------------------------------


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))


def tool(name: str) -> ModuleType:
    return importlib.import_module(f"mutants_{name}")


def changes(source: str) -> set[str]:
    found = tool("finding").find_mutants("m.py", textwrap.dedent(source), {"Hue": ["RED", "BLUE", "GREEN"]})
    return {mutant.change for mutant in found}


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(("code", "expected"), [
    ("a < b", {"a < b → a <= b", "a < b → a >= b"}),
    ("a is b", {"a is b → a is not b"}),
    ("a not in b", {"a not in b → a in b"}),
    ("a and b", {"a and b → a or b", "a and b → a", "a and b → b"}),
    ("not a", {"not a → a"}),
    ("a if b else c", {"b → True", "b → False"}),
    ("[a for a in b if c]", {"c → True", "c → False"}),
    ("True", {"True → False"}),
    ("7", {"7 → 8", "7 → 6"}),
    ("'x'", {"'x' → 'x~'"}),
    ("Hue.RED", {"Hue.RED → Hue.BLUE", "Hue.RED → Hue.GREEN"}),
    ("a - b", {"a - b → a + b", "a - b → a"}),
    ("a | b", {"a | b → a & b", "a | b → a", "a | b → b"}),
    ("min(a)", {"min(a) → max(a)", "min(a) → min(None)", "min(a) → min()"}),
    ("f(a, b)", {"f(a, b) → f(b, a)", "f(a, b) → f(None, b)", "f(a, b) → f(a, None)", "f(a, b) → f(a)"}),
    ("f(k=a)", {"f(k=a) → f()", "f(k=a) → f(k=None)"}),
    ("(a, b)", {"(a, b) → (b, a)", "(a, b) → (a,)", "(a, b) → (b,)"}),
    ("{a: b}", {"{a: b} → {}"}),
    ("{a, b}", {"{a, b} → {a}", "{a, b} → {b}"}),
    ("a in (b, c)", {"a in (b, c) → a not in (b, c)", "(b, c) → (b,)", "(b, c) → (c,)"}),
    ("max(a, b)", {"max(a, b) → min(a, b)", "max(a, b) → max(None, b)", "max(a, b) → max(a, None)",
                   "max(a, b) → max(a)"}),
    ("sorted(a, key=b)", {"sorted(a, key=b) → list(a)", "sorted(a, key=b) → sorted(None, key=b)",
                          "sorted(a, key=b) → sorted(key=b)", "sorted(a, key=b) → sorted(a)",
                          "sorted(a, key=b) → sorted(a, key=None)"}),
])  # fmt: skip
def test_each_sort_of_change(code: str, expected: set[str]) -> None:
    assert changes(f"def f():\n    return {code}\n") - {f"return {code} → return None"} == expected


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(("code", "expected"), [
    ("go()", {"go() → pass"}),
    ("a.b = c", {"a.b = c → pass", "a.b = c → a.b = None"}),
    ("a += b", {"a += b → pass", "a += b → a -= b", "a += b → a = b"}),
    ("raise Wrong", {"raise Wrong → pass"}),
    ("with a: b = c", {"with a: b = c → if True: b = c", "b = c → b = None"}),
    ("try: b = 1\n    except E: c = 1", {"try: b = 1 except E: c = 1 → if True: b = 1", "1 → 2", "1 → 0",
                                        "1 → 2 (number 2)", "1 → 0 (number 2)"}),
])  # fmt: skip
def test_statements_are_left_out(code: str, expected: set[str]) -> None:
    assert changes(f"def f():\n    {code}\n") == expected


@pytest.mark.usefixtures("tools")
def test_rules_in_a_constant_change_places_and_fall_out() -> None:
    assert changes("RULES = (first, second)") == {
        "(first, second) → (second, first)",
        "(first, second) → (first,)",
        "(first, second) → (second,)",
    }
    assert changes("Rule = Callable[[int], bool]") == set()


@pytest.mark.usefixtures("tools")
def test_question_is_answered_always_yes_and_always_no() -> None:
    found = changes("def is_so() -> bool:\n    return what\n")
    assert found == {"return what → return True", "return what → return False"}


@pytest.mark.usefixtures("tools")
def test_words_types_and_names_are_left_alone() -> None:
    source = '''
    @dataclass(frozen=True)
    class Thing:
        """Words."""

        size: "int"

        def grow(self, by: "int | None") -> "Thing":
            """More words."""


    class Hue(Enum):
        RED = "red"
    '''
    assert changes(source) == set()


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(("old", "new", "sees"), [
    ("age >= rule.limit", "age > rule.limit", "may_pass(3)"),
    ("Colour = Colour.GREEN", "Colour = Colour.RED", "may_pass(3)"),
    ("self.limit < 3", "self.limit < 4", "not Rule(3).is_strict"),
    ("limit: int = LIMIT", "limit: int = LIMIT + 1", "Rule().limit == 3"),
    ("LIMIT = 3", "LIMIT = 4", "LIMIT == 3"),
    ("limit: int = LIMIT", "limit: int = field(default=3, repr=False)", "repr(Rule()) == 'Rule(limit=3)'"),
    ("{why}!", "{why}?", "str(Wrong('so')) == 'so!'"),
])  # fmt: skip
def test_change_is_seen_by_whoever_imported_before(
    tree: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, sees: str
) -> None:
    ast, graft = importlib.import_module("ast"), tool("grafting").graft
    monkeypatch.syspath_prepend(str(tree))
    for name in ("sample", "sample.rules", "user"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    module = importlib.import_module("sample.rules")
    user = ModuleType("user")
    exec("from sample.rules import *", vars(user))
    monkeypatch.setitem(sys.modules, "user", user)
    assert eval(sees, vars(user))
    changed = RULES.replace(old, new)
    assert changed != RULES
    before, after = ast.parse(RULES).body, ast.parse(changed).body
    (statement,) = [y for x, y in zip(before, after, strict=True) if ast.dump(x) != ast.dump(y)]
    graft(statement, module)
    assert not eval(sees, vars(user))
    for name in ("sample", "sample.rules"):
        monkeypatch.delitem(sys.modules, name)
