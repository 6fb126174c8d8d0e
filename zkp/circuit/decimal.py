"""Numbers written in decimal, as integers: exact rules, every digit checked, one reading of each text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .bounded import Bounded
from .builder import Builder, Value
from .comparison import assert_nonzero_where, is_equal
from .expressions import Expression

MAXIMUM_DIGITS: Final = 38
_ZERO: Final = ord("0")
_MINUS: Final = ord("-")
_POINT: Final = ord(".")


def assert_digit(builder: Builder, value: Value) -> None:
    """Forces value to be one of 0 … 9, in four PLONK rows; no polynomial of degree 10 takes fewer products.

    With t = value * (value - 9) the ten factors pair up to t(t + 8)(t + 14) * (t + 18)(t + 20) = 0. With
    u = t^2 + 38t the last two are u + 360, and the first three (u + 720)(t - 16) + 11520: the roots are 0 … 9 in every
    field with more elements.
    """
    expression = builder.expression(value)
    folded = builder.multiply(expression, expression - 9)
    square = builder.multiply(folded, folded + 38)
    cubic = builder.multiply(square + 720, folded - 16) + 11520
    builder.assert_product(cubic, square + 360, 0)


def digits(builder: Builder, octets: Sequence[Value]) -> Bounded:
    """The number written with exactly these octets, most significant digit first; forces each to be `0` … `9`."""
    values = [builder.expression(octet) - _ZERO for octet in octets]
    for value in values:
        assert_digit(builder, value)
    count = len(values)
    total = builder.weighted_sum((value, 10 ** (count - 1 - place)) for place, value in enumerate(values))
    return Bounded(expression=builder.wire(total), low=0, high=10**count - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNumber:
    """A text that constraints force to be a number, read octet by octet.

    `minus` is 1 if it begins so, `points` says for each place where a point can stand whether it does, `pointed`
    whether it stands anywhere, `digits` what stands in each place, 0 for a minus and a point.
    """

    octets: tuple[Expression, ...]
    scale: int
    minus: Expression
    points: Mapping[int, Expression]
    pointed: Expression
    digits: tuple[Expression, ...]


def read(builder: Builder, octets: Sequence[Value], scale: int) -> WrittenNumber:
    """The text of `-?(0|[1-9][0-9]*)` and, if scale > 0, `(\\.[0-9]{1,scale})?` after it.

    `octets` is the whole text, first octet first. Forces: it matches; it has at most 38 digits; zero has no minus.
    No other octets satisfy the constraints. Each octet is so forced to be one of `0` … `9`, `-` and `.`, and needs no
    other range. Refuses with `zero-knowledge/unsatisfied` lengths that no text of the language has.
    """
    count = len(octets)
    with builder.scope("decimal"):
        if not 1 <= count <= MAXIMUM_DIGITS + 1 + (scale > 0):
            raise builder.impossible(f"no number has {count} octets")
        minus = is_equal(builder, octets[0], _MINUS) if count > 1 else builder.constant(0)
        points = {
            place: is_equal(builder, octets[place], _POINT)
            for place in range(max(1, count - 1 - scale), count - 1)
        }
        pointed = builder.wire(builder.sum(points.values()))
        if len(points) > 1:
            builder.assert_boolean(pointed)
        values = _digit_values(builder, octets, minus, points)
        _assert_first_digit(builder, values, minus, points)
        with builder.scope("digit count"):
            _assert_digit_count(builder, count, minus, pointed)
        if 2 in points and not minus.is_constant:  # Else the first digit behind a minus is not 0.
            assert_nonzero_where(builder, minus, _without_point(builder, values))
        return WrittenNumber(
            octets=tuple(builder.expression(octet) for octet in octets),
            scale=scale,
            minus=minus,
            points=points,
            pointed=pointed,
            digits=tuple(values),
        )


def value_of(builder: Builder, number: WrittenNumber) -> Bounded:
    """The integer value * 10^scale of a number."""
    with builder.scope("decimal"):
        magnitude, bound = _scaled(builder, number)
        if number.minus.is_constant:
            return Bounded(expression=magnitude, low=0, high=bound)
        signed = builder.multiply(1 - 2 * number.minus, magnitude)
        return Bounded(expression=signed, low=-bound, high=bound)


def parse(builder: Builder, octets: Sequence[Value], scale: int) -> Bounded:
    """`value_of` what `read` forces the octets to be."""
    return value_of(builder, read(builder, octets, scale))


def _without_point(builder: Builder, values: Sequence[Expression]) -> Expression:
    """The number that all places make, a point's and a minus' counting as 0."""
    count = len(values)
    return builder.weighted_sum((value, 10 ** (count - 1 - place)) for place, value in enumerate(values))


def _digit_values(
    builder: Builder, octets: Sequence[Value], minus: Expression, points: Mapping[int, Expression]
) -> list[Expression]:
    """For each octet its digit, forced to be one; 0 for a minus or a point."""
    values = []
    for place, octet in enumerate(octets):
        value = builder.expression(octet) - _ZERO
        if place in points:
            value = builder.wire(value + points[place] * (_ZERO - _POINT))
        elif place == 0 and not minus.is_constant:
            value = builder.wire(value + minus * (_ZERO - _MINUS))
        assert_digit(builder, value)
        values.append(value)
    return values


def _assert_first_digit(
    builder: Builder, values: Sequence[Expression], minus: Expression, points: Mapping[int, Expression]
) -> None:
    """After the sign stands a digit; it is 0 only before a point, or alone without a sign.

    A point counts as 0, so the second rule refuses one right after the sign as well.
    """
    if len(values) == 1:
        return
    none = builder.constant(0)
    assert_nonzero_where(builder, builder.multiply(1 - minus, 1 - points.get(1, none)), values[0])
    assert_nonzero_where(builder, builder.multiply(minus, 1 - points.get(2, none)), values[1])


def _assert_digit_count(builder: Builder, count: int, minus: Expression, pointed: Expression) -> None:
    excess = count - MAXIMUM_DIGITS
    if excess == 1:
        builder.assert_product(1 - minus, 1 - pointed, 0)
    elif excess == 2:
        builder.assert_equal(minus, 1)
        builder.assert_equal(pointed, 1)


def _scaled(builder: Builder, number: WrittenNumber) -> tuple[Expression, int]:
    """The magnitude times 10^scale, and its bound.

    Let V be the number that all places make, the point's counting as 0, and P that of the places before the point, with
    f places behind it. V = P * 10^(f+1) + F, and the answer P * 10^scale + F * 10^(scale-f) is
    V * 10^(scale-f) - 9 * P * 10^scale.
    """
    count, scale, points = len(number.digits), number.scale, number.points
    corrections = [
        (builder.multiply(point, _without_point(builder, number.digits[:place])), -9 * 10**scale)
        for place, point in points.items()
    ]
    weight = builder.weighted_sum(
        (
            (1 - number.pointed, 10**scale),
            *((flag, 10 ** (scale - (count - 1 - place))) for place, flag in points.items()),
        )
    )
    product = builder.multiply(_without_point(builder, number.digits), weight)
    magnitude = builder.wire(builder.weighted_sum(((product, 1), *corrections)))
    return magnitude, (10 ** min(count, MAXIMUM_DIGITS) - 1) * 10**scale
