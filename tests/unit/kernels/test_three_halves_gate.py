"""The equations of three-halves: one gate, gone through for all colours, dice and control bits, with symbols for words.

A symbol is a bit of a word; every formula is linear in labels, difference and hashes, so what holds for words of one
symbol each holds for all words. The lowest bit is kept for the colours, which are real.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mpctls.reference.mpc.kernels.three_halves_gate import evaluate_gate, garble_gate

Words = NDArray[np.uint64]

# Of A_L, A_R, B_L, B_R, Δ_L, Δ_R, then the first words of the six hashes.
SYMBOLS = [np.uint64(1 << place) for place in range(1, 13)]
PERMUTATIONS = list(itertools.product((0, 1), repeat=2))
COLOURS = PERMUTATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Every choice of dice and of the six hashes' control bits, for one pair of colours that stand for zero."""

    p: int
    q: int
    dice: Words
    control_bits: Words  # uint64[6, n] of A_0, B_0, A_0 ⊕ B_0, A_1, B_1, A_0 ⊕ B_0 ⊕ Δ
    row: Any
    label: Any

    def hashes(self, which: tuple[int, int, int]) -> Any:
        return tuple((np.full(len(self.dice), SYMBOLS[6 + each]), self.control_bits[each]) for each in which)


def active(i: int, j: int) -> tuple[int, int, int]:
    """Places of the hashes of the labels held."""
    return (3 * i, 1 + 3 * j, 2 + 3 * (i ^ j))


def difference() -> Any:
    return SYMBOLS[4] | np.uint64(1), SYMBOLS[5]


def held(first: int, colour: int) -> Any:
    """The label of a colour whose zero label has the symbols `first` and `first + 1`."""
    delta = difference()
    return tuple(SYMBOLS[first + half] ^ (np.uint64(colour) * delta[half]) for half in (0, 1))


def garbled(p: int, q: int) -> Gates:
    choices = np.array(list(itertools.product((0, 1), repeat=8)), np.uint64).T
    dice, bits = choices[0] | choices[1] << np.uint64(1), choices[2:]
    hashes: Any = [(np.full(len(dice), SYMBOLS[6 + each]), bits[each]) for each in range(6)]
    row, label = garble_gate(
        held(0, 0),
        held(2, 0),
        (np.full(len(dice), p, np.uint64), np.full(len(dice), q, np.uint64)),  # type: ignore[arg-type]
        dice,
        difference(),
        tuple(hashes[:3]),
        tuple(hashes[3:]),
    )
    return Gates(p=p, q=q, dice=dice, control_bits=bits, row=row, label=label)


@pytest.mark.parametrize(("i", "j"), COLOURS)
@pytest.mark.parametrize(("p", "q"), PERMUTATIONS)
def test_every_pair_of_labels_gives_the_label_of_the_product(p: int, q: int, i: int, j: int) -> None:
    gates = garbled(p, q)
    size = len(gates.dice)
    a, b = ([np.full(size, word) for word in held(first, colour)] for first, colour in ((0, i), (2, j)))
    found = evaluate_gate(tuple(a), tuple(b), gates.hashes(active(i, j)), gates.row)  # type: ignore[arg-type]
    product = np.uint64((i ^ p) & (j ^ q))
    for half in (0, 1):
        assert np.array_equal(found[half], gates.label[half] ^ product * difference()[half])


def views(gates: Gates, i: int, j: int) -> dict[tuple[int, ...], Counter[int]]:
    """The gate's five control bits, counted over dice and hashes not known, by the control bits of the known hashes."""
    counted: dict[tuple[int, ...], Counter[int]] = {}
    known = gates.control_bits[list(active(i, j))]
    for index, encrypted in enumerate(gates.row[3]):
        counted.setdefault(tuple(known[:, index].tolist()), Counter())[int(encrypted)] += 1
    return counted


@pytest.mark.parametrize(("i", "j"), COLOURS)
@pytest.mark.parametrize(("p", "q"), PERMUTATIONS)
def test_control_bits_are_uniform_to_whoever_holds_one_label_of_each_wire(
    p: int, q: int, i: int, j: int
) -> None:
    """For all known hash bits: with the hashes not known and the dice, each of the 32 values is equally likely."""
    for counter in views(garbled(p, q), i, j).values():
        assert counter == dict.fromkeys(range(32), 1)


@pytest.mark.parametrize(("i", "j"), COLOURS)
def test_without_dice_the_control_bits_tell_what_the_colours_stand_for(i: int, j: int) -> None:
    """The attack that the dice are for; at the colours (0, 0) there is nothing to tell."""
    seen = set()
    for p, q in PERMUTATIONS:
        gates = garbled(p, q)
        kept = gates.dice == 0
        known = gates.control_bits[list(active(i, j))] == 0
        seen.add(frozenset(np.unique(gates.row[3][kept & known.all(axis=0)]).tolist()))
    assert len(seen) == (1 if (i, j) == (0, 0) else 4)


@pytest.mark.parametrize(("i", "j"), COLOURS)
@pytest.mark.parametrize(("p", "q"), PERMUTATIONS)
def test_each_slice_is_masked_by_hashes_that_are_not_known(p: int, q: int, i: int, j: int) -> None:
    """The first words of the three hashes not known enter the three slices by an invertible matrix."""
    row = garbled(p, q).row
    unknown = [SYMBOLS[6 + each] for each in range(6) if each not in active(i, j)]
    for combination in itertools.product((0, 1), repeat=3):
        total = np.bitwise_xor.reduce(
            [np.uint64(bit) * each for bit, each in zip(combination, row[:3], strict=True)]
        )
        assert any((total & symbol).all() for symbol in unknown) == any(combination)
