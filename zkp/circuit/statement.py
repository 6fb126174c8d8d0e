"""The statement that a proof is bound to: two public numbers that no constraint of the predicate reads."""

from __future__ import annotations

from collections.abc import Sequence

from .builder import Builder
from .expressions import Expression


def bind_statement(builder: Builder, limbs: Sequence[Expression]) -> None:
    """Ties each limb into the circuit by one constraint: its square is a wire.

    Forces nothing about the limbs (any value has one square), but it puts each of them into a constraint with another
    wire, so that no simplification of a circuit can drop the input and no Groth16 key leaves it out.
    """
    with builder.scope("statement"):
        for limb in limbs:
            builder.multiply(limb, limb)
