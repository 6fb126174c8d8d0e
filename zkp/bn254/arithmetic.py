"""Kernels of field arithmetic on arrays: written once over F_r, and made over F_p from the same code.

Arrays are uint64[n, 4] of elements as `limbs` has them. A step is 1 for an array of as many rows as the result
and 0 for one row that stands for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType
from typing import Any, TypeVar, cast

import numpy as np

from mpctls.reference.foundation.compiled import compiled

from .constants import BASE_MODULUS, SCALAR_MODULUS
from .limbs import (
    BASE_ONE,
    SCALAR_ONE,
    Words,
    base_add,
    base_invert,
    base_multiply,
    base_square,
    base_subtract,
    is_zero,
    load,
    scalar_add,
    scalar_invert,
    scalar_multiply,
    scalar_square,
    scalar_subtract,
    store,
)
from .portable import Portable

_Function = TypeVar("_Function")

MULTIPLY = np.uint64(0)
ADD = np.uint64(1)
SUBTRACT = np.uint64(2)

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_LIMB_BITS = np.uint64(64)
_FOUR_LIMBS = np.uint64(256)

_OVER_BASE = {
    "SCALAR_ONE": BASE_ONE,
    "scalar_add": base_add,
    "scalar_invert": base_invert,
    "scalar_multiply": base_multiply,
    "scalar_square": base_square,
    "scalar_subtract": base_subtract,
}


def with_names(names: Mapping[str, Any], function: _Function) -> _Function:
    """Return a function of F_r with other things under its names of what belongs to F_r."""
    original = cast(FunctionType, function)
    return cast(
        "_Function", FunctionType(original.__code__, {**original.__globals__, **names}, original.__name__)
    )


def _combine(
    operation: np.uint64, left: Words, left_step: np.uint64, right: Words, right_step: np.uint64, out: Words
) -> None:
    count = np.uint64(len(out))
    if operation == MULTIPLY:
        for row in range(count):
            store(out, row, scalar_multiply(load(left, row * left_step), load(right, row * right_step)))
    elif operation == ADD:
        for row in range(count):
            store(out, row, scalar_add(load(left, row * left_step), load(right, row * right_step)))
    else:
        for row in range(count):
            store(out, row, scalar_subtract(load(left, row * left_step), load(right, row * right_step)))


def _invert(elements: Words, out: Words) -> None:
    """Invert all with one inversion and three products each (Montgomery, 1987); zeros are passed over."""
    count = np.uint64(len(elements))
    product = SCALAR_ONE
    for index in range(count):
        row = np.uint64(index)
        store(out, row, product)  # of those before
        element = load(elements, row)
        if not is_zero(element):
            product = scalar_multiply(product, element)
    inverse = scalar_invert(product)
    for back in range(count):
        row = count - _ONE - np.uint64(back)
        element = load(elements, row)
        if is_zero(element):
            store(out, row, element)
        else:
            store(out, row, scalar_multiply(inverse, load(out, row)))
            inverse = scalar_multiply(inverse, element)


def _power(elements: Words, exponent: Words, out: Words) -> None:
    count = np.uint64(len(elements))
    for row in range(count):
        element, result = load(elements, row), SCALAR_ONE
        for position in range(_FOUR_LIMBS):
            bit = _FOUR_LIMBS - _ONE - position
            result = scalar_square(result)
            if exponent[_ZERO, bit // _LIMB_BITS] >> (bit % _LIMB_BITS) & _ONE:
                result = scalar_multiply(result, element)
        store(out, row, result)


def _inner_product(left: Words, right: Words, out: Words) -> None:
    total = load(out, _ZERO)
    for row in range(np.uint64(len(left))):
        total = scalar_add(total, scalar_multiply(load(left, row), load(right, row)))
    store(out, _ZERO, total)


def _horner(coefficients: Words, point: Words, out: Words) -> None:
    count = np.uint64(len(coefficients))
    x, value = load(point, _ZERO), load(out, _ZERO)
    for back in range(count):
        value = scalar_add(scalar_multiply(value, x), load(coefficients, count - _ONE - back))
    store(out, _ZERO, value)


_TERNARY = "const uint64[:,:], const uint64[:,:], uint64[:,:]"
_STEPPED = "uint64, const uint64[:,:], uint64, const uint64[:,:], uint64, uint64[:,:]"
_UNARY = "const uint64[:,:], uint64[:,:]"


class Kernels:
    """The kernels of one field."""

    __slots__ = ("combine", "horner", "inner_product", "invert", "power")

    def __init__(self, modulus: int, names: Mapping[str, Any]) -> None:
        portable = Portable(modulus)
        self.combine = compiled(_STEPPED, portable=portable.combine)(with_names(names, _combine))
        self.invert = compiled(_UNARY, portable=portable.invert)(with_names(names, _invert))
        self.power = compiled(_TERNARY, portable=portable.power)(with_names(names, _power))
        self.inner_product = compiled(_TERNARY, portable=portable.inner_product)(
            with_names(names, _inner_product)
        )
        self.horner = compiled(_TERNARY, portable=portable.horner)(with_names(names, _horner))


SCALAR_KERNELS = Kernels(SCALAR_MODULUS, {})
BASE_KERNELS = Kernels(BASE_MODULUS, _OVER_BASE)
