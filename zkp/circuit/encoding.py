"""The opening relation of an encoding commitment, and bare commitments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..poseidon import ELEMENTS_OF_ONE_LINK, ELEMENTS_OF_ONE_PERMUTATION
from .builder import Builder, Value
from .expressions import Expression
from .poseidon import mask_of, masked_poseidon, poseidon

T = TypeVar("T", int, Value)


def commit(
    builder: Builder, head: int, check: Value, blinder: Value, elements: Sequence[Value]
) -> Expression:
    """Commit(hdr, m, β, x) of formats.md section 5.1, as `mpctls.zkp.poseidon.commit` computes it.

    Forces: the result is that hash of the arguments.
    """
    inputs, _ = _first_inputs(head, check, blinder, elements)
    return _chained(builder, head, check, elements, poseidon(builder, inputs))


def masked_commit(
    builder: Builder, head: int, check: Value, masked: Value, elements: Sequence[Value]
) -> Expression:
    """Commit(hdr, m, β, x) for the β that `mask_of_blinder` made `masked` of; see `masked_poseidon`.

    Forces: the result is that hash for some β, the only one that has this mask with the other arguments.
    """
    inputs, place = _first_inputs(head, check, 0, elements)
    return _chained(builder, head, check, elements, masked_poseidon(builder, inputs, place, masked))


def mask_of_blinder(head: int, check: int, blinder: int, elements: Sequence[int]) -> int:
    """What `assert_opening` takes for β, from all that is committed to."""
    inputs, _ = _first_inputs(head, check, blinder, elements)
    return mask_of(inputs)


def _first_inputs(head: int, check: T, blinder: T, elements: Sequence[T]) -> tuple[list[T], int]:
    """The inputs of the first hash, and the place of β among them."""
    inputs: list[T] = [head, check, blinder]
    if len(elements) > ELEMENTS_OF_ONE_PERMUTATION:
        inputs = [head + (1 << 64), blinder]
    place = len(inputs) - 1
    inputs.extend(elements[:ELEMENTS_OF_ONE_LINK])
    return inputs, place


def _chained(
    builder: Builder, head: int, check: Value, elements: Sequence[Value], first: Expression
) -> Expression:
    """The commitment from its first hash."""
    if len(elements) <= ELEMENTS_OF_ONE_PERMUTATION:
        return first
    state, number = first, 1
    for number, start in enumerate(range(ELEMENTS_OF_ONE_LINK, len(elements), ELEMENTS_OF_ONE_LINK), 2):
        chunk = [*elements[start : start + ELEMENTS_OF_ONE_LINK]]
        filling = [0] * (ELEMENTS_OF_ONE_LINK - len(chunk))
        state = poseidon(builder, [head + (number << 64), state, *chunk, *filling])
    return poseidon(builder, [head + (number + 1 << 64), state, check])


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
    masked: Value,
    elements: Sequence[Value],
) -> None:
    """Forces C = Commit(hdr, m, β, x_1 … x_n) with m = k + sum of Δ^e * x_e.

    `commitment` C, `offset` k and `factor` Δ are public inputs, `head` names kind, direction and length; `masked` is
    private and stands for β, as `mask_of_blinder` says: there is one β for each. Requires elements whose ranges are
    forced elsewhere: x_e < 2^(8 * octets of e) is part of the relation and follows from `octets.split` of the same
    elements.
    """
    with builder.scope("encoding"):
        check = polynomial_check(builder, offset, factor, elements)
        builder.assert_equal(masked_commit(builder, head, check, masked, elements), commitment)
