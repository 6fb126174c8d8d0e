"""Statements about bits, octets, comparisons, choices and words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from ..bn254.constants import SCALAR_MODULUS
from ..circuit import bits, bounded, comparison, octets, selection, words
from ..circuit.bounded import Bounded
from ..circuit.builder import Builder, Value
from ..circuit.expressions import Expression
from .statements import Inputs, Statement, Weakened, asserting

Wires = tuple[Expression, ...]


def _bits_of(value: int, width: int) -> list[int]:
    return [value >> place & 1 for place in range(width)]


def _all_bits(count: int) -> Iterable[Inputs]:
    return product((0, 1), repeat=count)


def _ranged(builder: Builder, wires: Wires) -> list[Bounded]:
    return [bounded.bounded_by_width(builder, wire, 2) for wire in wires]


def _claimed(wires: Wires) -> list[Bounded]:
    """Bounds that nobody proved."""
    return [Bounded(expression=wire, low=0, high=3) for wire in wires]


def _canonical_without_bound(builder: Builder, wires: Wires) -> Sequence[Value]:
    width = builder.modulus.bit_length()
    found = builder.hint(lambda value: _bits_of(value, width), wires, width)
    for bit in found:
        builder.assert_boolean(bit)
    builder.assert_equal(wires[0], bits.recompose(builder, found))
    return found


def _zero_test_with_free_inverse(builder: Builder, wires: Wires) -> Sequence[Value]:
    (inverse,) = builder.hint(lambda value: (pow(value, -1, builder.modulus) if value else 0,), wires, 1)
    return [1 - builder.multiply(wires[0], inverse)]


def _flags_without_sum(builder: Builder, wires: Wires) -> Sequence[Value]:
    flags = builder.hint(lambda index: [int(index == 1 + place) for place in range(4)], wires, 4)
    for flag in flags:
        builder.assert_boolean(flag)
    builder.assert_equal(
        builder.weighted_sum((flag, 1 + place) for place, flag in enumerate(flags)), wires[0]
    )
    return flags


def _order(builder: Builder, numbers: Sequence[Bounded]) -> Sequence[Value]:
    left, right = numbers
    return [
        comparison.less_than(builder, left, right),
        comparison.at_most(builder, left, right),
        comparison.equal(builder, left, right),
    ]


def _words(builder: Builder, wires: Wires) -> Sequence[Value]:
    a, b, c = (words.word(builder, wires[start : start + 2]) for start in (0, 2, 4))
    return [
        words.parity(builder, [a.bits, words.rotated(b, 1), words.shifted(builder, c, 1)]),
        words.choice(builder, a, b, c),
        words.majority(builder, a, b, c),
    ]


def _words_expected(_: int, inputs: Inputs) -> Sequence[int]:
    a, b, c = (inputs[start] + 2 * inputs[start + 1] for start in (0, 2, 4))
    rotated = b >> 1 | (b & 1) << 1
    return a ^ rotated ^ c >> 1, (a & b) | (~a & c), (a & b) | (a & c) | (b & c)


STATEMENTS = (
    Statement(
        name="bits.decompose",
        forces="the bits are the one binary form of a value below 2^3; no larger value has any",
        inputs=1,
        build=lambda builder, x: bits.decompose(builder, x[0], 3),
        expected=lambda _, x: _bits_of(x[0], 3) if x[0] < 8 else None,
        fields=(17, 11, 13),
        cases=tuple((value,) for value in (0, 1, 7, 8, 9, SCALAR_MODULUS - 1, SCALAR_MODULUS - 8)),
        solver=True,
        weakened=(
            Weakened(name="one bit more", build=lambda builder, x: bits.decompose(builder, x[0], 4)[:3]),
        ),
    ),
    Statement(
        name="bits.decompose_canonical",
        forces="the bits are those of the integer below the modulus, not of value + modulus",
        inputs=1,
        build=lambda builder, x: bits.decompose_canonical(builder, x[0]),
        expected=lambda p, x: _bits_of(x[0], p.bit_length()),
        fields=(5, 7, 11, 13, 17, 31),
        weakened=(Weakened(name="bits without the bound", build=_canonical_without_bound),),
    ),
    Statement(
        name="bits.assert_width",
        forces="value < 2^3, by a digit of two bits and one of one bit",
        inputs=1,
        build=asserting(lambda builder, x: bits.assert_width(builder, x[0], 3)),
        expected=lambda _, x: () if x[0] < 8 else None,
        fields=(17, 11, 31),
        cases=tuple((value,) for value in (0, 7, 8, SCALAR_MODULUS - 1)),
        solver=True,
        weakened=(
            Weakened(
                name="one bit more", build=asserting(lambda builder, x: bits.assert_width(builder, x[0], 4))
            ),
        ),
    ),
    Statement(
        name="octets.split",
        forces="the octet is the element, which is below 256",
        inputs=1,
        build=lambda builder, x: octets.split(builder, x[0], 1),
        expected=lambda _, x: x if x[0] < 256 else None,
        cases=tuple((value,) for value in (0, 1, 63, 64, 128, 255, 256, SCALAR_MODULUS - 1)),
    ),
    Statement(
        name="octets.pack",
        forces="the element is the sum of 256^p times the octets",
        inputs=3,
        build=octets.pack,
        expected=lambda p, x: ((x[0] + 256 * x[1] + 65536 * x[2]) % p,),
        fields=(7, 11),
        cases=((1, 2, 3), (255, 255, 255), (0, 0, 0)),
        solver=True,
    ),
    Statement(
        name="comparison.is_zero",
        forces="1 for zero, 0 for everything else, and the inverse of zero is zero",
        inputs=1,
        build=lambda builder, x: [comparison.is_zero(builder, x[0])],
        expected=lambda _, x: (int(x[0] == 0),),
        fields=(5, 7, 13, 31),
        cases=((0,), (1,), (SCALAR_MODULUS - 1,)),
        solver=True,
        weakened=(Weakened(name="inverse never checked", build=_zero_test_with_free_inverse),),
    ),
    Statement(
        name="comparison.assert_nonzero",
        forces="value is not zero",
        inputs=1,
        build=asserting(lambda builder, x: comparison.assert_nonzero(builder, x[0])),
        expected=lambda _, x: () if x[0] else None,
        fields=(5, 7, 13, 31),
        cases=((0,), (1,), (SCALAR_MODULUS - 1,)),
        solver=True,
    ),
    Statement(
        name="comparison.assert_nonzero_where",
        forces="value is not zero where the bit is 1",
        inputs=2,
        build=asserting(lambda builder, x: comparison.assert_nonzero_where(builder, *x)),
        expected=lambda _, x: () if x[1] or not x[0] else None,
        fields=(5, 7, 13),
        domain=lambda p: product((0, 1), range(p)),
        solver=True,
    ),
    Statement(
        name="comparison.less_than, at_most, equal",
        forces="both numbers are below 4, and the three answers are those of integers",
        inputs=2,
        build=lambda builder, x: _order(builder, _ranged(builder, x)),
        expected=lambda _, x: (
            (int(x[0] < x[1]), int(x[0] <= x[1]), int(x[0] == x[1])) if max(x) < 4 else None
        ),
        fields=(17, 29),
        cases=((0, 3), (3, 0), (3, 3), (4, 3), (0, 4), (SCALAR_MODULUS - 1, 0), (0, SCALAR_MODULUS - 1)),
        solver=True,
        weakened=(Weakened(name="ranges not proved", build=lambda builder, x: _order(builder, _claimed(x))),),
    ),
    Statement(
        name="comparison.assert_at_most",
        forces="left <= right, for numbers below 4",
        inputs=2,
        build=asserting(lambda builder, x: comparison.assert_at_most(builder, *_ranged(builder, x))),
        expected=lambda _, x: () if x[0] <= x[1] < 4 else None,
        fields=(17, 29),
        cases=((0, 3), (3, 3), (3, 2), (SCALAR_MODULUS - 1, 3)),
        solver=True,
    ),
    Statement(
        name="comparison.between",
        forces="1 exactly if low <= value <= high, for numbers below 4",
        inputs=3,
        build=lambda builder, x: [comparison.between(builder, *_ranged(builder, x))],
        expected=lambda _, x: (int(x[1] <= x[0] <= x[2]),) if max(x) < 4 else None,
        fields=(17,),
        domain=lambda _: product(range(5), repeat=3),
    ),
    Statement(
        name="comparison.increasing_canonical",
        forces="1 exactly if the first integer below the modulus is less than the second",
        inputs=2,
        build=lambda builder, x: [comparison.increasing_canonical(builder, x)],
        expected=lambda _, x: (int(x[0] < x[1]),),
        fields=(13,),
    ),
    Statement(
        name="selection.conjunction, exclusive_or, select",
        forces="the logic of bits",
        inputs=3,
        build=lambda builder, x: [
            selection.conjunction(builder, x),
            selection.disjunction(builder, x),
            selection.exclusive_or(builder, x[0], x[1]),
            selection.select(builder, *x),
        ],
        expected=lambda _, x: (int(all(x)), int(any(x)), x[0] ^ x[1], x[1] if x[0] else x[2]),
        fields=(5, 7),
        domain=lambda _: _all_bits(3),
        solver=True,
    ),
    Statement(
        name="selection.one_hot",
        forces="exactly the flag of the index is 1; indices outside have no flags",
        inputs=1,
        build=lambda builder, x: selection.one_hot(builder, x[0], 4, first=1),
        expected=lambda _, x: [int(x[0] == place) for place in range(1, 5)] if 1 <= x[0] <= 4 else None,
        fields=(5, 11, 13),
        cases=((0,), (1,), (4,), (5,), (SCALAR_MODULUS - 1,)),
        solver=True,
        weakened=(Weakened(name="flags that need not sum to one", build=_flags_without_sum),),
    ),
    Statement(
        name="words.parity, choice, majority",
        forces="the functions of SHA-256 on words of two bits",
        inputs=6,
        build=_words,
        expected=_words_expected,
        fields=(17,),
        domain=lambda _: _all_bits(6),
        solver=True,
    ),
    Statement(
        name="words.reduced",
        forces="the bits of a sum of three words modulo 2^2; no larger total has any",
        inputs=1,
        build=lambda builder, x: words.reduced(builder, x[0], 3, 2).bits,
        expected=lambda _, x: _bits_of(x[0], 2) if x[0] < 16 else None,
        fields=(17, 31),
        solver=True,
    ),
    Statement(
        name="words.remainder",
        forces="a sum of three words modulo 2^2; no larger total has one",
        inputs=1,
        build=lambda builder, x: [words.remainder(builder, x[0], 3, 2)],
        expected=lambda _, x: (x[0] % 4,) if x[0] < 16 else None,
        fields=(17, 31),
        solver=True,
    ),
)
