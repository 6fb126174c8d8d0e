"""The propagation pass: it accepts whole gadgets and finds what a missing constraint leaves open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.circuit.bits import assert_at_most_constant, decompose_canonical, recompose
from mpctls.zkp.circuit.bounded import bounded_by_width, bounded_constant
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.comparison import assert_nonzero, assert_nonzero_where, is_zero, less_than
from mpctls.zkp.circuit.decimal import parse
from mpctls.zkp.circuit.determinism import undetermined
from mpctls.zkp.circuit.octets import octet_bits, split
from mpctls.zkp.circuit.poseidon import poseidon
from mpctls.zkp.circuit.selection import one_hot

WHOLE: dict[str, Callable[[Builder], object]] = {
    "bits": lambda builder: octet_bits(builder, builder.private("x")),
    "canonical bits": lambda builder: decompose_canonical(builder, builder.private("x")),
    "octets": lambda builder: split(builder, builder.private("x"), 31),
    "zero": lambda builder: is_zero(builder, builder.private("x") + 3),
    "not zero": lambda builder: assert_nonzero(builder, builder.private("x")),
    "not zero where": lambda builder: assert_nonzero_where(builder, *builder.privates("x", 2)),
    "order": lambda builder: less_than(
        builder, bounded_by_width(builder, builder.private("x"), 70), bounded_constant(builder, 1000)
    ),
    "one of many": lambda builder: one_hot(builder, builder.private("x"), 7),
    "decimal": lambda builder: parse(builder, builder.privates("x", 20), 4),
    "poseidon": lambda builder: poseidon(builder, builder.privates("x", 2)),
}


def _bits_without_booleans(builder: Builder) -> None:
    x = builder.private("x")
    bits = builder.hint(lambda value: [value & 1, value >> 1 & 1], [x], 2)
    builder.assert_boolean(bits[0])
    builder.assert_equal(x, recompose(builder, bits))


def _bits_that_wrap(builder: Builder) -> None:
    x = builder.private("x")
    bits = builder.hint(lambda value: [value >> place & 1 for place in range(254)], [x], 254)
    for bit in bits:
        builder.assert_boolean(bit)
    builder.assert_equal(x, recompose(builder, bits))


def _weights_that_overlap(builder: Builder) -> None:
    x = builder.private("x")
    bits = builder.hint(lambda value: [value & 1, value >> 1 & 1, 0], [x], 3)
    for bit in bits:
        builder.assert_boolean(bit)
    builder.assert_equal(x, bits[0] + 2 * bits[1] + 3 * bits[2])


def _free_inverse_of_zero(builder: Builder) -> None:
    x = builder.private("x")
    (inverse,) = builder.hint(lambda value: [value], [x], 1)
    builder.assert_product(builder.multiply(x, inverse), x, x)


def _inverse_that_may_vanish(builder: Builder) -> None:
    x, y = builder.privates("x", 2)
    (quotient,) = builder.hint(lambda a, b: [a * pow(b, -1, builder.modulus)], [x, y], 1)
    builder.assert_product(y, quotient, x)


def _flags_with_equal_weights(builder: Builder) -> None:
    x = builder.private("x")
    flags = builder.hint(lambda value: [1, 0, 0], [x], 3)
    for flag in flags:
        builder.assert_boolean(flag)
    builder.assert_equal(builder.sum(flags), 1)
    builder.assert_equal(flags[0] + 2 * flags[1] + 2 * flags[2], x)


def _square_root(builder: Builder) -> None:
    (root,) = builder.hint(lambda value: [value], [builder.private("x")], 1)
    builder.assert_product(root, root, 4)


def _wire_in_no_constraint(builder: Builder) -> None:
    builder.hint(lambda: [5], [], 1)


@pytest.mark.parametrize("gadget", WHOLE.values(), ids=WHOLE)
def test_whole_gadgets_are_determined(gadget: Callable[[Builder], object]) -> None:
    builder = Builder()
    gadget(builder)
    assert undetermined(builder.finish()) == ()


@pytest.mark.parametrize(
    "gadget",
    [
        _bits_without_booleans,
        _bits_that_wrap,
        _weights_that_overlap,
        _free_inverse_of_zero,
        _inverse_that_may_vanish,
        _flags_with_equal_weights,
        _square_root,
        _wire_in_no_constraint,
    ],
)
def test_what_has_several_witnesses_is_not(gadget: Callable[[Builder], None]) -> None:
    builder = Builder()
    with builder.scope("broken"):
        gadget(builder)
    found = undetermined(builder.finish())
    assert found
    assert {item.gadget for item in found} <= {"broken", ""}


@pytest.mark.parametrize("modulus", [11, 13, 31, SCALAR_MODULUS])
def test_bits_that_may_reach_the_modulus_are_not(modulus: int) -> None:
    builder = Builder(modulus)
    x = builder.private("x")
    width = modulus.bit_length()
    bits = builder.hint(lambda value: [value >> place & 1 for place in range(width)], [x], width)
    for bit in bits:
        builder.assert_boolean(bit)
    builder.assert_equal(x, recompose(builder, bits))
    assert_at_most_constant(builder, bits, modulus)
    assert undetermined(builder.finish())


@pytest.mark.parametrize("width", range(1, 7))
def test_the_bound_of_canonical_bits_is_recognised_in_every_small_field(width: int) -> None:
    for modulus in (prime for prime in (2, 3, 5, 7, 11, 13, 17, 31, 37, 61) if prime.bit_length() == width):
        builder = Builder(modulus)
        decompose_canonical(builder, builder.private("x"))
        assert undetermined(builder.finish()) == ()
