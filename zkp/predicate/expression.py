"""Fields, numbers and other parts of conditions as immutable values (predicates page, section 2).

Each class is one case of the page's enums and carries the codecs of its fields; `canonical` writes and reads them.
Constructors refuse with `encoding/not-canonical` what has no canonical octets.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, TypeAlias

from mpctls.reference.foundation.encoding import (
    BOOLEAN,
    U8,
    U32,
    Codec,
    Octets,
    Reader,
    Struct,
    Text,
    Variant,
    Vector,
)
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import DIRECTION, Direction

from .dates import DAY_COUNT
from .nodes import Node
from .types import MAXIMUM_FIELD_OCTETS, MAXIMUM_SCALE, TYPE, FieldType

MAXIMUM_TERMS: Final = 16
MAXIMUM_NAME_OCTETS: Final = 256
MAXIMUM_PATH_OCTETS: Final = 4096
MAGNITUDE_BOUND: Final = 10**38

NUMBER: Final[Node[Number]] = Node()
_FIELD_OCTETS: Final = Octets(MAXIMUM_FIELD_OCTETS)


class Operator(Enum):
    """How two numbers are compared; the value is the sign of the JSON form."""

    EQUAL = "="
    NOT_EQUAL = "≠"
    LESS = "<"
    AT_MOST = "≤"
    GREATER = ">"
    AT_LEAST = "≥"


class _OperatorCodec(Codec[Operator]):
    def write(self, value: Operator, out: bytearray) -> None:
        out.append(tuple(Operator).index(value))

    def read(self, reader: Reader) -> Operator:
        index = reader.take(1)[0]
        if index >= len(Operator):
            raise Refused("encoding/unknown-variant", f"operator {index}")
        return tuple(Operator)[index]


OPERATOR: Final[Codec[Operator]] = _OperatorCodec()


class _Magnitude(Codec[int]):
    def write(self, value: int, out: bytearray) -> None:
        out += value.to_bytes(16, "little")

    def read(self, reader: Reader) -> int:
        return int.from_bytes(reader.take(16), "little")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderName:
    """The value of the header field of this name, in lower case."""

    name: str = dataclasses.field(metadata=Text(MAXIMUM_NAME_OCTETS).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonPath:
    """The JSON value at this path."""

    path: str = dataclasses.field(metadata=Text(MAXIMUM_PATH_OCTETS).wire)


FieldName: TypeAlias = HeaderName | JsonPath
FIELD_NAME: Final[Variant[FieldName]] = Variant((HeaderName, JsonPath))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A named token of one side of an attested exchange, read as a type."""

    attestation: int = dataclasses.field(metadata=U8.wire)
    side: Direction = dataclasses.field(metadata=DIRECTION.wire)
    name: FieldName = dataclasses.field(metadata=FIELD_NAME.wire)
    type: FieldType = dataclasses.field(metadata=TYPE.wire)


