"""What changed between two folders of vectors, for somebody whose implementation runs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .writing import documents

_NORMATIVE = ("operation", "input", "randomness", "expected", "features")
"""Members that say what an implementation must do; a vector whose others change is the same test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Ids of vectors that are only in one folder, or in both and not the same; sorted."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    """The members of a vector that differ."""

    @property
    def breaking(self) -> tuple[str, ...]:
        """Ids of what may not change within a version: vectors that went, and those that ask for something else."""
        asking = (id_ for id_, members in self.changed.items() if set(members) & set(_NORMATIVE))
        return tuple(sorted((*self.removed, *asking)))


def differences(old: Path, new: Path) -> Differences:
    """Compare two folders by the ids of their vectors."""
    before, after = _by_id(old), _by_id(new)
    changed = {
        id_: tuple(
            name
            for name in sorted({*before[id_], *after[id_]})
            if _member(before, id_, name) != _member(after, id_, name)
        )
        for id_ in sorted(set(before) & set(after))
    }
    return Differences(
        added=tuple(sorted(set(after) - set(before))),
        removed=tuple(sorted(set(before) - set(after))),
        changed={id_: members for id_, members in changed.items() if members},
    )


def _member(vectors: Mapping[str, Any], id_: str, name: str) -> tuple[bool, Any]:
    return name in vectors[id_], vectors[id_].get(name)


def _by_id(folder: Path) -> dict[str, Any]:
    return {vector["id"]: vector for document in documents(folder).values() for vector in document["vectors"]}
