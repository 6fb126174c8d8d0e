"""How large the integers of a comparison can be, whatever the fields say: decided before anything is compiled."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import Final, TypeAlias

from mpctls.reference.foundation.errors import Refused

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
from .types import MAXIMUM_FIELD_OCTETS, DateType, DecimalType, FieldType

INTEGER_BOUND: Final = 1 << 252
_DIGITS: Final = 38
_LATEST_DAY: Final = 3_652_058
_OLDEST: Final = 9998

Bound: TypeAlias = tuple[int, int]
"""What an integer does not exceed, whatever its sign, and the denominator that it stands over."""


def require_bounded(types: Sequence[FieldType], *numbers: Number) -> None:
    """Refuse with `predicate/too-large` numbers whose comparison has an integer that may reach 2^252."""
    _total([_bound(number, types) for number in numbers])


def _total(bounds: Sequence[Bound]) -> Bound:
    denominator = lcm(*(each for _, each in bounds))
    total = sum(magnitude * (denominator // each) for magnitude, each in bounds)
    if total >= INTEGER_BOUND:
        raise Refused("predicate/too-large", "an integer of a comparison may reach 2^252")
    return total, denominator


def _bound(number: Number, types: Sequence[FieldType]) -> Bound:
    match number:
        case ConstantNumber(constant=constant):
            return constant.magnitude, 10**constant.scale
        case Day(day=day):
            return day, 1
        case FieldNumber(field=index):
            return _of_field(types[index])
        case Sum(terms=terms):
            return _total([_bound(term, types) for term in terms])
        case Difference(left=left, right=right):
            return _total([_bound(left, types), _bound(right, types)])
        case Average(terms=terms):
            magnitude, denominator = _total([_bound(term, types) for term in terms])
            return magnitude, denominator * len(terms)
        case Length():
            return MAXIMUM_FIELD_OCTETS, 1
        case Age():
            return _OLDEST, 1


def _of_field(field_type: FieldType) -> Bound:
    if isinstance(field_type, DateType):
        return _LATEST_DAY, 1
    scale = field_type.scale if isinstance(field_type, DecimalType) else 0
    return 10 ** (_DIGITS + scale), 10**scale
