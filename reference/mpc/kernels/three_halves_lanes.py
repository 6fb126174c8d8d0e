"""Three-halves in several instances at a time, where the processor has VAES; else one after the other.

The formulas of `three_halves_gate`, written for registers that hold the two words of two labels: both slices of a
label are computed at once. What comes out is the same as from `three_halves`, octet for octet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ...foundation.compiled import ARRAY, WORD, compiled, generated
from ..circuits.circuit import AND, XOR
from .blocks import Words
from .circular_hash import THREE_HALVES_DOMAIN
from .garbling_lanes import doubled, enter, leave
from .lanes import (
    EVALUATION_LANES,
    FEATURES,
    FIRST_PAIRS,
    GARBLING_LANES,
    LOW_WORDS,
    SECOND_PAIRS,
    WORDS_A_LABEL,
    LaneCode,
    Register,
    Registers,
    xor_evaluated,
    xor_garbled,
)
from .program import PROGRAM, Program
from .three_halves import DICE_A_WORD, TWEAKS_A_GATE, evaluate_gates, garble_gates

_DOMAIN = np.uint64(THREE_HALVES_DOMAIN)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_DICE_A_WORD = np.uint64(DICE_A_WORD)

_HIGH_WORDS: Final = (1, 1, 3, 3)
_SWAPPED: Final = (1, 0, 3, 2)
_LOW_OF_BOTH: Final = (0, 4, 2, 6)
_HIGH_OF_BOTH: Final = (1, 5, 3, 7)
_LOW_THEN_HIGH: Final = (0, 5, 2, 7)
_HIGH_THEN_LOW: Final = (1, 4, 3, 6)


class _HalvesCode(LaneCode):
    """What one register of each operand gives; a pair of bits stands in the lowest bits of a label's two words."""

    def all_xor(self, first: Register, *others: Register) -> Register:
        for other in others:
            first = self.builder.xor(first, other)
        return first

    def pair(self, low: int, high: int) -> Register:
        return self.constant([low, high, low, high])

    def places(self, register: Register, words: Sequence[int]) -> Register:
        return self.shuffle(register, register, words)

    def colour(self, label: Register) -> Register:
        """The colour of a label, in both words."""
        return self.builder.and_(self.places(label, LOW_WORDS), self.pair(1, 1))

    def masked(self, bits: Register, value: Register) -> Register:
        mask = self.builder.sub(self.pair(0, 0), self.builder.and_(bits, self.pair(1, 1)))
        return self.builder.and_(mask, value)

    def label_part(self, a: Register, b: Register, colours: Register, controls: Register) -> Register:
        """R_ij of both labels, `colours` being (i, j) and `controls` (r, s)."""
        near = self.shuffle(a, b, _LOW_THEN_HIGH)  # A_L, B_R
        far = self.shuffle(a, b, _HIGH_THEN_LOW)  # A_R, B_L
        u = self.all_xor(near, self.places(near, _SWAPPED))
        v = self.all_xor(far, self.places(far, _SWAPPED))
        with_u = self.all_xor(self.places(self.all_xor(colours, controls), _SWAPPED), self.pair(1, 1))
        return self.all_xor(self.masked(with_u, u), self.masked(controls, self.all_xor(near, v)))

    def hash_three(
        self, round_keys: Any, a: Registers, b: Registers, ab: Registers, tweaks: Registers
    ) -> list[Registers]:
        """The hashes of three labels, each a list of registers, with a tweak, the next one and the one after that."""
        second = [self.builder.add(each, self.pair(1, 0)) for each in tweaks]
        third = [self.builder.add(each, self.pair(2, 0)) for each in tweaks]
        hashes = self.hash(round_keys, [*a, *b, *ab], [*tweaks, *second, *third])
        return [hashes[start : start + self.count] for start in range(0, 3 * self.count, self.count)]

    def garble(
        self, a: Register, b: Register, delta: Register, dice: Register, zeros: Registers, ones: Registers
    ) -> tuple[Register, Register, Register]:
        """G_1 and G_2; G_3 and the word of control bits; the zero label. `a` and `b` are as they stand on the wires."""
        p, q = self.colour(a), self.colour(b)
        a, b = self.all_xor(a, self.masked(p, delta)), self.all_xor(b, self.masked(q, delta))
        both = self.shuffle(p, q, _LOW_THEN_HIGH)
        other_a, other_b = self.all_xor(a, delta), self.all_xor(b, delta)
        first = self.label_part(a, b, self.pair(0, 0), dice)
        last = self.label_part(other_a, other_b, self.pair(1, 1), self.all_xor(dice, both))
        turned = self.all_xor(dice, p, self.builder.and_(q, self.pair(1, 0)))
        between = self.label_part(a, other_b, self.pair(0, 1), turned)
        sums = self.xor(zeros, ones)
        ab_hash, ab_sum = zeros[2], sums[2]
        generated_pair = self.all_xor(
            self.shuffle(sums[0], sums[1], _LOW_OF_BOTH),
            first,
            last,
            self.masked(self.all_xor(self.pair(1, 1), p, q), delta),
        )
        third = self.all_xor(ab_sum, first, between, self.masked(p, delta))  # its low word counts
        label = self.all_xor(
            self.shuffle(zeros[0], zeros[1], _LOW_OF_BOTH),
            self.places(ab_hash, LOW_WORDS),
            first,
            self.masked(self.builder.and_(p, q), delta),
        )
        return (
            generated_pair,
            self.shuffle(third, self._controls(zeros, sums, p, q, dice), _LOW_OF_BOTH),
            label,
        )

    def _controls(
        self, zeros: Registers, sums: Registers, p: Register, q: Register, dice: Register
    ) -> Register:
        """The word of control bits, in both words."""
        ones = self.pair(1, 1)
        first = self.all_xor(
            self.shuffle(zeros[0], zeros[1], _HIGH_OF_BOTH), self.places(zeros[2], _HIGH_WORDS), dice
        )
        second = self.all_xor(
            self.shuffle(sums[0], sums[1], _HIGH_OF_BOTH), self.shuffle(p, q, _LOW_THEN_HIGH)
        )
        last = self.all_xor(self.places(sums[2], _HIGH_WORDS), p, q)
        word = self.builder.or_(
            self.builder.shl(self.builder.and_(first, ones), self.pair(0, 1)),
            self.builder.shl(self.builder.and_(second, ones), self.pair(2, 3)),
        )
        word = self.builder.or_(word, self.places(word, _SWAPPED))
        return self.builder.or_(word, self.builder.shl(self.builder.and_(last, ones), self.pair(4, 4)))

    def evaluate(
        self, a: Register, b: Register, hashes: Registers, pair: Register, rest: Register
    ) -> Register:
        """The output's label; `pair` holds G_1 and G_2, `rest` G_3 and the word of control bits."""
        i, j = self.colour(a), self.colour(b)
        colours, unequal = self.shuffle(i, j, _LOW_THEN_HIGH), self.all_xor(i, j)
        word = self.places(rest, _HIGH_WORDS)
        controls = self.all_xor(
            self.shuffle(hashes[0], hashes[1], _HIGH_OF_BOTH),
            self.places(hashes[2], _HIGH_WORDS),
            self.builder.lshr(word, self.pair(0, 1)),
            self.builder.and_(colours, self.builder.lshr(word, self.pair(2, 3))),
            self.builder.and_(unequal, self.builder.lshr(word, self.pair(4, 4))),
        )
        return self.all_xor(
            self.shuffle(hashes[0], hashes[1], _LOW_OF_BOTH),
            self.places(hashes[2], LOW_WORDS),
            self.masked(colours, pair),
            self.masked(unequal, self.places(rest, LOW_WORDS)),
            self.label_part(a, b, colours, controls),
        )


