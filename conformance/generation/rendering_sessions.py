"""Families of whole sessions as files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..operations.shapes import Json
from .rendering import FORMAT_VERSION, GenerationError, canonical
from .session_vector import SessionVector


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFamily:
    """Sessions that belong together, and become one file."""

    step: str
    name: str
    summary: str
    make: Callable[[], Iterable[SessionVector]]

    @property
    def id(self) -> str:
        """`stage/step/family`."""
        return f"{self.step}/{self.name}"


def render_sessions(family: SessionFamily) -> str:
    """The file of a family. Raises GenerationError."""
    vectors = tuple(family.make())
    by_name = {vector.name: vector for vector in vectors}
    if len(by_name) != len(vectors):
        raise GenerationError(f"{family.id}: two vectors of one name")
    document: dict[str, Json] = {
        "format": FORMAT_VERSION,
        "step": family.step,
        "family": family.name,
        "summary": family.summary,
        "vectors": [_session(family.id, vector, by_name) for vector in vectors],
    }
    return canonical(document)


def _session(family: str, vector: SessionVector, others: Mapping[str, SessionVector]) -> dict[str, Json]:
    where = f"{family}/{vector.name}"
    written: dict[str, Json] = {
        "id": where,
        "comment": vector.comment,
        "importance": vector.importance.value,
        "features": sorted(feature.value for feature in vector.features),
        "seed": vector.seed,
        "source": "",
        "operations": list(vector.operations),
    }
    if vector.refused and (vector.base is None or vector.mutation is None):
        raise GenerationError(f"{where}: is refused and names no base and mutation")
    if vector.base is not None:
        base = others.get(vector.base)
        if base is None or base.refused:
            raise GenerationError(f"{where}: its base {vector.base} is no accepted vector of this family")
        written["base"] = f"{family}/{vector.base}"
    if vector.mutation is not None:
        written["mutation"] = vector.mutation.to_json()
    written["intermediate"] = dict(vector.intermediate)
    return written
