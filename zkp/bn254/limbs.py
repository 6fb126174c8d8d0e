"""Elements of F_p and F_r inside compiled kernels: functions on four 64-bit limbs.

An element x is the tuple of limbs, least significant first, of the integer x·2^256 modulo the modulus
(Montgomery, 1985), always below the modulus. The functions are for kernels only; they are inlined there.
None runs in constant time: they serve a prover on its own machine, who hides values from nobody who times it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.compiled import generated, inlined

from .constants import BASE_MODULUS, SCALAR_MODULUS
from .inversion import invert_modulo, limbs_of
from .montgomery import Montgomery

Words: TypeAlias = NDArray[np.uint64]
Element: TypeAlias = tuple[np.uint64, np.uint64, np.uint64, np.uint64]
Unary: TypeAlias = Callable[[Element], Element]
Binary: TypeAlias = Callable[[Element, Element], Element]

_base = Montgomery(BASE_MODULUS)
_scalar = Montgomery(SCALAR_MODULUS)

base_multiply: Binary = generated(4, 4, result=4, variant="base")(_base.multiply)
base_square: Unary = generated(4, result=4, variant="base")(_base.square)
base_add: Binary = generated(4, 4, result=4, variant="base")(_base.add)
base_subtract: Binary = generated(4, 4, result=4, variant="base")(_base.subtract)
base_negate: Unary = generated(4, result=4, variant="base")(_base.negate)
base_double: Unary = generated(4, result=4, variant="base")(_base.double)

scalar_multiply: Binary = generated(4, 4, result=4, variant="scalar")(_scalar.multiply)
scalar_square: Unary = generated(4, result=4, variant="scalar")(_scalar.square)
scalar_add: Binary = generated(4, 4, result=4, variant="scalar")(_scalar.add)
scalar_subtract: Binary = generated(4, 4, result=4, variant="scalar")(_scalar.subtract)
scalar_negate: Unary = generated(4, result=4, variant="scalar")(_scalar.negate)
scalar_double: Unary = generated(4, result=4, variant="scalar")(_scalar.double)


def _limbs(number: int) -> Element:
    first, second, third, fourth = (np.uint64(number >> shift & (1 << 64) - 1) for shift in range(0, 256, 64))
    return first, second, third, fourth


ZERO = _limbs(0)
BASE_ONE = _limbs((1 << 256) % BASE_MODULUS)
SCALAR_ONE = _limbs((1 << 256) % SCALAR_MODULUS)

_BASE_LIMBS = limbs_of(BASE_MODULUS)
_SCALAR_LIMBS = limbs_of(SCALAR_MODULUS)
_BASE_INVERSE = np.int64(pow(BASE_MODULUS, -1, 1 << 30))
_SCALAR_INVERSE = np.int64(pow(SCALAR_MODULUS, -1, 1 << 30))
_BASE_RADIX_CUBED = _limbs((1 << 768) % BASE_MODULUS)
_SCALAR_RADIX_CUBED = _limbs((1 << 768) % SCALAR_MODULUS)
_NOTHING = np.uint64(0)


@inlined
def load(words: Words, row: Any) -> Element:
    """Return one row of a uint64[n, 4]."""
    return words[row, 0], words[row, 1], words[row, 2], words[row, 3]


@inlined
def store(words: Words, row: Any, element: Element) -> None:
    """Write one row of a uint64[n, 4]."""
    words[row, 0], words[row, 1], words[row, 2], words[row, 3] = element


@inlined
def is_zero(element: Element) -> bool:
    """Say whether all limbs are zero."""
    return bool((element[0] | element[1] | element[2] | element[3]) == _NOTHING)


@inlined
def base_invert(element: Element) -> Element:
    """Return 1/x in F_p, and 0 for 0."""
    if is_zero(element):
        return element
    inverse = invert_modulo(element, _BASE_LIMBS, _BASE_INVERSE)  # of x·2^256
    return base_multiply(inverse, _BASE_RADIX_CUBED)


@inlined
def scalar_invert(element: Element) -> Element:
    """Return 1/x in F_r, and 0 for 0."""
    if is_zero(element):
        return element
    inverse = invert_modulo(element, _SCALAR_LIMBS, _SCALAR_INVERSE)  # of x·2^256
    return scalar_multiply(inverse, _SCALAR_RADIX_CUBED)
