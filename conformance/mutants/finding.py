"""Finds every check in the specification: each place that refuses, each part of its condition, each call of one.

A check is a statement that raises a Rejection. Its condition may have parts, joined by `or`, and boundaries; where a
check stands in a function of its own, each call of it is one more place where it can be forgotten.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import mpctls.spec

from .mutant import Change, Mutant

ROOM = Path(mpctls.spec.__file__).parent
_NOT_CHECKS = (
    "NotEncodableError",
    "OutOfOrderError",
    "RandomnessError",
    "TypeError",
    "UnspecifiedViewError",
    "ValueError",
    "HandshakeMessageError",
)
"""Exceptions by which a party's own code says that it was called wrongly, and no peer can cause; and what is wrong
with TLS itself, which is for the TLS implementation to refuse."""
_CALLS = ("require", "_require", "check", "_check", "verify", "_verify", "_refuse", "refuse")
_MOVED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_PURE = ("len", "isinstance", "set", "abs", "max", "min", "bool", "int", "tuple")
"""Functions that look at values and change none."""
_OUR_OWN_STATE = ("require_state", "require_message")
"""Calls whose omission only shows when a party's own code calls its steps in the wrong order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A node of a module's tree, the statement to which a vector must come to notice its change, and what is shown."""

    function: str
    node: ast.AST
    anchor: ast.stmt
    shown: ast.stmt


@cache
def tree_of(module: str) -> ast.Module:
    """The tree of a module of the specification."""
    return ast.parse(source_of(module))


@cache
def source_of(module: str) -> str:
    """The text of a module of the specification."""
    path = ROOM.joinpath(*module.removeprefix("mpctls.spec").lstrip(".").split("."))
    return path.with_suffix(".py").read_text(encoding="utf-8")


def modules() -> tuple[str, ...]:
    """Every module of the specification, by its import name."""
    paths = sorted(path.relative_to(ROOM) for path in ROOM.rglob("*.py"))
    return tuple(
        "mpctls.spec." + ".".join(path.with_suffix("").parts)
        for path in paths
        if not path.name.startswith("__")
    )


def found_in(module: str) -> Iterator[Mutant]:
    """The mutants of a module, in the order of its text."""
    counts: dict[str, int] = {}
    for place, change, reason, edit in _changes(module):
        counts[place.function] = counts.get(place.function, 0) + 1
        name = module.removeprefix("mpctls.spec.").replace(".", "/")
        yield Mutant(
            id=f"{name}/{place.function}/{counts[place.function]}",
            module=module,
            function=place.function,
            line=place.node.lineno if isinstance(place.node, ast.stmt | ast.expr) else place.shown.lineno,
            change=change,
            text=_text(module, place),
            reason=reason,
            anchor=(place.anchor.lineno, place.anchor.col_offset),
            build=_builder(module, place.node, edit),
        )


_Edit = Callable[[ast.AST], ast.AST]


def _changes(module: str) -> Iterator[tuple[Place, Change, str, _Edit]]:
    for function, statement, parent in _statements(tree_of(module)):
        if isinstance(statement, ast.Raise) and _is_check(statement):
            inside = isinstance(parent, ast.If) and statement in parent.body and len(parent.body) == 1
            condition: ast.stmt = parent if isinstance(parent, ast.If) and inside else statement
            reason = _reason(statement)
            # Where the refusal itself is not come to, its absence changes nothing.
            place = Place(function=function, node=statement, anchor=statement, shown=condition)
            yield place, Change.REMOVED, reason, _passed
            if isinstance(parent, ast.If) and inside:
                yield from _parts(function, parent, reason)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name = _called(statement.value)
            if name.startswith(_CALLS) and name not in _OUR_OWN_STATE:
                place = Place(function=function, node=statement, anchor=statement, shown=statement)
                yield place, Change.CALL_REMOVED, _reason(statement), _passed


def _parts(function: str, check: ast.If, reason: str) -> Iterator[tuple[Place, Change, str, _Edit]]:
    test = check.test
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        for index in range(len(test.values)):
            # Without one of its parts a condition holds less often: only who came to the refusal can see that.
            anchor = check.body[0] if _is_pure(test) else check
            place = Place(function=function, node=test, anchor=anchor, shown=check)
            yield place, Change.PART_REMOVED, reason, _without(index)
    for node in ast.walk(test):
        if isinstance(node, ast.Compare):
            for index, operator in enumerate(node.ops):
                if type(operator) in _MOVED:
                    place = Place(function=function, node=node, anchor=check, shown=check)
                    yield place, Change.BOUNDARY, reason, _moved(index)


def _is_pure(test: ast.expr) -> bool:
    """Whether a condition does nothing but look: it calls nothing but functions that are known to."""
    calls = (node for node in ast.walk(test) if isinstance(node, ast.Call))
    changes = any(isinstance(node, ast.NamedExpr | ast.Await | ast.Yield) for node in ast.walk(test))
    return not changes and all(isinstance(each.func, ast.Name) and each.func.id in _PURE for each in calls)


def _statements(tree: ast.Module) -> Iterator[tuple[str, ast.stmt, ast.AST]]:
    """Every statement within functions, with the name of its outermost function and its parent."""

    def walk(node: ast.AST, names: tuple[str, ...], inside: bool) -> Iterator[tuple[str, ast.stmt, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt) and inside:
                yield ".".join(names), child, node
            if isinstance(child, ast.FunctionDef | ast.ClassDef) and not inside:
                yield from walk(child, (*names, child.name), isinstance(child, ast.FunctionDef))
            else:
                yield from walk(child, names, inside)

    yield from walk(tree, (), False)


def _is_check(statement: ast.Raise) -> bool:
    if statement.exc is None:
        return False
    name = _called(statement.exc) if isinstance(statement.exc, ast.Call) else ""
    return isinstance(statement.exc, ast.Call) and name not in _NOT_CHECKS


def _called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _reason(node: ast.AST) -> str:
    """The code of the first member of Reason that stands in a statement."""
    from mpctls.spec.reasons import Reason

    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "Reason":
            return Reason[each.attr].value
    return ""


def _passed(node: ast.AST) -> ast.AST:
    return ast.copy_location(ast.Pass(), node)


def _without(index: int) -> _Edit:
    def edit(node: ast.AST) -> ast.AST:
        if not isinstance(node, ast.BoolOp):
            raise TypeError("not a condition of several parts")
        rest = [value for at, value in enumerate(node.values) if at != index]
        return rest[0] if len(rest) == 1 else ast.copy_location(ast.BoolOp(op=node.op, values=rest), node)

    return edit


def _moved(index: int) -> _Edit:
    def edit(node: ast.AST) -> ast.AST:
        if not isinstance(node, ast.Compare):
            raise TypeError("not a comparison")
        operators = [_MOVED[type(op)]() if at == index else op for at, op in enumerate(node.ops)]
        return ast.copy_location(
            ast.Compare(left=node.left, ops=operators, comparators=node.comparators), node
        )

    return edit


def _builder(module: str, target: ast.AST, edit: _Edit) -> Callable[[], ast.Module]:
    def build() -> ast.Module:
        tree = tree_of(module)
        numbered = {id(node): at for at, node in enumerate(ast.walk(tree))}
        wanted = numbered[id(target)]
        twin = copy.deepcopy(tree)
        node = next(each for at, each in enumerate(ast.walk(twin)) if at == wanted)
        _Replaced(node, edit(node)).visit(twin)
        return ast.fix_missing_locations(twin)

    return build


class _Replaced(ast.NodeTransformer):
    def __init__(self, node: ast.AST, other: ast.AST) -> None:
        self._node, self._other = node, other

    def visit(self, node: ast.AST) -> ast.AST:
        """The other node in place of the one."""
        return self._other if node is self._node else self.generic_visit(node)


def _text(module: str, place: Place) -> str:
    """The line of a change as people read it."""
    shown = place.shown.test if isinstance(place.shown, ast.If) else place.shown
    segment = ast.get_source_segment(source_of(module), shown) or ""
    return " ".join(segment.split())[:160]
