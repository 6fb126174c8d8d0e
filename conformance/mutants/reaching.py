"""Which vectors come to which check: the specification with a mark before each, run over all vectors once."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic

from ..adapter import AdapterBrokeError
from ..adapters.specification import Specification
from .corpus import Case
from .finding import tree_of
from .mutant import Mutant
from .patching import patched

Anchor = tuple[str, tuple[int, int]]
"""A module, and the position of the statement before which a mark stands."""
_MARK = "__reached__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What one vector came to, and how long it took in seconds."""

    anchors: frozenset[Anchor]
    seconds: float
    conforms: bool


def reach(mutants: Iterable[Mutant], cases: Sequence[Case]) -> Iterator[Reached]:
    """Run every case on the marked specification. `conforms` says whether the outcome is the expected one."""
    anchors: dict[str, set[tuple[int, int]]] = {}
    for mutant in mutants:
        anchors.setdefault(mutant.module, set()).add(mutant.anchor)
    met: set[Anchor] = set()

    def mark(module: str, line: int, column: int) -> None:
        met.add((module, (line, column)))

    with ExitStack() as stack:
        for module, wanted in anchors.items():
            stack.enter_context(patched(module, _marked(module, wanted), {_MARK: mark}))
        for case in cases:
            met.clear()
            begun = monotonic()
            try:
                conforms = case.first_difference(Specification()) is None
            except AdapterBrokeError:
                conforms = False
            yield Reached(anchors=frozenset(met), seconds=monotonic() - begun, conforms=conforms)


def _marked(module: str, wanted: set[tuple[int, int]]) -> ast.Module:
    tree = copy.deepcopy(tree_of(module))
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if isinstance(statements, list) and any(_at(each) in wanted for each in statements):
                setattr(node, name, list(_with_marks(module, statements, wanted)))
    return ast.fix_missing_locations(tree)


def _with_marks(
    module: str, statements: Iterable[ast.AST], wanted: set[tuple[int, int]]
) -> Iterator[ast.AST]:
    for each in statements:
        position = _at(each)
        if position in wanted:
            arguments: list[ast.expr] = [ast.Constant(value=value) for value in (module, *position)]
            call = ast.Call(func=ast.Name(id=_MARK, ctx=ast.Load()), args=arguments, keywords=[])
            yield ast.copy_location(ast.Expr(value=call), each)
        yield each


def _at(node: ast.AST) -> tuple[int, int]:
    return (node.lineno, node.col_offset) if isinstance(node, ast.stmt) else (-1, -1)


def by_anchor(reached: Sequence[Reached]) -> Mapping[Anchor, tuple[int, ...]]:
    """The numbers of the cases that come to each anchor."""
    found: dict[Anchor, list[int]] = {}
    for number, each in enumerate(reached):
        for anchor in each.anchors:
            found.setdefault(anchor, []).append(number)
    return {anchor: tuple(numbers) for anchor, numbers in found.items()}
