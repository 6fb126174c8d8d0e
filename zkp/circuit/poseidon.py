"""Poseidon inside a circuit."""

from __future__ import annotations

from collections.abc import Sequence

from ..poseidon import MAXIMUM_INPUTS, parameters
from .builder import Builder, Value
from .expressions import Expression


def poseidon(builder: Builder, inputs: Sequence[Value]) -> Expression:
    """The hash of 1 to 16 expressions, as `mpctls.zkp.poseidon.poseidon` computes it.

    Forces: the output is the hash of the inputs; every wire is a product or a sum of earlier ones, so all are
    determined. Only over the scalar field of BN254. PLONK rows for t = inputs + 1 about R_P(2t + 1) + 24t + 7t(t - 1);
    constant inputs cost nothing in the first round.
    """
    if not 1 <= len(inputs) <= MAXIMUM_INPUTS:
        raise ValueError(f"Poseidon takes 1 to {MAXIMUM_INPUTS} elements, not {len(inputs)}")
    chosen = parameters(len(inputs) + 1)
    if builder.modulus != chosen.modulus:
        raise ValueError("Poseidon has parameters for the scalar field of BN254 alone")
    with builder.scope("poseidon"):
        state: list[Expression] = [builder.constant(0), *(builder.wire(value) for value in inputs)]
        for number, constants in enumerate(chosen.first):
            powers = [_fifth_power(builder, value + add) for value, add in zip(state, constants, strict=True)]
            mixing = chosen.entry if number == len(chosen.first) - 1 else chosen.matrix
            state = [_mixed(builder, row, powers) for row in mixing]
        head, rest = state[0], state[1:]
        for step in chosen.partial:
            power = _fifth_power(builder, head + step.constant)
            head = _mixed(builder, (*step.row, step.corner), [*rest, power])
            rest = [
                builder.wire(builder.weighted_sum(((value, 1), (power, factor))))
                for value, factor in zip(rest, step.column, strict=True)
            ]
        state = [head, *rest]
        for number, constants in enumerate(chosen.last):
            powers = [_fifth_power(builder, value + add) for value, add in zip(state, constants, strict=True)]
            final = number == len(chosen.last) - 1
            state = [_mixed(builder, row, powers) for row in (chosen.matrix[:1] if final else chosen.matrix)]
        return state[0]


def _fifth_power(builder: Builder, value: Expression) -> Expression:
    square = builder.multiply(value, value)
    return builder.multiply(builder.multiply(square, square), value)


def _mixed(builder: Builder, row: Sequence[int], values: Sequence[Expression]) -> Expression:
    return builder.wire(builder.weighted_sum(zip(values, row, strict=True)))
