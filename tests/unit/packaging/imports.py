"""Which modules a Python file imports, read from its syntax tree; nothing is executed."""

import ast
from collections.abc import Iterator
from pathlib import Path


def imported_modules(source: str, path: Path) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of every import in a file of a room, wherever it stands in the file.

    `path` is relative to the root (`spec/tls/records.py`); relative imports are resolved below `mpctls`, and
    one that climbs out of the distribution gives a name that begins with a dot.
    """
    package = ("mpctls", *path.parent.parts)
    for node in ast.walk(ast.parse(source, filename=str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            yield node.lineno, base
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def _base(node: ast.ImportFrom, package: tuple[str, ...]) -> str:
    if node.level == 0:
        return node.module or ""
    kept = package[: len(package) - node.level + 1]
    if not kept:
        return "." * node.level + (node.module or "")
    return ".".join([*kept, node.module] if node.module else kept)


def is_within(module: str, package: str) -> bool:
    """Is this module the package or inside it?"""
    return module == package or module.startswith(package + ".")
