"""Vectors of predicates and proofs: what the specification has of them, the reference has; cheap families only."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.fields import listed
from mpctls.conformance.generation.rendering import specified_operations
from mpctls.conformance.generation.vector import Vector
from mpctls.conformance.generation.zero_knowledge import (
    field_encodings,
    field_values,
    groth16_proofs,
    plonk_proofs,
    predicate_octets,
    predicate_texts,
    proved_presentations,
    statements,
    truth,
)
from mpctls.conformance.operations.registry import form_of
from mpctls.conformance.outcomes import Accepted, Rejected

CHEAP = (predicate_texts, field_values, statements)
ALL = (
    *CHEAP,
    field_encodings,
    predicate_octets,
    truth,
    plonk_proofs,
    groth16_proofs,
    proved_presentations,
)


def _vectors(modules: Iterable[object]) -> list[Vector]:
    return [vector for module in modules for family in module.FAMILIES for vector in family.make()]  # type: ignore[attr-defined]


def _differences(vectors: Iterable[Vector]) -> list[str]:
    reference = ReferenceInProcess()
    return [
        f"{vector.operation}: {vector.name}"
        for vector in vectors
        if reference.run(vector.operation, vector.input)
        != specified_operations()[vector.operation].specified(vector.input)
    ]


def test_the_reference_agrees_where_no_pairing_is_computed() -> None:
    assert _differences(_vectors(CHEAP)) == []


@pytest.mark.slow
def test_few_vectors_compute_pairings() -> None:
    """A pairing takes a third of a second in the specification."""
    proofs = _vectors((plonk_proofs, groth16_proofs, proved_presentations))
    paired = [each for each in proofs if each.expects in {None, "zero-knowledge/proof-invalid"}]
    assert 40 <= len(paired) <= 75
    assert _differences(paired) == []


def test_fields_survive_json() -> None:
    for vector in _vectors(CHEAP):
        form = form_of(vector.operation)
        given, drawn = form.input_json(vector.input)
        assert form.input_fields(given, drawn) == vector.input


def test_a_tree_that_is_not_given_is_missed_by_its_reason() -> None:
    honest = next(each for each in _vectors((truth,)) if each.name == "in-tree-7")
    operation = specified_operations()[honest.operation]
    assert isinstance(operation.specified(honest.input), Accepted)
    without = {**honest.input, "trees": listed(())}
    assert operation.specified(without) == Rejected(stage="predicate", reason="unknown-tree")
