"""Points of G1 and G2 in kernels: written once for both groups.

A kernel works on one memory, an array of words. A coordinate takes 4 words in G1 and 8 in G2; an affine point is x, y,
infinity as zeros; a Jacobian one is x, y, z. The argument `one`, the one of the coordinates' field as a tuple of words,
says which group is meant: numba compiles a helper anew for each, and `len(one)` is a constant there, so only one
branch of each choice remains. None of this runs in constant time.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import inlined

from .groups_formulas import (
    base_add_in,
    base_affine_in,
    base_double_in,
    quadratic_add_in,
    quadratic_affine_in,
    quadratic_double_in,
    quadratic_inverse_in,
    quadratic_norm_in,
)
from .limbs import BASE_ONE, ZERO, base_invert

One: TypeAlias = tuple[np.uint64, ...]
Memory: TypeAlias = NDArray[np.uint64]
Indices: TypeAlias = NDArray[np.int32]
Ends: TypeAlias = NDArray[np.int64]

QUADRATIC_ONE: Final = (*BASE_ONE, *ZERO)

BATCH = 512  # additions to one inversion: more would leave the processor's caches

# What the front of a memory is for, in coordinates: products and denominators of a batch, then single places.
LOWER = 2 * BATCH
UPPER = LOWER + 1
SPARE = LOWER + 2
FIRST_JACOBIAN = LOWER + 4  # three Jacobian points, with room for the two differences of an addition
SECOND_JACOBIAN = FIRST_JACOBIAN + 5
THIRD_JACOBIAN = FIRST_JACOBIAN + 10
FOURTH_JACOBIAN = FIRST_JACOBIAN + 15
FRONT = FIRST_JACOBIAN + 20


@inlined
def zero_at(one: One, memory: Memory, place: Any) -> bool:
    """Say whether the coordinate at a place is zero."""
    bits = memory[place] | memory[place + 1] | memory[place + 2] | memory[place + 3]
    if len(one) == 8:
        bits |= memory[place + 4] | memory[place + 5] | memory[place + 6] | memory[place + 7]
    return not bits


@inlined
def copy(memory: Memory, target: Any, source: Any, words: Any) -> None:
    """Copy some words."""
    for word in range(words):
        memory[target + word] = memory[source + word]


@inlined
def clear(memory: Memory, target: Any, words: Any) -> None:
    """Write zeros."""
    for word in range(words):
        memory[target + word] = 0


@inlined
def write_one(one: One, memory: Memory, place: Any) -> None:
    """Write the one of the coordinates' field."""
    for word in range(len(one)):
        memory[place + word] = one[word]


@inlined
def write_infinity(one: One, memory: Memory, place: Any) -> None:
    """Write the neutral element as a Jacobian point."""
    write_one(one, memory, place)
    write_one(one, memory, place + len(one))
    clear(memory, place + 2 * len(one), len(one))


@inlined
def invert_at(one: One, memory: Memory, place: Any) -> None:
    """Invert the coordinate at a place where it stands; 0 stays 0."""
    norm = place
    if len(one) == 8:
        norm = SPARE * 8
        quadratic_norm_in(memory, norm, place)
    memory[norm], memory[norm + 1], memory[norm + 2], memory[norm + 3] = base_invert(
        (memory[norm], memory[norm + 1], memory[norm + 2], memory[norm + 3])
    )
    if len(one) == 8:
        quadratic_inverse_in(memory, place, place, norm)


@inlined
def double_at(one: One, memory: Memory, place: Any, times: Any) -> None:
    """Multiply the Jacobian point at a place by 2^times; no point of these curves has order 2."""
    for _ in range(times):
        if len(one) == 8:
            quadratic_double_in(memory, place, place)
        else:
            base_double_in(memory, place, place)


@inlined
def add_at(one: One, memory: Memory, target: Any, other: Any) -> None:
    """Add a Jacobian point to that at a place, whatever they are; both have room for two coordinates more."""
    width = len(one)
    if zero_at(one, memory, other + 2 * width):
        return
    if zero_at(one, memory, target + 2 * width):
        copy(memory, target, other, 3 * width)
        return
    result = FOURTH_JACOBIAN * width
    if len(one) == 8:
        quadratic_add_in(memory, result, target, other)
    else:
        base_add_in(memory, result, target, other)
    if not zero_at(one, memory, result + 3 * width):
        copy(memory, target, result, 3 * width)
    elif zero_at(one, memory, result + 4 * width):
        double_at(one, memory, target, 1)
    else:
        write_infinity(one, memory, target)


@inlined
def affine_at(one: One, memory: Memory, target: Any, source: Any) -> None:
    """Write a Jacobian point as an affine one, at the price of an inversion of its z."""
    invert_at(one, memory, source + 2 * len(one))
    if len(one) == 8:
        quadratic_affine_in(memory, target, source, source + 2 * len(one))
    else:
        base_affine_in(memory, target, source, source + 2 * len(one))
