"""The compiler: from a predicate and the shapes of its fields to a circuit (predicates page, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction

from ..circuit.builder import Builder
from ..circuit.constraints import Circuit
from ..circuit.encoding import assert_opening
from ..circuit.gates import GateTable, lower
from ..circuit.statement import bind_statement
from ..poseidon import KIND_ENCODING, header
from .circuit_conditions import MAXIMUM_ROWS, CircuitConditions
from .conditions import Predicate
from .field_wires import FieldWires
from .shapes import Shape, circuit_identity, require_shape
from .walking import pseudonyms

STATEMENT_INPUT = "statement"
OUTPUTS_INPUT = "outputs"


def binding_input(index: int) -> str:
    """The name of the public inputs C, k, Δ and L of a field."""
    return f"field {index}"


def octets_input(index: int) -> str:
    """The name of the private inputs that are the octets of a field."""
    return f"field {index} octets"


def blinder_input(index: int) -> str:
    """The name of the private input that stands for the blinder of a field: what `mask_of_blinder` gives."""
    return f"field {index} blinder"


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledPredicate:
    """A predicate's circuit for fields of given shapes.

    Publics: the statement's two numbers, then C, k, Δ and L of each field, then the outputs. `identity` names the
    circuit and, with a setup's digest, its keys.
    """

    predicate: Predicate
    shapes: tuple[Shape, ...]
    identity: bytes
    circuit: Circuit
    output_count: int

    @cached_property
    def table(self) -> GateTable:
        """The rows of PLONK; refuses with `predicate/too-large` more than 2^16."""
        table = lower(self.circuit)
        if table.row_count > MAXIMUM_ROWS:
            raise Refused("predicate/too-large", f"{table.row_count} rows, at most {MAXIMUM_ROWS}")
        return table

    @property
    def public_count(self) -> int:
        """How many publics a proof has."""
        return self.circuit.public_count


def compile_predicate(predicate: Predicate, shapes: tuple[Shape, ...]) -> CompiledPredicate:
    """Compile a predicate for fields of these shapes.

    Run by Prover and Verifier alike; the circuit is a function of the predicate, the shapes and the compiler's version.
    Refuses as `canonical.encode` a predicate that is not well formed, as `require_shape` a type that does not go with a
    shape, with `predicate/malformed-field` a length that no token of a type has, with `predicate/false` a condition
    that no octets of these lengths satisfy, with `predicate/automaton-too-large` and `predicate/too-large`.
    """
    if len(shapes) != len(predicate.fields):
        raise ValueError("one shape for each field")
    identity = circuit_identity(predicate, shapes)
    for index, (each, shape) in enumerate(zip(predicate.fields, shapes, strict=True)):
        try:
            require_shape(each.type, shape)
        except Refused as refusal:
            raise Refused(refusal.reason, f"field {index}: {refusal.detail}") from None
    output_count = len(pseudonyms(predicate.condition))
    builder = Builder()
    limbs = builder.publics(STATEMENT_INPUT, 2)
    bindings = [builder.publics(binding_input(index), 4) for index in range(len(shapes))]
    outputs = builder.publics(OUTPUTS_INPUT, output_count) if output_count else ()
    bind_statement(builder, limbs)
    fields = []
    for index, (each, shape) in enumerate(zip(predicate.fields, shapes, strict=True)):
        with builder.scope(f"field {index}"):
            wires = FieldWires(builder, each.type, shape, octets_input(index))
            commitment, offset, factor, length = bindings[index]
            builder.assert_equal(length, shape.length)
            direction = 1 if each.side is Direction.RECEIVED else 0
            assert_opening(
                builder,
                commitment=commitment,
                offset=offset,
                factor=factor,
                head=header(KIND_ENCODING, direction, shape.length),
                masked=builder.private(blinder_input(index)),
                elements=wires.elements,
            )
        fields.append(wires)
    conditions = CircuitConditions(builder, fields, outputs)
    try:
        conditions.enforce(predicate.condition)
    except Refused as refusal:
        if refusal.reason != "zero-knowledge/unsatisfied":
            raise
        raise Refused("predicate/false", "no fields of these lengths satisfy it") from None
    return CompiledPredicate(
        predicate=predicate,
        shapes=shapes,
        identity=identity,
        circuit=builder.finish(),
        output_count=output_count,
    )