def _garble_and(
    builder: Any,
    slots: Any,
    left: Any,
    right: Any,
    target: Any,
    round_keys: Any,
    difference: Any,
    lanes: Any,
    tweak: Any,
    dice: Any,
    dice_word: Any,
    tables: Any,
    starts: Any,
    row: Any,
) -> Sequence[Any]:
    code = _HalvesCode(builder, GARBLING_LANES)
    delta = code.load(difference, code.zero)
    a, b = code.load_slot(slots, left), code.load_slot(slots, right)
    a_zero = [code.all_xor(each, code.masked(code.colour(each), delta)) for each in a]
    b_zero = [code.all_xor(each, code.masked(code.colour(each), delta)) for each in b]
    tweaks = code.tweaks(lanes, tweak)
    zeros = code.hash_three(round_keys, a_zero, b_zero, code.xor(a_zero, b_zero), tweaks)
    deltas = [delta] * code.count
    a_one, b_one = code.xor(a_zero, deltas), code.xor(b_zero, deltas)
    ones = code.hash_three(round_keys, a_one, b_one, code.xor(a_one, b_zero), tweaks)
    thrown = builder.insert_element(code.pair(0, 0), dice_word, code.zero)
    thrown = code.places(thrown, (0, 0, 0, 0))
    rows = code.lane_starts(starts, row)
    found = []
    for each in range(code.count):
        shifts = code.load(dice, code.offset(code.zero, 4 * each))
        bits = builder.and_(builder.lshr(thrown, shifts), code.pair(1, 1))
        pair, rest, label = code.garble(
            a[each], b[each], delta, bits, [of[each] for of in zeros], [of[each] for of in ones]
        )
        found.append(label)
        for lane, pairs in enumerate((FIRST_PAIRS, SECOND_PAIRS)):
            code.store(code.shuffle(pair, rest, pairs), tables, rows[2 * each + lane])
    code.store_slot(found, slots, target)
    return ()


