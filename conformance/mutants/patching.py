"""Puts a changed module in place of the real one: the code of each function that differs is exchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import CodeType, FunctionType, ModuleType
from typing import Any

from .finding import tree_of


class PatchError(RuntimeError):
    """A change cannot be put in place: it is not within a function, or the function is not found."""


@contextmanager
def patched(module: str, changed: ast.Module, names: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Run with `changed` in place of a module's functions; `names` are added to what the module knows.

    Whoever imported a function of the module keeps the object that it has, whose code is exchanged; so everybody sees
    the change. What was computed when the module was loaded stays as it was.
    """
    live = import_module(module)
    before, after = _codes(tree_of(module), module), _codes(changed, module)
    if before.keys() != after.keys():
        raise PatchError(f"{module}: functions were added or removed")
    exchanged: list[tuple[FunctionType, CodeType]] = []
    for name, code in after.items():
        if code != before[name]:
            function = _function(live, name)
            exchanged.append((function, function.__code__))
    if not exchanged and names is None:
        raise PatchError(f"{module}: nothing differs")
    try:
        vars(live).update(names or {})
        for function, _ in exchanged:
            function.__code__ = after[function.__qualname__]
        yield
    finally:
        for function, code in exchanged:
            function.__code__ = code
        for name in names or {}:
            vars(live).pop(name, None)


def _codes(tree: ast.Module, module: str) -> dict[str, CodeType]:
    """The code of every function that stands in no other one, by its qualified name."""
    found: dict[str, CodeType] = {}
    pending = [compile(tree, f"<{module}>", "exec", dont_inherit=True)]
    while pending:
        for constant in pending.pop().co_consts:
            if not isinstance(constant, CodeType):
                continue
            if _is_class(constant):
                pending.append(constant)
            elif "<" not in constant.co_qualname:
                # Of two functions with one name, the later one is what the module has.
                found[constant.co_qualname] = constant
    return found


def _is_class(code: CodeType) -> bool:
    """A class body stores its own name and has no arguments of its own."""
    return "__qualname__" in code.co_names and not code.co_flags & 0x02


def _function(module: ModuleType, name: str) -> FunctionType:
    found: Any = module
    for part in name.split("."):
        found = vars(found)[part] if isinstance(found, type) else getattr(found, part)
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        for link in ("__wrapped__", "fget", "__func__", "func"):
            inner = getattr(found, link, None)
            if inner is not None:
                found = inner
                break
        else:
            raise PatchError(f"{module.__name__}: {name} is no function")
    if found.__qualname__ != name:
        raise PatchError(f"{module.__name__}: {name} is {found.__qualname__}")
    return found
