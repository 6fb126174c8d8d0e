"""Products of many elements on eight lanes, for either field. Sums gain nothing there: memory bounds them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from mpctls.reference.foundation.compiled import ARRAY, WORD, compiled, generated, processor_features

from .arithmetic import with_names
from .constants import BASE_MODULUS, SCALAR_MODULUS
from .fused_lanes import FusedLanes
from .lanes import LANES, ROW, Lanes, without_lanes
from .limbs import Words
from .madd_lanes import MaddLanes

_EIGHT = np.uint64(LANES)
_EIGHT_ROWS = np.uint64(LANES * ROW)


def multiply_eight(*_operands: Any) -> None: ...


def _multiply(left: Words, left_step: np.uint64, right: Words, right_step: np.uint64, out: Words) -> None:
    for group in range(np.uint64(len(out)) // _EIGHT):
        place = group * _EIGHT_ROWS
        multiply_eight(left, place * left_step, right, place * right_step, out, place)


class Products:
    """The kernel of one representation on eight lanes and one modulus."""

    __slots__ = ("_multiply", "lanes")

    def __init__(self, lanes: type[Lanes], modulus: int) -> None:
        self.lanes = lanes

        def multiply_rows(
            builder: Any, left: Any, first: Any, right: Any, second: Any, out: Any, place: Any
        ) -> Sequence[Any]:
            emit = lanes(builder, modulus)
            emit.multiply_rows(emit.offset(left, first), emit.offset(right, second), emit.offset(out, place))
            return []

        make = generated(*(ARRAY, WORD) * 3, result=0, variant=f"{lanes.__name__}, {modulus}")
        twin: Any = without_lanes
        signature = "const uint64[:,:], uint64, const uint64[:,:], uint64, uint64[:,:]"
        self._multiply = compiled(signature, features=lanes.features, portable=twin)(
            with_names({"multiply_eight": make(multiply_rows)}, _multiply)
        )

    def multiply(
        self, left: Words, left_step: np.uint64, right: Words, right_step: np.uint64, out: Words
    ) -> int:
        """Multiply as many rows as eights hold and return how many; a step of 0 repeats the one row of a factor."""
        whole = len(out) // LANES * LANES
        factors = [
            factor if step else np.repeat(factor, LANES, axis=0)
            for factor, step in ((left, left_step), (right, right_step))
        ]
        self._multiply(factors[0], left_step, factors[1], right_step, out[:whole])
        return whole


_ALL = tuple(
    (modulus, Products(lanes, modulus))
    for lanes in (MaddLanes, FusedLanes)
    for modulus in (BASE_MODULUS, SCALAR_MODULUS)
)


@functools.cache
def chosen_products(modulus: int) -> Products | None:
    """Return the fastest products that this processor can compute, or None if it has to go row by row."""
    features = processor_features()
    fitting = (products for own, products in _ALL if own == modulus)
    return next((products for products in fitting if features.issuperset(products.lanes.features)), None)