FIELD: Final[Struct[Field]] = Struct(Field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """The number magnitude / 10^scale, or minus that; the scale is the smallest that will do."""

    negative: bool = dataclasses.field(metadata=BOOLEAN.wire)
    magnitude: int = dataclasses.field(metadata=_Magnitude().wire)
    scale: int = dataclasses.field(metadata=U8.wire)

    def __post_init__(self) -> None:
        if not 0 <= self.magnitude < MAGNITUDE_BOUND:
            raise Refused("encoding/not-canonical", "a constant of more than 38 digits")
        if self.scale > MAXIMUM_SCALE:
            raise Refused("encoding/not-canonical", f"a constant of scale {self.scale}")
        if self.scale and self.magnitude % 10 == 0:
            raise Refused("encoding/not-canonical", "a constant whose scale is not minimal")
        if self.negative and not self.magnitude:
            raise Refused("encoding/not-canonical", "a negative zero")

    @property
    def signed(self) -> int:
        """The constant times 10^scale."""
        return -self.magnitude if self.negative else self.magnitude

    @classmethod
    def of(cls, value: int | Decimal) -> Constant:
        """The constant equal to `value`; refuses with `predicate/too-large` what is none."""
        exact = Decimal(value)
        if not exact.is_finite():
            raise Refused("predicate/malformed", "a constant that is not finite")
        negative, digits, exponent = exact.as_tuple()
        if not isinstance(exponent, int):
            raise TypeError("a finite decimal has an exponent")
        text = "".join(map(str, digits)).lstrip("0")
        while exponent < 0 and text.endswith("0"):
            text, exponent = text[:-1], exponent + 1
        if not text:
            return cls(negative=False, magnitude=0, scale=0)
        if len(text) + max(exponent, 0) > 38 or exponent < -MAXIMUM_SCALE:
            raise Refused(
                "predicate/too-large", "a constant has at most 38 digits, 18 of them after the point"
            )
        magnitude = int(text) * 10 ** max(exponent, 0)
        return cls(negative=bool(negative), magnitude=magnitude, scale=max(-exponent, 0))

    def __str__(self) -> str:
        digits = str(self.magnitude)
        if self.scale:
            digits = digits.rjust(self.scale + 1, "0")
            digits = f"{digits[: -self.scale]}.{digits[-self.scale :]}"
        return f"-{digits}" if self.negative else digits


_CONSTANT: Final[Struct[Constant]] = Struct(Constant)


def _require_day(day: int) -> None:
    if not 0 <= day < DAY_COUNT:
        raise Refused("encoding/not-canonical", f"day {day}, not before {DAY_COUNT}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantNumber:
    """A constant number."""

    constant: Constant = dataclasses.field(metadata=_CONSTANT.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A constant day, counted from 0001-01-01."""

    day: int = dataclasses.field(metadata=U32.wire)

    def __post_init__(self) -> None:
        _require_day(self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNumber:
    """The value of an integer, decimal or date field."""

    field: int = dataclasses.field(metadata=U8.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The sum of numbers."""

    terms: tuple[Number, ...] = dataclasses.field(metadata=Vector(NUMBER, MAXIMUM_TERMS, 2).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Left minus right, of numbers or of days."""

    left: Number = dataclasses.field(metadata=NUMBER.wire)
    right: Number = dataclasses.field(metadata=NUMBER.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """The sum of numbers divided by their count."""

    terms: tuple[Number, ...] = dataclasses.field(metadata=Vector(NUMBER, MAXIMUM_TERMS, 2).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """The characters of a text field or the octets of a field of octets."""

    field: int = dataclasses.field(metadata=U8.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """The age in whole years, on a day, of who was born on the date of a field."""

    field: int = dataclasses.field(metadata=U8.wire)
    day: int = dataclasses.field(metadata=U32.wire)

    def __post_init__(self) -> None:
        _require_day(self.day)


Number: TypeAlias = ConstantNumber | Day | FieldNumber | Sum | Difference | Average | Length | Age
NUMBER.bind((ConstantNumber, Day, FieldNumber, Sum, Difference, Average, Length, Age))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTerm:
    """Another field."""

    field: int = dataclasses.field(metadata=U8.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class OctetsTerm:
    """Constant octets."""

    octets: bytes = dataclasses.field(metadata=_FIELD_OCTETS.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthTerm:
    """A constant truth value."""

    truth: bool = dataclasses.field(metadata=BOOLEAN.wire)


Term: TypeAlias = FieldTerm | OctetsTerm | TruthTerm
TERM: Final[Variant[Term]] = Variant((FieldTerm, OctetsTerm, TruthTerm))


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMember:
    """A number in a set."""

    constant: Constant = dataclasses.field(metadata=_CONSTANT.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMember:
    """A day in a set."""

    day: int = dataclasses.field(metadata=U32.wire)

    def __post_init__(self) -> None:
        _require_day(self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class OctetsMember:
    """Octets in a set."""

    octets: bytes = dataclasses.field(metadata=_FIELD_OCTETS.wire)


Member: TypeAlias = NumberMember | DayMember | OctetsMember
MEMBER: Final[Variant[Member]] = Variant((NumberMember, DayMember, OctetsMember))
