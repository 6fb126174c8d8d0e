"""Statements about the gadgets that the predicate compiler adds: texts, ends of header values, parts of octets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product

from ..bn254.constants import SCALAR_MODULUS
from ..circuit.builder import Builder, Value
from ..circuit.expressions import Expression
from ..predicate.gadgets_parts import contains, stands_at
from ..predicate.gadgets_text import assert_ends, text_octet_bits
from .statements import Build, Expected, Inputs, Statement, asserting

Wires = tuple[Expression, ...]

_BEYOND = ((256,), (288,), (SCALAR_MODULUS - 1,), (SCALAR_MODULUS - 224,))
_SHORT = b"ab"
_LONG = bytes(range(97, 97 + 26)) + b"012345"
"""More octets than an element holds."""


def _bits(ascii_only: bool) -> Build:
    return lambda builder, wires: text_octet_bits(builder, wires[0], ascii_only=ascii_only)


def _bits_expected(ascii_only: bool) -> Expected:
    highest = 0x7E if ascii_only else 0xFF

    def expected(_: int, inputs: Inputs) -> Sequence[int] | None:
        (octet,) = inputs
        if not 0x20 <= octet <= highest or octet in b'"\\':
            return None
        return [octet >> place & 1 for place in range(8)]

    return expected


def _ends(builder: Builder, wires: Wires) -> None:
    assert_ends(builder, wires, b" \t")


def _ends_expected(_: int, inputs: Inputs) -> Sequence[int] | None:
    return None if {inputs[0], inputs[-1]} & {0x20, 0x09} else ()


def _stands(part: bytes, start: int, builder: Builder, wires: Wires) -> Sequence[Value]:
    return [stands_at(builder, wires, start, part)]


def _stands_expected(part: bytes, start: int, _: int, inputs: Inputs) -> Sequence[int]:
    return [int(bytes(inputs[start : start + len(part)]) == part)]


def _contained(part: bytes, builder: Builder, wires: Wires) -> Sequence[Value]:
    return [contains(builder, wires, part)]


def _contained_expected(part: bytes, _: int, inputs: Inputs) -> Sequence[int]:
    return [int(part in bytes(inputs))]


def _around(part: bytes) -> tuple[Inputs, ...]:
    """The part at both places of one octet more, and each with one octet changed."""
    cases: list[Inputs] = []
    for whole in (b"x" + part, part + b"x"):
        cases.append(tuple(whole))
        cases += [(*whole[:place], whole[place] ^ 1, *whole[place + 1 :]) for place in (0, 1, 15, 31, 32)]
    return tuple(cases)


STATEMENTS: tuple[Statement, ...] = (
    *(
        Statement(
            name=f"gadgets_text.text_octet_bits ({name})",
            forces="the octet may stand in a text of this kind, and the results are its bits",
            inputs=1,
            build=_bits(ascii_only),
            expected=_bits_expected(ascii_only),
            cases=(*((octet,) for octet in range(256)), *_BEYOND),
        )
        for name, ascii_only in (("string", False), ("header", True))
    ),
    Statement(
        name="gadgets_text.assert_ends",
        forces="neither the first nor the last octet is one of those forbidden",
        inputs=3,
        build=asserting(_ends),
        expected=_ends_expected,
        cases=tuple(product((0x09, 0x0A, 0x20, 0x41), repeat=3)),
    ),
    Statement(
        name="gadgets_parts.stands_at",
        forces="the result is 1 exactly if the part stands there",
        inputs=4,
        build=partial(_stands, _SHORT, 1),
        expected=partial(_stands_expected, _SHORT, 1),
        cases=tuple(product((0, 97, 98, 255), repeat=4)),
    ),
    Statement(
        name="gadgets_parts.stands_at (more than an element)",
        forces="the result is 1 exactly if the part stands there",
        inputs=33,
        build=partial(_stands, _LONG, 1),
        expected=partial(_stands_expected, _LONG, 1),
        cases=_around(_LONG),
    ),
    Statement(
        name="gadgets_parts.contains",
        forces="the result is 1 exactly if the part stands somewhere",
        inputs=4,
        build=partial(_contained, _SHORT),
        expected=partial(_contained_expected, _SHORT),
        cases=tuple(product((0, 97, 98, 255), repeat=4)),
    ),
    Statement(
        name="gadgets_parts.contains (more than an element)",
        forces="the result is 1 exactly if the part stands somewhere",
        inputs=33,
        build=partial(_contained, _LONG),
        expected=partial(_contained_expected, _LONG),
        cases=_around(_LONG),
    ),
)
