"""The registry of reasons against the normative pages and against what the code says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from mpctls.reference.foundation.reasons import LOCAL, NORMATIVE

CHECKOUT = Path(__file__).parents[3]
PAGES = ("formats.md", "structure.md", "predicates.md")
STAGES = {each.partition("/")[0] for each in NORMATIVE}


def literal_reasons() -> Iterator[tuple[str, str]]:
    """Every reason that stands as text in a refusal, with its place."""
    paths = [path for room in ("reference", "zkp") for path in (CHECKOUT / room).rglob("*.py")]
    for path in sorted(paths):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value), f"{path.name}:{node.lineno}"


def test_the_registry_is_that_of_the_pages() -> None:
    pages = CHECKOUT / "docs" / "protocol"
    text = "".join((pages / name).read_text(encoding="utf-8") for name in PAGES)
    named = set(re.findall(r"`((?:" + "|".join(sorted(STAGES)) + r")/[a-z0-9-]+)`", text))
    assert named == NORMATIVE


def test_every_refusal_says_a_registered_reason() -> None:
    found = list(literal_reasons())
    assert len(found) > 200
    unknown = [
        (reason, place)
        for reason, place in found
        if reason not in NORMATIVE and reason.partition("/")[0] not in LOCAL
    ]
    assert unknown == []
