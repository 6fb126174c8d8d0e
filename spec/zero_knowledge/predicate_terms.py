"""What conditions are about: fields by their names and types, and numbers made of them.

`docs/protocol/predicates.md`, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from ..encoding import U8, U32, Choice, Limit, Octets16, Structure
from ..identifiers import Direction
from ..reasons import Reason, Rejection
from .field_types import DAY_COUNT, LARGEST_DIGIT_COUNT, LARGEST_SCALE, Type

FieldIndex: TypeAlias = U8


def require_form(holds: bool, rule: str) -> None:
    """Require a rule of order or form. Rejects with encoding/not-canonical."""
    if not holds:
        raise Rejection(Reason.ENCODING_NOT_CANONICAL, rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderField(Structure):
    """0: the value of a header field."""

    name: Annotated[str, Limit(256)]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonField(Structure):
    """1: a leaf value of the JSON content."""

    path: Annotated[str, Limit(4096)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Structure):
    """A committed field: in which attestation, on which side, under which name, read as which type."""

    attestation: U8
    side: Direction
    name: Annotated[HeaderField | JsonField, Choice()]
    type: Type

    @property
    def spelled_name(self) -> str:
        """The name as a structured view resolves it."""
        return f"header {self.name.name}" if isinstance(self.name, HeaderField) else self.name.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Structure):
    """A decimal number: magnitude / 10^scale, negative or not, in its only form.

    Rejects with encoding/not-canonical.
    """

    negative: bool
    magnitude: Octets16
    scale: U8

    def __post_init__(self) -> None:
        magnitude = int.from_bytes(self.magnitude, "little")
        require_form(magnitude < 10**LARGEST_DIGIT_COUNT, "a constant has more than 38 digits")
        require_form(self.scale <= LARGEST_SCALE, "a constant has more than 18 digits behind its point")
        require_form(self.scale == 0 or magnitude % 10 != 0, "the scale of a constant is not minimal")
        require_form(magnitude != 0 or not self.negative, "a constant is minus zero")

    @classmethod
    def of(cls, numerator: int, scale: int = 0) -> Constant:
        """Return the constant numerator / 10^scale."""
        while scale and numerator % 10 == 0:
            numerator, scale = numerator // 10, scale - 1
        return cls(negative=numerator < 0, magnitude=abs(numerator).to_bytes(16, "little"), scale=scale)

    @property
    def numerator(self) -> int:
        """The value times 10^scale."""
        magnitude = int.from_bytes(self.magnitude, "little")
        return -magnitude if self.negative else magnitude


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantNumber(Structure):
    """0: a decimal number."""

    constant: Constant


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNumber(Structure):
    """1: a day, counted from 0001-01-01. Rejects with encoding/not-canonical."""

    day: U32

    def __post_init__(self) -> None:
        require_form(self.day < DAY_COUNT, "a day is after the year 9999")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNumber(Structure):
    """2: the value of a field."""

    field: FieldIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(Structure):
    """3: the sum of several numbers."""

    terms: Annotated[tuple[Number, ...], Limit(16, minimum=2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Structure):
    """4: a number less another, or the days from one day to another."""

    left: Number
    right: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Average(Structure):
    """5: the sum of several numbers, divided by how many they are."""

    terms: Annotated[tuple[Number, ...], Limit(16, minimum=2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Length(Structure):
    """6: the number of characters of a text, or of octets of bytes."""

    field: FieldIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(Structure):
    """7: how many years old somebody born on the day of a field is on another day.

    Rejects with encoding/not-canonical.
    """

    field: FieldIndex
    day: U32

    def __post_init__(self) -> None:
        require_form(self.day < DAY_COUNT, "a day is after the year 9999")


NumberNode: TypeAlias = ConstantNumber | DayNumber | FieldNumber | Sum | Difference | Average | Length | Age
Number = Annotated[NumberNode, Choice()]
