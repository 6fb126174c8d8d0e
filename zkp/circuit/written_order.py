"""The order of texts of digits against a constant text of the same form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from .builder import Builder, Value
from .comparison import assert_nonzero_where, is_zero
from .expressions import Expression

_ZERO: Final = ord("0")
_DIGITS: Final = range(_ZERO, _ZERO + 10)
_OCTETS_OF_ONE_SUM: Final = 31


@dataclass(frozen=True, kw_only=True, eq=False)
class Threshold:
    """Octets and a constant text of as many, compared place by place in `order`, most significant place first.

    Required where an answer counts: each octet is a digit where the constant has one, and is the constant's octet
    elsewhere. Then sums over the places up to one tell whether all octets so far are the constant's, and at the last of
    them which digit stands there; a product of such differences is zero exactly for the texts on one side. In PLONK
    rows the sums are those that an element of the octets needs anyway, for up to 31 octets in their own order; a
    factor costs a row, and digits near 0 and 9 have few of them.
    """

    octets: Sequence[Expression]
    constant: bytes
    order: Sequence[int]

    @cached_property
    def predecessor(self) -> bytes | None:
        """The greatest text below the constant; None if all its digits are 0."""
        below = bytearray(self.constant)
        for place in reversed(self.order):
            if below[place] in _DIGITS:
                if below[place] != _ZERO:
                    below[place] -= 1
                    return bytes(below)
                below[place] = _DIGITS[-1]
        return None

    def is_below(self, builder: Builder) -> Expression:
        """1 if the octets are less than the constant, else 0."""
        if self.predecessor is None:
            return builder.constant(0)
        zero_below, product = self._product(builder, self.predecessor)
        found = is_zero(builder, product)
        return found if zero_below else 1 - found

    def assert_below_where(self, builder: Builder, condition: Value, below: bool) -> None:
        """Forces the octets to be less than the constant, or not to be, where `condition`, a bit, is 1."""
        if self.predecessor is None:
            if below:
                builder.assert_zero(condition)
            return
        zero_below, product = self._product(builder, self.predecessor)
        if zero_below is below:
            builder.assert_product(condition, product, 0)
        else:
            assert_nonzero_where(builder, condition, product)

    def _product(self, builder: Builder, predecessor: bytes) -> tuple[bool, Expression]:
        """A product that is zero exactly below the constant (True), or exactly not below it (False)."""
        digits = [self.constant[place] - _ZERO for place in self.order if self.constant[place] in _DIGITS]
        others = [9 - (predecessor[place] - _ZERO) for place in self.order if predecessor[place] in _DIGITS]
        if sum(map(_factors, digits)) <= sum(map(_factors, others)):
            return True, self._zero_beside(builder, self.constant, above=False)
        return False, self._zero_beside(builder, predecessor, above=True)

    def _zero_beside(self, builder: Builder, constant: bytes, *, above: bool) -> Expression:
        """Zero exactly if the octets are less (`above`: greater) than `constant`."""
        product: Value = 1
        prefix = builder.constant(0)
        in_order = list(self.order) == sorted(self.order)
        for rank, place in enumerate(self.order):
            weight = self._weight(rank, place)
            if constant[place] in _DIGITS:
                digit = constant[place] - _ZERO
                first, count = (digit + 1, 9 - digit) if above else (0, digit)
                if count:
                    here = prefix + self.octets[place] * weight
                    value = here * pow(weight, -1, builder.modulus) - (_ZERO + first)
                    product = _times_falling(builder, product, value, count)
            prefix = prefix + (self.octets[place] - constant[place]) * weight
            if not in_order:
                prefix = builder.wire(prefix)  # Sums of rising places are shared as they are.
        return builder.expression(product)

    def _weight(self, rank: int, place: int) -> int:
        """Differences of digits, from -9 to 9, sum to 0 with these weights only if all are 0, and never wrap around."""
        if len(self.octets) <= _OCTETS_OF_ONE_SUM:
            return int(256**place)
        return int(10 ** (len(self.order) - 1 - rank))


def _factors(count: int) -> int:
    """The rows of `_times_falling`."""
    return count if count < 2 else 1 + (count + 1) // 2


def _times_falling(builder: Builder, product: Value, value: Expression, count: int) -> Value:
    """product * value * (value - 1) … (value - count + 1); the factors from both ends pair up, as in `assert_digit`."""
    if count > 1:
        folded = builder.multiply(value, value - (count - 1))
        for step in range(count // 2):
            product = builder.multiply(product, folded + step * (count - 1 - step))
    if count % 2:
        product = builder.multiply(product, value - count // 2)
    return product
