"""Poseidon by published values, elements, headers, and commitments written out from their definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.commitments import EncodingCommitment
from mpctls.spec.identifiers import Direction, LexicalClass
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason
from mpctls.spec.zero_knowledge.field_encoding import (
    HeaderKind,
    commit,
    element_lengths,
    elements_of,
    encoding_header,
    header,
    message_of,
    opens,
    satisfies_opening_relation,
)
from mpctls.spec.zero_knowledge.poseidon import poseidon
from mpctls.spec.zero_knowledge.scalar_field import (
    GENERATOR,
    ORDER,
    decode_scalar,
    encode_scalar,
    scalar_field,
)

from ..session.stages import rejects

KNOWN_ANSWERS = [
    (1, 18586133768512220936620570745912940619677854269274689475585506675881198879027),
    (2, 7853200120776062878684798364095072458815029376092732009249414926327459813530),
    (3, 6542985608222806190361240322586112750744169038454362455181422643027100751666),
    (16, 9989051620750914585850546081941653841776809718687451684622678807385399211877),
]
"""Poseidon(1 … k) as circomlibjs 0.1.7 gives it."""


@pytest.mark.parametrize(("arity", "value"), KNOWN_ANSWERS)
def test_poseidon_has_the_published_values(arity: int, value: int) -> None:
    assert poseidon(range(1, arity + 1)) == value


@pytest.mark.parametrize("arity", [0, 17])
def test_poseidon_has_one_to_sixteen_inputs(arity: int) -> None:
    with pytest.raises(ValueError, match="1 to 16"):
        poseidon([1] * arity)


def test_five_generates_the_multiplicative_group() -> None:
    """r - 1 = 2^28 · 3^2 · 13 · 29 · 983 · 11003 · 237073 · 405928799 · 1670836401704629 ·
    13818364434197438864469338081.
    """
    factors = (2, 3, 13, 29, 983, 11003, 237073, 405928799, 1670836401704629, 13818364434197438864469338081)
    remaining = ORDER - 1
    for factor in factors:
        while remaining % factor == 0:
            remaining //= factor
        assert pow(GENERATOR, (ORDER - 1) // factor, ORDER) != 1
    assert remaining == 1
    field = scalar_field()
    assert field(ORDER - 1) + field(1) == 0


@given(st.integers(0, ORDER - 1))
def test_scalars_have_one_form(scalar: int) -> None:
    assert decode_scalar(encode_scalar(scalar)) == scalar


@pytest.mark.parametrize("octets", [ORDER.to_bytes(32, "little"), b"\xff" * 32, bytes(31), bytes(33)])
def test_anything_else_is_no_scalar(octets: bytes) -> None:
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        decode_scalar(octets)


def test_headers_hold_version_kind_direction_and_length() -> None:
    assert header(HeaderKind.NULLIFIER, Direction.SENT, 0) == 0x0501
    assert encoding_header(Direction.RECEIVED, 403) == 1 + 2**8 + 2**16 + 403 * 2**32
    assert [kind.value for kind in HeaderKind] == [1, 2, 3, 4, 5, 6]


def test_elements_are_31_octets_little_endian() -> None:
    octets = bytes(range(1, 65))
    assert elements_of(octets) == (
        int.from_bytes(octets[:31], "little"),
        int.from_bytes(octets[31:62], "little"),
        63 + 64 * 256,
    )
    assert element_lengths(64) == (31, 31, 2)
    assert element_lengths(31) == (31,)
    assert elements_of(b"\xff" * 31)[0] < ORDER


def test_a_commitment_is_one_permutation_up_to_403_octets_and_a_chain_from_404_on() -> None:
    thirteen = elements_of(bytes(range(256)) + bytes(147))
    assert len(thirteen) == 13
    assert commit(5, 6, 7, thirteen) == poseidon([5, 6, 7, *thirteen])
    fourteen = (*thirteen, 9)
    state = poseidon([5 + 2**64, 7, *fourteen])
    assert commit(5, 6, 7, fourteen) == poseidon([5 + 2 * 2**64, state, 6])
    state = poseidon([5 + 2 * 2**64, state, 10, *[0] * 13])
    assert commit(5, 6, 7, (*fourteen, 10)) == poseidon([5 + 3 * 2**64, state, 6])


def test_the_message_is_a_polynomial_in_the_factor() -> None:
    assert message_of(3, 10, (1, 2)) == 3 + 10 + 200
    assert message_of(ORDER - 1, 1, (1,)) == 0


def leaf(octets: bytes, *, offset: int, factor: int, blinder: int) -> EncodingCommitment:
    elements = elements_of(octets)
    value = commit(
        encoding_header(Direction.RECEIVED, len(octets)),
        message_of(offset, factor, elements),
        blinder,
        elements,
    )
    return EncodingCommitment(
        direction=Direction.RECEIVED,
        ranges=RangeSet.of((5, 5 + len(octets))),
        lexical_class=LexicalClass.ANY,
        commitment=encode_scalar(value),
        offset=encode_scalar(offset),
        factor=encode_scalar(factor),
    )


SCALARS = st.integers(1, ORDER - 1)


@given(st.binary(min_size=1, max_size=70), SCALARS, SCALARS, SCALARS, st.data())
def test_a_leaf_opens_to_its_octets_alone(
    octets: bytes, offset: int, factor: int, blinder: int, data: st.DataObject
) -> None:
    committed = leaf(octets, offset=offset, factor=factor, blinder=blinder)
    assert opens(committed, octets, blinder)
    other = data.draw(st.binary(min_size=1, max_size=70))
    assert opens(committed, other, blinder) == (other == octets)


def test_the_opening_relation_bounds_each_element_by_its_octets() -> None:
    """x_e + 256 in an element of one octet: a polynomial and a hash would not notice, the length does."""
    committed = leaf(b"a", offset=3, factor=5, blinder=7)
    elements = (ord("a") + 256,)
    message = message_of(3, 5, elements)
    value = commit(encoding_header(Direction.RECEIVED, 1), message, 7, elements)
    wide = EncodingCommitment(
        direction=committed.direction,
        ranges=committed.ranges,
        lexical_class=committed.lexical_class,
        commitment=encode_scalar(value),
        offset=committed.offset,
        factor=committed.factor,
    )
    assert not satisfies_opening_relation(wide, message, 7, elements)
    assert satisfies_opening_relation(committed, message_of(3, 5, (97,)), 7, (97,))
    assert not satisfies_opening_relation(committed, message_of(3, 5, (97,)), 7, (97, 0))
    assert not satisfies_opening_relation(committed, message_of(3, 5, (97,)) + 1, 7, (97,))
