"""The small changes that a mutant may be made of: each operator yields what may stand where a node stands."""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Members = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Spot:
    """A node and where it hangs.

    ``returns``: what the function around it says that it returns.
    ``members``: the names of each enumeration that the module knows.
    """

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    place: str
    returns: str
    is_in_function: bool
    members: Members

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


Operator = Callable[[Spot], Iterator[ast.AST]]
NEIGHBOURS: Mapping[type, tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPPOSITES: Mapping[type, type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
IN_ANY_ORDER = {"all", "any", "frozenset", "max", "min", "set", "sorted", "sum"}
TWINS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _less(items: Sequence[ast.AST], index: int) -> list[ast.AST]:
    return [*items[:index], *items[index + 1 :]]


def _swapped(items: Sequence[ast.AST], index: int) -> list[ast.AST]:
    return [*items[:index], items[index + 1], items[index], *items[index + 2 :]]


def comparison(spot: Spot) -> Iterator[ast.AST]:
    """To its neighbours: the boundary moves, or the answer turns."""
    node = spot.node
    if isinstance(node, ast.Compare):
        for index, op in enumerate(node.ops):
            for other in NEIGHBOURS[type(op)]:
                yield _with(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])


def logic(spot: Spot) -> Iterator[ast.AST]:
    """``and`` for ``or``, a part left out, ``not`` left out, a condition that always or never holds."""
    node = spot.node
    if isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        for index in range(len(node.values)):
            left = _less(node.values, index)
            yield left[0] if len(left) == 1 else _with(node, values=left)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    if (spot.field == "test" and isinstance(spot.parent, ast.If | ast.IfExp)) or spot.field == "ifs":
        yield ast.Constant(value=True)
        yield ast.Constant(value=False)


def constant(spot: Spot) -> Iterator[ast.AST]:
    """A truth turned, a number one more and one less, a text with something after it."""
    node = spot.node
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(value=not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(value=node.value + 1)
        yield ast.Constant(value=node.value - 1)
    elif isinstance(node.value, str):
        yield ast.Constant(value=node.value + "~")


def member(spot: Spot) -> Iterator[ast.AST]:
    """The next and the previous member of an enumeration."""
    node = spot.node
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in spot.members:
        names = spot.members[node.value.id]
        if node.attr in names:
            at = names.index(node.attr)
            for other in dict.fromkeys((names[(at + 1) % len(names)], names[at - 1])):
                yield _with(node, attr=other)


def result(spot: Spot) -> Iterator[ast.AST]:
    """Nothing returned, or for a question always yes and always no; nothing kept in a name."""
    node = spot.node
    if isinstance(node, ast.Return) and not _is_none(node.value):
        for value in (True, False) if spot.returns == "bool" else (None,):
            yield _with(node, value=ast.Constant(value=value))
    if (
        isinstance(node, ast.Assign | ast.AnnAssign)
        and node.value
        and not isinstance(node.value, ast.Constant)
    ):
        yield _with(node, value=ast.Constant(value=None))


def _is_none(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def statement(spot: Spot) -> Iterator[ast.AST]:
    """A statement left out; what stands under ``with`` or ``try`` without them."""
    node = spot.node
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Continue | ast.Break):
        yield ast.Pass()
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield ast.Pass()
    if isinstance(node, ast.With | ast.AsyncWith):
        yield ast.If(test=ast.Constant(value=True), body=node.body, orelse=[])
    if isinstance(node, ast.Try):
        bare = ast.If(test=ast.Constant(value=True), body=[*node.body, *node.orelse], orelse=[])
        if node.finalbody:
            yield _with(node, finalbody=[]) if node.handlers else bare
        for index in range(len(node.handlers)):
            left = _less(node.handlers, index)
            yield _with(node, handlers=left) if left or node.finalbody else bare


def arithmetic(spot: Spot) -> Iterator[ast.AST]:
    """The opposite sign, or one side alone; for ``+=`` and its like also plain ``=``."""
    node = spot.node
    if isinstance(node, ast.BinOp):
        if type(node.op) in OPPOSITES:
            yield _with(node, op=OPPOSITES[type(node.op)]())
        yield node.left
        if isinstance(node.op, ast.Add | ast.BitOr | ast.BitAnd):
            yield node.right
    if isinstance(node, ast.AugAssign):
        if type(node.op) in OPPOSITES:
            yield _with(node, op=OPPOSITES[type(node.op)]())
        yield ast.Assign(targets=[node.target], value=node.value)


def call(spot: Spot) -> Iterator[ast.AST]:
    """An argument None or left out, two of them in each other's place, or the opposite function."""
    node = spot.node
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id in TWINS:
        twin = TWINS[node.func.id]
        yield _with(
            node, func=ast.Name(id=twin, ctx=ast.Load()), keywords=[] if twin == "list" else node.keywords
        )
    for index, argument in enumerate(node.args):
        if not isinstance(argument, ast.Constant | ast.Starred | ast.GeneratorExp | ast.Lambda):
            yield _with(node, args=[*node.args[:index], ast.Constant(value=None), *node.args[index + 1 :]])
        if index + 1 < len(node.args) and not _takes_any_order(node):
            yield _with(node, args=_swapped(node.args, index))
    if node.args and not isinstance(node.args[-1], ast.Starred | ast.GeneratorExp):
        yield _with(node, args=node.args[:-1])
    for index, keyword in enumerate(node.keywords):
        yield _with(node, keywords=_less(node.keywords, index))
        if not isinstance(keyword.value, ast.Constant) and keyword.arg is not None:
            empty = ast.keyword(arg=keyword.arg, value=ast.Constant(value=None))
            yield _with(node, keywords=[*node.keywords[:index], empty, *node.keywords[index + 1 :]])


def display(spot: Spot) -> Iterator[ast.AST]:
    """An element left out, or two in each other's place where their order can mean something."""
    node = spot.node
    if isinstance(node, ast.Dict):
        for index in range(len(node.values)):
            yield _with(node, keys=_less(node.keys, index), values=_less(node.values, index))  # type: ignore[arg-type]
            if index + 1 < len(node.values):
                yield _with(node, values=_swapped(node.values, index))
    if not isinstance(node, ast.Tuple | ast.List | ast.Set) or spot.field in ("slice", "target", "targets"):
        return
    for index in range(len(node.elts)):
        yield _with(node, elts=_less(node.elts, index))
        if _is_ordered(spot) and index + 1 < len(node.elts):
            yield _with(node, elts=_swapped(node.elts, index))


def _is_ordered(spot: Spot) -> bool:
    """Not for a set, what is only looked into, or what a function takes in any order."""
    parent = spot.parent
    if isinstance(spot.node, ast.Set) or spot.field in ("iter", "type"):
        return False
    if isinstance(parent, ast.Compare):
        return not isinstance(parent.ops[-1], ast.In | ast.NotIn)
    return not (isinstance(parent, ast.Call) and _takes_any_order(parent))


def _takes_any_order(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in IN_ANY_ORDER


OPERATORS: tuple[Operator, ...] = (
    comparison,
    logic,
    constant,
    member,
    result,
    statement,
    arithmetic,
    call,
    display,
)
