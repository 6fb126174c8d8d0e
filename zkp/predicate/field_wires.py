"""A field inside a circuit: its octets, the rule of its type, its value and its value hash, each made once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from mpctls.reference.foundation.errors import Refused

from ..circuit.bounded import Bounded
from ..circuit.builder import Builder
from ..circuit.date import Date, civil_date, day_number
from ..circuit.decimal import WrittenNumber, read, value_of
from ..circuit.expressions import Expression
from ..circuit.octets import assert_octet, pack
from ..circuit.poseidon import poseidon
from .dates import DateFormat
from .gadgets_text import assert_ends, text_octet_bits
from .shapes import Shape
from .types import (
    BLANKS,
    HEADER,
    SPACES,
    BooleanType,
    DateType,
    DecimalType,
    FieldType,
    IntegerType,
    OctetsType,
    TextType,
)
from .values import (
    BOOLEAN_TAG,
    DATE_TAG,
    NUMBER_TAG,
    OCTETS_TAG,
    TEXT_TAG,
    VALUE_HEADER,
)

_TRUTHS: Final = (b"true", b"false")


def text_alphabet(shape: Shape) -> frozenset[int]:
    """The octets that a text of this shape may hold: what its rule forces, and UTF-8, which its class proves."""
    highest = 0x7E if shape.kind is HEADER else 0xF4
    return frozenset(range(0x20, highest + 1)) - {0x22, 0x5C, 0xC0, 0xC1}


class FieldWires:
    """The wires of one field.

    Making it declares the private input `octets` and forces them below 256 and into the lexical rule of the type:
    what does not match the type satisfies no circuit. Refuses with `predicate/malformed-field` when no token of this
    length matches it.
    """

    def __init__(self, builder: Builder, field_type: FieldType, shape: Shape, name: str) -> None:
        self._builder = builder
        self.type = field_type
        self.shape = shape
        self.octets: tuple[Expression, ...] = builder.privates(name, shape.length)
        self.octet_bits: tuple[tuple[Expression, ...], ...] = ()
        self._written: WrittenNumber | None = None
        self._date: Date | None = None
        try:
            self._apply_rule(field_type)
        except Refused as refusal:
            if refusal.reason != "zero-knowledge/unsatisfied":
                raise
            raise Refused("predicate/malformed-field", f"no {field_type} has {shape.length} octets") from None

    @cached_property
    def number(self) -> Bounded:
        """The value of an integer, decimal (times 10^scale) or date field."""
        with self._builder.scope("value"):
            if isinstance(self.type, DateType):
                return day_number(self._builder, self.date)
            return value_of(self._builder, self.written)

    @property
    def written(self) -> WrittenNumber:
        """The text of an integer or decimal field."""
        if self._written is None:
            raise TypeError(f"{self.type} is no number")
        return self._written

    @property
    def date(self) -> Date:
        """The value of a date field, in parts."""
        if self._date is None:
            raise TypeError(f"{self.type} is no date")
        return self._date

    @property
    def truth(self) -> bool:
        """The value of a boolean field: its length gives it away."""
        return self.shape.length == len(b"true")

    @cached_property
    def elements(self) -> tuple[Expression, ...]:
        """The elements that the commitment holds."""
        return pack(self._builder, self.octets)

    @cached_property
    def value_hash(self) -> Expression:
        """The value hash (predicates page, section 4)."""
        with self._builder.scope("value"):
            return poseidon(self._builder, [VALUE_HEADER, *self._preimage()])

    def _preimage(self) -> Sequence[Expression | int]:
        match self.type:
            case IntegerType():
                return (NUMBER_TAG, 0, self.number.expression)
            case DecimalType(scale=scale):
                return (NUMBER_TAG, scale, self.number.expression)
            case DateType():
                return (DATE_TAG, 0, self.number.expression)
            case BooleanType():
                return (BOOLEAN_TAG, 0, int(self.truth))
            case TextType():
                return (TEXT_TAG, self.shape.length, *self.elements)
            case OctetsType():
                return (OCTETS_TAG, self.shape.length, *self.elements)

    def _apply_rule(self, field_type: FieldType) -> None:
        builder = self._builder
        match field_type:
            case IntegerType():
                self._written = read(builder, self.octets, 0)
            case DecimalType(scale=scale):
                self._written = read(builder, self.octets, scale)
            case DateType():
                self._date = self._parse_date(field_type)
            case BooleanType():
                self._assert_octets(_TRUTHS[0] if self.truth else _TRUTHS[1])
            case TextType():
                ascii_only = self.shape.kind is HEADER
                with builder.scope("text"):
                    self.octet_bits = tuple(
                        text_octet_bits(builder, octet, ascii_only=ascii_only) for octet in self.octets
                    )
                    if ascii_only:
                        assert_ends(builder, self.octets, SPACES)
            case OctetsType():
                with builder.scope("octets"):
                    for octet in self.octets:
                        assert_octet(builder, octet)
                    if self.shape.kind is HEADER:
                        assert_ends(builder, self.octets, BLANKS)

    def _assert_octets(self, expected: bytes) -> None:
        if len(expected) != self.shape.length:
            raise self._builder.impossible("a length that no token of the type has")
        for octet, value in zip(self.octets, expected, strict=True):
            self._builder.assert_equal(octet, value)

    def _parse_date(self, field_type: DateType) -> Date:
        builder, written = self._builder, field_type.date_format
        if len(written.value) != self.shape.length:
            raise builder.impossible("a length that no token of the type has")
        for place, sign in written.separators:
            builder.assert_equal(self.octets[place], sign)
        return civil_date(builder, [self.octets[place] - ord("0") for place in date_places(written)])


def date_places(written: DateFormat) -> list[int]:
    """Where the digits of year, month and day stand, the most significant first."""
    parts = (written.place(part) for part in ("YYYY", "MM", "DD"))
    return [place for part in parts for place in range(part.start, part.stop)]
