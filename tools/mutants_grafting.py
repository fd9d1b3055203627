"""Puts a changed statement into a module that is loaded already; whoever imported from it sees the change.

A function keeps its identity and gets the new code and defaults. A class keeps its identity, too, and gets
the new methods. A constant is replaced wherever it was imported under its name.
"""

import ast
import sys
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType

# What a class has by being a class, or where the values of its slots lie.
OWN = {"__dict__", "__weakref__", "__slots__", "__module__", "__qualname__", "__doc__"}


def graft(statement: ast.stmt, module: ModuleType) -> None:
    """Run the statement beside the module's own names, and move what it made into what is there."""
    made: dict[str, object] = {}
    code = compile(ast.Module(body=[statement], type_ignores=[]), str(module.__file__), "exec")
    exec(code, vars(module), made)
    for name, new in made.items():
        old = vars(module)[name]
        if isinstance(new, FunctionType) and isinstance(old, FunctionType):
            _move(new, old)
        elif isinstance(new, type) and isinstance(old, type):
            _move_members(new, old)
        else:
            _replace(name, old, new)


def _move(new: FunctionType, old: FunctionType) -> None:
    old.__code__ = new.__code__
    old.__defaults__ = new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__


def _move_members(new: type, old: type) -> None:
    for name, value in vars(new).items():
        before = vars(old).get(name)
        if isinstance(value, FunctionType) and "__class__" in value.__code__.co_freevars:
            assert isinstance(before, FunctionType)  # its super() must go on meaning the class that is there
            _move(value, before)
        elif name not in OWN and not isinstance(value, MemberDescriptorType | GetSetDescriptorType):
            setattr(old, name, value)


def _replace(name: str, old: object, new: object) -> None:
    for holder in list(sys.modules.values()):
        if isinstance(holder, ModuleType) and vars(holder).get(name) is old:
            setattr(holder, name, new)
