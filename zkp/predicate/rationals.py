"""Numbers of a predicate inside a circuit: exact fractions with constant denominators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from ..circuit.bounded import Bounded, bounded_constant
from ..circuit.builder import Builder
from ..circuit.date import age_on
from .dates import calendar_date
from .expression import (
    Age,
    Average,
    ConstantNumber,
    Day,
    Difference,
    FieldNumber,
    Length,
    Number,
    Sum,
)
from .field_wires import FieldWires
from .types import DecimalType, TextType


@dataclass(frozen=True, slots=True, kw_only=True)
class Rational:
    """numerator / denominator, the denominator a positive constant."""

    numerator: Bounded
    denominator: int

    def over(self, denominator: int) -> Bounded:
        """The numerator over another denominator, a multiple of its own."""
        return self.numerator.times(denominator // self.denominator)


def common(numbers: Sequence[Rational]) -> tuple[list[Bounded], int]:
    """The numerators over the least common denominator, and that.

    Refuses with `predicate/too-large` when a numerator's bound exceeds what the field compares.
    """
    denominator = lcm(*(number.denominator for number in numbers))
    return [number.over(denominator) for number in numbers], denominator


class Numbers:
    """The numbers of a predicate, over the wires of its fields."""

    def __init__(self, builder: Builder, fields: Sequence[FieldWires]) -> None:
        self._builder = builder
        self._fields = fields
        self._lengths: dict[int, Bounded] = {}

    def rational(self, number: Number) -> Rational:
        """`number` as an expression; forces nothing but what lengths and ages need."""
        match number:
            case ConstantNumber(constant=constant):
                return self._constant(constant.signed, 10**constant.scale)
            case Day(day=day):
                return self._constant(day, 1)
            case FieldNumber(field=index):
                wires = self._fields[index]
                scale = wires.type.scale if isinstance(wires.type, DecimalType) else 0
                return Rational(numerator=wires.number, denominator=10**scale)
            case Sum(terms=terms):
                return self._total(terms)
            case Average(terms=terms):
                total = self._total(terms)
                return Rational(numerator=total.numerator, denominator=total.denominator * len(terms))
            case Difference(left=left, right=right):
                (minuend, subtrahend), denominator = common([self.rational(left), self.rational(right)])
                return Rational(numerator=minuend.minus(subtrahend), denominator=denominator)
            case Length(field=index):
                return Rational(numerator=self._length(index), denominator=1)
            case Age(field=index, day=day):
                date = calendar_date(day)
                years = age_on(
                    self._builder,
                    self._fields[index].date,
                    year=date.year,
                    month=date.month,
                    day=date.day,
                )
                return Rational(numerator=years, denominator=1)

    def integers(self, *numbers: Number) -> list[Bounded]:
        """`numbers`, each times one common denominator."""
        return common([self.rational(number) for number in numbers])[0]

    def _constant(self, value: int, denominator: int) -> Rational:
        return Rational(numerator=bounded_constant(self._builder, value), denominator=denominator)

    def _total(self, terms: Sequence[Number]) -> Rational:
        numerators, denominator = common([self.rational(term) for term in terms])
        total = numerators[0]
        for numerator in numerators[1:]:
            total = total.plus(numerator)
        return Rational(numerator=total, denominator=denominator)

    def _length(self, index: int) -> Bounded:
        wires = self._fields[index]
        count = wires.shape.length
        if not isinstance(wires.type, TextType):
            return bounded_constant(self._builder, count)
        known = self._lengths.get(index)
        if known is None:
            with self._builder.scope("length"):
                continuations = [self._builder.multiply(bits[7], 1 - bits[6]) for bits in wires.octet_bits]
            total = self._builder.wire(count - self._builder.sum(continuations))
            known = self._lengths[index] = Bounded(expression=total, low=0, high=count)
        return known
