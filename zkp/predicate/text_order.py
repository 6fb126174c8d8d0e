"""Comparisons of one field with a constant, decided by the order of texts instead of by the bits of a difference."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Final

from ..circuit import number_order
from ..circuit.builder import Builder
from ..circuit.decimal import WrittenNumber
from ..circuit.expressions import Expression
from ..circuit.written_order import Threshold
from .dates import calendar_date
from .expression import Age, ConstantNumber, Day, FieldNumber, Number, Operator
from .field_wires import FieldWires, date_places
from .types import DateType

_TURNED: Final = {
    Operator.LESS: Operator.GREATER,
    Operator.AT_MOST: Operator.AT_LEAST,
    Operator.GREATER: Operator.LESS,
    Operator.AT_LEAST: Operator.AT_MOST,
}
_DAYS_OF_A_YEAR: Final = 10_000
"""Years, months and days as one number YYYYMMDD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberClaim:
    """value * 10^scale of a number is at least `bound`, or is not."""

    number: WrittenNumber
    bound: int
    at_least: bool

    def enforce(self, builder: Builder) -> None:
        """Force it."""
        force = number_order.assert_at_least if self.at_least else number_order.assert_below
        force(builder, self.number, self.bound)

    def bit(self, builder: Builder) -> Expression:
        """1 if it holds, else 0."""
        found = number_order.is_at_least(builder, self.number, self.bound)
        return found if self.at_least else 1 - found


@dataclass(frozen=True, slots=True, kw_only=True)
class DateClaim:
    """The number YYYYMMDD of a date is at least `bound`, or is not."""

    field: FieldWires
    written: DateType
    bound: int
    at_least: bool

    def enforce(self, builder: Builder) -> None:
        """Force it; refuses with `zero-knowledge/unsatisfied` what holds of no date."""
        threshold = self._threshold()
        if isinstance(threshold, bool):
            builder.assert_equal(int(threshold), int(self.at_least))
        else:
            threshold.assert_below_where(builder, 1, not self.at_least)

    def bit(self, builder: Builder) -> Expression:
        """1 if it holds, else 0."""
        threshold = self._threshold()
        if isinstance(threshold, bool):
            return builder.constant(int(threshold is self.at_least))
        below = threshold.is_below(builder)
        return 1 - below if self.at_least else below

    def _threshold(self) -> Threshold | bool:
        """The bound as a date is written, or whether every date is at least the bound."""
        digits = str(self.bound).zfill(8)
        if self.bound < 0 or len(digits) > 8:
            return self.bound < 0
        form = self.written.date_format
        order = date_places(form)
        text = bytearray(form.value.encode("ascii"))
        for place, digit in zip(order, digits, strict=True):
            text[place] = ord(digit)
        return Threshold(octets=self.field.octets, constant=bytes(text), order=order)


Claim = NumberClaim | DateClaim


def claim(operator: Operator, left: Number, right: Number, fields: tuple[FieldWires, ...]) -> Claim | None:
    """The comparison of one field, or of an age, with a constant as a claim about its text; None for any other."""
    if operator not in _TURNED:
        return None
    if isinstance(left, ConstantNumber | Day):
        operator, left, right = _TURNED[operator], right, left
    match right:
        case ConstantNumber(constant=constant):
            value = Fraction(constant.signed, 10**constant.scale)
        case Day(day=day):
            value = Fraction(_written(day))
        case _:
            return None
    match left:
        case FieldNumber(field=index):
            wires = fields[index]
            if isinstance(wires.type, DateType):
                return _date_claim(operator, wires, wires.type, value)
            bound, at_least = _bound(operator, value * 10**wires.written.scale)
            return NumberClaim(number=wires.written, bound=bound, at_least=at_least)
        case Age(field=index, day=day):
            wires = fields[index]
            if not isinstance(wires.type, DateType):
                raise TypeError("a predicate that is not well formed")
            years, at_least = _bound(operator, value)
            # Who is at least so old was born on this day so many years ago, or before.
            latest = _written(day) - years * _DAYS_OF_A_YEAR
            return DateClaim(field=wires, written=wires.type, bound=latest + 1, at_least=not at_least)
        case _:
            return None


def _date_claim(operator: Operator, wires: FieldWires, written: DateType, value: Fraction) -> DateClaim:
    bound, at_least = _bound(operator, value)
    return DateClaim(field=wires, written=written, bound=bound, at_least=at_least)


def _bound(operator: Operator, value: Fraction) -> tuple[int, bool]:
    """The comparison with `value` as one of integers: at least the bound, or (False) below it."""
    match operator:
        case Operator.AT_LEAST:
            return ceil(value), True
        case Operator.GREATER:
            return floor(value) + 1, True
        case Operator.LESS:
            return ceil(value), False
        case _:
            return floor(value) + 1, False


def _written(day: int) -> int:
    date = calendar_date(day)
    return date.year * _DAYS_OF_A_YEAR + date.month * 100 + date.day
