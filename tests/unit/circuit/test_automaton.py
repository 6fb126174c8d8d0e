"""Sets of octets and automata against Python's sets and regular expressions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.zkp.circuit.automaton import Transitions, run
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.expressions import Expression
from mpctls.zkp.circuit.octet_sets import OctetSets
from mpctls.zkp.circuit.octets import octet_bits
from tests.unit.circuit.building import Gadget, gadget
from tests.unit.foundation.refusals import refused

DIGITS, LETTERS = frozenset(b"0123456789"), frozenset(b"abcdefghijklmnopqrstuvwxyz")


@settings(max_examples=25)
@given(st.lists(st.frozensets(st.integers(0, 255)), min_size=1, max_size=3))
def test_indicators_of_any_sets(sets: list[frozenset[int]]) -> None:
    def build(builder: Builder, x: tuple[Expression, ...]) -> list[Expression]:
        found = OctetSets(builder, octet_bits(builder, x[0]))
        return [found.contains(members) for members in sets]

    built = gadget(1, build)
    for octet in range(0, 256, 5):
        assert built(octet) == [octet in members for members in sets]


def _email() -> tuple[Transitions, int, frozenset[int]]:
    """[a-z0-9]+@[a-z]+(\\.[a-z]+)*"""
    rows: list[list[int | None]] = [[None] * 256 for _ in range(5)]
    for octet in LETTERS | DIGITS:
        rows[0][octet] = rows[1][octet] = 1
    rows[1][ord("@")] = 2
    for octet in LETTERS:
        rows[2][octet] = rows[3][octet] = rows[4][octet] = 3
    rows[3][ord(".")] = 4
    return rows, 0, frozenset((3,))


def _matcher(length: int) -> Gadget:
    transitions, start, accepting = _email()
    return gadget(
        length,
        lambda builder, x: [
            run(builder, [octet_bits(builder, octet) for octet in x], transitions, start, accepting)
        ],
    )


MATCHER = _matcher(5)
PATTERN = re.compile(rb"[a-z0-9]+@[a-z]+(\.[a-z]+)*")


TEXTS = st.text("ab1@.A", min_size=5, max_size=5) | st.sampled_from(
    ["a@b.c", "1@bab", "ab@ab", "a@b.1", "a@.ab"]
)


@settings(max_examples=60)
@given(TEXTS)
def test_accepts_what_the_pattern_matches(text: str) -> None:
    assert MATCHER(*text.encode()) == [PATTERN.fullmatch(text.encode()) is not None]


def test_texts_too_short_to_be_accepted_need_no_constraints() -> None:
    builder = Builder()
    transitions, start, accepting = _email()
    bits = [octet_bits(builder, octet) for octet in builder.privates("x", 2)]
    before = builder.constraint_count
    assert run(builder, bits, transitions, start, accepting).constant == 0
    assert builder.constraint_count == before


def test_the_empty_text_is_decided_by_the_start_state() -> None:
    transitions, _, accepting = _email()
    assert run(Builder(), [], transitions, 3, accepting).constant == 1
    assert run(Builder(), [], transitions, 0, accepting).constant == 0


def test_too_many_states_are_refused() -> None:
    with refused("predicate/automaton-too-large"):
        run(Builder(), [], [[None] * 256] * 257, 0, frozenset())


def test_a_state_without_all_octets_is_an_error() -> None:
    with pytest.raises(ValueError, match="each octet"):
        run(Builder(), [], [[None] * 255], 0, frozenset())


def test_asserted_membership() -> None:
    def build(builder: Builder, x: tuple[Expression, ...]) -> list[Expression]:
        OctetSets(builder, octet_bits(builder, x[0])).assert_among(DIGITS)
        return []

    built = gadget(1, build)
    for octet in range(256):
        if octet in DIGITS:
            assert built(octet) == []
        else:
            with refused("zero-knowledge/unsatisfied"):
                built(octet)
