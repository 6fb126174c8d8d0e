"""The statement that a proof is bound to: two public numbers that no constraint of the predicate reads."""

from __future__ import annotations

from collections.abc import Sequence

from .builder import Builder, Value
from .expressions import Expression


def bind_statement(builder: Builder, limbs: Sequence[Expression]) -> None:
    """Ties the limbs into the circuit by their product, which is a wire.

    Forces nothing about the limbs (all values have a product), but it puts each of them into a constraint with other
    wires, so that no simplification of a circuit can drop the input and no Groth16 key leaves it out.
    """
    with builder.scope("statement"):
        product: Value = 1 if len(limbs) > 1 else limbs[0]
        for limb in limbs:
            product = builder.multiply(product, limb)
