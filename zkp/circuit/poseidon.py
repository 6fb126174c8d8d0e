"""Poseidon inside a circuit."""

from __future__ import annotations

from collections.abc import Sequence

from ..poseidon import MAXIMUM_INPUTS, Parameters, parameters
from .builder import Builder, Value
from .expressions import Expression


def poseidon(builder: Builder, inputs: Sequence[Value]) -> Expression:
    """The hash of 1 to 16 expressions, as `mpctls.zkp.poseidon.poseidon` computes it.

    Forces: the output is the hash of the inputs; every wire is a product or a sum of earlier ones, so all are
    determined. Only over the scalar field of BN254. PLONK rows for t = inputs + 1 about R_P(2t + 1) + 24t + 7t(t - 1);
    constant inputs cost nothing in the first round.
    """
    chosen = _parameters(builder, len(inputs))
    with builder.scope("poseidon"):
        return builder.wire(_permuted(builder, chosen, _first_powers(builder, chosen, inputs)))


def masked_poseidon(builder: Builder, inputs: Sequence[Value], place: int, masked: Value) -> Expression:
    """The hash of `inputs` where input number `place` is whatever makes `masked` the first element after round one.

    For an input that the circuit reads nowhere else, as the blinder of a commitment. Forces: an element exists that,
    in this place (what stands there is ignored), leads to `masked` after the first round, and the output is the hash
    with it. For every `masked` there is exactly one such element: the round adds a multiple other than zero of its
    fifth power to what the other inputs give, and x^5 is a permutation, as 5 does not divide the modulus - 1. So
    nothing is forced that was not, and the element's own S-box and sums cost no rows.
    """
    chosen = _parameters(builder, len(inputs))
    with builder.scope("poseidon"):
        powers = _first_powers(builder, chosen, [*inputs[:place], 0, *inputs[place + 1 :]])
        row, hidden = chosen.matrix[0], place + 1
        others = builder.weighted_sum(
            (power, factor)
            for number, (power, factor) in enumerate(zip(powers, row, strict=True))
            if number != hidden
        )
        inverse = pow(row[hidden], -1, chosen.modulus)
        powers[hidden] = (builder.expression(masked) - others) * inverse
        return _permuted(builder, chosen, powers)


def mask_of(inputs: Sequence[int]) -> int:
    """The first element of the state after the first round: `masked` of `masked_poseidon`, for whom all is known."""
    chosen = parameters(len(inputs) + 1)
    state = (0, *inputs)
    return (
        sum(
            factor * pow(value + constant, 5, chosen.modulus)
            for factor, value, constant in zip(chosen.matrix[0], state, chosen.first[0], strict=True)
        )
        % chosen.modulus
    )


def _parameters(builder: Builder, count: int) -> Parameters:
    if not 1 <= count <= MAXIMUM_INPUTS:
        raise ValueError(f"Poseidon takes 1 to {MAXIMUM_INPUTS} elements, not {count}")
    chosen = parameters(count + 1)
    if builder.modulus != chosen.modulus:
        raise ValueError("Poseidon has parameters for the scalar field of BN254 alone")
    return chosen


def _first_powers(builder: Builder, chosen: Parameters, inputs: Sequence[Value]) -> list[Expression]:
    """The fifth powers of the first round."""
    state = [builder.constant(0), *(builder.wire(value) for value in inputs)]
    return _powers(builder, state, chosen.first[0])


def _permuted(builder: Builder, chosen: Parameters, powers: Sequence[Expression]) -> Expression:
    """The output from the fifth powers of the first round, as a sum."""
    for number in range(1, len(chosen.first)):
        state = [_mixed(builder, row, powers) for row in chosen.matrix]
        powers = _powers(builder, state, chosen.first[number])
    head, *rest = [_mixed(builder, row, powers) for row in chosen.entry]
    for step in chosen.partial:
        power = _fifth_power(builder, head + step.constant)
        head = _mixed(builder, (*step.row, step.corner), [*rest, power])
        rest = [
            builder.wire(builder.weighted_sum(((value, 1), (power, factor))))
            for value, factor in zip(rest, step.column, strict=True)
        ]
    state = [head, *rest]
    for number, constants in enumerate(chosen.last):
        if number:
            state = [_mixed(builder, row, powers) for row in chosen.matrix]
        powers = _powers(builder, state, constants)
    return builder.weighted_sum(zip(powers, chosen.matrix[0], strict=True))


def _powers(builder: Builder, state: Sequence[Expression], constants: Sequence[int]) -> list[Expression]:
    return [_fifth_power(builder, value + add) for value, add in zip(state, constants, strict=True)]


def _fifth_power(builder: Builder, value: Expression) -> Expression:
    square = builder.multiply(value, value)
    return builder.multiply(builder.multiply(square, square), value)


def _mixed(builder: Builder, row: Sequence[int], values: Sequence[Expression]) -> Expression:
    return builder.wire(builder.weighted_sum(zip(values, row, strict=True)))
