"""Finds every mutant of a module: source in, mutants out.

Left alone: annotations, decorators, docstrings, imports, the values of enumerations (names, not decisions),
and names at module level that are not constants.
"""

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

from mutants_operators import OPERATORS, Members, Spot

AROUND = 40
UNTOUCHED = {"annotation", "returns", "decorator_list", "format_spec", "ctx"}


@dataclass(frozen=True)
class Mutant:
    """One change in one place. ``statement`` is the top-level statement around it, changed.

    ``change`` names it within ``place`` whatever line it is on, so that reasons survive edits elsewhere.
    """

    module: str
    place: str
    line: int
    operator: str
    change: str
    is_in_function: bool
    statement: ast.stmt = field(compare=False)

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.place}: {self.change}"


def find_mutants(module: str, source: str, members: Members) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines. ``members``: its enumerations' names by class."""
    found = [m for s in find_statements(source, members) for m in _mutants_of(module, s, members)]
    counted: Counter[tuple[str, str]] = Counter()
    named = []
    for mutant in sorted(found, key=lambda m: m.line):
        counted[mutant.place, mutant.change] += 1
        nth = counted[mutant.place, mutant.change]
        named.append(mutant if nth == 1 else replace(mutant, change=f"{mutant.change} (number {nth})"))
    return named


def find_statements(source: str, members: Members) -> list[ast.stmt]:
    """The top-level statements that mutants are made of."""
    return [statement for statement in ast.parse(source).body if _is_decision(statement, members)]


def _is_decision(statement: ast.stmt, members: Members) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return True
    if isinstance(statement, ast.ClassDef):
        return statement.name not in members
    return isinstance(statement, ast.Assign | ast.AnnAssign) and _name_of(statement).isupper()


def _name_of(statement: ast.stmt) -> str:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement.name
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
        return target.id if isinstance(target, ast.Name) else ""
    return ""


def _mutants_of(module: str, statement: ast.stmt, members: Members) -> Iterator[Mutant]:
    seen = {ast.dump(statement)}
    for spot in _spots(statement, _name_of(statement), members):
        before = ast.unparse(spot.node)
        for operator in OPERATORS:
            for node in operator(spot):
                spot.put(node)
                changed = ast.fix_missing_locations(copy.deepcopy(statement))
                spot.put(spot.node)
                if ast.dump(changed) in seen:
                    continue
                seen.add(ast.dump(changed))
                line = getattr(spot.node, "lineno", statement.lineno)
                change = describe(before, ast.unparse(ast.fix_missing_locations(node)))
                yield Mutant(
                    module, spot.place, line, operator.__name__, change, spot.is_in_function, changed
                )


def describe(before: str, after: str) -> str:
    """Both on one line, without what is far from where they differ."""
    old, new = " ".join(before.split()), " ".join(after.split())
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    begin, end = max(0, head - AROUND), max(0, tail - AROUND)
    return " → ".join(f"{'…' * (begin > 0)}{x[begin : len(x) - end]}{'…' * (end > 0)}" for x in (old, new))


def _shared(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _spots(
    node: ast.AST, place: str, members: Members, returns: str = "", *, is_in_function: bool = False
) -> Iterator[Spot]:
    """Every node that may be changed, outermost first."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        returns = ast.unparse(node.returns) if node.returns else ""
        is_in_function = True
    for name, value in ast.iter_fields(node):
        if name in UNTOUCHED or (isinstance(node, ast.ClassDef) and name != "body"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _is_docstring(child):
                continue
            inner = place
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and isinstance(node, ast.ClassDef):
                inner = f"{place}.{child.name}"
            yield Spot(child, node, name, index, inner, returns, is_in_function, members)
            yield from _spots(child, inner, members, returns, is_in_function=is_in_function)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
