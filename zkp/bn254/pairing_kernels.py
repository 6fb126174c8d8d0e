"""The kernel that carries out the steps of a pairing, with its portable twin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import compiled

from .constants import BASE_MODULUS
from .limbs import Words, base_invert
from .pairing_formulas import (
    STEPS,
    add_line_in,
    conjugate_in,
    cyclotomic_square_in,
    double_line_in,
    endomorphism_in,
    frobenius_in,
    inverse_in,
    multiply_in,
    negate_point_in,
    norm_in,
    square_in,
)
from .pairing_program import Kind, Program
from .portable import RADIX, integers, rows
from .tower import INTEGERS, Base, Element
from .tower_instructions import WORDS

Memory = NDArray[np.uint64]

_UNSHIFT = pow(RADIX, -1, BASE_MODULUS)

_MULTIPLY = np.uint64(Kind.MULTIPLY)
_SQUARE = np.uint64(Kind.SQUARE)
_CYCLOTOMIC_SQUARE = np.uint64(Kind.CYCLOTOMIC_SQUARE)
_FROBENIUS = np.uint64(Kind.FROBENIUS)
_CONJUGATE = np.uint64(Kind.CONJUGATE)
_NORM = np.uint64(Kind.NORM)
_INVERSE = np.uint64(Kind.INVERSE)
_DOUBLE_LINE = np.uint64(Kind.DOUBLE_LINE)
_ADD_LINE = np.uint64(Kind.ADD_LINE)
_ENDOMORPHISM = np.uint64(Kind.ENDOMORPHISM)
_NEGATE_POINT = np.uint64(Kind.NEGATE_POINT)
_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)


def _run_portable(program: Program, memory: Memory) -> None:
    """Carry out the steps on integers."""
    numbers = [number * _UNSHIFT % BASE_MODULUS for number in integers(memory.reshape(-1, WORDS))]
    for kind, *words in program.tolist():
        places = [word // WORDS for word in words]
        if kind == Kind.INVERT:
            numbers[places[0]] = pow(numbers[places[1]], BASE_MODULUS - 2, BASE_MODULUS)
            continue
        step = STEPS[kind]
        operands: list[Element] = []
        for parts, place in zip(step.operands, places[len(step.results) :], strict=False):
            offset = place
            for part in parts:
                operands.append(
                    part.of([Base(INTEGERS, number) for number in numbers[offset : offset + part.degree]])
                )
                offset += part.degree
        results = iter(step.formula(*operands))
        for parts, place in zip(step.results, places, strict=False):
            offset = place
            for _ in parts:
                values = [part.value for part in next(results).parts()]
                numbers[offset : offset + len(values)] = values
                offset += len(values)
    memory[:] = rows(number * RADIX % BASE_MODULUS for number in numbers).reshape(-1)


@compiled("const uint64[:,:], uint64[:]", portable=_run_portable)
def run(program: Program, memory: Words) -> None:
    """Carry out the steps of a program on its memory (see `pairing_program`)."""
    for k in range(program.shape[0]):
        kind, a, b, c = program[k, 0], program[k, 1], program[k, 2], program[k, 3]
        d, e, f = program[k, 4], program[k, 5], program[k, 6]
        if kind == _MULTIPLY:
            multiply_in(memory, a, b, c)
        elif kind == _SQUARE:
            square_in(memory, a, b)
        elif kind == _CYCLOTOMIC_SQUARE:
            cyclotomic_square_in(memory, a, b)
        elif kind == _DOUBLE_LINE:
            double_line_in(memory, a, b, c, d, e)
        elif kind == _ADD_LINE:
            add_line_in(memory, a, b, c, d, e, f)
        elif kind == _FROBENIUS:
            frobenius_in(memory, a, b)
        elif kind == _CONJUGATE:
            conjugate_in(memory, a, b)
        elif kind == _ENDOMORPHISM:
            endomorphism_in(memory, a, b)
        elif kind == _NEGATE_POINT:
            negate_point_in(memory, a, b)
        elif kind == _NORM:
            norm_in(memory, a, b)
        elif kind == _INVERSE:
            inverse_in(memory, a, b, c)
        else:
            limbs = base_invert((memory[b], memory[b + _ONE], memory[b + _TWO], memory[b + _THREE]))
            memory[a], memory[a + _ONE], memory[a + _TWO], memory[a + _THREE] = limbs
