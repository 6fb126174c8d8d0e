"""The written list of mutants that survive, and why that is no gap."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from .matrix import Row

LIST = Path(__file__).with_name("explained.toml")


class ExplanationError(ValueError):
    """A list that is not well formed."""


def explained(path: Path = LIST) -> Mapping[tuple[str, str], str]:
    """Why each survivor survives, by its id and the text of its check. Raises ExplanationError."""
    with path.open("rb") as file:
        document = tomllib.load(file)
    found: dict[tuple[str, str], str] = {}
    for entry in document.get("explained", []):
        if set(entry) != {"id", "text", "why"}:
            raise ExplanationError(f"{entry.get('id')}: not exactly id, text and why")
        key = entry["id"], entry["text"]
        if key in found:
            raise ExplanationError(f"{entry['id']}: stands twice")
        found[key] = entry["why"]
    return found


def unexplained(rows: Iterable[Row], reasons: Mapping[tuple[str, str], str]) -> tuple[Row, ...]:
    """Survivors without an explanation."""
    return tuple(
        row for row in rows if row.killed is None and (row.mutant.id, row.mutant.text) not in reasons
    )


def idle(rows: Iterable[Row], reasons: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    """Ids of explanations without a survivor of this text: the mutant is noticed, another or gone."""
    survivors = {(row.mutant.id, row.mutant.text) for row in rows if row.killed is None}
    return tuple(name for name, text in reasons if (name, text) not in survivors)