def _evaluate_and(
    builder: Any,
    slots: Any,
    left: Any,
    right: Any,
    target: Any,
    round_keys: Any,
    lanes: Any,
    tweak: Any,
    tables: Any,
    starts: Any,
    row: Any,
) -> Sequence[Any]:
    code = _HalvesCode(builder, EVALUATION_LANES)
    a, b = code.load_slot(slots, left), code.load_slot(slots, right)
    hashes = code.hash_three(round_keys, a, b, code.xor(a, b), code.tweaks(lanes, tweak))
    rows = [code.load(tables, start) for start in code.lane_starts(starts, row)]
    found = []
    for each in range(code.count):
        first, second = rows[2 * each], rows[2 * each + 1]
        pair, rest = code.shuffle(first, second, FIRST_PAIRS), code.shuffle(first, second, SECOND_PAIRS)
        found.append(code.evaluate(a[each], b[each], [of[each] for of in hashes], pair, rest))
    code.store_slot(found, slots, target)
    return ()


_SLOTS: Final = (ARRAY, WORD, WORD, WORD)

# slots, left, right, target; round keys, difference (twice), offsets of lanes, tweak; places of the lanes' dice in
# the word, the word; tables, starts of lanes, row
_garble = generated(*_SLOTS, ARRAY, ARRAY, ARRAY, WORD, ARRAY, WORD, ARRAY, ARRAY, WORD, result=0)(
    _garble_and
)
# slots, left, right, target; round keys, offsets of lanes, tweak; tables, starts of lanes, row
_evaluate = generated(*_SLOTS, ARRAY, ARRAY, WORD, ARRAY, ARRAY, WORD, result=0)(_evaluate_and)


def _garble_one_by_one(
    columns: Program,
    round_keys: Words,
    delta: Words,
    first_gate: np.uint64,
    dice: Words,
    input_labels: Words,
    slots: Words,
    tables: Words,
    output_labels: Words,
) -> None:
    room = np.empty((len(slots), WORDS_A_LABEL), np.uint64)
    garble_gates(columns, round_keys, delta, first_gate, dice, input_labels, room, tables, output_labels)


def _evaluate_one_by_one(
    columns: Program,
    round_keys: Words,
    first_gate: np.uint64,
    input_labels: Words,
    tables: Words,
    slots: Words,
    output_labels: Words,
) -> None:
    room = np.empty((len(slots), WORDS_A_LABEL), np.uint64)
    evaluate_gates(columns, round_keys, first_gate, input_labels, tables, room, output_labels)


