"""Whether an octet belongs to a set: decision diagrams over its bits, shared between all sets of one octet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .builder import Builder
from .expressions import Expression
from .selection import exclusive_or

Table = tuple[bool, ...]


class OctetSets:
    """Indicators of sets for one octet.

    Requires the octet's 8 bits, forced to be bits. Each indicator is a tree of choices on the bits, from the most
    significant on; equal subtrees, and those that are negations of each other, are made once for all sets asked for.
    """

    def __init__(self, builder: Builder, bits: Sequence[Expression]) -> None:
        if len(bits) != 8:
            raise ValueError("an octet has eight bits")
        self._builder = builder
        self._bits = tuple(bits)
        self._known: dict[Table, Expression] = {}

    def contains(self, octets: Iterable[int]) -> Expression:
        """1 if the octet is one of `octets`, else 0.

        Forces: the result is that function of the bits; it is made of products and sums alone.
        """
        chosen = frozenset(octets)
        return self._indicator(tuple(octet in chosen for octet in range(256)))

    def assert_among(self, octets: Iterable[int]) -> None:
        """Forces the octet to be one of `octets`."""
        self._builder.assert_equal(self.contains(octets), 1)

    def _indicator(self, table: Table) -> Expression:
        """The function whose value for the number made of the lowest bits is in `table`, of 2^k entries."""
        if all(table) or not any(table):
            return self._builder.constant(int(table[0]))
        known = self._known.get(table)
        if known is None:
            known = self._choice(table)
            self._known[table] = known
            self._known[tuple(not entry for entry in table)] = 1 - known
        return known

    def _choice(self, table: Table) -> Expression:
        builder, half = self._builder, len(table) // 2
        lower, upper = table[:half], table[half:]
        if lower == upper:
            return self._indicator(lower)
        bit = self._bits[half.bit_length() - 1]
        if_zero, if_one = self._indicator(lower), self._indicator(upper)
        if (if_zero + if_one).key == builder.constant(1).key:
            return bit if if_one.is_constant and if_one.constant else self._mixed(bit, if_zero, if_one)
        if if_zero.is_constant and if_zero.constant:
            return 1 - builder.multiply(bit, 1 - if_one)
        if if_zero.is_constant:
            return builder.multiply(bit, if_one)
        if if_one.is_constant and if_one.constant:
            return 1 - builder.multiply(1 - bit, 1 - if_zero)
        if if_one.is_constant:
            return builder.multiply(1 - bit, if_zero)
        return builder.wire(if_zero + builder.multiply(bit, if_one - if_zero))

    def _mixed(self, bit: Expression, if_zero: Expression, if_one: Expression) -> Expression:
        if if_zero.is_constant:
            return 1 - bit
        return exclusive_or(self._builder, bit, if_zero)
