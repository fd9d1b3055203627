"""A permit is made by the gate, and to test connectors with by one other: nowhere outside ``consent``."""

import ast
import copy
import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from tests.architecture.test_packages import ROOT, code_files, imported_names
from tests.factories.permits import permit_for

# The one place of the tests that makes permits, and what only names the type.
EXEMPT = ("consent", "tests/factories")
# Ways to get another permit from one, and modules whose whole business that is.
COPIERS = {"replace", "copy", "deepcopy", "__copy__", "__deepcopy__", "__replace__", "_replace"}
UNPICKLERS = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle", "copyreg"}
BUILDERS = {"__new__", "__setstate__", "__reduce__", "__reduce_ex__"}


def outside(path: Path) -> bool:
    return not path.relative_to(ROOT).as_posix().startswith(tuple(f"{place}/" for place in EXEMPT))


def names_in(node: ast.AST) -> set[str]:
    """Every plain and dotted name within a piece of code."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {
        n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)
    }


def called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def aliases_of(tree: ast.AST, name: str) -> set[str]:
    """What a name is called in a module, ``import … as …`` included."""
    found = {name}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            found |= {a.asname for a in node.names if a.name.split(".")[-1] == name and a.asname}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in found:
            found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    return found


def faults(source: str) -> list[str]:
    """What a module does to permits that only ``consent`` may."""
    tree = ast.parse(source)
    speaks_of_permits = "permit" in source.lower()
    permit = aliases_of(tree, "Permit") if speaks_of_permits else set()
    copiers = set().union(*(aliases_of(tree, name) for name in COPIERS if name in source))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = {a.name for a in node.names} | {getattr(node, "module", None) or ""}
            if {m.split(".")[0] for m in modules} & UNPICKLERS:
                found.append(f"{node.lineno}: unpickles")
        if not speaks_of_permits:
            continue
        if isinstance(node, ast.ClassDef) and any(names_in(base) & permit for base in node.bases):
            found.append(f"{node.lineno}: a class made from Permit")
        if isinstance(node, ast.Call):
            if called(node) in permit:
                found.append(f"{node.lineno}: builds a Permit")
            touched = set().union(*(names_in(a) for a in node.args)) if node.args else set()
            if called(node) in copiers and any(
                "permit" in name.lower() for name in touched | names_in(node.func)
            ):
                found.append(f"{node.lineno}: copies a permit")
            if called(node) in BUILDERS and permit & (touched | names_in(node.func)):
                found.append(f"{node.lineno}: builds a Permit by hand")
    return found


def test_within_consent_the_gate_makes_them_and_the_maker_of_specimens():
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in code_files()
        if not outside(path) and any("builds a Permit" in f for f in faults(path.read_text(encoding="utf-8")))
    }
    assert makers - {"tests/factories/permits.py"} == {"consent/gate.py", "consent/specimen.py"}


# Who may get a permit that nobody decided on: the checks that a vendor runs, the kit, and tests.
# Others may ask which numbers are reserved for tests, and whether this installation is one for testing.
MAY_TEST = ("connectors/selfcheck/", "kit/", "tests/")
HARMLESS = {"NOBODY", "TOLVAN", "is_test_number", "may_test"}


def test_specimens_are_asked_for_by_what_tests_connectors_alone():
    askers = {
        path.relative_to(ROOT).as_posix()
        for path in code_files()
        if {name.removeprefix("consent.specimen.") for name in imported_names(path) if "specimen" in name}
        - HARMLESS
        - {"consent.specimen"}
    }
    assert {path for path in askers if not path.startswith(MAY_TEST)} == set()


def test_only_consent_makes_permits():
    guilty = {
        str(path.relative_to(ROOT)): found
        for path in code_files()
        if outside(path) and path != Path(__file__) and (found := faults(path.read_text(encoding="utf-8")))
    }
    assert guilty == {}


@pytest.mark.parametrize("bad", [
    "from consent.terms import Permit\nPermit(actor=a)",
    "from consent.terms import Permit as P\nP()",
    "from consent import terms\nterms.Permit()",
    "from consent.terms import Permit\nMake = Permit\nMake()",
    "from consent.terms import Permit\nclass Mine(Permit): pass",
    "from dataclasses import replace\nreplace(permit, kinds=k)",
    "from dataclasses import replace as other\nother(ruling.permit, kinds=k)",
    "import dataclasses\ndataclasses.replace(self.permit, kinds=k)",
    "import copy\ncopy.copy(permit)",
    "import copy as c\nc.deepcopy(the_permit)",
    "permit.__replace__(kinds=k)",
    "import pickle\npickle.loads(data)",
    "from pickle import loads\nloads(data)",
    "from consent.terms import Permit\nobject.__new__(Permit)",
    "from consent.terms import Permit\nPermit.__new__(Permit)",
])  # fmt: skip
def test_every_way_around_is_seen(bad):
    assert faults(bad)


@pytest.mark.parametrize("good", [
    "from consent.terms import Permit\ndef look(permit: Permit) -> bool: return permit.covers(o, k)",
    "from dataclasses import replace\nreplace(source, kinds=k)",
    "text.replace('a', 'b')",
    "from tests.factories.permits import permit_for\npermit_for(p)",
])  # fmt: skip
def test_what_is_allowed_is_not_taken_for_it(good):
    assert faults(good) == []


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps, lambda p: copy.deepcopy({"a": [p]})])
def test_permit_refuses_to_be_copied_or_pickled(way):
    with pytest.raises(TypeError, match="never copied or pickled"):
        way(permit_for())


def test_permit_does_not_change_and_equals_nothing_but_itself():
    permit = permit_for()
    with pytest.raises(FrozenInstanceError):
        permit.kinds = frozenset()  # type: ignore[misc]
    assert permit != permit_for()
    assert len({permit, permit}) == 1


def test_permit_tells_nothing_of_the_patient_or_the_decisions():
    shown = repr(permit_for())
    assert "1912" not in shown
    assert "decisions" not in shown
