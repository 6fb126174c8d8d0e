"""The written list of branches of the specification that no input can come to."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("excluded.toml")
EXIT = "exit"
"""What an entry says in `to` for the way out of a function."""

Branch = tuple[int, int]
"""Line it starts at and line it leads to; the latter negative for the way out of a function."""


class ExclusionError(ValueError):
    """A list that is not well formed, or an entry that is not of exactly one branch that is missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """One branch, named by source text, so that it does not move with the lines above it."""

    file: str
    function: str
    branch: str
    to: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.function}: {self.branch} -> {self.to}"


def exclusions(path: Path = LIST) -> tuple[Exclusion, ...]:
    """The entries of the list. Raises ExclusionError."""
    with path.open("rb") as file:
        document = tomllib.load(file)
    found: list[Exclusion] = []
    for entry in document.get("excluded", []):
        if set(entry) != {"file", "function", "branch", "to", "why"} or not entry["why"].strip():
            raise ExclusionError(f"{entry.get('file')}: not exactly file, function, branch, to and why")
        found.append(Exclusion(**entry))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncalled:
    """A function that no operation calls, by its name, with those of the classes around it before dots."""

    file: str
    function: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.function}"


def uncalled(path: Path = LIST) -> tuple[Uncalled, ...]:
    """The functions of the list that no operation calls. Raises ExclusionError."""
    with path.open("rb") as file:
        document = tomllib.load(file)
    found: list[Uncalled] = []
    for entry in document.get("uncalled", []):
        if set(entry) != {"file", "function", "why"} or not entry["why"].strip():
            raise ExclusionError(f"{entry.get('file')}: not exactly file, function and why")
        found.append(Uncalled(**entry))
    return tuple(found)


def never_run(entries: Iterable[Uncalled], source: str, *, executed: Collection[int]) -> frozenset[int]:
    """The lines of the bodies of functions of one file that entries name.

    `entries` are those of this file, `executed` its lines that were run. Raises ExclusionError for an entry that names
    no function, or one of which a line was run.
    """
    bodies = dict(_bodies(ast.parse(source), ()))
    lines: set[int] = set()
    for entry in entries:
        if entry.function not in bodies:
            raise ExclusionError(f"{entry}: excluded, and there is no such function")
        body = bodies[entry.function]
        if any(line in body for line in executed):
            raise ExclusionError(f"{entry}: excluded, and a vector reaches it")
        lines.update(body)
    return frozenset(lines)


def _bodies(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[str, range]]:
    """The lines of the body of every function, by its name with those of what is around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inside = (*names, child.name)
            if isinstance(child, ast.FunctionDef):
                yield ".".join(inside), range(child.body[0].lineno, (child.end_lineno or child.lineno) + 1)
            yield from _bodies(child, inside)


def excused(
    entries: Iterable[Exclusion], source: str, *, missed: Collection[Branch], reached: Collection[Branch]
) -> tuple[frozenset[Branch], frozenset[int]]:
    """The missed branches of one file that entries name, and the lines that stand only behind them.

    `entries` are those of this file. Raises ExclusionError for an entry that names no branch, more than one, or one
    that is reached.
    """
    tree = ast.parse(source)
    text = ["", *(line.strip() for line in source.splitlines())]
    branches: set[Branch] = set()
    lines: set[int] = set()
    for entry in entries:
        same = [
            (start, end)
            for start, end in {*missed, *reached}
            if text[start] == entry.branch
            and (EXIT if end < 0 else text[end]) == entry.to
            and _function_at(tree, start) == entry.function
        ]
        if len(same) != 1:
            raise ExclusionError(f"{entry}: excluded, and {len(same)} branches have this text")
        if same[0] in reached:
            raise ExclusionError(f"{entry}: excluded, and a vector reaches it")
        branches.add(same[0])
        lines.update(_rest_of_block(tree, same[0][1]))
    behind = {(start, end) for start, end in missed if start in lines}
    return frozenset(branches | behind), frozenset(lines)


def _function_at(tree: ast.Module, line: int) -> str:
    """The innermost function around a line; empty outside of functions."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return max(around, key=lambda node: node.lineno).name if around else ""


def _rest_of_block(tree: ast.Module, line: int) -> range:
    """The lines from the first statement of the block that begins at a line to the block's end.

    Only a block of its own counts, or a case of a match: what follows an `if` without `else` can be come to another
    way.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt | ast.match_case):
            continue
        if isinstance(node, ast.match_case) and node.pattern.lineno == line:
            return range(line, (node.body[-1].end_lineno or line) + 1)
        for block in (getattr(node, "body", []), getattr(node, "orelse", [])):
            if block and block[0].lineno == line:
                return range(line, (block[-1].end_lineno or line) + 1)
    return range(0)
