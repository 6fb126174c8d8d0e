"""Bits and octets: boundaries, and the witnesses that a cheating prover would like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.circuit.bits import (
    assert_at_most_constant,
    assert_width,
    decompose,
    decompose_canonical,
    recompose,
)
from mpctls.zkp.circuit.builder import Builder, Value
from mpctls.zkp.circuit.expressions import Expression
from mpctls.zkp.circuit.octets import octet_bits, pack, split
from tests.unit.circuit.building import gadget
from tests.unit.foundation.refusals import refused

CANONICAL = gadget(1, lambda builder, x: decompose_canonical(builder, x[0]))


def _width(builder: Builder, x: tuple[Expression, ...]) -> list[Value]:
    assert_width(builder, x[0], 63)
    return []


WIDTH = gadget(1, _width)


@given(st.integers(0, 255))
def test_bits_of_an_octet(octet: int) -> None:
    built = gadget(1, lambda builder, x: octet_bits(builder, x[0]))
    assert built(octet) == [octet >> place & 1 for place in range(8)]


@pytest.mark.parametrize("octet", [256, -1, 2**8 + SCALAR_MODULUS // 2, SCALAR_MODULUS - 255])
def test_no_bits_of_what_is_no_octet(octet: int) -> None:
    with refused("zero-knowledge/unsatisfied"):
        gadget(1, lambda builder, x: octet_bits(builder, x[0]))(octet)


@pytest.mark.parametrize("value", [0, 1, 2**253, 2**253 + 1, SCALAR_MODULUS - 2, SCALAR_MODULUS - 1])
def test_canonical_bits(value: int) -> None:
    assert CANONICAL(value) == [value >> place & 1 for place in range(254)]


@pytest.mark.parametrize("value", [0, 1, 2**254 - 1 - SCALAR_MODULUS])
def test_the_bits_of_value_plus_modulus_are_refused(value: int) -> None:
    """A prover who lies about the hint: the same constraints with the other bits, which sum to the same element."""

    def lying(builder: Builder, x: tuple[Expression, ...]) -> list[Value]:
        bits = builder.hint(
            lambda number: [number + SCALAR_MODULUS >> place & 1 for place in range(254)], x, 254
        )
        for bit in bits:
            builder.assert_boolean(bit)
        builder.assert_equal(x[0], recompose(builder, bits))
        with builder.scope("bound"):
            assert_at_most_constant(builder, bits, SCALAR_MODULUS - 1)
        return []

    with refused("zero-knowledge/unsatisfied"):
        gadget(1, lying)(value)


@pytest.mark.parametrize("digits", [[2, -1], [0, 1 << 253], [2, 2, -1]])
def test_digits_that_are_no_bits_are_refused(digits: list[int]) -> None:
    """Each lie sums to the right value, so the boolean constraints alone refuse it."""
    value = sum(digit << place for place, digit in enumerate(digits)) % SCALAR_MODULUS

    def lying(builder: Builder, x: tuple[Expression, ...]) -> list[Value]:
        bits = builder.hint(lambda _: [digit % SCALAR_MODULUS for digit in digits], x, len(digits))
        builder.assert_equal(x[0], recompose(builder, bits))
        for bit in bits:
            builder.assert_boolean(bit)
        return []

    with refused("zero-knowledge/unsatisfied"):
        gadget(1, lying)(value)


@pytest.mark.parametrize("value", [0, 1, 2**62, 2**63 - 1])
def test_width_allows_up_to_its_largest(value: int) -> None:
    assert WIDTH(value) == []


@pytest.mark.parametrize("value", [2**63, 2**64, -1, SCALAR_MODULUS // 2])
def test_width_refuses_more(value: int) -> None:
    with refused("zero-knowledge/unsatisfied"):
        WIDTH(value)


def test_widths_of_the_modulus_are_ambiguous() -> None:
    with pytest.raises(ValueError, match="not unique"):
        gadget(1, lambda builder, x: decompose(builder, x[0], 254))


def test_constants_are_checked_when_building() -> None:
    builder = Builder()
    assert [bit.constant for bit in decompose(builder, 5, 3)] == [1, 0, 1]
    with refused("zero-knowledge/unsatisfied"):
        decompose(builder, 8, 3)
    with refused("zero-knowledge/unsatisfied"):
        assert_width(builder, 8, 3)


@given(st.binary(min_size=1, max_size=70))
def test_octets_pack_by_31(octets: bytes) -> None:
    built = gadget(len(octets), pack)
    expected = [int.from_bytes(octets[start : start + 31], "little") for start in range(0, len(octets), 31)]
    assert built(*octets) == [
        value if value <= SCALAR_MODULUS // 2 else value - SCALAR_MODULUS for value in expected
    ]


def test_an_element_splits_into_its_octets_and_no_longer_one_does() -> None:
    built = gadget(1, lambda builder, x: split(builder, x[0], 3))
    assert built(0x030201) == [1, 2, 3]
    with refused("zero-knowledge/unsatisfied"):
        built(1 << 24)