@compiled(
    f"{PROGRAM}, const uint64[:,:], const uint64[:], uint64, const uint64[:,:], "
    "const uint64[:,:,:], uint64[:,:], uint64[:,:,:], uint64[:,:,:]",
    features=FEATURES,
    portable=_garble_one_by_one,
)
def garble_in_lanes(
    columns: Program,
    round_keys: Words,
    delta: Words,
    first_gate: np.uint64,
    dice: Words,
    input_labels: Words,
    slots: Words,
    tables: Words,
    output_labels: Words,
) -> None:
    """Garble every instance of a circuit, `GARBLING_LANES` at a time; `slots` is room, uint64[slot_count, lanes · 2].

    Where fewer instances are left, the last one fills the other lanes, with the same dice, and writes the same once
    more. `GARBLING_LANES` divides the instances that find their dice in one word.
    """
    operations, left, right, target, outputs = columns
    gate_count = np.uint64(tables.shape[1])
    keys = np.empty((11, 4), np.uint64)
    difference = np.empty((1, 4), np.uint64)
    doubled(round_keys, keys)
    doubled(delta.reshape((1, 2)), difference)
    offsets = np.full(2 * GARBLING_LANES, _DOMAIN)
    starts = np.zeros(GARBLING_LANES, np.uint64)
    places = np.zeros(2 * GARBLING_LANES, np.uint64)
    for group in range(0, input_labels.shape[0], GARBLING_LANES):
        enter(group, GARBLING_LANES, input_labels, gate_count, TWEAKS_A_GATE, (slots, offsets, starts))
        for lane in range(GARBLING_LANES):
            instance = np.uint64(min(group + lane, input_labels.shape[0] - 1))
            places[2 * lane] = _TWO * (instance % _DICE_A_WORD)
            places[2 * lane + 1] = places[2 * lane] + _ONE
        tweak = TWEAKS_A_GATE * first_gate
        row = _ZERO
        for gate in range(operations.shape[0]):
            a, b, c = np.uint64(left[gate]), np.uint64(right[gate]), np.uint64(target[gate])
            if operations[gate] == XOR:
                xor_garbled(slots, a, b, c)
            elif operations[gate] == AND:
                word = dice[row, group // DICE_A_WORD]
                _garble(slots, a, b, c, keys, difference, offsets, tweak, places, word, tables, starts, row)
                row += _ONE
                tweak += TWEAKS_A_GATE
            else:
                for position in range(2 * GARBLING_LANES):
                    slots[target[gate], position] = slots[left[gate], position] ^ difference[0, position % 4]
        leave(group, GARBLING_LANES, slots, outputs, output_labels)


@compiled(
    f"{PROGRAM}, const uint64[:,:], "
    "uint64, const uint64[:,:,:], const uint64[:,:,:], uint64[:,:], uint64[:,:,:]",
    features=FEATURES,
    portable=_evaluate_one_by_one,
)
def evaluate_in_lanes(
    columns: Program,
    round_keys: Words,
    first_gate: np.uint64,
    input_labels: Words,
    tables: Words,
    slots: Words,
    output_labels: Words,
) -> None:
    """Evaluate every instance of a garbled circuit, `EVALUATION_LANES` at a time; `slots` as in `garble_in_lanes`."""
    operations, left, right, target, outputs = columns
    gate_count = np.uint64(tables.shape[1])
    keys = np.empty((11, 4), np.uint64)
    doubled(round_keys, keys)
    offsets = np.full(2 * EVALUATION_LANES, _DOMAIN)
    starts = np.zeros(EVALUATION_LANES, np.uint64)
    for group in range(0, input_labels.shape[0], EVALUATION_LANES):
        enter(group, EVALUATION_LANES, input_labels, gate_count, TWEAKS_A_GATE, (slots, offsets, starts))
        tweak = TWEAKS_A_GATE * first_gate
        row = _ZERO
        for gate in range(operations.shape[0]):
            a, b, c = np.uint64(left[gate]), np.uint64(right[gate]), np.uint64(target[gate])
            if operations[gate] == XOR:
                xor_evaluated(slots, a, b, c)
            elif operations[gate] == AND:
                _evaluate(slots, a, b, c, keys, offsets, tweak, tables, starts, row)
                row += _ONE
                tweak += TWEAKS_A_GATE
            else:
                for position in range(2 * EVALUATION_LANES):
                    slots[target[gate], position] = slots[left[gate], position]
        leave(group, EVALUATION_LANES, slots, outputs, output_labels)
