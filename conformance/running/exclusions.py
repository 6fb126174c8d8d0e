"""The written list of branches of the specification that no input can come to."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Collection, Iterable
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

    Only a block of its own counts: what follows an `if` without `else` can be come to another way.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt | ast.match_case):
            continue
        for block in (getattr(node, "body", []), getattr(node, "orelse", [])):
            if block and block[0].lineno == line:
                return range(line, (block[-1].end_lineno or line) + 1)
    return range(0)
