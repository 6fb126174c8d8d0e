"""Elements and scalars of formats page section 5.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.field_encoding import (
    ELEMENT_BITS,
    SCALAR_ORDER,
    authenticator,
    elements,
    require_scalars,
    scalar_octets,
)
from tests.unit.foundation.refusals import refused


def test_elements_are_little_endian_and_the_last_is_what_is_left() -> None:
    octets = bytes(range(1, 64))
    assert elements(b"\x01") == (1,)
    assert elements(b"\x01\x02") == (0x0201,)
    assert elements(octets[:31]) == (int.from_bytes(octets[:31], "little"),)
    assert elements(octets) == (
        int.from_bytes(octets[:31], "little"),
        int.from_bytes(octets[31:62], "little"),
        63,
    )
    assert max(elements(b"\xff" * 31)) < SCALAR_ORDER


@given(st.binary(min_size=1, max_size=100))
def test_bit_i_of_an_element_is_bit_i_mod_8_of_its_octet(octets: bytes) -> None:
    for number, element in enumerate(elements(octets)):
        part = octets[31 * number : 31 * number + 31]
        for bit in range(ELEMENT_BITS):
            expected = part[bit // 8] >> bit % 8 & 1 if bit // 8 < len(part) else 0
            assert element >> bit & 1 == expected


@given(
    st.integers(0, SCALAR_ORDER - 1),
    st.integers(0, SCALAR_ORDER - 1),
    st.lists(st.integers(0, 2**248 - 1), max_size=5),
)
def test_the_authenticator_is_the_polynomial(offset: int, factor: int, encoded: list[int]) -> None:
    terms = [pow(factor, power, SCALAR_ORDER) * x for power, x in enumerate(encoded, start=1)]
    assert authenticator(offset, factor, tuple(encoded)) == (offset + sum(terms)) % SCALAR_ORDER


def test_scalars_are_below_the_order() -> None:
    # The scalar field of BN254, as the formats page writes it.
    assert SCALAR_ORDER == 21888242871839275222246405745257275088548364400416034343698204186575808495617
    require_scalars(bytes(32), scalar_octets(SCALAR_ORDER - 1))
    for scalar in (SCALAR_ORDER, SCALAR_ORDER + 1, 2**256 - 1):
        with refused("encoding/not-canonical"):
            require_scalars(bytes(32), scalar_octets(scalar))


@pytest.mark.parametrize("scalar", [0, 1, SCALAR_ORDER - 1])
def test_scalars_are_little_endian_in_32_octets(scalar: int) -> None:
    assert int.from_bytes(scalar_octets(scalar), "little") == scalar
    assert len(scalar_octets(scalar)) == 32
