"""The opening relation of an encoding commitment, and bare commitments."""

from __future__ import annotations

from collections.abc import Sequence

from ..poseidon import ELEMENTS_OF_ONE_LINK, ELEMENTS_OF_ONE_PERMUTATION
from .builder import Builder, Value
from .expressions import Expression
from .poseidon import poseidon


def commit(
    builder: Builder, head: int, check: Value, blinder: Value, elements: Sequence[Value]
) -> Expression:
    """Commit(hdr, m, β, x) of formats.md section 5.1, as `mpctls.zkp.poseidon.commit` computes it.

    Forces: the result is that hash of the arguments.
    """
    if len(elements) <= ELEMENTS_OF_ONE_PERMUTATION:
        return poseidon(builder, [head, check, blinder, *elements])
    state = builder.expression(blinder)
    links = range(0, len(elements), ELEMENTS_OF_ONE_LINK)
    for number, start in enumerate(links, 1):
        chunk = [*elements[start : start + ELEMENTS_OF_ONE_LINK]]
        filling = [0] * (ELEMENTS_OF_ONE_LINK - len(chunk))
        state = poseidon(builder, [head + (number << 64), state, *chunk, *filling])
    return poseidon(builder, [head + (len(links) + 1 << 64), state, check])


def polynomial_check(builder: Builder, offset: Value, factor: Value, elements: Sequence[Value]) -> Expression:
    """m = k + sum over e of Δ^e * x_e, by Horner's rule.

    Forces: the result is that polynomial in `factor` Δ with constant `offset` k. Constraints: one for each element.
    """
    total: Value = 0
    for element in reversed(elements):
        total = builder.multiply(factor, builder.sum((total, element)))
    return builder.wire(builder.sum((total, offset)))


def assert_opening(
    builder: Builder,
    *,
    commitment: Value,
    offset: Value,
    factor: Value,
    head: int,
    blinder: Value,
    elements: Sequence[Value],
) -> None:
    """Forces C = Commit(hdr, m, β, x_1 … x_n) with m = k + sum of Δ^e * x_e.

    `commitment` C, `offset` k and `factor` Δ are public inputs, `head` names kind, direction and length; `blinder` β is
    private. Requires elements whose ranges are forced elsewhere: x_e < 2^(8 * octets of e) is part of the relation and
    follows from `octets.split` of the same elements.
    """
    with builder.scope("encoding"):
        check = polynomial_check(builder, offset, factor, elements)
        builder.assert_equal(commit(builder, head, check, blinder, elements), commitment)
