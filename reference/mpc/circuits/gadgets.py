"""Small circuits that larger ones are made of: sums, selection, equality, comparison, order of octets."""

from __future__ import annotations

from collections.abc import Sequence

from .builder import FALSE, TRUE, Builder, Wire


def constant(value: int, size: int) -> list[Wire]:
    """Return the `size` low bits of an integer as constant wires, least significant first."""
    return [TRUE if (value >> position) & 1 else FALSE for position in range(size)]


def octet_constant(octets: bytes) -> list[Wire]:
    """Return an octet string as constant wires."""
    return constant(int.from_bytes(octets, "little"), 8 * len(octets))


def reverse_octets(bits: Sequence[Wire]) -> list[Wire]:
    """Reverse the order of the octets: turns big-endian octets into an integer's bits, and back."""
    return [bit for start in range(len(bits) - 8, -1, -8) for bit in bits[start : start + 8]]


def split(bits: Sequence[Wire], size: int) -> list[list[Wire]]:
    """Cut into consecutive groups of `size` bits."""
    return [list(bits[start : start + size]) for start in range(0, len(bits), size)]


def xor_words(builder: Builder, *words: Sequence[Wire]) -> list[Wire]:
    """Return the XOR of words of one size, bit by bit."""
    total = list(words[0])
    for word in words[1:]:
        total = [builder.xor(left, right) for left, right in zip(total, word, strict=True)]
    return total


def parity(builder: Builder, bits: Sequence[Wire]) -> Wire:
    """Return the XOR of all bits; 0 of none."""
    total = FALSE
    for bit in bits:
        total = builder.xor(total, bit)
    return total


def select(builder: Builder, choice: Wire, chosen: Sequence[Wire], other: Sequence[Wire]) -> list[Wire]:
    """Return `chosen` where `choice` is 1 and `other` where it is 0; one AND a bit."""
    pairs = zip(chosen, other, strict=True)
    return [builder.xor(no, builder.and_(choice, builder.xor(yes, no))) for yes, no in pairs]


def conjunction(builder: Builder, bits: Sequence[Wire]) -> Wire:
    """Return 1 iff all bits are 1; one AND less than bits."""
    total = TRUE
    for bit in bits:
        total = builder.and_(total, bit)
    return total


def equal(builder: Builder, left: Sequence[Wire], right: Sequence[Wire]) -> Wire:
    """Return 1 iff two words of one size are equal; one AND less than bits."""
    return conjunction(builder, [builder.invert(bit) for bit in xor_words(builder, left, right)])


def carry(builder: Builder, left: Wire, right: Wire, carried: Wire) -> Wire:
    """Return the majority of three bits with one AND: ((a ⊕ c) ∧ (b ⊕ c)) ⊕ c."""
    product = builder.and_(builder.xor(left, carried), builder.xor(right, carried))
    return builder.xor(product, carried)


def subtract(builder: Builder, left: Sequence[Wire], right: Sequence[Wire]) -> tuple[list[Wire], Wire]:
    """Return left - right mod 2^size and the bit left ≥ right, for unsigned words; one AND a bit.

    Computed as left + ¬right + 1, whose last carry is the bit.
    """
    difference = []
    carried = TRUE
    for minuend, subtrahend in zip(left, right, strict=True):
        addend = builder.invert(subtrahend)
        difference.append(builder.xor(builder.xor(minuend, carried), addend))
        carried = carry(builder, minuend, addend, carried)
    return difference, carried


def at_least(builder: Builder, left: Sequence[Wire], right: Sequence[Wire]) -> Wire:
    """Return 1 iff left ≥ right as unsigned integers; one AND a bit."""
    return subtract(builder, left, right)[1]


def add_words(builder: Builder, *words: Sequence[Wire], size: int) -> list[Wire]:
    """Return the sum of words mod 2^size.

    Works column by column with full adders of one AND (three bits of a column become one and a carry), so
    that a column of n bits costs ⌊n/2⌋ AND and the last column none. Constant bits are summed beforehand; an
    adder of one bit and a constant is free.
    """
    columns: list[list[Wire]] = [[] for _ in range(size)]
    known = 0
    for word in words:
        for position, bit in enumerate(word[:size]):
            if bit == TRUE:
                known += 1 << position
            elif bit != FALSE:
                columns[position].append(bit)
    total = []
    for position, column in enumerate(columns):
        if (known >> position) & 1:
            column.append(TRUE)
        if position == size - 1:
            total.append(parity(builder, column))
            break
        above = columns[position + 1]
        while len(column) > 1:
            third = column[2] if len(column) > 2 else FALSE
            first, second = column[0], column[1]
            carried = carry(builder, first, second, third)
            if carried != FALSE:
                above.append(carried)
            column[:3] = [builder.xor(builder.xor(first, third), second)]
        total.append(column[0] if column else FALSE)
    return total
