"""All constraints of a table, combined by alpha, over X^n - 1, at points where that is not zero.

With A = (a + γ)/β, B and C alike, and the names x, k₁x, k₂x of the positions, the two products of the permutation are
β³ times (A + x)(B + k₁x)(C + k₂x)·z and (A + σ₁)(B + σ₂)(C + σ₃)·z(ωX): so three products by 1/β stand for six by β.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from mpctls.reference.foundation.compiled import ARRAY, WORD, compiled, generated, processor_features

from ..bn254.arithmetic import with_names
from ..bn254.constants import SCALAR_MODULUS
from ..bn254.field import SCALAR
from ..bn254.fused_lanes import FusedLanes
from ..bn254.lanes import LANES, LIMBS, ROW, Lanes, Residues, without_lanes
from ..bn254.limbs import SCALAR_ONE, Words, load, scalar_add, scalar_multiply, scalar_subtract, store
from ..bn254.madd_lanes import MaddLanes
from ..bn254.portable import RADIX, integers, rows

_ONE = np.uint64(1)
_EIGHT_ROWS = np.uint64(LANES * ROW)
_WORDS = np.uint64(ROW)
_DOWN, _ADDED, _MOVED, _GATE, _START = (np.uint64(k) for k in range(5))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """Values at n points: uint64[columns, n, 4] of five selectors, three sigmas and names; uint64[n, 4] of L_1."""

    selectors: Words
    sigmas: Words
    names: Words
    first_row: Words


def _combine_portable(
    wires: Words,
    permutation: Words,
    publics: Words,
    selectors: Words,
    sigmas: Words,
    names: Words,
    first_row: Words,
    constants: Words,
    start: np.uint64,
    stop: np.uint64,
    out: Words,
) -> None:
    modulus, inverse_of_radix = SCALAR_MODULUS, pow(RADIX, -1, SCALAR_MODULUS)

    def plain(words: Words) -> list[int]:
        return [number * inverse_of_radix % modulus for number in integers(words)]

    down, added, moved_factor, gate_factor, start_factor = plain(constants)
    values = list[int]()
    for row in range(int(start), int(stop)):
        a, b, c = plain(wires[:, row])
        multiply, left, right, output, constant = plain(selectors[:, row])
        z, following = plain(permutation[row : row + 2])
        (public,), (first,) = plain(publics[row : row + 1]), plain(first_row[row : row + 1])
        gate = (multiply * b + left) * a + right * b + output * c + constant + public
        moved, kept = z, following
        for wire, name, sigma in zip((a, b, c), plain(names[:, row]), plain(sigmas[:, row]), strict=True):
            lowered = wire * down + added
            moved, kept = moved * (lowered + name) % modulus, kept * (lowered + sigma) % modulus
        total = gate * gate_factor + (moved - kept) * moved_factor + (z - 1) * first * start_factor
        values.append(total * RADIX % modulus)
    out[int(start) : int(stop)] = rows(values)


@compiled(
    "const uint64[:,:,:], const uint64[:,:], const uint64[:,:], const uint64[:,:,:], const uint64[:,:,:], "
    "const uint64[:,:,:], const uint64[:,:], const uint64[:,:], uint64, uint64, uint64[:,:]",
    portable=_combine_portable,
)
def _combine(
    wires: Words,
    permutation: Words,
    publics: Words,
    selectors: Words,
    sigmas: Words,
    names: Words,
    first_row: Words,
    constants: Words,
    start: np.uint64,
    stop: np.uint64,
    out: Words,
) -> None:
    """Combine rows start … stop - 1; row i + 1 of `permutation`, which has one more, is what follows row i."""
    down, added = load(constants, _DOWN), load(constants, _ADDED)
    moved_factor, gate_factor = load(constants, _MOVED), load(constants, _GATE)
    start_factor = load(constants, _START)
    multiply, left, right, output = selectors[0], selectors[1], selectors[2], selectors[3]
    constant = selectors[4]
    left_wires, right_wires, output_wires = wires[0], wires[1], wires[2]
    left_names, right_names, output_names = names[0], names[1], names[2]
    left_sigmas, right_sigmas, output_sigmas = sigmas[0], sigmas[1], sigmas[2]
    for row in range(start, stop):
        a, b, c = load(left_wires, row), load(right_wires, row), load(output_wires, row)
        z = load(permutation, row)
        gate = scalar_add(scalar_multiply(b, load(multiply, row)), load(left, row))
        gate = scalar_add(scalar_multiply(gate, a), scalar_multiply(b, load(right, row)))
        gate = scalar_add(gate, scalar_multiply(c, load(output, row)))
        gate = scalar_add(gate, scalar_add(load(constant, row), load(publics, row)))
        a = scalar_add(scalar_multiply(a, down), added)
        b = scalar_add(scalar_multiply(b, down), added)
        c = scalar_add(scalar_multiply(c, down), added)
        moved = scalar_multiply(scalar_add(a, load(left_names, row)), scalar_add(b, load(right_names, row)))
        moved = scalar_multiply(scalar_multiply(moved, scalar_add(c, load(output_names, row))), z)
        kept = scalar_multiply(scalar_add(a, load(left_sigmas, row)), scalar_add(b, load(right_sigmas, row)))
        kept = scalar_multiply(kept, scalar_add(c, load(output_sigmas, row)))
        kept = scalar_multiply(kept, load(permutation, row + _ONE))
        total = scalar_multiply(scalar_subtract(moved, kept), moved_factor)
        total = scalar_add(total, scalar_multiply(gate, gate_factor))
        start_rule = scalar_multiply(scalar_subtract(z, SCALAR_ONE), load(first_row, row))
        store(out, row, scalar_add(total, scalar_multiply(start_rule, start_factor)))


def combine_eight(*_operands: Any) -> None: ...


def _combine_lanes(
    wires: Words,
    permutation: Words,
    publics: Words,
    selectors: Words,
    sigmas: Words,
    names: Words,
    first_row: Words,
    constants: Words,
    start: np.uint64,
    stop: np.uint64,
    out: Words,
) -> None:
    column = np.uint64(len(publics)) * _WORDS
    for group in range(start, stop):
        combine_eight(
            wires,
            permutation,
            publics,
            selectors,
            sigmas,
            names,
            first_row,
            constants,
            group * _EIGHT_ROWS,
            column,
            out,
        )


class Combination:
    """The kernel of one representation on eight lanes."""

    __slots__ = ("_combine", "lanes")

    def __init__(self, lanes: type[Lanes]) -> None:
        self.lanes = lanes

        def combine(
            builder: Any,
            wires: Any,
            permutation: Any,
            publics: Any,
            selectors: Any,
            sigmas: Any,
            names: Any,
            first_row: Any,
            constants: Any,
            row: Any,
            column: Any,
            out: Any,
        ) -> Sequence[Any]:
            emit = lanes(builder, SCALAR_MODULUS)

            def read(values: Any) -> Residues:
                return emit.residues_of(emit.load_words(emit.offset(values, row)), emit.row_shift)

            def read_columns(values: Any, count: int) -> list[Residues]:
                columns = []
                for _ in range(count):
                    columns.append(read(values))
                    values = emit.offset(values, column)
                return columns

            def constant(number: Any) -> Residues:
                return emit.broadcast(emit.offset(constants, int(number) * LIMBS))

            def plus(left: Residues, right: Residues) -> Residues:
                return emit.settle(emit.add(left, right))

            def raised(residues: Residues) -> Residues:
                """Multiply by what a product of two rows exceeds a row by."""
                return functools.reduce(emit.add, [residues] * emit.surplus)

            a, b, c = read_columns(wires, 3)
            multiply, left, right, output, fixed = read_columns(selectors, 5)
            z, following = read(permutation), read(emit.offset(permutation, ROW))
            gate = emit.multiply(plus(emit.multiply(multiply, b), raised(left)), a)
            linear = plus(emit.multiply(b, right), emit.multiply(c, output))
            linear = plus(linear, raised(plus(fixed, read(publics))))
            gate = plus(gate, raised(linear))
            lowered = [plus(emit.multiply(wire, constant(_DOWN)), constant(_ADDED)) for wire in (a, b, c)]
            moved, kept = (
                functools.reduce(emit.multiply, [*map(plus, lowered, read_columns(others, 3)), last])
                for others, last in ((names, z), (sigmas, following))
            )
            one = emit.constant((RADIX << emit.row_shift) % SCALAR_MODULUS)
            start_rule = emit.multiply(emit.subtract(z, one), read(first_row))
            total = emit.multiply(emit.subtract(moved, kept), constant(_MOVED))
            total = emit.add(total, emit.multiply(gate, constant(_GATE)))
            total = emit.add(total, emit.multiply(start_rule, constant(_START)))
            emit.store_rows(emit.offset(out, row), total)
            return []

        make = generated(*[ARRAY] * 8, WORD, WORD, ARRAY, result=0, variant=lanes.__name__)
        twin: Any = without_lanes
        signature = (
            "const uint64[:,:,:], const uint64[:,:], const uint64[:,:], const uint64[:,:,:], const uint64[:,:,:], "
            "const uint64[:,:,:], const uint64[:,:], const uint64[:,:], uint64, uint64, uint64[:,:]"
        )
        self._combine = compiled(signature, features=lanes.features, portable=twin)(
            with_names({"combine_eight": make(combine)}, _combine_lanes)
        )

    def combine(
        self,
        wires: Words,
        permutation: Words,
        publics: Words,
        points: Points,
        constants: Words,
        start: int,
        stop: int,
        out: Words,
    ) -> None:
        """Combine rows start … stop - 1, both multiples of eight."""
        self._combine(
            wires,
            permutation,
            publics,
            points.selectors,
            points.sigmas,
            points.names,
            points.first_row,
            constants,
            np.uint64(start // LANES),
            np.uint64(stop // LANES),
            out,
        )

    def encoded(self, constants: Words) -> Words:
        """Give sets of five constants, uint64[sets, 5, 4], as the lanes read them: uint64[sets, 5, 5].

        Less what products and the shift of rows exceed by.
        """
        surplus = 1 << 256 + self.lanes.row_shift - LIMBS * self.lanes.radix
        unit = (1 << self.lanes.radix * LIMBS) * pow(RADIX, -1, SCALAR_MODULUS)
        down = pow(2, -self.lanes.row_shift, SCALAR_MODULUS)
        scales = [unit, 1 << self.lanes.row_shift]
        scales += [unit * down * pow(surplus, -products, SCALAR_MODULUS) for products in (3, 2, 1)]
        scaled = SCALAR.multiply(constants, SCALAR.encode(scales))
        return self.lanes.encode_factors(scaled.reshape(-1, ROW), SCALAR_MODULUS).reshape(
            len(constants), -1, LIMBS
        )


FUSED: Final = Combination(FusedLanes)
MADD: Final = Combination(MaddLanes)


@functools.cache
def chosen_combination() -> Combination | None:
    """Return the fastest that this processor can run, or None if it has to go row by row."""
    features = processor_features()
    return next((each for each in (MADD, FUSED) if features.issuperset(each.lanes.features)), None)


def challenge_constants(vanishing: Sequence[int], *, beta: int, gamma: int, alpha: int) -> Words:
    """Return for each value of X^n - 1 what `combine` takes, made of the challenges: uint64[values, ...]."""
    modulus = SCALAR_MODULUS
    down = pow(beta, -1, modulus)
    numbers: list[int] = []
    for value in vanishing:
        inverse = pow(value, -1, modulus)
        moved, start = alpha * beta**3 % modulus * inverse, alpha * alpha % modulus * inverse
        numbers += [down, gamma * down, moved, inverse, start]
    constants = SCALAR.encode(numbers).reshape(len(vanishing), -1, ROW)
    lanes = chosen_combination()
    return constants if lanes is None else lanes.encoded(constants)


def combine(
    *,
    wires: Words,
    permutation: Words,
    publics: Words,
    points: Points,
    constants: Words,
    start: int,
    stop: int,
    out: Words,
) -> None:
    """Write the values of the quotient at points start … stop - 1 of n, uint64[n, 4].

    `wires`, uint64[3, n, 4], and `publics`, uint64[n, 4], are values there; `permutation`, uint64[n + 1, 4], those of
    z, whose row i + 1 belongs to the root times point i; `constants` as `challenge_constants` makes them. `start` and
    `stop` are multiples of eight.
    """
    lanes = chosen_combination()
    if lanes is not None:
        lanes.combine(wires, permutation, publics, points, constants, start, stop, out)
        return
    _combine(
        wires,
        permutation,
        publics,
        points.selectors,
        points.sigmas,
        points.names,
        points.first_row,
        constants,
        np.uint64(start),
        np.uint64(stop),
        out,
    )
