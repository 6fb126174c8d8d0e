"""Turns families into files: asks the specification what is expected, checks that it is what was meant, writes JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256

from ..catalogue import steps
from ..operations.registry import form_of
from ..operations.shapes import Json
from ..outcomes import Accepted, Outcome
from ..property import Operation, operations_of
from .vector import Family, Vector

FORMAT_VERSION = 1
"""Version of the files; what may change within one stands in their README."""
INDEX = "index.json"


class GenerationError(ValueError):
    """A vector is not what its author meant, or breaks a rule of the corpus. Its text begins with the id."""


@cache
def specified_operations() -> Mapping[str, Operation]:
    """What the specification says of each operation, by name."""
    return {operation.name: operation for step in steps() for operation in operations_of(step)}


def render(family: Family) -> str:
    """The file of a family. Raises GenerationError."""
    vectors = tuple(family.make())
    outcomes = {vector.name: _outcome(family, vector) for vector in vectors}
    if len(outcomes) != len(vectors):
        raise GenerationError(f"{family.id}: two vectors of one name")
    document: dict[str, Json] = {
        "format": FORMAT_VERSION,
        "step": family.step,
        "family": family.name,
        "summary": family.summary,
        "vectors": [_vector(family, vector, outcomes) for vector in vectors],
    }
    return canonical(document)


def render_all(families: Iterable[Family]) -> dict[str, str]:
    """Every file by its path within the folder of vectors, the index included."""
    files = {f"{family.id}.json": render(family) for family in families}
    return {**files, **index_of(files)}


def index_of(files: Mapping[str, str]) -> dict[str, str]:
    """The index of files of vectors, by its own path: the SHA-256 and the number of vectors of each."""
    index: dict[str, Json] = {
        "format": FORMAT_VERSION,
        "files": [
            {
                "path": path,
                "sha256": sha256(text.encode()).hexdigest(),
                "vectors": len(json.loads(text)["vectors"]),
            }
            for path, text in sorted(files.items())
        ],
    }
    return {INDEX: canonical(index)}


def canonical(document: Json) -> str:
    """JSON in one spelling: ASCII, one space of indentation, members in the order given, a newline at the end."""
    return json.dumps(document, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _outcome(family: Family, vector: Vector) -> Outcome:
    where = f"{family.id}/{vector.name}"
    operation = specified_operations().get(vector.operation)
    if operation is None:
        raise GenerationError(f"{where}: the specification has no operation {vector.operation}")
    outcome = operation.specified(vector.input)
    found = None if isinstance(outcome, Accepted) else f"{outcome.stage}/{outcome.reason}"
    if found != vector.expects:
        raise GenerationError(
            f"{where}: meant {vector.expects or 'accepted'}, specified {found or 'accepted'}"
        )
    if isinstance(outcome, Accepted):
        for name, octets in {**vector.meant, **vector.published}.items():
            if outcome.output.get(name) != octets:
                raise GenerationError(f"{where}: {name} is not what {vector.source or 'its author'} has")
    return outcome


def _vector(family: Family, vector: Vector, outcomes: Mapping[str, Outcome]) -> Json:
    where = f"{family.id}/{vector.name}"
    form, outcome = form_of(vector.operation), outcomes[vector.name]
    if form.step != family.step and not family.step.startswith("sessions/"):
        raise GenerationError(f"{where}: {vector.operation} belongs to {form.step}")
    given, drawn = form.input_json(vector.input)
    written: dict[str, Json] = {
        "id": where,
        "operation": vector.operation,
        "comment": vector.comment,
        "importance": vector.importance.value,
        "features": sorted({feature.value for feature in (*form.features, *vector.features)}),
        "seed": vector.seed,
        "source": vector.source,
        "input": given,
        "randomness": drawn,
    }
    if isinstance(outcome, Accepted):
        written["expected"] = {"accept": form.output_json(outcome.output)}
    else:
        written["expected"] = {"reject": {"stage": outcome.stage, "reason": outcome.reason}}
        if vector.base is None or vector.mutation is None:
            raise GenerationError(f"{where}: is refused and names no base and mutation")
    if vector.base is not None:
        if not isinstance(outcomes.get(vector.base), Accepted):
            raise GenerationError(f"{where}: its base {vector.base} is no accepted vector of this family")
        written["base"] = f"{family.id}/{vector.base}"
    if vector.mutation is not None:
        written["mutation"] = vector.mutation.to_json()
    written["intermediate"] = dict(vector.intermediate)
    return written
