"""The written list of mutants that survive, and why that is no gap."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from .matrix import Row

LIST = Path(__file__).with_name("explained.toml")


class ExplanationError(ValueError):
    """A list that is not well formed."""


class Kind(StrEnum):
    """What it means that a mutant survives."""

    EQUIVALENT = "equivalent"
    """No input has another outcome."""
    UNREACHABLE = "unreachable"
    """Only a peer inside the two-party computation, or a caller with what no operation gives, gets there."""
    GAP = "gap"
    """A vector could notice it, and there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a mutant survives."""

    kind: Kind
    why: str


Explanations = Mapping[tuple[str, str], Explanation]
"""By the id of a mutant and the text of its check."""


def explained(path: Path = LIST) -> Explanations:
    """Why each survivor survives, by its id and the text of its check. Raises ExplanationError."""
    with path.open("rb") as file:
        document = tomllib.load(file)
    found: dict[tuple[str, str], Explanation] = {}
    for entry in document.get("explained", []):
        if set(entry) != {"id", "text", "kind", "why"} or entry["kind"] not in list(Kind):
            raise ExplanationError(f"{entry.get('id')}: not exactly id, text, kind and why")
        key = entry["id"], entry["text"]
        if key in found:
            raise ExplanationError(f"{entry['id']}: stands twice")
        found[key] = Explanation(kind=Kind(entry["kind"]), why=entry["why"])
    return found


def noticeable(rows: Iterable[Row], reasons: Explanations) -> tuple[Row, ...]:
    """The rows of mutants that a vector notices or could notice: neither equivalent nor unreachable."""
    gaps = {key for key, explanation in reasons.items() if explanation.kind is Kind.GAP}
    return tuple(
        row
        for row in rows
        if row.killed is not None or (key := (row.mutant.id, row.mutant.text)) in gaps or key not in reasons
    )


def unexplained(rows: Iterable[Row], reasons: Container[tuple[str, str]]) -> tuple[Row, ...]:
    """Survivors without an explanation."""
    return tuple(
        row for row in rows if row.killed is None and (row.mutant.id, row.mutant.text) not in reasons
    )


def idle(rows: Iterable[Row], reasons: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Ids of explanations without a survivor of this text: the mutant is noticed, another or gone."""
    survivors = {(row.mutant.id, row.mutant.text) for row in rows if row.killed is None}
    return tuple(name for name, text in reasons if (name, text) not in survivors)
